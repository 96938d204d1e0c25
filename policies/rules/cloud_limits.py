"""What a stack comes to stays within its clouds' limits: the numbers of the intent, `hubspoke.intent.limits`."""

from collections.abc import Iterable, Iterator
from typing import Any

from hubspoke.intent.limits import LIMITS
from pulumi_policy import Severity

from rules import types
from rules.counting import (
    Counter,
    all_of,
    attachments,
    between,
    gateway_connections,
    is_network,
    learned_routes,
    longest,
    per,
    routers,
    size,
    static_routes,
)
from rules.resource import Resource, Stack
from rules.rule import About, Finding, Schema, Settings, stack_rule
from rules.values import Unknown


def _tagged(kinds: Iterable[str], name: str, number: str, key: str, value: str) -> Iterator[tuple[str, Counter]]:
    """How many tags resources of these types have, and how long they are, against these limits."""
    for kind in kinds:
        yield number, size(kind, name)
        yield key, longest(kind, name, "key")
        yield value, longest(kind, name, "value")


# What is counted against which limit. A limit that the hubspoke at hand does not know yet is not in force.
_COUNTED: tuple[tuple[str, Counter], ...] = (
    ("transit-gateways", all_of(types.TRANSIT_GATEWAY)),
    ("transit-gateway-route-tables", per(types.TGW_ROUTE_TABLE, "transitGatewayId", types.TRANSIT_GATEWAY)),
    ("transit-gateway-routes", static_routes),
    ("transit-gateway-attachments", attachments),
    ("transit-gateway-peerings", per(types.TGW_PEERING, "transitGatewayId", types.TRANSIT_GATEWAY)),
    ("transit-gateway-cidr-blocks", size(types.TRANSIT_GATEWAY, "transitGatewayCidrBlocks")),
    ("transit-gateways-of-network", per(types.VPC_ATTACHMENT, "vpcId", types.VPC)),
    (
        "transit-gateway-attachments-of-network",
        between(types.VPC_ATTACHMENT, ("vpcId", types.VPC), ("transitGatewayId", types.TRANSIT_GATEWAY)),
    ),
    ("vpn-connections", per(types.VPN_CONNECTION, "region")),
    ("customer-gateways", per(types.CUSTOMER_GATEWAY, "region")),
    ("private-gateway-routes", per(types.VPN_ROUTE, "vpnConnectionId", types.VPN_CONNECTION)),
    ("private-gateways", per(types.PRIVATE_GATEWAY, "region")),
    ("vpc-routes", per(types.VPC_ROUTE, "routeTableId", types.VPC_ROUTE_TABLE)),
    ("security-group-rules", per(types.INGRESS_RULE, "securityGroupId", types.SECURITY_GROUP)),
    ("security-group-rules", per(types.EGRESS_RULE, "securityGroupId", types.SECURITY_GROUP)),
    *_tagged(types.TAGGED, "tags", "tags", "tag-key-length", "tag-value-length"),
    *_tagged(types.TAGGED_AZURE, "tags", "azure-tags", "azure-tag-key-length", "azure-tag-value-length"),
    *_tagged(types.LABELLED, "labels", "labels", "label-length", "label-length"),
    ("gateway-connections", gateway_connections),
    ("virtual-hub-networks", per(types.HUB_CONNECTION, "virtualHubName", types.VIRTUAL_HUB)),
    ("virtual-hub-routing-units", size(types.VIRTUAL_HUB, "virtualRouterAutoScaleConfiguration.minCapacity")),
    ("virtual-hub-branches", per(types.AZURE_CONNECTION, "gatewayName", types.AZURE_VPN_GATEWAY)),
    ("vpn-site-links", size(types.AZURE_CONNECTION, "vpnLinkConnections")),
    ("vpn-scale-units", size(types.AZURE_VPN_GATEWAY, "vpnGatewayScaleUnit")),
    ("network-security-group-rules", size(types.NETWORK_SECURITY_GROUP, "securityRules")),
    ("route-table-routes", size(types.AZURE_ROUTE_TABLE, "routes")),
    ("storage-accounts", per(types.STORAGE_ACCOUNT, "location")),
    ("routers", routers),
    ("router-learned-routes", learned_routes),
    ("router-custom-learned-routes", size(types.ROUTER_PEER, "customLearnedIpRanges")),
    ("router-peers", per(types.ROUTER_PEER, "router", types.ROUTER)),
    ("router-advertised-routes", size(types.ROUTER, "bgp.advertisedIpRanges")),
    ("ncc-networks", per(types.NCC_SPOKE, "hub", types.NCC_HUB, is_network)),
    ("network-peerings", per(types.NETWORK_PEERING, "network", types.GCP_NETWORK)),
    ("ncc-export-ranges", size(types.NCC_SPOKE, "linkedVpcNetwork.includeExportRanges")),
    ("ncc-export-ranges", size(types.NCC_SPOKE, "linkedVpcNetwork.excludeExportRanges")),
    ("ncc-tunnels", size(types.NCC_SPOKE, "linkedVpnTunnels.uris")),
    ("tunnel-name-length", size(types.CLOUDFLARE_TUNNEL, "name")),
)
COUNTERS = tuple((LIMITS[name], counter) for name, counter in _COUNTED if name in LIMITS)
_NAMES = sorted({limit.name for limit, _ in COUNTERS})
_SETTINGS: Schema = {
    "limits": {
        "type": "object",
        "properties": {name: {"type": "integer", "minimum": 0} for name in _NAMES},
        "additionalProperties": False,
        "default": {},
        "description": "Limits that the cloud raised for you, by name. Without: "
        + ", ".join(f"{name} {LIMITS[name].value}" for name in _NAMES)
        + ".",
    }
}


def _check(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    raised: dict[str, Any] = settings["limits"]
    for limit, counter in COUNTERS:
        most = raised.get(limit.name, limit.value)
        for found in counter(stack):
            if isinstance(found.number, Unknown):
                yield found.at, found.number
            elif found.number > most and found.unknown:
                yield found.at, found.unknown
            elif found.number > most:
                what = f"{found.number} for {found.what}: more than {most} {limit.unit} ({limit.name})"
                again = f"; have it raised, and say so in limits.{limit.name}" if limit.adjustable else ""
                yield found.at, f"{what}{again}; {limit.source}, {limit.date}"


POLICY = stack_rule(
    About(
        name="cloud-limits",
        title="Within the clouds' limits",
        description=(
            "What the stack makes stays within its clouds' limits, because a cloud refuses what is one too many in "
            "the middle of a run, when the rest is there already."
        ),
        severity=Severity.HIGH,
        remedy="Spread it over more hubs or accounts, or have the quota raised and set it in `limits`.",
        url="https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html",
        tags=("limits",),
    ),
    _check,
    _SETTINGS,
)
