"""The Plan: everything that is decided before a cloud is spoken to, as plain frozen values.

Addresses and prefixes are strings in canonical form ("10.0.0.0/20"), so that a plan prints, compares and
serialises as it is. Keys are stable: a resource's name is made from them and never from a position.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from hubspoke.intent.names import CLOUDFLARE as CLOUDFLARE
from hubspoke.intent.segments import ONRAMP as ONRAMP  # the plan's tables are keyed by it

Cloud = Literal["aws", "azure", "gcp"]
Routing = Literal["static", "bgp"]
Topology = Literal["mesh", "star"]
FLOW_LOG_DAYS = 30  # how long what went over a new network is kept, where a cloud asks


@dataclass(frozen=True)
class Tunnel:
    """One IPsec tunnel: both ends' inside addresses. `key` is at most 15 characters, Cloudflare's limit."""

    key: str  # "<hub or on-ramp>-<endpoint>-<a|b>"
    slot: Literal["a", "b"]  # AWS: tunnel1 or tunnel2; Azure: gateway instance 0 or 1; Google: interface 0 or 1
    inside_cidr: str  # AWS and Google: /30, Azure: /31
    cloud_address: str  # its first address, the cloud's side: Cloudflare's next hop
    cloudflare_address: str  # its second address, Cloudflare's side: `interface_address`
    psk_epoch: int  # a higher one is a new pre-shared key; Azure's two tunnels of a connection have one key


@dataclass(frozen=True)
class Connection:
    """One VPN connection of a hub or on-ramp: two tunnels to one Cloudflare endpoint."""

    key: str  # the endpoint's key
    endpoint: str  # anycast address
    tunnels: tuple[Tunnel, ...]


@dataclass(frozen=True)
class SegmentTable:
    """One route table of a hub. `propagates_from` are the segments whose attachments it learns."""

    key: str  # segment key
    reaches: tuple[str, ...]  # segments whose spokes appear in this table, itself included


@dataclass(frozen=True)
class PeerRoute:
    """A static route of one segment table of a hub, towards a spoke of a hub it is joined with."""

    segment: str
    prefix: str


@dataclass(frozen=True)
class HubPeer:
    """Another hub of the same cloud that this one is joined with natively, beside the way over Cloudflare.

    Arriving traffic is looked up in the on-ramp table, which knows all spokes: isolation is held by the segment tables
    of the hub that sends. The side that initiates makes both sides' routes, as it alone knows the join's id.
    """

    key: str  # of the peering
    hub: str
    account: str
    account_id: str
    region: str
    initiates: bool  # whether this side makes the join; its account's stack comes after the other's
    routes: tuple[PeerRoute, ...]  # of this hub's tables, towards the other hub's spokes
    returns: tuple[PeerRoute, ...]  # of the other hub's tables, towards this hub's spokes


@dataclass(frozen=True)
class HubPlan:
    key: str
    account: str
    cloud: Cloud
    region: str
    asn: int  # Azure: always 65515
    routing: Routing
    segments: tuple[SegmentTable, ...]
    connections: tuple[Connection, ...]
    wan_prefixes: tuple[str, ...]  # what the hub sends towards Cloudflare
    shared_with: tuple[str, ...]  # ids of other accounts with spokes on this hub, sorted
    protect: bool
    prefix: str | None  # Azure: of the virtual hub itself
    scale_units: int  # Azure: of the VPN gateway, 500 Mbps each
    topology: Topology  # Google: of the Network Connectivity Center hub
    center: tuple[str, ...]  # Google, star: segments in the centre group, sorted
    store_psks: bool  # AWS: whether keys are kept in Secrets Manager too
    peers: tuple[HubPeer, ...]
    advertised: tuple[str, ...]  # what a BGP router of the hub tells Cloudflare: its spokes' space, collapsed


@dataclass(frozen=True)
class Subnet:
    """A subnet of a new network: for workloads, for the hub's attachment, or for a VPN gateway."""

    key: str  # "<kind>-<zone>"; without the zone where subnets are regional (Azure, Google)
    kind: Literal["workload", "attachment", "gateway"]
    zone: str  # "a".."f" on AWS, "" elsewhere
    cidr: str


@dataclass(frozen=True)
class AdoptedNetwork:
    network: str  # AWS: VPC id; Azure: VNet resource id; Google: "projects/P/global/networks/N"
    subnets: tuple[tuple[str, str], ...]  # (zone on AWS, else a stable key; subnet id)
    route_tables: tuple[tuple[str, str], ...]  # (key, route table id); none on Google, where a network has the routes


@dataclass(frozen=True)
class FilterRule:
    """One rule of a spoke's filter. `peer` is the prefix of the other end; ports are None for all."""

    key: str  # "<flow>-<peer key>"
    flow: str
    peer: str
    protocol: Literal["tcp", "udp", "icmp", "any"]
    port: int | None


@dataclass(frozen=True)
class StaticRoute:
    """One route at Cloudflare: a network's prefix through one tunnel."""

    key: str  # the tunnel's key
    prefix: str
    nexthop: str  # the cloud's side of the tunnel
    priority: int


@dataclass(frozen=True)
class SpokePlan:
    key: str
    account: str
    cloud: Cloud
    hub: str
    hub_account: str
    hub_account_id: str
    region: str
    segment: str
    cidr: str
    subnets: tuple[Subnet, ...]
    adopted: AdoptedNetwork | None
    propagates_to: tuple[str, ...]  # segment tables of the hub that learn this spoke, its own included, sorted
    wan_prefixes: tuple[str, ...]  # routed to the hub
    ingress: tuple[FilterRule, ...]
    egress: tuple[FilterRule, ...]
    cloudflare_routes: tuple[StaticRoute, ...]  # empty where the hub speaks BGP


@dataclass(frozen=True)
class OnRampPlan:
    """A single network with a VPN to Cloudflare of its own, and no hub."""

    key: str
    account: str
    cloud: Cloud
    region: str
    segment: str
    cidr: str
    asn: int
    routing: Routing
    connections: tuple[Connection, ...]
    subnets: tuple[Subnet, ...]
    adopted: AdoptedNetwork | None
    gateway: str | None  # AWS: id of a virtual private gateway that is there already
    wan_prefixes: tuple[str, ...]  # routed to the gateway
    advertised: tuple[str, ...]  # what a BGP router of it tells Cloudflare
    ingress: tuple[FilterRule, ...]
    egress: tuple[FilterRule, ...]
    cloudflare_routes: tuple[StaticRoute, ...]  # empty with BGP
    protect: bool


@dataclass(frozen=True)
class FirewallPlan:
    """What Cloudflare lets pass between segments; all else between the WAN's prefixes is dropped."""

    segments: tuple[tuple[str, tuple[str, ...]], ...]  # (segment, its networks' and sites' prefixes), sorted
    allowed: tuple[tuple[str, str], ...]  # (segment that sends, segment that receives), itself included, sorted
    wan_prefixes: tuple[str, ...]


@dataclass(frozen=True)
class AccountPlan:
    """One account's part, and so one stack's. Cloudflare's own account is one too, where it has a firewall."""

    key: str
    cloud: Cloud | Literal["cloudflare"]
    id: str  # AWS account id, Azure subscription, Google project, Cloudflare account id
    role: str  # AWS: role's name; Google: service account that is impersonated, if any; "" elsewhere
    tenant: str  # Azure; "" elsewhere
    region: str  # default region of the provider: of its first hub, spoke or on-ramp by key; "" for Cloudflare
    hubs: tuple[HubPlan, ...]
    spokes: tuple[SpokePlan, ...]
    onramps: tuple[OnRampPlan, ...]
    firewall: FirewallPlan | None
    depends_on: tuple[str, ...]  # accounts whose stacks must be up first, sorted


@dataclass(frozen=True)
class CloudflarePlan:
    account: str
    asn: int


@dataclass(frozen=True)
class SitePlan:
    """A place behind Cloudflare that is not ours to configure."""

    key: str
    segment: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class FlowPlan:
    """A flow between two prefixes' owners, as the plan resolved it, for people and for proofs."""

    key: str
    source: str
    target: str
    protocol: Literal["tcp", "udp", "icmp", "any"]
    port: int | None
    access: Literal["allowed", "denied"]


@dataclass(frozen=True)
class Plan:
    wan: str
    tags: tuple[tuple[str, str], ...]
    organization_sharing: bool
    cloudflare: CloudflarePlan
    segments: tuple[SegmentTable, ...]  # who exchanges routes with whom, sorted by key
    accounts: tuple[AccountPlan, ...]  # sorted by key
    sites: tuple[SitePlan, ...]
    flows: tuple[FlowPlan, ...]
    limits: tuple[tuple[str, int], ...] = ()  # quotas that a cloud has raised, sorted by name

    @cached_property
    def spoke(self) -> dict[str, SpokePlan]:
        """Spokes of all accounts, by key."""
        return {spoke.key: spoke for account in self.accounts for spoke in account.spokes}

    def account(self, key: str) -> AccountPlan:
        """The part of one account. Raises KeyError with the known keys if there is none."""
        for account in self.accounts:
            if account.key == key:
                return account
        raise KeyError(f"no account {key!r} in the WAN; there are: {', '.join(a.key for a in self.accounts)}")
