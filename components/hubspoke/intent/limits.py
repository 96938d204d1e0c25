"""What the clouds allow, as data: each number with its unit, its source and the date it was read.

The one place for such facts. Adjustable quotas can be raised in the intent (`limits:`), by name.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from hubspoke.intent.model import Cloud


@dataclass(frozen=True)
class Limit:
    """`value` is the largest that is allowed; `adjustable` means the cloud raises it when asked."""

    name: str
    value: int
    unit: str
    source: str
    date: str
    adjustable: bool = False


_TGW = "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html"
_VPN = "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html"
_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
_TAGS = "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/allocation-tag-restrictions.html"
_AZURE_TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"
_AZURE_VPN = "https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus"
_LABELS = "https://cloud.google.com/resource-manager/docs/labels-overview#requirements"
_VWAN = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#virtual-wan-limits"
_HUB_UNITS = "https://learn.microsoft.com/azure/virtual-wan/hub-settings#capacity"
_AZURE = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-networking-limits"
_AZURE_BGP = "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq#bgp"
_STORAGE = "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-storage-limits"
_ROUTER = "https://cloud.google.com/network-connectivity/docs/router/quotas"
_GOOGLE_VPC = "https://cloud.google.com/vpc/docs/quota#vpc-peering"
_NCC = "https://cloud.google.com/network-connectivity/docs/network-connectivity-center/quotas"
_CLOUDFLARE = "https://developers.cloudflare.com/cloudflare-wan/configuration/how-to/configure-tunnel-endpoints/"
_BGP = "https://developers.cloudflare.com/cloudflare-wan/reference/bgp-information/"
_DATE = "2026-11"

LIMITS: dict[str, Limit] = {
    limit.name: limit
    for limit in (
        # AWS
        Limit("transit-gateways", 5, "hubs an account", _TGW, _DATE, True),
        Limit("transit-gateway-route-tables", 20, "route tables a hub", _TGW, _DATE, True),
        Limit("transit-gateway-routes", 10_000, "routes over all route tables of a hub", _TGW, _DATE, True),
        Limit("transit-gateway-attachments", 5_000, "attachments a hub", _TGW, _DATE),
        Limit("transit-gateway-peerings", 50, "peerings a hub", _TGW, _DATE, True),
        Limit("transit-gateway-cidr-blocks", 5, "CIDR blocks a hub", _TGW, _DATE),
        Limit("transit-gateways-of-network", 5, "hubs a network", _TGW, _DATE),
        Limit("transit-gateway-attachments-of-network", 1, "attachments of a network to one hub", _TGW, _DATE),
        Limit("vpn-connections", 50, "VPN connections an account and region", _VPN, _DATE, True),
        Limit("customer-gateways", 50, "customer gateways an account and region", _VPN, _DATE, True),
        Limit("vpn-received-routes", 1_000, "routes that a hub's VPN learns", _VPN, _DATE),
        Limit("vpn-advertised-routes", 5_000, "routes that a hub's VPN advertises", _VPN, _DATE),
        Limit("private-gateways", 5, "virtual private gateways an account and region", _VPN, _DATE, True),
        Limit("private-gateway-routes", 100, "routes to a virtual private gateway", _VPN, _DATE),
        Limit("vpc-routes", 50, "routes a VPC route table", _VPC, _DATE, True),
        Limit("security-group-rules", 60, "rules a security group and direction", _VPC, _DATE, True),
        Limit("tags", 50, "tags a resource", _TAGS, _DATE),
        Limit("tag-key-length", 128, "characters", _TAGS, _DATE),
        Limit("tag-value-length", 256, "characters", _TAGS, _DATE),
        # Azure
        Limit("virtual-hub-networks", 500, "networks and hubs of a virtual WAN on one hub", _VWAN, _DATE),
        Limit("virtual-hub-routes", 10_000, "routes a virtual hub", _VWAN, _DATE),
        Limit("virtual-hub-routing-units", 50, "routing units a virtual hub", _HUB_UNITS, _DATE),
        Limit("virtual-hub-branches", 1_000, "VPN connections a virtual hub", _VWAN, _DATE),
        Limit("vpn-site-links", 4, "links a VPN connection", _VWAN, _DATE),
        Limit("vpn-scale-units", 20, "scale units a VPN gateway", _VWAN, _DATE),
        Limit("vpn-gateway-prefixes", 4_000, "prefixes a VPN gateway learns by BGP", _AZURE_BGP, _DATE),
        Limit("network-security-group-rules", 1_000, "rules a network security group", _AZURE, _DATE),
        Limit("route-table-routes", 400, "routes a route table", _AZURE, _DATE, True),
        Limit(
            "gateway-connections",
            30,
            "VPN connections a network's own gateway, with VpnGw1 to 3",
            _AZURE_VPN,
            _DATE,
            True,
        ),
        Limit("azure-tags", 50, "tags a resource", _AZURE_TAGS, _DATE),
        Limit("azure-tag-key-length", 512, "characters", _AZURE_TAGS, _DATE),
        Limit("azure-tag-value-length", 256, "characters", _AZURE_TAGS, _DATE),
        Limit("storage-accounts", 250, "storage accounts a subscription and region", _STORAGE, _DATE, True),
        # Google
        Limit("routers", 5, "routers a network and region", _ROUTER, _DATE, True),
        Limit("router-peers", 128, "BGP peers a router", _ROUTER, _DATE),
        Limit("router-advertised-routes", 200, "custom advertised routes a BGP session", _ROUTER, _DATE),
        Limit("router-learned-routes", 250, "prefixes learned in a network and region", _ROUTER, _DATE, True),
        Limit(
            "router-routes-of-other-regions",
            250,
            "prefixes that a network's other regions learned, a region",
            _ROUTER,
            _DATE,
            True,
        ),
        Limit("router-peer-prefixes", 5_000, "prefixes from one BGP peer", _ROUTER, _DATE),
        Limit("router-custom-learned-routes", 10, "custom learned routes a BGP session", _ROUTER, _DATE),
        Limit("labels", 64, "labels a resource", _LABELS, _DATE),
        Limit("label-length", 63, "characters", _LABELS, _DATE),
        Limit("network-peerings", 25, "peerings a network", _GOOGLE_VPC, _DATE, True),
        Limit("ncc-networks", 250, "networks a Network Connectivity Center hub", _NCC, _DATE, True),
        Limit("ncc-tunnels", 8, "tunnels a hybrid spoke", _NCC, _DATE),
        Limit("ncc-export-ranges", 16, "export ranges a spoke, included or excluded", _NCC, _DATE),
        # Cloudflare
        Limit("tunnel-name-length", 15, "characters", _CLOUDFLARE, _DATE),
        Limit("session-prefixes", 5_000, "prefixes a BGP session", _BGP, _DATE),
    )
}

# The on-ramp's own route table, beside one per segment.
ONRAMP_ROUTE_TABLES = 1
# Tags that the components set themselves (Name and hubspoke's own).
OWN_TAGS = 10


@dataclass(frozen=True)
class NetworkSizes:
    """Prefix lengths of networks: `longest` as the cloud has it, `longest_new` as plan/subnets.py can lay one out."""

    shortest: int
    longest: int
    longest_new: int


# AWS: a VPC, and a subnet, is a /16 to /28 (VPC guide, "VPC CIDR blocks", 2026-11). Azure: a subnet is a /29 or larger
# (virtual-networks-faq, 2026-11). Google: a subnet is a /29 or larger (cloud.google.com/vpc/docs/subnets, 2026-11).
NETWORK_SIZES: dict[Cloud, NetworkSizes] = {
    "aws": NetworkSizes(16, 28, 24),
    "azure": NetworkSizes(8, 29, 28),
    "gcp": NetworkSizes(8, 29, 28),
}
SUBNET_LONGEST_PREFIX = 28  # AWS
# A new VPC is cut into 2 ** VPC_BLOCK_BITS blocks (plan/subnets.py), so it cannot be as small as an adopted one.
VPC_BLOCK_BITS = 3
# Azure: the subnet of a VPN gateway (learn.microsoft.com, vpn-gateway-about-vpn-gateway-settings#gwsub, 2026-11).
GATEWAY_SUBNET, GATEWAY_SUBNET_PREFIX = "GatewaySubnet", 27
# A new network with one gives its upper half's last block to it.
GATEWAY_NETWORK_LONGEST_PREFIX = GATEWAY_SUBNET_PREFIX - 1
# Azure: of a virtual hub, at most, and as recommended (virtual-wan-faq, 2026-11).
HUB_LONGEST_PREFIX, HUB_PREFIX = 24, 23

# A gateway's own ASN: private ones (AWS: CreateTransitGateway; Google: Cloud Router ASN; 2026-11).
PRIVATE_ASNS = (range(64512, 65535), range(4200000000, 4294967295))
# Azure's gateways have this one; in a virtual WAN it cannot be changed (virtual-wan-connectivity, 2025-05).
AZURE_ASN = 65515
# Numbers that a cloud keeps for itself, and whose routes it drops (vpn-gateway-vpn-faq#bgp, 2026-11).
RESERVED_ASNS: dict[Cloud, tuple[range, ...]] = {
    "aws": (),
    "azure": (
        *(range(asn, asn + 1) for asn in (8074, 8075, 12076, 23456, AZURE_ASN)),
        range(65517, 65521),
        range(64496, 64512),
        range(65535, 65552),
    ),
    "gcp": (),
}
# Endpoints that BGP with Azure needs: a connection has one peer address, so each instance of the gateway has a session
# with an endpoint of its own (azure-docs #112249; local network gateway and vpnSiteLink, 2026-11).
AZURE_BGP_ENDPOINTS = 2

# Where Cloudflare takes tunnel addresses from outside RFC 1918 (_CLOUDFLARE, 2026-11).
TUNNEL_RANGE = IPv4Network("169.254.240.0/20")
# Azure takes no peer there, as its own link-local range is another one: where it speaks BGP the addresses are private
# (developers.cloudflare.com, cloudflare-wan, BGP over IPsec, 2026-10; VPN Gateway FAQ, BGP, 2026-11).
PRIVATE_NETWORKS = tuple(IPv4Network(prefix) for prefix in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
# AWS and Google take a /30, Azure's gateways route to single addresses (_CLOUDFLARE, third-party pages, 2026-11).
TUNNEL_PREFIXES: dict[Cloud, Literal[30, 31]] = {"aws": 30, "azure": 31, "gcp": 30}
# Inside addresses AWS keeps for itself (AWS, VpnTunnelOptionsSpecification, 2026-11).
RESERVED_TUNNEL_CIDRS = tuple(
    IPv4Network(prefix) for prefix in ("169.254.169.252/30", *(f"169.254.{third}.0/30" for third in range(6)))
)
# What no network of a WAN can be: this network, loopback, link-local, multicast and reserved (IANA, RFC 6890).
UNROUTABLE = tuple(IPv4Network(prefix) for prefix in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))


def is_private_asn(asn: int) -> bool:
    return any(asn in numbers for numbers in PRIVATE_ASNS)


def reserved_by(asn: int) -> Cloud | None:
    """The cloud that keeps this number for itself, if any."""
    return next((cloud for cloud, ranges in RESERVED_ASNS.items() if any(asn in numbers for numbers in ranges)), None)


def limit_of(name: str, overrides: dict[str, int]) -> int:
    """The limit as the intent raised it, or as the cloud sets it."""
    return overrides.get(name, LIMITS[name].value)
