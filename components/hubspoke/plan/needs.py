"""What the intent leaves to be allocated, and by which keys the lock holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hubspoke.intent.limits import TUNNEL_PREFIXES
from hubspoke.intent.model import Wan
from hubspoke.intent.parts import Want, azure_speakers, cloud_of, gateway_at, gateways, has_own_asn, wanted
from hubspoke.intent.problem import Location
from hubspoke.plan.lock import Lock

Slot = Literal["a", "b"]
SLOTS: tuple[Slot, ...] = ("a", "b")  # the two tunnels of a VPN connection


@dataclass(frozen=True)
class Needs:
    """What the intent leaves to be allocated, in the order in which it is."""

    tunnels: Mapping[str, int]  # prefix length by key
    pooled: frozenset[str]  # those tunnels whose addresses are private, from the pool that the intent names
    asns: tuple[str, ...]  # hubs and on-ramps
    prefixes: tuple[Want, ...]  # networks and Azure hubs


def needs_of(wan: Wan) -> Needs:
    found = sorted(gateways(wan).items())
    return Needs(
        tunnels={
            tunnel: TUNNEL_PREFIXES[cloud]
            for key, gateway in found
            if (cloud := cloud_of(wan, gateway))
            for tunnel in tunnel_keys(wan, key)
        },
        pooled=frozenset(tunnel for key in azure_speakers(wan) for tunnel in tunnel_keys(wan, key)),
        asns=tuple(key for key, gateway in found if gateway.asn is None and has_own_asn(wan, gateway)),
        prefixes=tuple(wanted(wan)),
    )


def tunnel_keys(wan: Wan, gateway: str) -> list[str]:
    return [tunnel_key(gateway, endpoint, slot) for endpoint in sorted(wan.cloudflare.endpoints) for slot in SLOTS]


def tunnel_key(gateway: str, endpoint: str, slot: str) -> str:
    return f"{gateway}-{endpoint}-{slot}"


def owner_at(wan: Wan, key: str) -> Location:
    """The place of the hub or on-ramp that a tunnel, or an ASN, is of."""
    return gateway_at(wan, key.split("-")[0])


def still_needed(wan: Wan, lock: Lock) -> Lock:
    """The lock without what no longer has a subject, or is given by the intent now."""
    needs = needs_of(wan)
    asns = set(needs.asns)
    hubs = {want.key for want in needs.prefixes if want.section == "hubs"}
    cidrs = {want.key for want in needs.prefixes if want.section != "hubs"}
    return Lock(
        tunnels={key: inside for key, inside in lock.tunnels.items() if key in needs.tunnels},
        asns={key: asn for key, asn in lock.asns.items() if key in asns},
        prefixes={key: prefix for key, prefix in lock.prefixes.items() if key in hubs},
        cidrs={key: cidr for key, cidr in lock.cidrs.items() if key in cidrs},
    )
