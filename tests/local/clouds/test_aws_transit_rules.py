"""Transit gateways, attachments, and their route tables."""

from collections.abc import Callable
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import DiffKind
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.testing import CloudAccount, Made

from tests.local.clouds.attempts import refusal
from tests.local.clouds.transit import associate, propagate, table_of


@pytest.mark.parametrize("asn", [64512, 65534, 4200000000, 4294967294])
def test_a_gateway_has_a_private_asn(hub: CloudAccount, asn: int) -> None:
    assert hub.failures(aws.TRANSIT_GATEWAY, amazonSideAsn=asn) == []


@pytest.mark.parametrize("asn", [64511, 65535, 4199999999, 4294967295, 13335])
def test_a_gateway_has_no_public_asn(hub: CloudAccount, asn: int) -> None:
    [problem] = hub.failures(aws.TRANSIT_GATEWAY, amazonSideAsn=asn)
    assert problem.startswith("expected to be in the range (64512 - 65534) or (4200000000 - 4294967294)")


def test_switches_are_enable_or_disable(hub: CloudAccount) -> None:
    assert hub.failures(aws.TRANSIT_GATEWAY, dnsSupport="enable") == []
    assert len(hub.failures(aws.TRANSIT_GATEWAY, dnsSupport="on")) == 1


def test_a_gateway_with_default_tables_uses_them(hub: CloudAccount, make_network: Callable[..., Any]) -> None:
    gateway = hub.create(aws.TRANSIT_GATEWAY)
    assert gateway.outputs["associationDefaultRouteTableId"] == gateway.outputs["propagationDefaultRouteTableId"]
    attachment = make_network(hub, gateway).attach()
    assert attachment.outputs["transitGatewayDefaultRouteTableAssociation"] is True
    table = hub.provider.invoke(
        "aws:ec2transitgateway/getRouteTable:getRouteTable", {"id": gateway.outputs["associationDefaultRouteTableId"]}
    )
    assert table["defaultAssociationRouteTable"] is True


def test_an_attachment_can_stay_out_of_the_default_tables(hub: CloudAccount, make_network: Callable[..., Any]) -> None:
    off = {"transitGatewayDefaultRouteTableAssociation": False, "transitGatewayDefaultRouteTablePropagation": False}
    attachment = make_network(hub, hub.create(aws.TRANSIT_GATEWAY)).attach(**off)
    table = hub.create(aws.TGW_ROUTE_TABLE, transitGatewayId=attachment.inputs["transitGatewayId"])
    associate(hub, attachment, table)
    assert hub.seen(attachment).inputs["transitGatewayDefaultRouteTableAssociation"] is False


def test_enabling_a_default_table_replaces_disabling_does_not(hub: CloudAccount, network: Any) -> None:
    name = "defaultRouteTableAssociation"
    plain = {"amazonSideAsn": 64600, "defaultRouteTablePropagation": "disable"}
    enabled = hub.create(aws.TRANSIT_GATEWAY, **plain, **{name: "enable"})
    assert hub.diff(network.gateway, **plain, **{name: "enable"}).detailed == {name: DiffKind.UPDATE_REPLACE}
    assert hub.diff(enabled, **plain, **{name: "disable"}).detailed == {name: DiffKind.UPDATE}


def test_a_gateway_with_attachments_stays(network: Any, hub: CloudAccount) -> None:
    attachment = network.attach()
    with refusal("IncorrectState"):
        hub.delete(network.gateway)
    hub.delete(attachment)
    hub.delete(network.gateway)


def test_an_asn_changes_only_without_bgp_attachments(hub: CloudAccount, make_gateway: Callable[..., Made]) -> None:
    gateway = make_gateway(hub, amazonSideAsn=64600)
    gateway = hub.update(gateway, amazonSideAsn=64601)
    customer = hub.create(aws.CUSTOMER_GATEWAY, type="ipsec.1", ipAddress="192.0.2.1", bgpAsn="13335")
    hub.create(aws.VPN_CONNECTION, type="ipsec.1", customerGatewayId=customer.id, transitGatewayId=gateway.id)
    with refusal("IncorrectState"):
        hub.update(gateway, amazonSideAsn=64602)


def test_one_attachment_for_a_network_and_gateway(network: Any, hub: CloudAccount) -> None:
    network.attach()
    with refusal("DuplicateTransitGatewayAttachment"):
        network.attach()
    other = hub.create(aws.TRANSIT_GATEWAY)
    network.attach(transitGatewayId=other.id)


def test_an_attachments_subnets(network: Any, hub: CloudAccount, make_network: Callable[..., Any]) -> None:
    same_zone = hub.create(aws.SUBNET, vpcId=network.vpc.id, cidrBlock="10.1.9.0/24", availabilityZone="eu-west-1a")
    with refusal("DuplicateSubnetsInSameZone"):
        network.attach(subnetIds=[network.subnets[0].id, same_zone.id])
    elsewhere = make_network(hub, network.gateway, "10.2.0.0/16")
    with refusal("InvalidSubnetID.NotFound"):
        network.attach(subnetIds=[elsewhere.subnets[0].id])
    with refusal("InvalidSubnetID.NotFound"):
        network.attach(subnetIds=["subnet-0"])
    attachment = network.attach(subnetIds=[network.subnets[0].id])
    with refusal("DuplicateSubnetsInSameZone"):
        hub.update(attachment, subnetIds=[network.subnets[0].id, same_zone.id])
    hub.update(attachment, subnetIds=[network.subnets[0].id, network.subnets[1].id])


def test_the_order_of_subnets_is_no_change(network: Any, hub: CloudAccount) -> None:
    attachment = network.attach()
    given = {**attachment.inputs, "subnetIds": attachment.inputs["subnetIds"][::-1]}
    given.pop("__defaults")
    assert hub.diff(attachment, **given).changes is False


def test_an_attachment_to_nothing_is_refused(network: Any) -> None:
    with refusal("InvalidVpcID.NotFound"):
        network.attach(vpcId="vpc-0")
    with refusal("InvalidTransitGatewayID.NotFound"):
        network.attach(transitGatewayId="tgw-0")


def test_an_attachment_is_associated_with_one_table(network: Any, hub: CloudAccount) -> None:
    attachment, first, second = network.attach(), table_of(hub, network.gateway), table_of(hub, network.gateway)
    made = associate(hub, attachment, first)
    assert (made.id, made.outputs["resourceId"], made.outputs["resourceType"]) == (
        f"{first.id}_{attachment.id}", network.vpc.id, "vpc",
    )  # fmt: skip
    with refusal("Resource.AlreadyAssociated"):
        associate(hub, attachment, second)
    with refusal("IncorrectState"):
        hub.delete(first)
    associate(hub, attachment, second, replaceExistingAssociation=True)
    hub.delete(first)
    assert hub.read(made) is None


def test_a_propagation_once_for_each_table(network: Any, hub: CloudAccount) -> None:
    attachment, first, second = network.attach(), table_of(hub, network.gateway), table_of(hub, network.gateway)
    propagate(hub, attachment, first)
    propagate(hub, attachment, second)
    with refusal("TransitGatewayRouteTablePropagation.Duplicate"):
        propagate(hub, attachment, second)


def test_table_and_attachment_are_of_one_gateway(network: Any, hub: CloudAccount) -> None:
    attachment, foreign = network.attach(), table_of(hub, hub.create(aws.TRANSIT_GATEWAY))
    for join in (associate, propagate):
        with refusal("InvalidTransitGatewayAttachmentID.NotFound"):
            join(hub, attachment, foreign)
    with refusal("InvalidTransitGatewayAttachmentID.NotFound"):
        route(hub, foreign, transitGatewayAttachmentId=attachment.id)


def route(account: CloudAccount, table: Made, prefix: str = "10.0.0.0/8", **more: Any) -> Made:
    return account.create(aws.TGW_ROUTE, destinationCidrBlock=prefix, transitGatewayRouteTableId=table.id, **more)


def test_static_routes(network: Any, hub: CloudAccount) -> None:
    attachment, table = network.attach(), table_of(hub, network.gateway)
    made = route(hub, table, transitGatewayAttachmentId=attachment.id)
    assert made.id == f"{table.id}_10.0.0.0/8"
    with refusal("RouteAlreadyExists"):
        route(hub, table, blackhole=True)
    route(hub, table, "192.168.0.0/16", blackhole=True)
    with refusal("InvalidParameterCombination"):
        route(hub, table, "172.16.0.0/12")
    with refusal("InvalidParameterCombination"):
        route(hub, table, "172.16.0.0/12", blackhole=True, transitGatewayAttachmentId=attachment.id)
    with refusal("InvalidTransitGatewayAttachmentID.NotFound"):
        route(hub, table, "172.16.0.0/12", transitGatewayAttachmentId="tgw-attach-0")
    with refusal("InvalidRouteTableID.NotFound"):
        hub.create(
            aws.TGW_ROUTE, destinationCidrBlock="10.0.0.0/8", transitGatewayRouteTableId="tgw-rtb-0", blackhole=True
        )


def test_an_attachment_takes_its_memberships_with_it(network: Any, hub: CloudAccount, simulation: Simulation) -> None:
    attachment, table = network.attach(), table_of(hub, network.gateway)
    associate(hub, attachment, table)
    propagate(hub, attachment, table)
    static = route(hub, table, transitGatewayAttachmentId=attachment.id)
    hub.delete(attachment)
    assert simulation.records(type_=aws.TGW_ASSOCIATION) == simulation.records(type_=aws.TGW_PROPAGATION) == []
    assert hub.read(static) is not None, "a static route stays, as a blackhole"
    hub.delete(table)
    assert hub.read(static) is None
