"""The simulated clouds from outside: inventory, changes by hand, and who did what."""

import time
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import CloudError, DiffKind
from hubspoke.local.clouds.sim import BadChange, Simulation
from hubspoke.local.clouds.testing import CloudAccount

from tests.local.clouds.conftest import HUB


def test_things_that_existed_before_have_the_ids_they_had(simulation: Simulation, hub: CloudAccount) -> None:
    vpc = simulation.create(HUB, "eu-west-1", aws.VPC, {"cidrBlock": "10.9.0.0/16"}, id_="vpc-0legacy")
    subnet = {"vpcId": vpc.id, "cidrBlock": "10.9.0.0/24"}
    simulation.create(HUB, "eu-west-1", aws.SUBNET, subnet, id_="subnet-0legacy")
    state = hub.provider.read("u", aws.VPC, "vpc-0legacy", None, None)
    assert state is not None
    assert state.inputs["cidrBlock"] == "10.9.0.0/16"
    with pytest.raises(CloudError, match=r"InvalidSubnet\.Conflict"):
        simulation.create(HUB, "eu-west-1", aws.SUBNET, subnet)


def test_an_edit_obeys_the_rules(simulation: Simulation, network: Any) -> None:
    subnet = network.subnets[0]
    with pytest.raises(CloudError, match=r"InvalidSubnet\.Conflict"):
        simulation.edit(subnet.id, {"cidrBlock": "10.1.1.0/24"})
    with pytest.raises(BadChange, match="is not a valid IPv4 CIDR block"):
        simulation.edit(subnet.id, {"cidrBlock": "10.1.1.1/24"})
    assert simulation.get(subnet.id).inputs["cidrBlock"] == "10.1.0.0/24"


@pytest.mark.parametrize(("changes", "says"), [
    ({"tagz.Name": "x"}, "has no property 'tagz.Name' that can be set. Did you mean 'tags'?"),
    ({"cidrBlock.first": "x"}, "leads nowhere at 'first': what is there is a str"),
    ({"tags..Name": "x"}, "is not a property path"),
    ({"enableDnsSupport": "maybe"}, "expected boolean type, got string type"),
])  # fmt: skip
def test_edits_that_make_no_sense(simulation: Simulation, network: Any, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadChange) as caught:
        simulation.edit(network.vpc.id, changes)
    assert says in str(caught.value)


def test_a_nested_edit_is_drift(simulation: Simulation, network: Any, hub: CloudAccount) -> None:
    network.attach()
    routes = [{"cidrBlock": "10.0.0.0/8", "transitGatewayId": network.gateway.id}]
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id, routes=routes)
    simulation.edit(table.id, {"routes[0].cidrBlock": "172.16.0.0/12", "tags.Owner": "someone"})
    seen = hub.seen(table)
    back = hub.provider.diff("u", table.type, table.id, seen.inputs, seen.outputs, table.inputs, ())
    assert back.detailed == {"routes[0].cidrBlock": DiffKind.UPDATE}
    simulation.edit(table.id, {"routes[0]": None})
    assert simulation.get(table.id).inputs["routes"] == []


def test_a_typo_in_an_id(simulation: Simulation, network: Any) -> None:
    with pytest.raises(BadChange, match=f"nothing has the id .* Did you mean '{network.vpc.id}'"):
        simulation.get(network.vpc.id[:-1])


def test_deletion_obeys_the_rules_unless_forced(simulation: Simulation, network: Any) -> None:
    with pytest.raises(CloudError, match="DependencyViolation"):
        simulation.delete(network.vpc.id)
    simulation.delete(network.vpc.id, force=True)
    with pytest.raises(BadChange):
        simulation.get(network.vpc.id)


def test_routes_added_by_hand_are_found_in_their_table(simulation: Simulation, network: Any, hub: CloudAccount) -> None:
    network.attach()
    table = hub.create(aws.ROUTE_TABLE, vpcId=network.vpc.id)
    route = {"routeTableId": table.id, "transitGatewayId": network.gateway.id}
    ours = hub.create(aws.ROUTE, **route, destinationCidrBlock="10.0.0.0/8")
    extra = simulation.create(HUB, "eu-west-1", aws.ROUTE, {**route, "destinationCidrBlock": "172.16.0.0/12"})
    assert [r.id for r in simulation.children(aws.ROUTE_TABLE, table.id)] == [ours.id, extra.id]


def test_children_leave_out_what_the_cloud_made(simulation: Simulation, hub: CloudAccount, make_network: Any) -> None:
    gateway = hub.create(aws.TRANSIT_GATEWAY)
    attachment = make_network(hub, gateway).attach()
    table = gateway.outputs["associationDefaultRouteTableId"]
    assert simulation.children(aws.TGW_ROUTE_TABLE, table) == []
    assert [r.id for r in simulation.children(aws.TRANSIT_GATEWAY, gateway.id)] == [attachment.id]


def test_containers_are_named(simulation: Simulation) -> None:
    assert {aws.ROUTE_TABLE, aws.SECURITY_GROUP, aws.TGW_ROUTE_TABLE, aws.TRANSIT_GATEWAY} < set(
        simulation.containers()
    )


def test_what_is_there_by_cloud_account_and_type(
    simulation: Simulation, hub: CloudAccount, spoke: CloudAccount
) -> None:
    mine = hub.create(aws.LOG_GROUP)
    theirs = spoke.create(aws.LOG_GROUP)
    assert [r.id for r in simulation.records("aws", HUB)] == [mine.id]
    assert {r.id for r in simulation.records(type_=aws.LOG_GROUP)} == {mine.id, theirs.id}
    assert simulation.records("cloudflare") == []
    assert simulation.outputs(simulation.get(mine.id, account=HUB)) == mine.outputs
    with pytest.raises(BadChange, match=r"id of several things; say which type, account or region: .* in 111111111111"):
        simulation.get(mine.id)


def test_the_log_tells_who_did_what(simulation: Simulation, hub: CloudAccount, folder: Any) -> None:
    before = time.time()
    made = hub.create(aws.LOG_GROUP, name="flows", retentionInDays=30)
    Simulation(folder, actor="mallory").edit(made.id, {"retentionInDays": 1, "tags.x": "y"})
    Simulation(folder, actor="mallory").delete(made.id)
    assert [(e.actor, e.action, e.id, e.properties) for e in simulation.log(before)] == [
        (f"arn:aws:sts::{HUB}:assumed-role/deploy/pulumi", "create", "flows",
         ("name", "retentionInDays", "skipDestroy")),
        ("mallory", "update", "flows", ("retentionInDays", "tags")),
        ("mallory", "delete", "flows", ()),
    ]  # fmt: skip
    assert simulation.log(time.time() + 1) == []


def test_an_edit_that_changes_nothing_is_not_logged(simulation: Simulation, hub: CloudAccount) -> None:
    made = hub.create(aws.LOG_GROUP, name="flows", retentionInDays=30)
    before = simulation.get(made.id).version
    simulation.edit(made.id, {"retentionInDays": 30})
    assert simulation.get(made.id).version == before
    assert len(simulation.log()) == 1


def test_clouds_that_are_not_simulated(simulation: Simulation) -> None:
    with pytest.raises(BadChange, match="of no simulated cloud; those at hand: aws, azure-native, "):
        simulation.create("p", "r", "oci:core/vcn:Vcn", {})
    with pytest.raises(BadChange, match="Did you mean 'Vpc'"):
        simulation.create(HUB, "eu-west-1", "aws:ec2/vpc:Vpd", {})
