"""The Plan: everything that is decided before a cloud is spoken to, as plain frozen values.

Addresses and prefixes are strings in canonical form ("10.0.0.0/20"), so that a plan prints, compares and
serialises as it is. Keys are stable: a resource's name is made from them and never from a position.
"""

from dataclasses import dataclass
from typing import Literal

from hubspoke.intent.segments import ONRAMP as ONRAMP  # the plan's tables are keyed by it

Routing = Literal["static", "bgp"]


@dataclass(frozen=True)
class Tunnel:
    """One IPsec tunnel: both ends' inside addresses. `key` is at most 15 characters, Cloudflare's limit."""

    key: str  # "<hub>-<endpoint>-<a|b>"
    slot: Literal["a", "b"]  # tunnel1 or tunnel2 of its VPN connection
    inside_cidr: str  # /30 in 169.254.240.0/20
    cloud_address: str  # first host, the cloud's side: Cloudflare's next hop
    cloudflare_address: str  # second host, Cloudflare's side: `interface_address`


@dataclass(frozen=True)
class Connection:
    """One VPN connection of a hub: two tunnels to one Cloudflare endpoint."""

    key: str  # the endpoint's key
    endpoint: str  # anycast address
    tunnels: tuple[Tunnel, ...]


@dataclass(frozen=True)
class SegmentTable:
    """One route table of a hub. `propagates_from` are the segments whose attachments it learns."""

    key: str  # segment key
    reaches: tuple[str, ...]  # segments whose spokes appear in this table, itself included


@dataclass(frozen=True)
class HubPlan:
    key: str
    account: str
    region: str
    asn: int
    routing: Routing
    segments: tuple[SegmentTable, ...]
    connections: tuple[Connection, ...]
    wan_prefixes: tuple[str, ...]  # what the hub sends towards Cloudflare
    shared_with: tuple[str, ...]  # ids of other accounts with spokes on this hub, sorted
    psk_epoch: int
    protect: bool


@dataclass(frozen=True)
class Subnet:
    """A subnet of a new spoke. `kind` is "workload" or "attachment" (the /28 the hub attaches to)."""

    key: str  # "<kind>-<zone>"
    kind: Literal["workload", "attachment"]
    zone: str  # "a".."f"
    cidr: str


@dataclass(frozen=True)
class AdoptedNetwork:
    vpc: str
    subnets: tuple[tuple[str, str], ...]  # (zone, subnet id)
    route_tables: tuple[tuple[str, str], ...]  # (key, route table id)


@dataclass(frozen=True)
class FilterRule:
    """One security group rule. `peer` is the prefix of the other end; ports are None for all."""

    key: str  # "<flow>-<peer key>"
    flow: str
    peer: str
    protocol: Literal["tcp", "udp", "icmp", "any"]
    port: int | None


@dataclass(frozen=True)
class StaticRoute:
    """One route at Cloudflare: a spoke's prefix through one tunnel."""

    key: str  # the tunnel's key
    prefix: str
    nexthop: str  # the cloud's side of the tunnel
    priority: int


@dataclass(frozen=True)
class SpokePlan:
    key: str
    account: str
    hub: str
    hub_account: str
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
class AccountPlan:
    """One account's part, and so one stack's."""

    key: str
    cloud: Literal["aws"]
    id: str
    role: str
    region: str  # default region of the provider: of its first hub or spoke by key
    hubs: tuple[HubPlan, ...]
    spokes: tuple[SpokePlan, ...]
    depends_on: tuple[str, ...]  # accounts whose stacks must be up first (the hubs of its spokes), sorted


@dataclass(frozen=True)
class CloudflarePlan:
    account: str
    asn: int


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
    accounts: tuple[AccountPlan, ...]  # sorted by key
    flows: tuple[FlowPlan, ...]

    def account(self, key: str) -> AccountPlan:
        """The part of one account. Raises KeyError with the known keys if there is none."""
        for account in self.accounts:
            if account.key == key:
                return account
        raise KeyError(f"no account {key!r} in the WAN; there are: {', '.join(a.key for a in self.accounts)}")
