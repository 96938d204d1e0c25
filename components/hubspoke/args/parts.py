"""What the arguments of several components are made of."""

from typing import NotRequired, TypedDict


class TunnelArgs(TypedDict):
    key: str
    """Stable key, at most 15 characters: it is the tunnel's name at Cloudflare."""
    slot: str
    """"a" or "b": which of its connection's two tunnels."""
    inside_cidr: str
    """Prefix that both ends' inside addresses are in: /30, on Azure /31."""
    cloud_address: str
    """Inside address of the cloud's end."""
    cloudflare_address: str
    """Inside address of Cloudflare's end."""
    psk_epoch: NotRequired[int]
    """Raise it to renew this tunnel's pre-shared key. Default 1."""


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


class PeerRouteArgs(TypedDict):
    segment: str
    """Segment whose table has the route."""
    prefix: str
    """Prefix of a spoke of the hub at the other end."""


class PeerArgs(TypedDict):
    key: str
    """Key of the peering."""
    hub: str
    """Key of the hub at the other end."""
    account: str
    """Key of that hub's account."""
    account_id: str
    """Id of that hub's account."""
    region: str
    """Region of that hub."""
    initiates: bool
    """Whether this hub's side makes the join and both sides' routes."""
    routes: list[PeerRouteArgs]
    """Routes of this hub's tables, towards the other hub's spokes."""
    returns: list[PeerRouteArgs]
    """Routes of the other hub's tables, towards this hub's spokes."""


class CloudflareArgs(TypedDict):
    account: str
    """Cloudflare account id."""
    asn: int
    """ASN of Cloudflare's side."""


class SubnetArgs(TypedDict):
    key: str
    """Stable key."""
    kind: str
    """"workload", "attachment" or "gateway"."""
    zone: str
    """Letter of the availability zone on AWS, empty elsewhere."""
    cidr: str
    """Prefix of the subnet."""


class AdoptedArgs(TypedDict):
    network: str
    """Id of the existing network: AWS VPC, Azure VNet, or Google network ("projects/P/global/networks/N")."""
    subnets: dict[str, str]
    """Ids of its subnets, by zone on AWS and by a stable key elsewhere."""
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
    """Prefix of the network."""
    nexthop: str
    """Inside address of the cloud's end of the tunnel."""
    priority: int
    """Priority; lower wins."""
