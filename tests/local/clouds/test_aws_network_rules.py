"""Networks, subnets, routes, what watches them: each rule with what passes and what is refused."""

from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.testing import CloudAccount, Made

from tests.local.clouds.attempts import refusal


def test_a_network_block_is_16_to_28(hub: CloudAccount) -> None:
    assert hub.failures(aws.VPC, cidrBlock="10.0.0.0/16") == []
    assert hub.failures(aws.VPC, cidrBlock="10.0.0.0/28") == []
    assert hub.failures(aws.VPC, cidrBlock="10.0.0.0/15") == [
        "expected to contain a network Value with between 16 and 28 significant bits, got: 15. "
        "Examine values at 'x.cidrBlock'."
    ]
    assert hub.failures(aws.VPC, cidrBlock="10.0.0.1/16") == [
        '"10.0.0.1/16" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/16"?. Examine values at \'x.cidrBlock\'.'
    ]


def test_a_subnet_lies_in_its_network(hub: CloudAccount) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.255.0/24")
    with refusal("InvalidSubnet.Range"):
        hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.1.0.0/24")


def test_subnets_do_not_overlap(hub: CloudAccount) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24")
    with refusal("InvalidSubnet.Conflict"):
        hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.128/25")


def test_a_subnet_is_in_a_zone_of_the_region(hub: CloudAccount) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    made = hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24", availabilityZone="eu-west-1c")
    assert made.outputs["availabilityZoneId"] == "euw1-az3"
    with refusal("InvalidParameterValue"):
        hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.1.0/24", availabilityZone="us-east-1a")


def test_a_network_with_something_in_it_stays(hub: CloudAccount) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    subnet = hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    with refusal("DependencyViolation"):
        hub.delete(vpc)
    hub.delete(subnet)
    hub.delete(vpc)


@pytest.mark.parametrize("type_", [aws.ROUTE_TABLE, aws.SECURITY_GROUP, aws.INTERNET_GATEWAY, aws.VPN_GATEWAY])
def test_each_thing_in_a_network_keeps_it(hub: CloudAccount, type_: str) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    inside = hub.create(type_, vpcId=vpc.id)
    with refusal("DependencyViolation"):
        hub.delete(vpc)
    hub.delete(inside)
    hub.delete(vpc)


def test_a_network_takes_its_own_parts_with_it(hub: CloudAccount, simulation: Simulation) -> None:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    assert {r.type for r in simulation.records()} == {aws.VPC, aws.ROUTE_TABLE, aws.SECURITY_GROUP, aws.NETWORK_ACL}
    hub.delete(vpc)
    assert simulation.records() == []


def test_a_subnet_in_use_stays(network: Any, hub: CloudAccount) -> None:
    attachment = network.attach()
    with refusal("DependencyViolation"):
        hub.delete(network.subnets[0])
    hub.delete(attachment)
    hub.delete(network.subnets[0])


def test_a_machine_keeps_its_subnet_and_security_group(network: Any, hub: CloudAccount) -> None:
    group = hub.create(aws.SECURITY_GROUP, vpcId=network.vpc.id)
    machine = hub.create(
        aws.INSTANCE, ami="ami-1", instanceType="t3.micro", subnetId=network.subnets[0].id,
        vpcSecurityGroupIds=[group.id],
    )  # fmt: skip
    for used in (network.subnets[0], group):
        with refusal("DependencyViolation"):
            hub.delete(used)
    hub.delete(machine)
    hub.delete(group)
    hub.delete(network.subnets[0])


def test_a_machine_needs_an_image(hub: CloudAccount) -> None:
    with refusal("MissingParameter"):
        hub.create(aws.INSTANCE, instanceType="t3.micro")


def test_a_route_to_a_gateway_needs_an_attachment(network: Any, hub: CloudAccount) -> None:
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": "10.0.0.0/8", "transitGatewayId": network.gateway.id}
    with refusal("InvalidTransitGatewayID.NotFound"):
        hub.create(aws.ROUTE, **route)
    network.attach()
    made = hub.create(aws.ROUTE, **route)
    assert (made.outputs["state"], made.outputs["origin"]) == ("active", "CreateRoute")


def test_a_route_in_or_to_nothing_is_refused(network: Any, hub: CloudAccount) -> None:
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    with refusal("InvalidRouteTableID.NotFound"):
        hub.create(aws.ROUTE, routeTableId="rtb-0", destinationCidrBlock="10.0.0.0/8", transitGatewayId="tgw-0")
    with refusal("InvalidTransitGatewayID.NotFound"):
        hub.create(aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8", transitGatewayId="tgw-0")
    with refusal("InvalidGatewayID.NotFound"):
        hub.create(aws.ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", gatewayId="igw-0")


def test_a_route_to_an_attached_internet_gateway(network: Any, hub: CloudAccount) -> None:
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    gateway = hub.create(aws.INTERNET_GATEWAY, vpcId=network.vpc.id)
    made = hub.create(aws.ROUTE, routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", gatewayId=gateway.id)
    assert made.outputs["state"] == "active"


def test_one_route_to_one_destination(network: Any, hub: CloudAccount) -> None:
    network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    route = {"routeTableId": table.id, "destinationCidrBlock": "10.0.0.0/8", "transitGatewayId": network.gateway.id}
    hub.create(aws.ROUTE, **route)
    with refusal("RouteAlreadyExists"):
        hub.create(aws.ROUTE, **route)
    hub.create(aws.ROUTE, **{**route, "destinationCidrBlock": "172.16.0.0/12"})


def test_a_route_is_imported_by_table_and_destination(network: Any, hub: CloudAccount) -> None:
    network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    made = hub.create(
        aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8", transitGatewayId=network.gateway.id
    )
    imported = hub.seen(Made(aws.ROUTE, f"{table.id}_10.0.0.0/8", {}, {}))
    assert (imported.id, imported.outputs) == (made.id, made.outputs)


def test_a_route_has_one_destination_and_one_target(network: Any, hub: CloudAccount) -> None:
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    with refusal("InvalidParameterCombination"):
        hub.create(aws.ROUTE, routeTableId=table.id, transitGatewayId=network.gateway.id)
    with refusal("InvalidParameterCombination"):
        hub.create(aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8")


def test_a_networks_own_block_is_not_routed_away(network: Any, hub: CloudAccount) -> None:
    network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    with refusal("InvalidParameterValue"):
        hub.create(
            aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.1.0.0/16", transitGatewayId=network.gateway.id
        )


def test_a_route_to_a_deleted_attachment_is_a_blackhole(network: Any, hub: CloudAccount) -> None:
    attachment = network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    route = hub.create(
        aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8", transitGatewayId=network.gateway.id
    )
    hub.delete(attachment)
    assert hub.seen(route).outputs["state"] == "blackhole"


def test_separate_routes_show_in_their_tables_outputs(network: Any, hub: CloudAccount) -> None:
    network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    assert table.outputs["routes"] == []
    hub.create(aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8", transitGatewayId=network.gateway.id)
    seen = hub.seen(table)
    assert seen.outputs["routes"] == [{"cidrBlock": "10.0.0.0/8", "transitGatewayId": network.gateway.id}]
    assert "routes" not in seen.inputs, "nobody wrote any into the table itself"


def test_routes_written_in_a_table(network: Any, hub: CloudAccount) -> None:
    network.attach()
    inline = [{"cidrBlock": "10.0.0.0/8", "transitGatewayId": network.gateway.id}]
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id, routes=inline)
    assert hub.seen(table).inputs["routes"] == inline
    with refusal("RouteAlreadyExists"):
        hub.create(
            aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8", transitGatewayId=network.gateway.id
        )
    with refusal("RouteAlreadyExists"):
        hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id, routes=inline * 2)
    with refusal("InvalidTransitGatewayID.NotFound"):
        hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id, routes=[{**inline[0], "transitGatewayId": "tgw-0"}])


def test_a_subnet_has_one_route_table(network: Any, hub: CloudAccount) -> None:
    first, second = (hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id) for _ in range(2))
    subnet = network.subnets[0].id
    association = hub.create(aws.ROUTE_TABLE_ASSOCIATION, routeTableId=first.id, subnetId=subnet)
    with refusal("Resource.AlreadyAssociated"):
        hub.create(aws.ROUTE_TABLE_ASSOCIATION, routeTableId=second.id, subnetId=subnet)
    with refusal("DependencyViolation"):
        hub.delete(first)
    hub.delete(association)
    hub.create(aws.ROUTE_TABLE_ASSOCIATION, routeTableId=second.id, subnetId=subnet)
    hub.delete(first)


def test_a_route_table_and_its_subnets_share_a_network(network: Any, hub: CloudAccount) -> None:
    other = hub.create(aws.VPC, cidrBlock="10.9.0.0/16")
    table = hub.create(aws.ROUTE_TABLE, vpcId=other.id)
    with refusal("InvalidParameterValue"):
        hub.create(aws.ROUTE_TABLE_ASSOCIATION, routeTableId=table.id, subnetId=network.subnets[0].id)


def test_a_route_table_takes_its_routes_with_it(network: Any, hub: CloudAccount, simulation: Simulation) -> None:
    network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    hub.create(aws.ROUTE, routeTableId=table.id, destinationCidrBlock="10.0.0.0/8", transitGatewayId=network.gateway.id)
    hub.delete(table)
    assert simulation.records(type_=aws.ROUTE) == []


def test_a_flow_log_watches_one_thing(network: Any, hub: CloudAccount) -> None:
    logs = hub.create(aws.LOG_GROUP, retentionInDays=30)
    made = hub.create(aws.FLOW_LOG, vpcId=network.vpc.id, trafficType="ALL", logDestination=logs.outputs["arn"])
    assert made.inputs["maxAggregationInterval"] == 600
    with refusal("InvalidParameterCombination"):
        hub.create(aws.FLOW_LOG, trafficType="ALL")
    with refusal("InvalidVpcID.NotFound"):
        hub.create(aws.FLOW_LOG, vpcId="vpc-0", trafficType="ALL")
    assert len(hub.failures(aws.FLOW_LOG, vpcId="vpc-0", trafficType="SOME", maxAggregationInterval=61)) == 2


def test_log_groups(hub: CloudAccount) -> None:
    made = hub.create(aws.LOG_GROUP, name="flows")
    assert made.outputs["arn"] == "arn:aws:logs:eu-west-1:111111111111:log-group:flows"
    with refusal("ResourceAlreadyExistsException"):
        hub.create(aws.LOG_GROUP, name="flows")
    assert len(hub.failures(aws.LOG_GROUP, retentionInDays=31)) == 1


def test_roles_and_their_policies(hub: CloudAccount) -> None:
    role = hub.create(aws.ROLE, name="writer", assumeRolePolicy="{}")
    policy = hub.create(aws.ROLE_POLICY, role=role.id, name="write", policy="{}")
    assert (role.outputs["arn"], policy.id) == ("arn:aws:iam::111111111111:role/writer", "writer:write")
    with refusal("EntityAlreadyExists"):
        hub.create(aws.ROLE, name="writer", assumeRolePolicy="{}")
    with refusal("NoSuchEntity"):
        hub.create(aws.ROLE_POLICY, role="nobody", policy="{}")
    with refusal("DeleteConflict"):
        hub.delete(role)
    assert len(hub.failures(aws.ROLE, assumeRolePolicy="{")) == 1


def test_bucket_names_are_taken_once_and_for_all(hub: CloudAccount, spoke: CloudAccount) -> None:
    hub.create(aws.BUCKET, bucket="logs")
    with refusal("BucketAlreadyOwnedByYou"):
        hub.create(aws.BUCKET, bucket="logs")
    with refusal("BucketAlreadyExists"):
        spoke.create(aws.BUCKET, bucket="logs")
