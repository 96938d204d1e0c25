"""How a new spoke's prefix is cut into subnets: eight equal blocks, by zone letter.

    10.16.0.0/20
    |  block 0  |  block 1  | ... |  block 5  |  block 6  |  block 7             |
    | 10.16.0/23| 10.16.2/23|     |10.16.10/23|10.16.12/23| 10.16.14/23          |
    | workload-a| workload-b|     | workload-f|  (spare)  | a b c d e f  (spare) |
                                                            `-- one /28 per zone for the attachment

A zone's slot depends on its letter alone, so that adding a zone moves nothing. The attachment has subnets of its own,
so that routes of the workloads never decide what happens to traffic that arrives from the hub.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

from hubspoke.intent.limits import SUBNET_LONGEST_PREFIX, VPC_BLOCK_BITS
from hubspoke.plan.model import Subnet

_ATTACHMENT_BLOCK = 7


def lay_out(cidr: IPv4Network, zones: Iterable[str]) -> tuple[Subnet, ...]:
    """The subnets of a new VPC, sorted by key. Raises ValueError for a zone that has no slot in this prefix."""
    workload = [_workload(cidr, zone) for zone in zones]
    attachment = [_attachment(cidr, subnet.zone) for subnet in workload]
    return tuple(sorted(workload + attachment, key=lambda subnet: subnet.key))


def _workload(cidr: IPv4Network, zone: str) -> Subnet:
    block = _piece(cidr, cidr.prefixlen + VPC_BLOCK_BITS, _slot(zone))
    return Subnet(f"workload-{zone}", "workload", zone, str(block))


def _attachment(cidr: IPv4Network, zone: str) -> Subnet:
    block = _piece(cidr, cidr.prefixlen + VPC_BLOCK_BITS, _ATTACHMENT_BLOCK)
    return Subnet(f"attachment-{zone}", "attachment", zone, str(_piece(block, SUBNET_LONGEST_PREFIX, _slot(zone))))


def _piece(prefix: IPv4Network, length: int, index: int) -> IPv4Network:
    """The index-th of the equal pieces of the given length."""
    if not 0 <= index < 1 << max(0, length - prefix.prefixlen):
        raise ValueError(f"{prefix} has no /{length} number {index}")
    return IPv4Network((int(prefix.network_address) + index * (1 << (32 - length)), length))


def _slot(zone: str) -> int:
    return "abcdef".index(zone)
