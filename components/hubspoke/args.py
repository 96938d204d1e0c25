"""The components' arguments, and the one place where they are parsed.

Names and shapes are those of the Plan and the same on every cloud. Topology (keys, CIDRs, ASNs) is plain; ids that
another resource gives are `Input`. A component hosted for another language receives plain dicts whose integers
arrive as floats, so parsing converts at this boundary and nowhere else.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi

from hubspoke.plan.model import (
    AdoptedNetwork,
    CloudflarePlan,
    Connection,
    FilterRule,
    HubPlan,
    SegmentTable,
    SpokePlan,
    StaticRoute,
    Subnet,
    Tunnel,
)


class TunnelArgs(TypedDict):
    key: str
    """Stable key, at most 15 characters: it is the tunnel's name at Cloudflare."""
    slot: str
    """"a" or "b": which of its connection's two tunnels."""
    inside_cidr: str
    """/30 that both ends' inside addresses are in."""
    cloud_address: str
    """Inside address of the cloud's end."""
    cloudflare_address: str
    """Inside address of Cloudflare's end."""


class ConnectionArgs(TypedDict):
    key: str
    """Key of the Cloudflare endpoint."""
    endpoint: str
    """Anycast address of the Cloudflare endpoint."""
    tunnels: list[TunnelArgs]
    """The two tunnels."""


class SegmentArgs(TypedDict):
    key: str
    """Key of the segment."""
    reaches: list[str]
    """Segments whose spokes this one's table learns, itself included."""


class CloudflareArgs(TypedDict):
    account: str
    """Cloudflare account id."""
    asn: int
    """ASN of Cloudflare's side."""


class AwsHubArgs(TypedDict):
    region: str
    """Region of the hub."""
    asn: int
    """Private ASN of the hub."""
    segments: list[SegmentArgs]
    """Segments, a route table each."""
    connections: list[ConnectionArgs]
    """Connections to Cloudflare, one per endpoint."""
    wan_prefixes: list[str]
    """Prefixes sent towards Cloudflare."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
    routing: NotRequired[str]
    """"static" (default) or "bgp"."""
    shared_with: NotRequired[list[str]]
    """Ids of the accounts whose networks may attach."""
    organization_sharing: NotRequired[bool]
    """Whether those accounts are in this account's organisation, with RAM sharing on. Default true."""
    psk_epoch: NotRequired[int]
    """Raise it to renew the pre-shared keys. Default 1."""
    protect: NotRequired[bool]
    """Whether gateways refuse to be deleted. Default true."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""


class SubnetArgs(TypedDict):
    key: str
    """Stable key."""
    kind: str
    """"workload" or "attachment"."""
    zone: str
    """Letter of the availability zone."""
    cidr: str
    """Prefix of the subnet."""


class AdoptedArgs(TypedDict):
    vpc: str
    """Id of the existing VPC."""
    subnets: dict[str, str]
    """Ids of the subnets to attach, by zone."""
    route_tables: dict[str, str]
    """Ids of the route tables that get routes to the WAN, by a stable key."""


class RuleArgs(TypedDict):
    key: str
    """Stable key."""
    flow: str
    """Flow of the intent it serves."""
    peer: str
    """Prefix of the other end."""
    protocol: str
    """tcp, udp, icmp or any."""
    port: NotRequired[int | None]
    """Port; all if absent."""


class CloudflareRouteArgs(TypedDict):
    key: str
    """Key of the tunnel."""
    prefix: str
    """Prefix of the spoke."""
    nexthop: str
    """Inside address of the cloud's end of the tunnel."""
    priority: int
    """Priority; lower wins."""


class AwsSpokeArgs(TypedDict):
    region: str
    """Region of the spoke and of its hub."""
    segment: str
    """Segment the attachment is associated with."""
    cidr: str
    """Prefix of the network."""
    propagates_to: list[str]
    """Segments whose tables learn this network."""
    wan_prefixes: list[str]
    """Prefixes routed to the hub."""
    transit_gateway_id: pulumi.Input[str]
    """Id of the hub's transit gateway."""
    route_tables: dict[str, pulumi.Input[str]]
    """Ids of the hub's route tables: one per segment, and "onramp"."""
    cross_account: bool
    """Whether the hub is in another account, so that the attachment must be accepted there."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
    subnets: NotRequired[list[SubnetArgs]]
    """Subnets of a new network."""
    adopted: NotRequired[AdoptedArgs | None]
    """An existing network instead of a new one."""
    ingress: NotRequired[list[RuleArgs]]
    """What the spoke's security group lets in."""
    egress: NotRequired[list[RuleArgs]]
    """What the spoke's security group lets out."""
    cloudflare_routes: NotRequired[list[CloudflareRouteArgs]]
    """Static routes to this network at Cloudflare."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""


def _tunnel(args: Mapping[str, Any]) -> Tunnel:
    return Tunnel(**{name: args[name] for name in TunnelArgs.__annotations__})


def _connection(args: Mapping[str, Any]) -> Connection:
    return Connection(args["key"], args["endpoint"], tuple(_tunnel(t) for t in args["tunnels"]))


def _rule(args: Mapping[str, Any]) -> FilterRule:
    port = args.get("port")
    return FilterRule(args["key"], args["flow"], args["peer"], args["protocol"], None if port is None else int(port))


def _adopted(args: Mapping[str, Any] | None) -> AdoptedNetwork | None:
    if not args:
        return None
    return AdoptedNetwork(
        args["vpc"], tuple(sorted(args["subnets"].items())), tuple(sorted(args["route_tables"].items()))
    )


def parse_cloudflare(args: Mapping[str, Any]) -> CloudflarePlan:
    """The Cloudflare account of any component's arguments."""
    return CloudflarePlan(args["cloudflare"]["account"], int(args["cloudflare"]["asn"]))


def parse_hub(name: str, args: Mapping[str, Any]) -> HubPlan:
    """One hub's part of a plan, from its component's arguments. Raises KeyError for what is missing."""
    return HubPlan(
        key=name,
        account="",
        region=args["region"],
        asn=int(args["asn"]),
        routing=args.get("routing", "static"),
        segments=tuple(SegmentTable(s["key"], tuple(s["reaches"])) for s in args["segments"]),
        connections=tuple(_connection(c) for c in args["connections"]),
        wan_prefixes=tuple(args["wan_prefixes"]),
        shared_with=tuple(args.get("shared_with", ())),
        psk_epoch=int(args.get("psk_epoch", 1)),
        protect=args.get("protect", True),
    )


def parse_spoke(name: str, args: Mapping[str, Any]) -> SpokePlan:
    """One spoke's part of a plan, from its component's arguments. Raises KeyError for what is missing."""
    return SpokePlan(
        key=name,
        account="",
        hub="",
        hub_account="",
        region=args["region"],
        segment=args["segment"],
        cidr=args["cidr"],
        subnets=tuple(Subnet(**{n: s[n] for n in SubnetArgs.__annotations__}) for s in args.get("subnets", ())),
        adopted=_adopted(args.get("adopted")),
        propagates_to=tuple(args["propagates_to"]),
        wan_prefixes=tuple(args["wan_prefixes"]),
        ingress=tuple(_rule(r) for r in args.get("ingress", ())),
        egress=tuple(_rule(r) for r in args.get("egress", ())),
        cloudflare_routes=tuple(
            StaticRoute(r["key"], r["prefix"], r["nexthop"], int(r["priority"]))
            for r in args.get("cloudflare_routes", ())
        ),
    )
