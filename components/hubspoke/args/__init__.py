"""The components' arguments, and the one place where they are parsed.

Names and shapes are those of the Plan and the same on every cloud. Topology (keys, CIDRs, ASNs) is plain; ids that
another resource gives are `Input`. A component hosted for another language receives plain dicts whose integers
arrive as floats, so parsing converts at this boundary and nowhere else.
"""

from hubspoke.args.cloudflare import BgpFiltersArgs, CloudflareOnRampArgs, CloudflareTunnelArgs, HealthCheckArgs
from hubspoke.args.firewall import FirewallArgs, PermitArgs
from hubspoke.args.hubs import AwsHubArgs, AzureHubArgs, AzureWanArgs, GcpHubArgs, HubArgs
from hubspoke.args.onramps import AwsOnRampArgs, AzureOnRampArgs, GcpOnRampArgs, OnRampArgs
from hubspoke.args.parse import (
    parse_cloudflare,
    parse_firewall,
    parse_hub,
    parse_onramp,
    parse_spoke,
    parse_tunnel_ends,
)
from hubspoke.args.parts import (
    AdoptedArgs,
    CloudflareArgs,
    CloudflareRouteArgs,
    ConnectionArgs,
    PeerArgs,
    PeerRouteArgs,
    RuleArgs,
    SegmentArgs,
    SubnetArgs,
    TunnelArgs,
)
from hubspoke.args.peering import AwsPeeringArgs, PeeredHubArgs
from hubspoke.args.spokes import AwsSpokeArgs, AzureSpokeArgs, GcpSpokeArgs, SpokeArgs

__all__ = [
    "AdoptedArgs",
    "AwsHubArgs",
    "AwsOnRampArgs",
    "AwsPeeringArgs",
    "AwsSpokeArgs",
    "AzureHubArgs",
    "AzureOnRampArgs",
    "AzureSpokeArgs",
    "AzureWanArgs",
    "BgpFiltersArgs",
    "CloudflareArgs",
    "CloudflareOnRampArgs",
    "CloudflareRouteArgs",
    "CloudflareTunnelArgs",
    "ConnectionArgs",
    "FirewallArgs",
    "GcpHubArgs",
    "GcpOnRampArgs",
    "GcpSpokeArgs",
    "HealthCheckArgs",
    "HubArgs",
    "OnRampArgs",
    "PeerArgs",
    "PeerRouteArgs",
    "PeeredHubArgs",
    "PermitArgs",
    "RuleArgs",
    "SegmentArgs",
    "SpokeArgs",
    "SubnetArgs",
    "TunnelArgs",
    "parse_cloudflare",
    "parse_firewall",
    "parse_hub",
    "parse_onramp",
    "parse_spoke",
    "parse_tunnel_ends",
]
