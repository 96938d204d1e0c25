"""Addresses that simulated gateways get, the default rules of security groups, and what Azure keeps for itself."""

import ipaddress
import re
from typing import Any

from ..protocol import Properties
from ..records import Record
from ..table import Source
from ..view import View

LOCATION = re.compile(r"[a-z]+[0-9]?\Z")
# Reserved for future use (RFC 1112): nobody routes it, and the other clouds' gateways have other ranges.
_OUTSIDE = ipaddress.IPv4Address("240.0.0.0")
ASNS = Source("Azure documentation, VPN Gateway FAQ, BGP; Virtual WAN FAQ")
_RESERVED = (8074, 8075, 12076, 23456, *range(65515, 65521), *range(64496, 64512), *range(65535, 65552))


def public_address(view: View, _: Record) -> str:
    """The next public address."""
    return str(_OUTSIDE + view.records.next_number("azure-outside") % 2**24 + 1)


def reserved_asn(value: Any) -> str | None:
    """Why a peer may not have an ASN, or None."""
    if value is not None and int(value) in _RESERVED:
        return f"the BGP ASN {int(value)} is reserved by Azure or IANA"
    return None


def nth_host(cidr: Any, number: int) -> str:
    """One address of a block, counted from its start."""
    return str(ipaddress.IPv4Network(str(cidr), strict=False)[number])


_ANY = {"sourcePortRange": "*", "destinationPortRange": "*", "protocol": "*"}


def _rule(name: str, direction: str, priority: int, access: str, source: str, target: str) -> Properties:
    ends = {"sourceAddressPrefix": source, "destinationAddressPrefix": target}
    return {"name": name, "direction": direction, "priority": priority, "access": access, **ends, **_ANY}


def default_rules() -> list[Properties]:
    """The rules that every security group ends with."""
    network, internet = "VirtualNetwork", "Internet"
    return [
        _rule("AllowVnetInBound", "Inbound", 65000, "Allow", network, network),
        _rule("AllowAzureLoadBalancerInBound", "Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
        _rule("DenyAllInBound", "Inbound", 65500, "Deny", "*", "*"),
        _rule("AllowVnetOutBound", "Outbound", 65000, "Allow", network, network),
        _rule("AllowInternetOutBound", "Outbound", 65001, "Allow", "*", internet),
        _rule("DenyAllOutBound", "Outbound", 65500, "Deny", "*", "*"),
    ]
