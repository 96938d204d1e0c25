"""The network of a spoke or on-ramp: a new VNet with its subnets, filter and flow log, or one that existed before."""

from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from hubspoke.azure.filter import rules
from hubspoke.azure.flow_log import flow_log
from hubspoke.azure.parts import Place, name_of, replacing
from hubspoke.plan.model import AdoptedNetwork, OnRampPlan, SpokePlan, Subnet
from hubspoke.reads import id_of

GATEWAY_SUBNET = "GatewaySubnet"
Planned = SpokePlan | OnRampPlan


@dataclass(frozen=True)
class Network:
    """What the rest of a component needs of its network, whether made or adopted."""

    id: pulumi.Output[str]
    subnets: dict[str, pulumi.Input[str]]  # ids, by the subnet's key
    security_group_id: pulumi.Output[str]


def network_of(place: Place, plan: Planned) -> Network:
    """The network that a plan asks for."""
    group = _security_group(place, plan)
    return _adopt(place, plan.adopted, group) if plan.adopted else _create(place, plan, group)


def _security_group(place: Place, plan: Planned) -> azure.network.NetworkSecurityGroup:
    """The filter, as one resource: its rules change together, and one that was added by hand is seen."""
    return azure.network.NetworkSecurityGroup(
        place.named("wan"),
        network_security_group_name=f"{place.key}-wan",
        security_rules=rules(plan),
        **place.here(),
        opts=place.options(),
    )


def _adopt(place: Place, adopted: AdoptedNetwork, group: azure.network.NetworkSecurityGroup) -> Network:
    """An existing VNet, read so that a wrong id is refused, and never changed or deleted.

    A subnet's filter is a property of the subnet, so the security group is made and left to be put there.
    """
    found = azure.network.VirtualNetwork.get(place.key, adopted.network, opts=place.options())
    return Network(id_of(found, adopted.network), dict(adopted.subnets), group.id)


def _create(place: Place, plan: Planned, group: azure.network.NetworkSecurityGroup) -> Network:
    """A new VNet, its subnets one after the other: a VNet takes one change at a time."""
    network = azure.network.VirtualNetwork(
        place.named(),
        virtual_network_name=place.key,
        address_space=azure.network.AddressSpaceArgs(address_prefixes=[plan.cidr]),
        **place.here(),
        opts=place.options(**replacing("addressSpace")),  # which does not change while a hub is connected
    )
    table = _route_table(place)
    made: list[azure.network.Subnet] = []
    for subnet in plan.subnets:
        made.append(_subnet(place, network, subnet, table, group, made[-1:]))
    flow_log(place, network, made[-1:])
    ids: dict[str, pulumi.Input[str]] = {s.key: one.id for s, one in zip(plan.subnets, made, strict=True)}
    return Network(network.id, ids, group.id)


def _route_table(place: Place) -> azure.network.RouteTable:
    """The hub or gateway programs the WAN's prefixes into the network; the table keeps that on, and adds nothing."""
    return azure.network.RouteTable(
        place.named(),
        route_table_name=place.key,
        disable_bgp_route_propagation=False,
        routes=[],
        **place.here(),
        opts=place.options(),
    )


def _subnet(
    place: Place, network: azure.network.VirtualNetwork, subnet: Subnet, table: azure.network.RouteTable,
    group: azure.network.NetworkSecurityGroup, after: list[azure.network.Subnet],
) -> azure.network.Subnet:  # fmt: skip
    # Azure supports neither a filter nor such routes on the subnet of a gateway.
    own = subnet.kind == "gateway"
    return azure.network.Subnet(
        place.named(subnet.key),
        subnet_name=GATEWAY_SUBNET if own else subnet.key,
        virtual_network_name=network.name,
        address_prefix=subnet.cidr,
        network_security_group=None if own else azure.network.NetworkSecurityGroupArgs(id=group.id),
        route_table=None if own else azure.network.RouteTableArgs(id=table.id),
        **place.inside(),
        opts=place.options(depends_on=after, **replacing("addressPrefix")),
    )


def route_to_gateway(place: Place, table_key: str, table: str, prefix: str) -> azure.network.Route:
    """One route of an adopted route table to the VPN gateway of its own network."""
    return azure.network.Route(
        place.named(f"{table_key}/{prefix}"),
        route_name=f"hubspoke-{prefix.replace('/', '_')}",
        resource_group_name=table.split("/")[4],
        route_table_name=name_of(table),
        address_prefix=prefix,
        next_hop_type="VirtualNetworkGateway",
        opts=place.options(),
    )
