"""What the clouds allow, as data: each number with its unit, its source and the date it was read.

The one place for such facts. Adjustable quotas can be raised in the intent (`limits:`), by name.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network


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
_CLOUDFLARE = "https://developers.cloudflare.com/cloudflare-wan/configuration/how-to/configure-tunnel-endpoints/"
_DATE = "2026-11"

LIMITS: dict[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("transit-gateways", 5, "hubs an account", _TGW, _DATE, True),
        Limit("transit-gateway-route-tables", 20, "route tables a hub", _TGW, _DATE, True),
        Limit("transit-gateway-routes", 10_000, "routes over all route tables of a hub", _TGW, _DATE, True),
        Limit("transit-gateway-attachments", 5_000, "attachments a hub", _TGW, _DATE),
        Limit("vpn-connections", 50, "VPN connections an account and region", _VPN, _DATE, True),
        Limit("vpc-routes", 50, "routes a VPC route table", _VPC, _DATE, True),
        Limit("security-group-rules", 60, "rules a security group and direction", _VPC, _DATE, True),
        Limit("tags", 50, "tags a resource", _TAGS, _DATE),
        Limit("tag-key-length", 128, "characters", _TAGS, _DATE),
        Limit("tag-value-length", 256, "characters", _TAGS, _DATE),
        Limit("tunnel-name-length", 15, "characters", _CLOUDFLARE, _DATE),
    )
}

# The on-ramp's own route table, beside one per segment.
ONRAMP_ROUTE_TABLES = 1
# Tags that the components set themselves (Name and hubspoke's own).
OWN_TAGS = 10

# A VPC, and a subnet, is a /16 to /28 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html, 2026-11).
VPC_SHORTEST_PREFIX = 16
VPC_LONGEST_PREFIX = 28
SUBNET_LONGEST_PREFIX = 28
# A new VPC is cut into 2 ** VPC_BLOCK_BITS blocks (plan/subnets.py), so it cannot be as small as an adopted one.
SPOKE_LONGEST_PREFIX = 24
VPC_BLOCK_BITS = 3

# A Transit Gateway's own ASN: private ones only (AWS, CreateTransitGateway, 2026-11).
PRIVATE_ASNS = (range(64512, 65535), range(4200000000, 4294967295))

# Where Cloudflare takes tunnel addresses from outside RFC 1918 (_CLOUDFLARE, 2026-11).
TUNNEL_RANGE = IPv4Network("169.254.240.0/20")
TUNNEL_PREFIX = 30
# Inside addresses AWS keeps for itself (AWS, VpnTunnelOptionsSpecification, 2026-11).
RESERVED_TUNNEL_CIDRS = tuple(
    IPv4Network(prefix) for prefix in ("169.254.169.252/30", *(f"169.254.{third}.0/30" for third in range(6)))
)
# What no network of a WAN can be: this network, loopback, link-local, multicast and reserved (IANA, RFC 6890).
UNROUTABLE = tuple(IPv4Network(prefix) for prefix in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))


def is_private_asn(asn: int) -> bool:
    return any(asn in numbers for numbers in PRIVATE_ASNS)


def limit_of(name: str, overrides: dict[str, int]) -> int:
    """The limit as the intent raised it, or as the cloud sets it."""
    return overrides.get(name, LIMITS[name].value)
