"""The network of a spoke or an on-ramp: a new VPC with subnets, a route table and a flow log, or an existing one."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from hubspoke.plan.model import FLOW_LOG_DAYS, AdoptedNetwork, OnRampPlan, SpokePlan, Subnet
from hubspoke.reads import id_of


@dataclass(frozen=True)
class Network:
    """What the rest of a component needs of its network, whether made or adopted."""

    vpc_id: pulumi.Output[str]
    attachment_subnets: list[pulumi.Input[str]]
    route_tables: dict[str, pulumi.Input[str]]  # by stable key; a new network has one, "main"


@dataclass(frozen=True)
class Maker:
    """How a component makes its parts: under which parent, and with which tags for a part's name."""

    part: SpokePlan | OnRampPlan
    tags: dict[str, str]
    parent: pulumi.Resource

    @property
    def what(self) -> str:
        """What it makes, in a word for people."""
        return "spoke" if isinstance(self.part, SpokePlan) else "on-ramp"

    def named(self, key: str = "") -> dict[str, str]:
        """The tags of one part."""
        return {**self.tags, "Name": self.name(key)}

    def name(self, key: str = "") -> str:
        """The name of one part: the component's key, and the part's behind a slash, which keys cannot hold."""
        return f"{self.part.key}/{key}" if key else self.part.key

    def options(self, *, delete_before_replace: bool = False) -> pulumi.ResourceOptions:
        """Options of one part."""
        return pulumi.ResourceOptions(parent=self.parent, delete_before_replace=delete_before_replace)


def adopt(make: Maker, adopted: AdoptedNetwork) -> Network:
    """An existing VPC, read so that a wrong id is refused, and never changed or deleted."""
    vpc = aws.ec2.Vpc.get(make.part.key, adopted.network, region=make.part.region, opts=make.options())
    return Network(id_of(vpc, adopted.network), [subnet for _, subnet in adopted.subnets], dict(adopted.route_tables))


def create(make: Maker) -> Network:
    """A new VPC with its subnets in one route table, and its flow log."""
    part = make.part
    vpc = aws.ec2.Vpc(
        part.key,
        region=part.region,
        cidr_block=part.cidr,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=make.named(),
        opts=make.options(),
    )
    table = aws.ec2.RouteTable(part.key, region=part.region, vpc_id=vpc.id, tags=make.named(), opts=make.options())
    subnets = {subnet.key: _subnet(make, vpc, table, subnet) for subnet in part.subnets}
    _flow_log(make, vpc)
    attached = [subnets[s.key].id for s in part.subnets if s.kind == "attachment"]
    return Network(vpc.id, [*attached], {"main": table.id})


def _subnet(make: Maker, vpc: aws.ec2.Vpc, table: aws.ec2.RouteTable, subnet: Subnet) -> aws.ec2.Subnet:
    made = aws.ec2.Subnet(
        make.name(subnet.key),
        region=make.part.region,
        vpc_id=vpc.id,
        availability_zone=f"{make.part.region}{subnet.zone}",
        cidr_block=subnet.cidr,
        map_public_ip_on_launch=False,
        tags=make.named(subnet.key),
        opts=make.options(delete_before_replace=True),  # the new subnet may need the old one's prefix
    )
    aws.ec2.RouteTableAssociation(
        make.name(subnet.key),
        region=make.part.region,
        subnet_id=made.id,
        route_table_id=table.id,
        opts=make.options(delete_before_replace=True),
    )
    return made


_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
# What flow logs need to deliver to CloudWatch Logs: VPC guide, "IAM role for publishing flow logs", 2026-08.
_WRITE = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]


def _flow_log(make: Maker, vpc: aws.ec2.Vpc) -> None:
    part = make.part
    group = aws.cloudwatch.LogGroup(
        f"{part.key}-flows",
        region=part.region,
        retention_in_days=FLOW_LOG_DAYS,
        tags=make.named("flows"),
        opts=make.options(),
    )
    role = aws.iam.Role(
        f"{part.key}-flows",
        assume_role_policy=json.dumps(_TRUST),
        tags=make.named("flows"),
        opts=make.options(),
    )
    policy = aws.iam.RolePolicy(
        f"{part.key}-flows", role=role.id, policy=group.arn.apply(_may_write), opts=make.options()
    )
    aws.ec2.FlowLog(
        part.key,
        region=part.region,
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=60,
        tags=make.named("flows"),
        opts=pulumi.ResourceOptions(parent=make.parent, depends_on=[policy]),
    )


def _may_write(group_arn: str) -> str:
    statement = {"Effect": "Allow", "Action": _WRITE, "Resource": [group_arn, f"{group_arn}:*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
