"""What the intent says was there before: adopted networks, made in the simulated clouds for want of real ones."""

from collections.abc import Callable
from ipaddress import IPv4Network

from hubspoke.local.clouds.azure import sources as azure
from hubspoke.local.clouds.gcp import sources as gcp
from hubspoke.local.clouds.gcp.places import last
from hubspoke.local.clouds.protocol import Properties
from hubspoke.local.clouds.records import Record
from hubspoke.local.clouds.sim import Simulation
from hubspoke.plan.model import AdoptedNetwork, Cloud, OnRampPlan, Plan, SpokePlan

_VPC = "aws:ec2/vpc:Vpc"
_SUBNET = "aws:ec2/subnet:Subnet"
_ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
_SMALLEST = 28  # prefix length of AWS's smallest subnet (VPC guide, "Subnet sizing", 2026-08)
_GATEWAY = 27  # prefix length of Azure's smallest subnet for a VPN gateway ("About VPN Gateway settings", 2026-08)

Network = SpokePlan | OnRampPlan
Wanted = list[tuple[str, str, Properties]]  # type, id, settings


def seed(plan: Plan, clouds: Simulation) -> list[Record]:
    """Make every adopted network that is not there yet, with the ids the intent gives. Returns what was made.

    Subnets get the first prefixes of the network, as the intent does not say theirs. Raises CloudError where a
    network is there in part, or differs.
    """
    there = {record.id for record in clouds.records()}
    made: list[Record] = []
    for account in plan.accounts:
        networks: list[Network] = [*account.spokes, *account.onramps]
        for network in networks:
            if network.adopted and network.cloud in _WANTED:
                for type_, id_, inputs in _WANTED[network.cloud](network, network.adopted):
                    made += [clouds.create(account.id, network.region, type_, inputs, id_)] if id_ not in there else []
                    there.add(id_)
    return made


def _aws(network: Network, adopted: AdoptedNetwork) -> Wanted:
    wanted: Wanted = [(_VPC, adopted.network, {"cidrBlock": network.cidr})]
    prefixes = IPv4Network(network.cidr).subnets(new_prefix=_SMALLEST)
    for (zone, subnet), prefix in zip(adopted.subnets, prefixes, strict=False):
        place = {"availabilityZone": f"{network.region}{zone}", "cidrBlock": str(prefix)}
        wanted.append((_SUBNET, subnet, {"vpcId": adopted.network, **place}))
    wanted += [(_ROUTE_TABLE, table, {"vpcId": adopted.network}) for _, table in adopted.route_tables]
    return wanted


def _azure(network: Network, adopted: AdoptedNetwork) -> Wanted:
    """Things inside a resource group, which is made with the first of them; ids say what things are called."""
    space = {"addressSpace": {"addressPrefixes": [network.cidr]}, "location": network.region}
    inner: Wanted = [(azure.VIRTUAL_NETWORK, adopted.network, space)]
    prefixes = IPv4Network(network.cidr).subnets(new_prefix=max(_GATEWAY, IPv4Network(network.cidr).prefixlen))
    inner += [
        (azure.SUBNET, subnet, {"addressPrefix": str(prefix)})
        for (_, subnet), prefix in zip(adopted.subnets, prefixes, strict=False)
    ]
    inner += [(azure.ROUTE_TABLE, table, {"location": network.region}) for _, table in adopted.route_tables]
    wanted: Wanted = []
    for type_, id_, inputs in inner:
        place = azure.named_by(type_, id_)
        group = id_.partition("/providers/")[0]
        located = {"resourceGroupName": place["resourceGroupName"], "location": network.region}
        wanted += [(azure.RESOURCE_GROUP, group, located), (type_, id_, {**place, **inputs})]
    return wanted


def _google(network: Network, adopted: AdoptedNetwork) -> Wanted:
    wanted: Wanted = [(gcp.NETWORK, adopted.network, {"name": last(adopted.network), "autoCreateSubnetworks": False})]
    prefixes = IPv4Network(network.cidr).subnets(new_prefix=max(_SMALLEST, IPv4Network(network.cidr).prefixlen))
    for (_, subnet), prefix in zip(adopted.subnets, prefixes, strict=False):
        block = {"name": last(subnet), "network": adopted.network, "ipCidrRange": str(prefix)}
        wanted.append((gcp.SUBNETWORK, subnet, block))
    return wanted


_WANTED: dict[Cloud, Callable[[Network, AdoptedNetwork], Wanted]] = {
    "aws": _aws, "azure": _azure, "gcp": _google,
}  # fmt: skip
