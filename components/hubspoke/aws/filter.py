"""A network's filter: a security group that admits its flows, and nothing else."""

from collections.abc import Callable, Iterable
from typing import Any

import pulumi_aws as aws

from hubspoke.aws.network import Maker, Network
from hubspoke.plan.model import FilterRule


def admit_flows(make: Maker, network: Network) -> aws.ec2.SecurityGroup:
    """The security group of a network's flows, each direction's rules as resources of their own."""
    group = aws.ec2.SecurityGroup(
        f"{make.part.key}-wan",
        region=make.part.region,
        description=f"WAN flows of {make.what} {make.part.key}",
        vpc_id=network.vpc_id,
        revoke_rules_on_delete=True,
        tags=make.named("wan"),
        opts=make.options(),
    )
    _rules(make, aws.vpc.SecurityGroupIngressRule, make.part.ingress, group, "from")
    _rules(make, aws.vpc.SecurityGroupEgressRule, make.part.egress, group, "to")
    return group


def _rules(
    make: Maker, kind: Callable[..., Any], rules: Iterable[FilterRule], group: aws.ec2.SecurityGroup, word: str
) -> None:
    for rule in rules:
        protocol, first, last = ports(rule)
        kind(
            make.name(rule.key),
            region=make.part.region,
            security_group_id=group.id,
            description=f"flow {rule.flow} {word} {rule.peer}",
            cidr_ipv4=rule.peer,
            ip_protocol=protocol,
            from_port=first,
            to_port=last,
            tags=make.named(rule.key),
            opts=make.options(),
        )


def ports(rule: FilterRule) -> tuple[str, int | None, int | None]:
    """Protocol and port range in a security group rule's words ("-1" is every protocol, without ports)."""
    if rule.protocol == "any":
        return "-1", None, None
    if rule.protocol == "icmp":
        return "icmp", -1, -1
    if rule.port is None:
        return rule.protocol, 0, 65535
    return rule.protocol, rule.port, rule.port
