"""The arguments of single on-ramps: what is the same on every cloud, and each cloud's own."""

from typing import NotRequired, TypedDict

from hubspoke.args.parts import (
    AdoptedArgs,
    CloudflareArgs,
    CloudflareRouteArgs,
    ConnectionArgs,
    RuleArgs,
    SubnetArgs,
)


class OnRampArgs(TypedDict):
    region: str
    """Region of the network."""
    segment: str
    """Segment the network belongs to."""
    cidr: str
    """Prefix of the network."""
    asn: int
    """ASN of the network's side."""
    connections: list[ConnectionArgs]
    """Connections to Cloudflare, one per endpoint."""
    wan_prefixes: list[str]
    """Prefixes routed to Cloudflare."""
    cloudflare: CloudflareArgs
    """The Cloudflare account in the middle."""
    routing: NotRequired[str]
    """"static" (default) or "bgp"."""
    subnets: NotRequired[list[SubnetArgs]]
    """Subnets of a new network."""
    adopted: NotRequired[AdoptedArgs | None]
    """An existing network instead of a new one."""
    ingress: NotRequired[list[RuleArgs]]
    """What the network's filter lets in."""
    egress: NotRequired[list[RuleArgs]]
    """What the network's filter lets out."""
    cloudflare_routes: NotRequired[list[CloudflareRouteArgs]]
    """Static routes to this network at Cloudflare; none with BGP."""
    protect: NotRequired[bool]
    """Whether gateways refuse to be deleted. Default true."""
    tags: NotRequired[dict[str, str]]
    """Tags on everything that takes tags."""


class AwsOnRampArgs(OnRampArgs):
    gateway: NotRequired[str | None]
    """Id of a virtual private gateway that is attached to the network already."""


class AzureOnRampArgs(OnRampArgs):
    pass


class GcpOnRampArgs(OnRampArgs):
    advertised: NotRequired[list[str]]
    """Prefixes that the network's router advertises to Cloudflare."""
