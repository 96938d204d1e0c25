"""What the intent comes to must stay within the clouds' quotas, as raised in `limits`."""

from collections import Counter
from collections.abc import Iterator

from hubspoke.intent.ends import Ends
from hubspoke.intent.limits import LIMITS, ONRAMP_ROUTE_TABLES, limit_of
from hubspoke.intent.model import Wan
from hubspoke.intent.names import suggest
from hubspoke.intent.problem import Issue, Location
from hubspoke.intent.segments import reachable

Count = tuple[Location, str, int]  # where, which limit, how many


def check_quotas(wan: Wan) -> Iterator[Issue]:
    yield from _overrides(wan)
    for at, name, count in _counts(wan):
        limit = LIMITS[name]
        most = limit_of(name, wan.limits)
        if count > most:
            raised = f", or have the quota raised and write it as limits.{name}" if limit.adjustable else ""
            what = f"this needs {count} {limit.unit}, {most} are allowed ({limit.source})"
            yield Issue(at, what, f"use fewer{raised}")


def _overrides(wan: Wan) -> Iterator[Issue]:
    adjustable = sorted(limit.name for limit in LIMITS.values() if limit.adjustable)
    for name in wan.limits:
        if name not in adjustable:
            yield Issue(("limits", name), f"no quota {name!r} can be raised", suggest(name, adjustable, "those"))


def _counts(wan: Wan) -> Iterator[Count]:
    yield ("segments",), "transit-gateway-route-tables", len(wan.segments) + ONRAMP_ROUTE_TABLES
    yield ("address_space",), "vpc-routes", len(wan.address_space) + 1  # beside the local route
    yield from _per_account(wan)
    yield from _per_hub(wan)
    yield from _per_security_group(wan)


def _per_account(wan: Wan) -> Iterator[Count]:
    places = Counter((hub.account, hub.region) for hub in wan.hubs.values())
    for account, count in Counter(hub.account for hub in wan.hubs.values()).items():
        yield ("accounts", account), "transit-gateways", count
    for (account, _), count in places.items():
        yield ("accounts", account), "vpn-connections", count * len(wan.cloudflare.endpoints)


def _per_hub(wan: Wan) -> Iterator[Count]:
    """Attachments, and routes: each spoke is in every table that reaches it, the address space is in all."""
    reach = reachable(wan.segments)
    attached = Counter(spoke.hub for spoke in wan.spokes.values())
    learned = Counter[str]()
    for spoke in wan.spokes.values():
        learned[spoke.hub] += len(reach.get(spoke.segment, ())) + ONRAMP_ROUTE_TABLES
    for hub in wan.hubs:
        yield ("hubs", hub), "transit-gateway-attachments", attached[hub] + len(wan.cloudflare.endpoints)
        routes = learned[hub] + len(wan.segments) * len(wan.address_space)
        yield ("hubs", hub), "transit-gateway-routes", routes


def _per_security_group(wan: Wan) -> Iterator[Count]:
    """Rules are one per flow and prefix of the other end, in each direction apart."""
    ends = Ends(wan)
    ingress, egress = Counter[str](), Counter[str]()
    for flow in wan.flows.values():
        if flow.access == "allowed" and flow.source in ends and flow.target in ends:
            for spoke in ends.spokes(flow.target):
                ingress[spoke] += ends.size(flow.source) - ends.includes(flow.source, spoke)
            for spoke in ends.spokes(flow.source):
                egress[spoke] += ends.size(flow.target) - ends.includes(flow.target, spoke)
    for spoke in wan.spokes:
        yield ("spokes", spoke), "security-group-rules", max(ingress[spoke], egress[spoke])
