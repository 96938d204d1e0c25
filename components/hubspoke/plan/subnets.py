"""How a new network's prefix is cut into subnets.

AWS: eight equal blocks, by zone letter.

    10.16.0.0/20
    |  block 0  |  block 1  | ... |  block 5  |  block 6  |  block 7             |
    | 10.16.0/23| 10.16.2/23|     |10.16.10/23|10.16.12/23| 10.16.14/23          |
    | workload-a| workload-b|     | workload-f|  (spare)  | a b c d e f  (spare) |
                                                            `-- one /28 per zone for the attachment

A zone's slot depends on its letter alone, so that adding a zone moves nothing. The attachment has subnets of its own,
so that routes of the workloads never decide what happens to traffic that arrives from the hub.

Azure and Google: subnets are regional, so there is one for workloads.

    10.64.0.0/20
    |        lower half        |        upper half        |
    |       10.64.0.0/21       |           (spare)  | /27 |
    |         workload         |                       `-- GatewaySubnet of an Azure on-ramp
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

from hubspoke.intent.limits import GATEWAY_SUBNET_PREFIX, SUBNET_LONGEST_PREFIX, VPC_BLOCK_BITS
from hubspoke.intent.model import Cloud, OnRamp, Spoke
from hubspoke.plan.model import Subnet

_ATTACHMENT_BLOCK = 7


def lay_out(cloud: Cloud, network: Spoke | OnRamp, cidr: IPv4Network) -> tuple[Subnet, ...]:
    """The subnets of a new network, sorted by key. Raises ValueError where the prefix has no room for them."""
    attached = isinstance(network, Spoke)
    if cloud == "aws":
        return zonal(cidr, network.zones, attached=attached)
    return regional(cidr, gateway=cloud == "azure" and not attached)


def zonal(cidr: IPv4Network, zones: Iterable[str], *, attached: bool) -> tuple[Subnet, ...]:
    """Subnets per zone: one for workloads, and one for the attachment to a hub where there is one."""
    workload = [_workload(cidr, zone) for zone in zones]
    attachment = [_attachment(cidr, subnet.zone) for subnet in workload] if attached else []
    return tuple(sorted(workload + attachment, key=lambda subnet: subnet.key))


def regional(cidr: IPv4Network, *, gateway: bool) -> tuple[Subnet, ...]:
    """One subnet for workloads, and one for a VPN gateway where there is one."""
    lower, upper = cidr.subnets()
    workload = Subnet("workload", "workload", "", str(lower))
    if not gateway:
        return (workload,)
    last = (1 << (GATEWAY_SUBNET_PREFIX - upper.prefixlen)) - 1 if upper.prefixlen <= GATEWAY_SUBNET_PREFIX else -1
    return (Subnet("gateway", "gateway", "", str(_piece(upper, GATEWAY_SUBNET_PREFIX, last))), workload)


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
