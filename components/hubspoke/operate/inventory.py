"""What a cloud holds beyond what a stack records: the members of containers, and a mark to see change by."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_interface
from pathlib import Path
from typing import Any, Protocol

from hubspoke.local.clouds.records import Record
from hubspoke.local.clouds.sim import CLOUDFLARE_ACCOUNT, Simulation

TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
_TUNNEL_ROUTE = "cloudflare:index/magicWanStaticRoute:MagicWanStaticRoute"

# Containers whose whole content the WAN answers for: what is in one and in nobody's stack is extra. Networks and
# gateways are not among them, since what teams put into those is their own.
MANAGED_CONTAINERS = frozenset(
    {
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2transitgateway/routeTable:RouteTable",
        TUNNEL,
    }
)


@dataclass(frozen=True)
class Found:
    """One resource as its cloud holds it. `inputs` has the wire's property names."""

    type: str
    id: str
    account: str
    inputs: Mapping[str, Any]


class Inventory(Protocol):
    """One way of looking into clouds, whatever made the resources."""

    def members(self, type_: str, id_: str, outputs: Mapping[str, Any]) -> list[Found]:
        """What someone put into a container; what the cloud itself adds is left out. `outputs` are the container's."""
        ...

    def remove(self, found: Found) -> None:
        """Delete one resource. Raises CloudError where the cloud refuses."""
        ...

    def versions(self) -> dict[tuple[str, str], int]:
        """Every resource by type and id, with a number that grows with each change of it."""
        ...


class SimulatedInventory:
    """The simulated clouds' inventory."""

    def __init__(self, folder: Path) -> None:
        self._clouds = Simulation(folder, actor="hubspoke drift")

    def members(self, type_: str, id_: str, outputs: Mapping[str, Any]) -> list[Found]:
        """See `Inventory`. The members of a tunnel are the static routes through it."""
        if type_ == TUNNEL:
            inside = ip_interface(outputs["interfaceAddress"]).network
            routes = self._clouds.children(CLOUDFLARE_ACCOUNT, outputs["accountId"])
            records = [r for r in routes if r.type == _TUNNEL_ROUTE and ip_address(r.inputs["nexthop"]) in inside]
        else:
            records = self._clouds.children(type_, id_)
        return [_found(record) for record in records]

    def remove(self, found: Found) -> None:
        """See `Inventory`."""
        self._clouds.delete(found.id, type_=found.type, account=found.account)

    def versions(self) -> dict[tuple[str, str], int]:
        """See `Inventory`."""
        versions: Counter[tuple[str, str]] = Counter()
        for record in self._clouds.records():
            versions[record.type, record.id] += record.version  # accounts may each have one of that name
        return dict(versions)


def _found(record: Record) -> Found:
    return Found(record.type, record.id, record.account, record.inputs)
