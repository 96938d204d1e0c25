"""The rule vpc-flow-logs, on what is planned and on what is observed."""

from typing import Any

import pytest
from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import types, vpc_flow_logs

from tests.policies.judging import judged_stack, member, not_evaluated


def vpc(name: str = "web", **properties: Any) -> PolicyResource:
    return member(types.VPC, name, {"id": UNKNOWN, "tags": {"hubspoke:component": name}, **properties})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ALL", []),
        ("REJECT", []),
        ("ACCEPT", [("web", "its flow logs hold ACCEPT traffic only; one must hold ALL or REJECT")]),
        (UNKNOWN, [("web", not_evaluated("trafficType"))]),
    ],
)
def test_a_planned_vpc_s_flow_log_is_found_by_what_it_is_made_from(kind: str, expected: list[Any]) -> None:
    network = vpc()
    log = member(types.FLOW_LOG, "log", {"trafficType": kind}, vpcId=network)
    assert judged_stack(vpc_flow_logs.POLICY, [network, log]) == expected


def test_an_observed_vpc_s_flow_log_is_found_by_id() -> None:
    web, db = vpc("web", id="vpc-1"), vpc("db", id="vpc-2")
    log = member(types.FLOW_LOG, "log", {"trafficType": "ALL", "vpcId": "vpc-1"})
    missing = "it has no flow log for ALL or REJECT traffic"
    assert judged_stack(vpc_flow_logs.POLICY, [web, db, log]) == [("db", missing)]
    assert judged_stack(vpc_flow_logs.POLICY, [web, db, log], exempt=["db"]) == []


def test_a_flow_log_of_something_else_does_not_count() -> None:
    subnet_log = member(types.FLOW_LOG, "log", {"trafficType": "ALL", "subnetId": "subnet-1"})
    found = judged_stack(vpc_flow_logs.POLICY, [vpc(), subnet_log])
    assert found == [("web", "it has no flow log for ALL or REJECT traffic")]


def test_a_flow_log_that_cannot_be_resolved_is_said() -> None:
    log = member(types.FLOW_LOG, "log", {"trafficType": "ALL", "vpcId": UNKNOWN})
    assert judged_stack(vpc_flow_logs.POLICY, [vpc(), log]) == [
        ("log", not_evaluated("vpcId")),
        ("web", "it has no flow log for ALL or REJECT traffic"),
    ]


def test_an_adopted_vpc_is_not_judged() -> None:
    adopted = vpc("old", id="vpc-9", tags={"Name": "legacy"})
    assert judged_stack(vpc_flow_logs.POLICY, [adopted]) == []
    assert len(judged_stack(vpc_flow_logs.POLICY, [adopted], managedTag="")) == 1
    assert len(judged_stack(vpc_flow_logs.POLICY, [vpc(tags=UNKNOWN)])) == 1  # in doubt it is judged
