"""From a component's arguments to its part of the Plan. Raises KeyError for what is missing."""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from hubspoke.args.cloudflare import BgpFilters, HealthCheck, TunnelEnd, TunnelEnds
from hubspoke.plan.model import (
    AdoptedNetwork,
    Cloud,
    CloudflarePlan,
    Connection,
    FilterRule,
    FirewallPlan,
    HubPeer,
    HubPlan,
    OnRampPlan,
    PeerRoute,
    SegmentTable,
    SpokePlan,
    StaticRoute,
    Subnet,
    Tunnel,
)

Args = Mapping[str, Any]


def parse_cloudflare(args: Args) -> CloudflarePlan:
    """The Cloudflare account of any component's arguments."""
    return CloudflarePlan(args["cloudflare"]["account"], int(args["cloudflare"]["asn"]))


def parse_tunnel_ends(args: Args) -> TunnelEnds:
    """Cloudflare's side of one on-ramp."""
    asn, filters = args.get("bgp_asn"), args.get("filters")
    return TunnelEnds(
        tunnels=tuple(_tunnel_end(tunnel) for tunnel in args["tunnels"]),
        cloudflare=parse_cloudflare(args),
        bgp_asn=None if asn is None else int(asn),
        filters=BgpFilters(tuple(filters["accepted"]), tuple(filters["told"])) if filters else None,
    )


def parse_firewall(args: Args) -> FirewallPlan:
    """What Cloudflare's firewall lets pass."""
    return FirewallPlan(
        segments=tuple(sorted((key, tuple(prefixes)) for key, prefixes in args["segments"].items())),
        allowed=tuple(sorted((permit["source"], permit["target"]) for permit in args["allowed"])),
        wan_prefixes=tuple(args["wan_prefixes"]),
    )


def parse_hub(name: str, args: Args, cloud: Cloud) -> HubPlan:
    """One hub's part of a plan."""
    return HubPlan(
        key=name,
        account="",
        cloud=cloud,
        region=args["region"],
        asn=int(args["asn"]),
        routing=args.get("routing", "static"),
        segments=tuple(SegmentTable(s["key"], tuple(s["reaches"])) for s in args["segments"]),
        connections=_connections(args),
        wan_prefixes=tuple(args["wan_prefixes"]),
        shared_with=tuple(args.get("shared_with", ())),
        protect=args.get("protect", True),
        prefix=args.get("prefix"),
        scale_units=int(args.get("scale_units", 1)),
        topology=args.get("topology", "mesh"),
        center=tuple(args.get("center", ())),
        store_psks=args.get("store_psks", False),
        peers=tuple(_peer(p) for p in args.get("peers", ())),
        advertised=tuple(args.get("advertised", ())),
    )


def parse_spoke(name: str, args: Args, cloud: Cloud) -> SpokePlan:
    """One spoke's part of a plan."""
    return SpokePlan(
        key=name,
        account="",
        cloud=cloud,
        hub="",
        hub_account="",
        hub_account_id="",
        region=args["region"],
        segment=args["segment"],
        cidr=args["cidr"],
        subnets=_subnets(args),
        adopted=_adopted(args.get("adopted")),
        propagates_to=tuple(args["propagates_to"]),
        wan_prefixes=tuple(args["wan_prefixes"]),
        ingress=_rules(args.get("ingress", ())),
        egress=_rules(args.get("egress", ())),
        cloudflare_routes=_routes(args),
    )


def parse_onramp(name: str, args: Args, cloud: Cloud) -> OnRampPlan:
    """One on-ramp's part of a plan."""
    return OnRampPlan(
        key=name,
        account="",
        cloud=cloud,
        region=args["region"],
        segment=args["segment"],
        cidr=args["cidr"],
        asn=int(args["asn"]),
        routing=args.get("routing", "static"),
        connections=_connections(args),
        subnets=_subnets(args),
        adopted=_adopted(args.get("adopted")),
        gateway=args.get("gateway"),
        wan_prefixes=tuple(args["wan_prefixes"]),
        advertised=tuple(args.get("advertised", ())),
        ingress=_rules(args.get("ingress", ())),
        egress=_rules(args.get("egress", ())),
        cloudflare_routes=_routes(args),
        protect=args.get("protect", True),
    )


def _connections(args: Args) -> tuple[Connection, ...]:
    return tuple(
        Connection(c["key"], c["endpoint"], tuple(_tunnel(t) for t in c["tunnels"])) for c in args["connections"]
    )


def _tunnel(args: Args) -> Tunnel:
    return Tunnel(
        key=args["key"],
        slot=args["slot"],
        inside_cidr=args["inside_cidr"],
        cloud_address=args["cloud_address"],
        cloudflare_address=args["cloudflare_address"],
        psk_epoch=int(args.get("psk_epoch", 1)),
    )


def _tunnel_end(args: Args) -> TunnelEnd:
    check = args.get("health_check") or {}
    return TunnelEnd(
        key=args["key"],
        endpoint=args["endpoint"],
        inside_cidr=args["inside_cidr"],
        cloudflare_address=args["cloudflare_address"],
        customer_endpoint=args["customer_endpoint"],
        psk=pulumi.Output.secret(args["psk"]),
        health_check=HealthCheck(check.get("type") or "request", check.get("target")),
        bgp=args.get("bgp", True),
    )


def _peer(args: Args) -> HubPeer:
    return HubPeer(
        key=args["key"],
        hub=args["hub"],
        account=args["account"],
        account_id=args["account_id"],
        region=args["region"],
        initiates=args["initiates"],
        routes=_peer_routes(args["routes"]),
        returns=_peer_routes(args["returns"]),
    )


def _peer_routes(args: Iterable[Args]) -> tuple[PeerRoute, ...]:
    return tuple(PeerRoute(route["segment"], route["prefix"]) for route in args)


def _subnets(args: Args) -> tuple[Subnet, ...]:
    return tuple(Subnet(s["key"], s["kind"], s["zone"], s["cidr"]) for s in args.get("subnets", ()))


def _adopted(args: Args | None) -> AdoptedNetwork | None:
    if not args:
        return None
    return AdoptedNetwork(
        args["network"], tuple(sorted(args["subnets"].items())), tuple(sorted(args["route_tables"].items()))
    )


def _rules(args: Iterable[Args]) -> tuple[FilterRule, ...]:
    return tuple(_rule(rule) for rule in args)


def _rule(args: Args) -> FilterRule:
    port = args.get("port")
    return FilterRule(args["key"], args["flow"], args["peer"], args["protocol"], None if port is None else int(port))


def _routes(args: Args) -> tuple[StaticRoute, ...]:
    return tuple(
        StaticRoute(r["key"], r["prefix"], r["nexthop"], int(r["priority"])) for r in args.get("cloudflare_routes", ())
    )
