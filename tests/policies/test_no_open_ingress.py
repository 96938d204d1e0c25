"""The rule no-open-ingress, on each way in which AWS says who may come in."""

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from rules import no_open_ingress, types

from tests.policies.judging import Properties, judged, not_evaluated


def ingress_rule(**properties: Any) -> Properties:
    return {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **properties}


def inline(**rule: Any) -> Properties:
    return {"ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, **rule}]}


def open_to_all(ports: str, prefix: str = "0.0.0.0/0") -> str:
    return f"ingress from {prefix} on {ports}; name the networks that may come in"


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="10.0.0.0/8"), []),
        (types.INGRESS_RULE, ingress_rule(referencedSecurityGroupId=UNKNOWN), []),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="0.0.0.0/0"), [open_to_all("tcp 443")]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv6="::/0"), [open_to_all("tcp 443", "::/0")]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="128.0.0.0/1"), [open_to_all("tcp 443", "128.0.0.0/1")]),
        (types.INGRESS_RULE, {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}, [open_to_all("everything")]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4="everyone"), ["ingress from everyone, which is not a prefix"]),
        (types.INGRESS_RULE, ingress_rule(cidrIpv4=UNKNOWN), [not_evaluated("cidrIpv4")]),
        (
            types.INGRESS_RULE,
            ingress_rule(cidrIpv4="0.0.0.0/0", fromPort=UNKNOWN),
            [open_to_all("ports that are known only after deployment")],
        ),
        (types.EGRESS_RULE, ingress_rule(cidrIpv4="0.0.0.0/0"), []),
        (types.SECURITY_GROUP, {}, []),
        (types.SECURITY_GROUP, inline(cidrBlocks=["10.0.0.0/8"], ipv6CidrBlocks=None), []),
        (types.SECURITY_GROUP, inline(cidrBlocks=["10.0.0.0/8", "0.0.0.0/0"]), [open_to_all("tcp 22")]),
        (
            types.SECURITY_GROUP,
            inline(cidrBlocks=[UNKNOWN, "0.0.0.0/0"]),
            [not_evaluated("ingress.0.cidrBlocks.0"), open_to_all("tcp 22")],
        ),
        (types.SECURITY_GROUP, {"ingress": UNKNOWN}, [not_evaluated("ingress")]),
        (types.SECURITY_GROUP, {"ingress": [UNKNOWN]}, [not_evaluated("ingress.0")]),
        (types.SECURITY_GROUP, inline(cidrBlocks=UNKNOWN), [not_evaluated("ingress.0.cidrBlocks")]),
        (types.DEFAULT_SECURITY_GROUP, inline(ipv6CidrBlocks=["::/0"]), [open_to_all("tcp 22", "::/0")]),
        (
            types.SECURITY_GROUP_RULE,
            {"type": "ingress", "protocol": "udp", "fromPort": 1, "toPort": 9, "cidrBlocks": ["0.0.0.0/0"]},
            [open_to_all("udp 1-9")],
        ),
        (types.SECURITY_GROUP_RULE, {"type": "egress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}, []),
        (types.SECURITY_GROUP_RULE, {"type": UNKNOWN, "cidrBlocks": []}, [not_evaluated("type")]),
    ],
)  # fmt: skip
def test_no_open_ingress(kind: str, properties: Properties, expected: list[str]) -> None:
    assert judged(no_open_ingress.POLICY, kind, properties) == expected


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"fromPort": 80, "toPort": 80}, True),
        ({"fromPort": 80, "toPort": 443}, False),
        ({"ipProtocol": "-1", "fromPort": None, "toPort": None}, False),
        ({"ipProtocol": "icmp", "fromPort": -1, "toPort": -1}, False),
    ],
)
def test_ports_that_may_be_open(change: Properties, passes: bool) -> None:
    properties = ingress_rule(cidrIpv4="0.0.0.0/0", **change)
    found = judged(no_open_ingress.POLICY, types.INGRESS_RULE, properties, allowedPorts=[80.0, 443.0])
    assert (found == []) is passes


def test_an_unknown_port_is_not_taken_as_allowed() -> None:
    properties = ingress_rule(cidrIpv4="0.0.0.0/0", toPort=UNKNOWN)
    found = judged(no_open_ingress.POLICY, types.INGRESS_RULE, properties, allowedPorts=[443])
    assert found == [not_evaluated("toPort")]


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_only_prefixes_wider_than_a_slash_8_are_everyone(address: int, length: int) -> None:
    prefix = str(IPv4Network((address, length), strict=False))
    found = judged(no_open_ingress.POLICY, types.INGRESS_RULE, ingress_rule(cidrIpv4=prefix))
    assert (found == []) == (length >= 8)
