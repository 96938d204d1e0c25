"""Security groups and their rules: each rule with what passes and what is refused."""

from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.testing import CloudAccount, Made

from tests.local.clouds.attempts import refusal


@pytest.fixture
def group(hub: CloudAccount) -> Made:
    vpc = hub.create(aws.VPC, cidrBlock="10.0.0.0/16")
    return hub.create(aws.SECURITY_GROUP, vpcId=vpc.id, name="wan")


def rule(group: Made, **changes: Any) -> dict[str, Any]:
    given = {"securityGroupId": group.id, "cidrIpv4": "10.0.0.0/8", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    return {**given, **changes}


def test_group_names_are_unique_in_a_network(hub: CloudAccount, group: Made) -> None:
    with refusal("InvalidGroup.Duplicate"):
        hub.create(aws.SECURITY_GROUP, vpcId=group.inputs["vpcId"], name="wan")
    assert hub.failures(aws.SECURITY_GROUP, name="sg-wan") == [
        "invalid value for name (cannot begin with sg-). Examine values at 'x.name'."
    ]


def test_separate_rules_show_in_their_groups_outputs(hub: CloudAccount, group: Made) -> None:
    made = hub.create(aws.INGRESS_RULE, **rule(group, description="web"))
    seen = hub.seen(group)
    assert seen.inputs == group.inputs
    assert seen.outputs["egress"] == []
    assert seen.outputs["ingress"] == [
        {
            "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"], "ipv6CidrBlocks": [],
            "prefixListIds": [], "securityGroups": [], "self": False, "description": "web",
        }
    ]  # fmt: skip
    assert made.outputs["securityGroupRuleId"] == made.id


@pytest.mark.parametrize("type_", [aws.INGRESS_RULE, aws.EGRESS_RULE])
def test_no_two_equal_rules(hub: CloudAccount, group: Made, type_: str) -> None:
    hub.create(type_, **rule(group))
    hub.create(type_, **rule(group, toPort=444))
    with refusal("InvalidPermission.Duplicate"):
        hub.create(type_, **rule(group, description="again"))


def test_a_rule_has_one_peer_and_fitting_ports(hub: CloudAccount, group: Made) -> None:
    with refusal("InvalidParameterCombination"):
        hub.create(aws.INGRESS_RULE, **rule(group, cidrIpv6="fd00::/64"))
    with refusal("InvalidParameterValue"):
        hub.create(aws.INGRESS_RULE, **rule(group, fromPort=None, toPort=None))
    with refusal("InvalidParameterValue"):
        hub.create(aws.INGRESS_RULE, **rule(group, fromPort=500))
    with refusal("InvalidParameterValue"):
        hub.create(aws.INGRESS_RULE, **rule(group, ipProtocol="-1"))
    hub.create(aws.INGRESS_RULE, **rule(group, ipProtocol="-1", fromPort=None, toPort=None))
    hub.create(aws.INGRESS_RULE, **rule(group, ipProtocol="icmp", fromPort=-1, toPort=-1))
    with refusal("InvalidGroup.NotFound"):
        hub.create(aws.INGRESS_RULE, **rule(group, securityGroupId="sg-0"))


def test_a_group_that_another_refers_to_stays(hub: CloudAccount, group: Made) -> None:
    other = hub.create(aws.SECURITY_GROUP, vpcId=group.inputs["vpcId"])
    referring = hub.create(aws.INGRESS_RULE, **rule(other, cidrIpv4=None, referencedSecurityGroupId=group.id))
    with refusal("DependencyViolation"):
        hub.delete(group)
    hub.delete(referring)
    hub.delete(group)


def test_a_group_takes_its_rules_with_it(hub: CloudAccount, group: Made, simulation: Simulation) -> None:
    hub.create(aws.INGRESS_RULE, **rule(group))
    hub.delete(group)
    assert simulation.records(type_=aws.INGRESS_RULE) == []
