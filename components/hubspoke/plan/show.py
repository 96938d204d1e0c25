"""The plan for people and for programs: rows to print, a dict to serialise, and what a new lock changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network
from typing import Any, Literal

from hubspoke.plan.lock import Lock
from hubspoke.plan.model import AccountPlan, FilterRule, HubPlan, Plan, SpokePlan


@dataclass(frozen=True)
class TunnelRow:
    key: str
    endpoint: str
    cloud_address: str
    cloudflare_address: str


@dataclass(frozen=True)
class HubRow:
    key: str
    region: str
    asn: int
    routing: str
    segments: tuple[str, ...]  # "shared -> dev, prod, shared"
    tunnels: tuple[TunnelRow, ...]
    shared_with: tuple[str, ...]


@dataclass(frozen=True)
class SpokeRow:
    key: str
    hub: str
    segment: str
    cidr: str
    network: str  # the adopted VPC's id, or the zones of the new one
    subnets: tuple[str, ...]  # "workload-a 10.16.0.0/23"
    routes: tuple[str, ...]  # prefixes routed to the hub
    cloudflare_routes: tuple[str, ...]  # "use1-e1-a via 169.254.240.1 at 100"
    ingress: tuple[str, ...]  # "tcp 8443 from 10.16.16.0/20 (web-orders)"
    egress: tuple[str, ...]


@dataclass(frozen=True)
class AccountTable:
    key: str
    id: str
    region: str
    depends_on: tuple[str, ...]
    hubs: tuple[HubRow, ...]
    spokes: tuple[SpokeRow, ...]


@dataclass(frozen=True)
class AllocationChange:
    """What a new lock allocates, drops or changes. `old` is None where it is new, `new` where it is dropped."""

    kind: Literal["tunnel", "asn", "cidr"]
    key: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"+ {self.kind} {self.key}: {self.new}"
        if self.new is None:
            return f"- {self.kind} {self.key}: {self.old}"
        return f"~ {self.kind} {self.key}: {self.old} -> {self.new}"


def plan_rows(plan: Plan) -> tuple[AccountTable, ...]:
    """The plan as one table per account."""
    return tuple(account_rows(account) for account in plan.accounts)


def account_rows(account: AccountPlan) -> AccountTable:
    hubs, spokes = tuple(map(_hub_row, account.hubs)), tuple(map(_spoke_row, account.spokes))
    return AccountTable(account.key, account.id, account.region, account.depends_on, hubs, spokes)


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """The whole plan as JSON holds it: lists and dicts of the model's own names."""
    listed: dict[str, Any] = _jsonable(asdict(plan))
    return listed | {"tags": dict(plan.tags)}


def explain_allocations(old: Lock, new: Lock) -> list[AllocationChange]:
    """What changes from one lock to the next, by kind and key."""
    return [
        *_changes("tunnel", old.tunnels, new.tunnels),
        *_changes("asn", old.asns, new.asns),
        *_changes("cidr", old.cidrs, new.cidrs),
    ]


def _hub_row(hub: HubPlan) -> HubRow:
    tunnels = tuple(
        TunnelRow(tunnel.key, connection.endpoint, tunnel.cloud_address, tunnel.cloudflare_address)
        for connection in hub.connections
        for tunnel in connection.tunnels
    )
    segments = tuple(f"{table.key} -> {', '.join(table.reaches)}" for table in hub.segments)
    return HubRow(hub.key, hub.region, hub.asn, hub.routing, segments, tunnels, hub.shared_with)


def _spoke_row(spoke: SpokePlan) -> SpokeRow:
    zones = ", ".join(subnet.zone for subnet in spoke.subnets if subnet.kind == "workload")
    return SpokeRow(
        key=spoke.key,
        hub=spoke.hub,
        segment=spoke.segment,
        cidr=spoke.cidr,
        network=spoke.adopted.network if spoke.adopted else f"new, zones {zones}",
        subnets=tuple(f"{subnet.key} {subnet.cidr}" for subnet in spoke.subnets),
        routes=spoke.wan_prefixes,
        cloudflare_routes=tuple(
            f"{route.key} via {route.nexthop} at {route.priority}" for route in spoke.cloudflare_routes
        ),
        ingress=tuple(_rule_text(rule, "from") for rule in spoke.ingress),
        egress=tuple(_rule_text(rule, "to") for rule in spoke.egress),
    )


def _rule_text(rule: FilterRule, way: Literal["from", "to"]) -> str:
    traffic = rule.protocol if rule.port is None else f"{rule.protocol} {rule.port}"
    return f"{traffic} {way} {rule.peer} ({rule.flow})"


def _changes(
    kind: Literal["tunnel", "asn", "cidr"], old: Mapping[str, IPv4Network | int], new: Mapping[str, IPv4Network | int]
) -> list[AllocationChange]:
    return [
        AllocationChange(kind, key, _text(old.get(key)), _text(new.get(key)))
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]


def _text(value: IPv4Network | int | None) -> str | None:
    return None if value is None else str(value)


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(inner) for key, inner in value.items()}
    return [_jsonable(inner) for inner in value] if isinstance(value, list | tuple) else value
