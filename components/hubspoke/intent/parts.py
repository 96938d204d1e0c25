"""The parts of a WAN by what they have in common: gateways, networks, and what is allocated from pools."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hubspoke.intent.limits import HUB_PREFIX
from hubspoke.intent.model import Account, Cloud, Gateway, Hub, Network, OnRamp, Site, Spoke, Wan
from hubspoke.intent.names import CLOUDFLARE
from hubspoke.intent.problem import Location


def cloud_of(wan: Wan, part: Gateway | Network) -> Cloud | None:
    """The cloud of a part is that of its account; None where there is no such account."""
    account = wan.accounts.get(part.account)
    return account.cloud if account else None


def account_of(wan: Wan, part: Gateway | Network) -> Account | None:
    return wan.accounts.get(part.account)


def stacks(wan: Wan) -> list[str]:
    """The stacks that a WAN comes to, sorted: one per account, and Cloudflare's own where it has something."""
    return sorted([*wan.accounts, *([CLOUDFLARE] if wan.cloudflare.firewall else [])])


def gateways(wan: Wan) -> dict[str, Gateway]:
    """All that has tunnels, by key: hubs and on-ramps."""
    return {**wan.hubs, **wan.onramps}


def has_own_asn(wan: Wan, gateway: Gateway) -> bool:
    """Whether its ASN is the intent's to choose. Azure's gateways have 65515, but for an on-ramp that speaks BGP."""
    if cloud_of(wan, gateway) != "azure":
        return True
    return isinstance(gateway, OnRamp) and gateway.routing == "bgp"


def azure_speakers(wan: Wan) -> dict[str, Gateway]:
    """The hubs and on-ramps on Azure that speak BGP."""
    return {k: part for k, part in gateways(wan).items() if part.routing == "bgp" and cloud_of(wan, part) == "azure"}


def gateway_at(wan: Wan, key: str) -> Location:
    return ("hubs" if key in wan.hubs else "onramps", key)


def networks(wan: Wan) -> Iterator[tuple[Location, Spoke | OnRamp]]:
    """Spokes and on-ramps, with their places."""
    yield from ((("spokes", key), spoke) for key, spoke in wan.spokes.items())
    yield from ((("onramps", key), onramp) for key, onramp in wan.onramps.items())


def members(wan: Wan) -> dict[str, Spoke | OnRamp | Site]:
    """All that is in a segment, by key."""
    return {**wan.spokes, **wan.onramps, **wan.sites}


def region_of(wan: Wan, network: Spoke | OnRamp) -> str | None:
    if isinstance(network, OnRamp):
        return network.region
    hub = wan.hubs.get(network.hub)
    return hub.region if hub else None


@dataclass(frozen=True, order=True)
class Want:
    """A prefix that the intent leaves to be allocated from a pool: of a network, or of an Azure hub itself."""

    size: int
    key: str
    section: Literal["hubs", "onramps", "spokes"]
    pool: str

    @property
    def at(self) -> Location:
        return (self.section, self.key)


def wanted(wan: Wan) -> list[Want]:
    """What is to be allocated, largest first, then by key. Adopted networks must give their prefix themselves."""
    hubs = [Want(HUB_PREFIX, key, "hubs", key) for key, hub in wan.hubs.items() if _needs_prefix(wan, hub)]
    found = [_want(at, network) for at, network in networks(wan) if network.cidr is None and network.adopt is None]
    return sorted(hubs + found)


def _needs_prefix(wan: Wan, hub: Hub) -> bool:
    return hub.cidr is None and cloud_of(wan, hub) == "azure"


def _want(at: Location, network: Spoke | OnRamp) -> Want:
    key = str(at[1])
    if isinstance(network, OnRamp):
        return Want(network.size, key, "onramps", network.pool or key)
    return Want(network.size, key, "spokes", network.hub)


def pool_owner(wan: Wan, pool: str) -> str:
    """Whose pool it is, in words."""
    return f"on-ramp {pool!r}" if pool in wan.onramps else f"hub {pool!r}"
