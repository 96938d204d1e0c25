"""The plan for people and for programs: rows to print, a dict to serialise, and what a new lock changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network
from typing import Any, Literal

from hubspoke.plan.lock import Lock
from hubspoke.plan.model import AccountPlan, Connection, FilterRule, FirewallPlan, HubPlan, OnRampPlan, Plan, SpokePlan
from hubspoke.plan.sessions import sessions


@dataclass(frozen=True)
class TunnelRow:
    key: str
    endpoint: str
    cloud_address: str
    cloudflare_address: str


@dataclass(frozen=True)
class HubRow:
    key: str
    cloud: str
    region: str
    asn: int
    routing: str
    details: tuple[str, ...]  # what only its cloud has: "prefix 10.64.0.0/23", "star around shared"
    segments: tuple[str, ...]  # "shared -> dev, prod, shared"
    tunnels: tuple[TunnelRow, ...]
    shared_with: tuple[str, ...]
    peers: tuple[str, ...]  # "euc1 (atlantic, initiated there), 4 routes"


@dataclass(frozen=True)
class SpokeRow:
    key: str
    hub: str
    segment: str
    cidr: str
    network: str  # the adopted network's id, or what is new
    subnets: tuple[str, ...]  # "workload-a 10.16.0.0/23"
    routes: tuple[str, ...]  # prefixes routed to the hub
    cloudflare_routes: tuple[str, ...]  # "use1-e1-a via 169.254.240.1 at 100"
    ingress: tuple[str, ...]  # "tcp 8443 from 10.16.16.0/20 (web-orders)"
    egress: tuple[str, ...]


@dataclass(frozen=True)
class OnRampRow:
    """A single on-ramp: what it has of a hub, and what it has of a spoke."""

    key: str
    cloud: str
    region: str
    asn: int
    routing: str
    segment: str
    cidr: str
    network: str
    gateway: str  # one that is there already, or "new"
    subnets: tuple[str, ...]
    details: tuple[str, ...]  # what only its cloud has: "BGP over ber-e1-a, ber-e2-b"
    tunnels: tuple[TunnelRow, ...]
    cloudflare_routes: tuple[str, ...]
    ingress: tuple[str, ...]
    egress: tuple[str, ...]


@dataclass(frozen=True)
class FirewallRow:
    segments: tuple[str, ...]  # "prod: 10.16.0.0/20, 10.240.0.0/20"
    allowed: tuple[str, ...]  # "dev -> shared"


@dataclass(frozen=True)
class AccountTable:
    key: str
    cloud: str
    id: str
    region: str
    depends_on: tuple[str, ...]
    hubs: tuple[HubRow, ...]
    spokes: tuple[SpokeRow, ...]
    onramps: tuple[OnRampRow, ...]
    firewall: FirewallRow | None


AllocationKind = Literal["tunnel", "asn", "prefix", "cidr"]


@dataclass(frozen=True)
class AllocationChange:
    """What a new lock allocates, drops or changes. `old` is None where it is new, `new` where it is dropped."""

    kind: AllocationKind
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
    return AccountTable(
        key=account.key,
        cloud=account.cloud,
        id=account.id,
        region=account.region,
        depends_on=account.depends_on,
        hubs=tuple(map(_hub_row, account.hubs)),
        spokes=tuple(map(_spoke_row, account.spokes)),
        onramps=tuple(map(_onramp_row, account.onramps)),
        firewall=_firewall_row(account.firewall) if account.firewall else None,
    )


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """The whole plan as JSON holds it: lists and dicts of the model's own names."""
    listed: dict[str, Any] = _jsonable(asdict(plan))
    return listed | {"tags": dict(plan.tags), "limits": dict(plan.limits)}


def explain_allocations(old: Lock, new: Lock) -> list[AllocationChange]:
    """What changes from one lock to the next, by kind and key."""
    return [
        *_changes("tunnel", old.tunnels, new.tunnels),
        *_changes("asn", old.asns, new.asns),
        *_changes("prefix", old.prefixes, new.prefixes),
        *_changes("cidr", old.cidrs, new.cidrs),
    ]


def _hub_row(hub: HubPlan) -> HubRow:
    return HubRow(
        key=hub.key,
        cloud=hub.cloud,
        region=hub.region,
        asn=hub.asn,
        routing=hub.routing,
        details=_details(hub),
        segments=tuple(f"{table.key} -> {', '.join(table.reaches)}" for table in hub.segments),
        tunnels=_tunnel_rows(hub.connections),
        shared_with=hub.shared_with,
        peers=tuple(
            f"{peer.hub} ({peer.key}, initiated {'here' if peer.initiates else 'there'}), {len(peer.routes)} routes"
            for peer in hub.peers
        ),
    )


def _details(hub: HubPlan) -> tuple[str, ...]:
    if hub.cloud == "azure":
        units = f"{hub.scale_units} scale unit{'' if hub.scale_units == 1 else 's'}"
        return (f"prefix {hub.prefix}", units, *_spoken(hub))
    if hub.cloud == "gcp":
        star = f"star around {', '.join(hub.center)}" if hub.topology == "star" else "mesh"
        return (star, f"advertises {', '.join(hub.advertised)}") if hub.advertised else (star,)
    return ("keys in Secrets Manager",) if hub.store_psks else ()


def _spoke_row(spoke: SpokePlan) -> SpokeRow:
    return SpokeRow(
        key=spoke.key,
        hub=spoke.hub,
        segment=spoke.segment,
        cidr=spoke.cidr,
        network=_network_text(spoke),
        subnets=tuple(f"{subnet.key} {subnet.cidr}" for subnet in spoke.subnets),
        routes=spoke.wan_prefixes,
        cloudflare_routes=_route_texts(spoke),
        ingress=tuple(_rule_text(rule, "from") for rule in spoke.ingress),
        egress=tuple(_rule_text(rule, "to") for rule in spoke.egress),
    )


def _onramp_row(onramp: OnRampPlan) -> OnRampRow:
    return OnRampRow(
        key=onramp.key,
        cloud=onramp.cloud,
        region=onramp.region,
        asn=onramp.asn,
        routing=onramp.routing,
        segment=onramp.segment,
        cidr=onramp.cidr,
        network=_network_text(onramp),
        gateway=onramp.gateway or "new",
        subnets=tuple(f"{subnet.key} {subnet.cidr}" for subnet in onramp.subnets),
        details=_spoken(onramp),
        tunnels=_tunnel_rows(onramp.connections),
        cloudflare_routes=_route_texts(onramp),
        ingress=tuple(_rule_text(rule, "from") for rule in onramp.ingress),
        egress=tuple(_rule_text(rule, "to") for rule in onramp.egress),
    )


def _firewall_row(firewall: FirewallPlan) -> FirewallRow:
    return FirewallRow(
        segments=tuple(f"{key}: {', '.join(prefixes)}" for key, prefixes in firewall.segments),
        allowed=tuple(f"{source} -> {target}" for source, target in firewall.allowed),
    )


def _spoken(owner: HubPlan | OnRampPlan) -> tuple[str, ...]:
    """The tunnels with a BGP session, on the one cloud where not all have one."""
    spoken = sorted(sessions(owner)) if owner.cloud == "azure" else ()
    return (f"BGP over {', '.join(spoken)}",) if spoken else ()


def _tunnel_rows(connections: tuple[Connection, ...]) -> tuple[TunnelRow, ...]:
    return tuple(
        TunnelRow(tunnel.key, connection.endpoint, tunnel.cloud_address, tunnel.cloudflare_address)
        for connection in connections
        for tunnel in connection.tunnels
    )


def _network_text(part: SpokePlan | OnRampPlan) -> str:
    if part.adopted:
        return part.adopted.network
    zones = ", ".join(subnet.zone for subnet in part.subnets if subnet.kind == "workload" and subnet.zone)
    return f"new, zones {zones}" if zones else "new"


def _route_texts(part: SpokePlan | OnRampPlan) -> tuple[str, ...]:
    return tuple(f"{route.key} via {route.nexthop} at {route.priority}" for route in part.cloudflare_routes)


def _rule_text(rule: FilterRule, way: Literal["from", "to"]) -> str:
    traffic = rule.protocol if rule.port is None else f"{rule.protocol} {rule.port}"
    return f"{traffic} {way} {rule.peer} ({rule.flow})"


def _changes(
    kind: AllocationKind, old: Mapping[str, IPv4Network | int], new: Mapping[str, IPv4Network | int]
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
