"""What people write: one WAN as segments, accounts, hubs, spokes, sites and flows.

Keys are symbolic and stable: every resource name is made from them, so renaming a key is replacing what it names.
Cloud ids appear only where something that already exists is adopted. Nothing here knows Pulumi or a cloud SDK.
"""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$")]
# Cloudflare tunnel names hold 15 characters: "<hub>-<endpoint>-<a|b>" (cloudflare-docs, IPsec tunnels, 2026-08).
HubKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,7}$")]
EndpointKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,3}$")]

Cloud = Literal["aws"]
Routing = Literal["static", "bgp"]
Protocol = Literal["tcp", "udp", "icmp", "any"]
Access = Literal["allowed", "denied"]
Zone = Annotated[str, StringConstraints(pattern=r"^[a-f]$")]


class Part(BaseModel):
    """A part of the intent: frozen, and strict about names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Cloudflare(Part):
    """The Cloudflare account in the middle, and the anycast endpoints it was given."""

    account: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] = Field(
        description="Cloudflare account id, 32 hexadecimal digits."
    )
    endpoints: dict[EndpointKey, IPv4Address] = Field(
        min_length=1, description="Anycast addresses of this account, by a short key that names tunnels."
    )
    asn: int = Field(13335, ge=1, le=4294967295, description="Cloudflare's ASN, as BGP peers see it.")
    priority: int = Field(100, ge=1, le=1_000_000, description="Priority of static routes; lower wins.")


class Account(Part):
    """One cloud account, and thus one Pulumi stack of the same name."""

    cloud: Cloud = Field(description="The cloud this account is in.")
    id: Annotated[str, StringConstraints(pattern=r"^\d{12}$")] = Field(description="AWS account id, 12 digits.")
    role: Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]{1,64}$")] = Field(
        "hubspoke", description="Role that is assumed to deploy into this account."
    )


class Segment(Part):
    """A routing domain. Segments reach themselves, and others only where one of the two says so."""

    reaches: tuple[Key, ...] = Field((), description="Other segments this one exchanges routes with, both ways.")


class Hub(Part):
    """A Transit Gateway in one region, and its on-ramp to Cloudflare: two tunnels to each endpoint."""

    account: Key = Field(description="Account the hub is in.")
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = Field(description="Cloud region.")
    routing: Routing = Field("static", description="How routes are exchanged with Cloudflare.")
    asn: int | None = Field(None, description="Private ASN of the hub; allocated into the lock file if not given.")
    protect: bool = Field(True, description="Refuse to delete the gateways; set to false, and deploy, to retire a hub.")
    psk_epoch: int = Field(1, ge=1, description="Raise it to renew the pre-shared keys of this hub's tunnels.")


class Adopted(Part):
    """A network that exists already. It is never deleted, and only what is named here is changed on it."""

    network: Annotated[str, StringConstraints(pattern=r"^vpc-[0-9a-f]{8,17}$")] = Field(description="VPC id.")
    subnets: dict[Zone, Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-f]{8,17}$")]] = Field(
        min_length=2, description="One subnet per zone for the attachment."
    )
    route_tables: dict[Key, Annotated[str, StringConstraints(pattern=r"^rtb-[0-9a-f]{8,17}$")]] = Field(
        min_length=1, description="Route tables that get routes to the WAN, by a stable key."
    )


class Spoke(Part):
    """One network attached to one hub in one segment."""

    account: Key = Field(description="Account the network is in.")
    hub: HubKey = Field(description="Hub it is attached to, in the same region.")
    segment: Key = Field(description="Segment its attachment belongs to.")
    cidr: IPv4Network | None = Field(None, description="Its prefix; allocated from the hub's pool if not given.")
    size: int = Field(20, ge=16, le=24, description="Prefix length to allocate where no cidr is given.")
    zones: tuple[Zone, ...] = Field(("a", "b"), min_length=2, max_length=6, description="Availability zones.")
    adopt: Adopted | None = Field(None, description="An existing VPC instead of a new one; needs cidr.")


class Site(Part):
    """A place that reaches the WAN through Cloudflare and is not ours to configure: an office, a data centre."""

    prefixes: tuple[IPv4Network, ...] = Field(min_length=1, description="Prefixes behind this site.")
    segment: Key = Field(description="Segment it belongs to.")


class Flow(Part):
    """Traffic that must work, or must not. Ends are spokes, sites or whole segments."""

    source: Key = Field(alias="from", description="Spoke, site or segment that opens the connection.")
    target: Key = Field(alias="to", description="Spoke, site or segment that answers.")
    protocol: Protocol = Field("any", description="Protocol.")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(None, description="Port of tcp or udp; all if absent.")
    access: Access = Field("allowed", description="Whether it must work or must not.")


class Wan(Part):
    """One wide-area network, whole."""

    name: Key = Field(description="Name of the WAN; part of tags.")
    tags: dict[str, str] = Field(default_factory=dict, description="Tags on every resource that takes tags.")
    address_space: tuple[IPv4Network, ...] = Field(min_length=1, description="Prefixes the WAN routes as a whole.")
    cloudflare: Cloudflare
    accounts: dict[Key, Account] = Field(min_length=1)
    segments: dict[Key, Segment] = Field(min_length=1)
    pools: dict[HubKey, IPv4Network] = Field(
        default_factory=dict, description="Per hub, the prefix that its spokes' CIDRs are allocated from."
    )
    hubs: dict[HubKey, Hub] = Field(min_length=1)
    spokes: dict[Key, Spoke] = Field(default_factory=dict)
    sites: dict[Key, Site] = Field(default_factory=dict)
    flows: dict[Key, Flow] = Field(default_factory=dict)
    limits: dict[Key, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="Quotas the cloud has raised for these accounts, by the limit's name."
    )
    organization_sharing: bool = Field(
        True, description="Accounts are in one AWS organisation with RAM sharing on: shares need no acceptance."
    )
