"""Network ACLs: each rule with what passes and what is refused."""

from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.testing import CloudAccount, Made

ENTRY = {"protocol": "tcp", "cidrBlock": "10.0.0.0/8", "fromPort": 22, "toPort": 22}
INLINE: dict[str, Any] = {**ENTRY, "ruleNo": 100, "action": "allow"}


@pytest.fixture
def vpc(hub: CloudAccount) -> Made:
    return hub.create(aws.VPC, cidrBlock="10.0.0.0/16")


@pytest.fixture
def default(hub: CloudAccount, vpc: Made) -> Made:
    """The ACL that a network came with, taken over."""
    return hub.create(aws.DEFAULT_ACL, defaultNetworkAclId=vpc.outputs["defaultNetworkAclId"], ingress=[INLINE])


def rule(hub: CloudAccount, acl: str, number: int, **more: Any) -> Made:
    return hub.create(aws.ACL_RULE, networkAclId=acl, ruleNumber=number, ruleAction="deny", **ENTRY, **more)


def shown(hub: CloudAccount, acl: Made) -> dict[str, Any]:
    """What a read tells of an ACL's rules: their numbers by direction."""
    read = hub.read(acl)
    assert read is not None
    return {way: [r["ruleNo"] for r in read.outputs[way]] for way in ("ingress", "egress")}


def test_a_number_is_used_once_in_each_direction_of_an_acl(hub: CloudAccount, vpc: Made) -> None:
    acl = hub.create(aws.NETWORK_ACL, vpcId=vpc.id, ingress=[INLINE], egress=[INLINE])
    with pytest.raises(CloudError, match=r"^NetworkAclEntryAlreadyExists: .* identified by 100 already exists"):
        rule(hub, acl.id, 100)
    with pytest.raises(CloudError, match=r"^NetworkAclEntryAlreadyExists:"):
        rule(hub, acl.id, 100, egress=True)
    rule(hub, acl.id, 101)
    rule(hub, acl.id, 101, egress=True)
    with pytest.raises(CloudError, match=r"^NetworkAclEntryAlreadyExists:"):
        rule(hub, acl.id, 101)
    assert shown(hub, acl) == {"ingress": [100, 101], "egress": [100, 101]}


def test_the_networks_own_acl_keeps_to_it_too(hub: CloudAccount, default: Made) -> None:
    with pytest.raises(CloudError, match=r"^NetworkAclEntryAlreadyExists:"):
        rule(hub, default.id, 100)
    rule(hub, default.id, 100, egress=True)
    assert shown(hub, default) == {"ingress": [100], "egress": [100]}


def test_the_networks_own_acl_is_named_as_any_other(default: Made) -> None:
    assert default.outputs["arn"].endswith(f":network-acl/{default.id}")


def test_the_networks_own_acl_goes_with_the_network(hub: CloudAccount, vpc: Made, default: Made) -> None:
    separate = rule(hub, default.id, 101)
    hub.delete(vpc)
    assert [hub.read(gone) for gone in (default, separate)] == [None, None]


def test_an_acl_and_its_subnets_share_a_network(hub: CloudAccount, vpc: Made) -> None:
    acl = hub.create(aws.NETWORK_ACL, vpcId=vpc.id)
    other = hub.create(aws.VPC, cidrBlock="10.1.0.0/16")
    far = hub.create(aws.SUBNET, vpcId=other.id, cidrBlock="10.1.0.0/24")
    near = hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    with pytest.raises(CloudError, match=r"^InvalidParameterValue: .* belong to different networks"):
        hub.create(aws.ACL_ASSOCIATION, networkAclId=acl.id, subnetId=far.id)
    association = hub.create(aws.ACL_ASSOCIATION, networkAclId=acl.id, subnetId=near.id)
    with pytest.raises(CloudError, match=r"^DependencyViolation: "):
        hub.delete(acl)
    hub.delete(association)
    hub.delete(acl)


def test_a_networks_own_acl_is_on_the_subnets_that_no_other_is_on(hub: CloudAccount, vpc: Made) -> None:
    first, second, third = (hub.create(aws.SUBNET, vpcId=vpc.id, cidrBlock=f"10.0.{n}.0/24").id for n in range(3))
    own = Made(aws.NETWORK_ACL, vpc.outputs["defaultNetworkAclId"], {}, {})
    assert on(hub, own) == sorted([first, second, third])
    written = hub.create(aws.NETWORK_ACL, vpcId=vpc.id, subnetIds=[first])
    assert on(hub, own) == sorted([second, third])
    associated = hub.create(aws.ACL_ASSOCIATION, networkAclId=written.id, subnetId=second)
    taken_over = hub.create(aws.DEFAULT_ACL, defaultNetworkAclId=own.id)
    assert [on(hub, own), on(hub, taken_over), on(hub, written)] == [[third], [third], sorted([first, second])]
    hub.delete(associated)
    assert [on(hub, own), on(hub, taken_over), on(hub, written)] == [sorted([second, third])] * 2 + [[first]]


def on(hub: CloudAccount, acl: Made) -> list[str]:
    """The subnets that a read tells of an ACL."""
    read = hub.read(acl)
    assert read is not None
    return list(read.outputs["subnetIds"])


def test_a_network_does_not_go_before_the_acls_that_were_made_in_it(hub: CloudAccount, vpc: Made) -> None:
    acl = hub.create(aws.NETWORK_ACL, vpcId=vpc.id)
    with pytest.raises(CloudError, match=rf"^DependencyViolation: The vpc '{vpc.id}' has dependencies"):
        hub.delete(vpc)
    hub.delete(acl)
    hub.delete(vpc)
    assert hub.read(vpc) is None
