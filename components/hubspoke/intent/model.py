"""What people write: one WAN as segments, accounts, hubs, spokes, on-ramps, sites and flows.

Keys are symbolic and stable: every resource name is made from them, so renaming a key is replacing what it names.
Cloud ids appear only where something that already exists is adopted. Nothing here knows Pulumi or a cloud SDK.
The words are the same on every cloud; what only one cloud knows is said so, and checked (`checks/`), since the cloud
of a part is that of its account.
"""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$")]
# Cloudflare tunnel names hold 15 characters: "<hub>-<endpoint>-<a|b>" (cloudflare-docs, IPsec tunnels, 2026-08).
HubKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,7}$")]
EndpointKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,3}$")]
EpochKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,3}(-[ab])?$")]
SubnetKey = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$")]

Cloud = Literal["aws", "azure", "gcp"]
Routing = Literal["static", "bgp"]
Topology = Literal["mesh", "star"]
Protocol = Literal["tcp", "udp", "icmp", "any"]
Access = Literal["allowed", "denied"]
Zone = Annotated[str, StringConstraints(pattern=r"^[a-f]$")]
Epoch = Annotated[int, Field(ge=1)]


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
    tunnel_pool: IPv4Network | None = Field(
        None,
        description="Private prefix that the inside addresses of Azure's tunnels are allocated from where they speak "
        "BGP; outside the address space.",
    )
    firewall: bool = Field(
        True, description="Hold segments apart at Cloudflare too, with Magic Firewall: a stack named cloudflare."
    )


class Account(Part):
    """One cloud account, and thus one Pulumi stack of the same name."""

    cloud: Cloud = Field(description="The cloud this account is in.")
    id: str = Field(description="AWS account id (12 digits), Azure subscription id (UUID), or Google project id.")
    role: str | None = Field(
        None,
        description="AWS: role that is assumed to deploy, hubspoke if not given. Google: service account that is "
        "impersonated, by its e-mail address.",
    )
    tenant: str | None = Field(None, description="Azure: the subscription's tenant id (UUID).")


class Segment(Part):
    """A routing domain. Segments reach themselves, and others only where one of the two says so."""

    reaches: tuple[Key, ...] = Field((), description="Other segments this one exchanges routes with, both ways.")


class Gateway(Part):
    """What has tunnels to Cloudflare: two to each endpoint."""

    account: Key = Field(description="Account it is in.")
    region: str = Field(description="Cloud region.")
    routing: Routing = Field("static", description="How routes are exchanged with Cloudflare.")
    asn: int | None = Field(None, description="Its private ASN; allocated into the lock file if not given.")
    protect: bool = Field(True, description="Refuse to delete the gateways; set to false, and deploy, to retire them.")
    psk_epoch: Epoch = Field(1, description="Raise it to renew all pre-shared keys at once.")
    psk_epochs: dict[EpochKey, Epoch] = Field(
        default_factory=dict,
        description="Per tunnel, as e1-a: raise it to renew that key alone. Azure: per endpoint, as e1.",
    )


class Hub(Gateway):
    """A hub in one region, and its on-ramp to Cloudflare.

    AWS: a Transit Gateway. Azure: a Virtual WAN hub. Google: HA VPN (Classic VPN where routing is static) and a Network
    Connectivity Center hub.
    """

    store_psks: bool = Field(False, description="AWS: keep the pre-shared keys in Secrets Manager too.")
    cidr: IPv4Network | None = Field(
        None, description="Azure: prefix of the virtual hub; a /23 from the hub's pool if not given."
    )
    scale_units: int = Field(1, ge=1, description="Azure: scale units of the VPN gateway, 500 Mbps each.")
    topology: Topology = Field("mesh", description="Google: how the networks on the hub reach each other.")
    center: tuple[Key, ...] = Field((), description="Google, star: segments that reach all others on the hub.")


class Adopted(Part):
    """A network that exists already. It is never deleted, and only what is named here is changed on it."""

    network: str = Field(description="Id of the VPC, resource id of the VNet, or projects/P/global/networks/N.")
    subnets: dict[SubnetKey, str] = Field(
        default_factory=dict,
        description="Its subnets. AWS: one per zone for the attachment. Azure: by a stable key, those that are "
        "filtered and routed, and the GatewaySubnet of an on-ramp as gateway.",
    )
    route_tables: dict[Key, str] = Field(
        default_factory=dict, description="Route tables that get routes to the WAN, by a stable key; none on Google."
    )


class Network(Part):
    """One network in one segment: a new one, or one that exists already."""

    account: Key = Field(description="Account the network is in.")
    segment: Key = Field(description="Segment it belongs to.")
    cidr: IPv4Network | None = Field(None, description="Its prefix; allocated from a pool if not given.")
    size: int = Field(20, ge=16, le=28, description="Prefix length to allocate where no cidr is given.")
    zones: tuple[Zone, ...] = Field(("a", "b"), min_length=2, max_length=6, description="AWS: availability zones.")
    adopt: Adopted | None = Field(None, description="An existing network instead of a new one; needs cidr.")


class Spoke(Network):
    """One network attached to one hub in one segment."""

    hub: HubKey = Field(description="Hub it is attached to, in the same cloud and region.")


class OnRamp(Gateway, Network):
    """One network that reaches Cloudflare by a VPN of its own, without a hub."""

    pool: HubKey | None = Field(None, description="Pool its prefix is allocated from; its own if not given.")
    gateway: Annotated[str, StringConstraints(pattern=r"^vgw-[0-9a-f]{8,17}$")] | None = Field(
        None, description="AWS: id of a virtual private gateway that is attached to the adopted network already."
    )


class Peering(Part):
    """Two AWS hubs joined natively, beside the way over Cloudflare. The other clouds join their hubs themselves."""

    hubs: tuple[HubKey, ...] = Field(min_length=2, max_length=2, description="The two hubs; the first one initiates.")


class Site(Part):
    """A place that reaches the WAN through Cloudflare and is not ours to configure: an office, a data centre."""

    prefixes: tuple[IPv4Network, ...] = Field(min_length=1, description="Prefixes behind this site.")
    segment: Key = Field(description="Segment it belongs to.")


class Flow(Part):
    """Traffic that must work, or must not. Ends are spokes, on-ramps, sites or whole segments."""

    source: Key = Field(alias="from", description="Spoke, on-ramp, site or segment that opens the connection.")
    target: Key = Field(alias="to", description="Spoke, on-ramp, site or segment that answers.")
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
        default_factory=dict,
        description="Per hub or on-ramp, the prefix that CIDRs of its networks are allocated from.",
    )
    hubs: dict[HubKey, Hub] = Field(default_factory=dict)
    peerings: dict[Key, Peering] = Field(default_factory=dict)
    spokes: dict[Key, Spoke] = Field(default_factory=dict)
    onramps: dict[HubKey, OnRamp] = Field(default_factory=dict)
    sites: dict[Key, Site] = Field(default_factory=dict)
    flows: dict[Key, Flow] = Field(default_factory=dict)
    limits: dict[Key, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="Quotas the cloud has raised for these accounts, by the limit's name."
    )
    organization_sharing: bool = Field(
        True, description="AWS accounts are in one organisation with RAM sharing on: shares need no acceptance."
    )
