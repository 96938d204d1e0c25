"""What the intent says was there before: adopted networks, made in the simulated clouds for want of real ones."""

from ipaddress import IPv4Network

from hubspoke.local.clouds.records import Record
from hubspoke.local.clouds.sim import Simulation
from hubspoke.plan.model import AdoptedNetwork, Plan, SpokePlan

_VPC = "aws:ec2/vpc:Vpc"
_SUBNET = "aws:ec2/subnet:Subnet"
_ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
_SMALLEST = 28  # prefix length of AWS's smallest subnet (VPC guide, "Subnet sizing", 2026-08)


def seed(plan: Plan, clouds: Simulation) -> list[Record]:
    """Make every adopted network that is not there yet, with the ids the intent gives. Returns what was made.

    Subnets get the first prefixes of the network, as the intent does not say theirs. Raises CloudError where a
    network is there in part, or differs.
    """
    there = {record.id for record in clouds.records("aws")}
    made: list[Record] = []
    for account in plan.accounts:
        for spoke in account.spokes:
            if spoke.adopted and spoke.cloud == "aws":
                made += _network(clouds, account.id, spoke, spoke.adopted, there)
    return made


def _network(
    clouds: Simulation, account: str, spoke: SpokePlan, adopted: AdoptedNetwork, there: set[str]
) -> list[Record]:
    wanted: list[tuple[str, str, dict[str, str]]] = [(_VPC, adopted.network, {"cidrBlock": spoke.cidr})]
    prefixes = IPv4Network(spoke.cidr).subnets(new_prefix=_SMALLEST)
    for (zone, subnet), prefix in zip(adopted.subnets, prefixes, strict=False):
        place = {"availabilityZone": f"{spoke.region}{zone}", "cidrBlock": str(prefix)}
        wanted.append((_SUBNET, subnet, {"vpcId": adopted.network, **place}))
    wanted += [(_ROUTE_TABLE, table, {"vpcId": adopted.network}) for _, table in adopted.route_tables]
    return [
        clouds.create(account, spoke.region, type_, inputs, id_) for type_, id_, inputs in wanted if id_ not in there
    ]
