"""The arguments of hubs: what is the same on every cloud, and each cloud's own."""

from typing import NotRequired, TypedDict

import pulumi

from hubspoke.args.parts import CloudflareArgs, ConnectionArgs, PeerArgs, SegmentArgs


class HubArgs(TypedDict):
    region: str
    """Region of the hub."""
    asn: int
    """ASN of the hub."""
    segments: list[SegmentArgs]
    """Segments, each kept apart from those it does not reach."""
    connections: list[ConnectionArgs]
    """Connections to Cloudflare, one per endpoint."""
    wan_prefixes: list[str]
    """Prefixes sent towards Cloudflare."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
    routing: NotRequired[str]
    """"static" (default) or "bgp"."""
    protect: NotRequired[bool]
    """Whether gateways refuse to be deleted. Default true."""
    advertised: NotRequired[list[str]]
    """With BGP, the prefixes that Cloudflare accepts from the hub, and all within them: its spokes' space. All routes
    are accepted if it is empty. On Google, what the hub's router advertises."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""


class AwsHubArgs(HubArgs):
    shared_with: NotRequired[list[str]]
    """Ids of the accounts whose networks may attach."""
    organization_sharing: NotRequired[bool]
    """Whether those accounts are in this account's organisation, with RAM sharing on. Default true."""
    store_psks: NotRequired[bool]
    """Whether the pre-shared keys are kept in Secrets Manager too. Default false."""
    peers: NotRequired[list[PeerArgs]]
    """Other transit gateways that this one is joined with."""


class AzureWanArgs(TypedDict):
    region: str
    """Region where the virtual WAN is kept."""
    protect: NotRequired[bool]
    """Whether it refuses to be deleted. Default true."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""


class AzureHubArgs(HubArgs):
    prefix: str
    """Prefix of the virtual hub itself, /24 or shorter."""
    virtual_wan_id: pulumi.Input[str]
    """Id of the virtual WAN that the hub is part of."""
    scale_units: NotRequired[int]
    """Scale units of the VPN gateway, 500 Mbps each. Default 1."""


class GcpHubArgs(HubArgs):
    topology: NotRequired[str]
    """"mesh" (default) or "star": how the hub's spokes reach each other."""
    center: NotRequired[list[str]]
    """Segments in the centre group of a star."""
    shared_with: NotRequired[list[str]]
    """Ids of the projects whose networks may attach."""
