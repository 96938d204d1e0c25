"""What the intent needs of AWS's quotas."""

from collections import Counter
from collections.abc import Iterator

from hubspoke.intent.checks.counts.shared import (
    Count,
    filter_rules,
    hubs_on,
    learned_prefixes,
    networks_on,
    onramps_on,
)
from hubspoke.intent.limits import ONRAMP_ROUTE_TABLES
from hubspoke.intent.model import Hub, Wan
from hubspoke.intent.segments import reachable


def counts(wan: Wan) -> Iterator[Count]:
    hubs = hubs_on(wan, "aws")
    if hubs:
        yield ("segments",), "transit-gateway-route-tables", len(wan.segments) + ONRAMP_ROUTE_TABLES
    if any(True for _ in networks_on(wan, "aws")):
        yield ("address_space",), "vpc-routes", len(wan.address_space) + 1  # beside the local route
    yield from _per_account(wan, hubs)
    yield from _per_hub(wan, hubs)
    yield from _per_onramp(wan)
    ingress, egress = filter_rules(wan)
    for at, _ in networks_on(wan, "aws"):
        yield at, "security-group-rules", max(ingress[str(at[1])], egress[str(at[1])])


def _per_account(wan: Wan, hubs: dict[str, Hub]) -> Iterator[Count]:
    onramps = onramps_on(wan, "aws").values()
    for account, count in Counter(hub.account for hub in hubs.values()).items():
        yield ("accounts", account), "transit-gateways", count
    for (account, _), count in Counter((part.account, part.region) for part in (*hubs.values(), *onramps)).items():
        for quota in ("vpn-connections", "customer-gateways"):  # one each to an endpoint
            yield ("accounts", account), quota, count * len(wan.cloudflare.endpoints)
    for (account, _), count in Counter((onramp.account, onramp.region) for onramp in onramps).items():
        yield ("accounts", account), "private-gateways", count


def _per_hub(wan: Wan, hubs: dict[str, Hub]) -> Iterator[Count]:
    """Attachments, and routes: each spoke is in every table that reaches it, the address space is in all."""
    reach, learned = reachable(wan.segments), learned_prefixes(wan)
    attached = Counter(spoke.hub for spoke in wan.spokes.values())
    joins = Counter(hub for peering in wan.peerings.values() for hub in peering.hubs)
    routes = _spoke_routes(wan, reach)
    for hub in hubs:
        at = ("hubs", hub)
        yield at, "transit-gateway-peerings", joins[hub]
        yield at, "transit-gateway-attachments", attached[hub] + len(wan.cloudflare.endpoints) + joins[hub]
        yield at, "transit-gateway-routes", routes[hub] + len(wan.segments) * len(wan.address_space)
        yield at, "vpn-received-routes", learned.get(hub, 0)
        yield at, "vpn-advertised-routes", attached[hub] if wan.hubs[hub].routing == "bgp" else 0


def _spoke_routes(wan: Wan, reach: dict[str, frozenset[str]]) -> Counter[str]:
    """Per hub, the routes to its own spokes, and those to the spokes of the hubs that it is joined with."""
    own, elsewhere = Counter[str](), Counter[str]()
    for spoke in wan.spokes.values():
        own[spoke.hub] += len(reach.get(spoke.segment, ())) + ONRAMP_ROUTE_TABLES
        elsewhere[spoke.hub] += len(reach.get(spoke.segment, ()))
    for peering in wan.peerings.values():
        for hub, other in (peering.hubs, peering.hubs[::-1]):
            own[hub] += elsewhere[other]
    return own


def _per_onramp(wan: Wan) -> Iterator[Count]:
    learned = learned_prefixes(wan)
    for key in onramps_on(wan, "aws"):
        yield ("onramps", key), "private-gateway-routes", learned.get(key, len(wan.address_space))
