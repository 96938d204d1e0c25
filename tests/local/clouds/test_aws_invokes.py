"""The functions that look things up."""

import json
from typing import Any

import pytest
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.testing import CloudAccount

from tests.local.clouds.conftest import HUB


def invoke(account: CloudAccount, name: str, **args: Any) -> dict[str, Any]:
    module, _, function = name.rpartition("/")
    return dict(account.provider.invoke(f"aws:{module}/{function}:{function}", args))


def test_who_and_where(hub: CloudAccount) -> None:
    caller = invoke(hub, "index/getCallerIdentity")
    assert (caller["accountId"], caller["arn"]) == (HUB, f"arn:aws:sts::{HUB}:assumed-role/deploy/pulumi")
    assert invoke(hub, "index/getRegion")["region"] == "eu-west-1"
    assert invoke(hub, "index/getRegion", region="us-east-1")["region"] == "us-east-1"
    assert invoke(hub, "index/getPartition")["partition"] == "aws"


def test_zones(hub: CloudAccount) -> None:
    found = invoke(hub, "index/getAvailabilityZones", excludeNames=["eu-west-1b"])
    assert (found["names"], found["zoneIds"]) == (["eu-west-1a", "eu-west-1c"], ["euw1-az1", "euw1-az3"])
    assert len(invoke(hub, "index/getAvailabilityZones", region="us-east-1")["names"]) == 6


@pytest.mark.parametrize("args", [
    {"tags": {"Name": "prod"}}, {"cidrBlock": "10.1.0.0/16"},
    {"filters": [{"name": "cidr-block", "values": ["10.1.0.0/16"]}]},
    {"filters": [{"name": "tag:Name", "values": ["prod"]}]}, {"state": "available", "tags": {"Name": "prod"}},
])  # fmt: skip
def test_a_network_by_what_it_is(network: Any, hub: CloudAccount, args: dict[str, Any]) -> None:
    hub.create("aws:ec2/vpc:Vpc", cidrBlock="10.9.0.0/16", tags={"Name": "dev"})
    assert invoke(hub, "ec2/getVpc", **args)["id"] == network.vpc.id


def test_a_network_by_id_from_its_own_account_only(network: Any, hub: CloudAccount, spoke: CloudAccount) -> None:
    assert invoke(hub, "ec2/getVpc", id=network.vpc.id)["cidrBlock"] == "10.1.0.0/16"
    with pytest.raises(CloudError, match="no matching EC2 VPC found"):
        invoke(spoke, "ec2/getVpc", id=network.vpc.id)


def test_several_are_too_many_for_one(network: Any, hub: CloudAccount) -> None:
    with pytest.raises(CloudError, match="multiple EC2 Subnet found"):
        invoke(hub, "ec2/getSubnet", vpcId=network.vpc.id)
    found = invoke(hub, "ec2/getSubnets", filters=[{"name": "vpc-id", "values": [network.vpc.id]}])
    assert found["ids"] == [subnet.id for subnet in network.subnets]


def test_a_transit_gateway(network: Any, hub: CloudAccount) -> None:
    found = invoke(hub, "ec2transitgateway/getTransitGateway", id=network.gateway.id)
    assert found["amazonSideAsn"] == 64600


def test_a_policy_document(hub: CloudAccount) -> None:
    statement = {
        "actions": ["logs:PutLogEvents"], "resources": ["*"], "principals": [{"type": "Service", "identifiers": ["x"]}],
        "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": [HUB]}],
    }  # fmt: skip
    assert json.loads(invoke(hub, "iam/getPolicyDocument", statements=[statement])["json"]) == {
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*", "Principal": {"Service": "x"},
            "Condition": {"StringEquals": {"aws:SourceAccount": HUB}},
        }],
    }  # fmt: skip


def test_what_is_not_simulated_says_so(hub: CloudAccount) -> None:
    with pytest.raises(CloudError, match=r"Unimplemented: .*getAmi is not simulated; functions that are: .*getVpc"):
        invoke(hub, "ec2/getAmi")
