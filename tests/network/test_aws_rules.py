"""Rules of AWS's security groups, as they are read: those of their own, and those in the group's list."""

from typing import Any

import pytest
from hubspoke.network.convert.aws_rules import GROUP, INGRESS, rules_of
from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Rule
from hubspoke.network.snapshot import Resource, Snapshot

URN = "urn::group"


def read(**listed: Any) -> list[Rule]:
    """One rule of a group's own list."""
    group = Resource(URN, GROUP, "sg-1", {"ingress": [{"cidrBlocks": ["10.0.0.0/8"], **listed}]})
    return list(rules_of(Made(), Snapshot((group,)), group, "in"))


@pytest.mark.parametrize(
    ("protocol", "first", "last", "expected"),
    [
        ("-1", 0, 0, Rule("allow", URN, ("10.0.0.0/8",), (), "any", ALL_PORTS)),  # all of it, as lists write it
        ("tcp", 443, 443, Rule("allow", URN, ("10.0.0.0/8",), (), "tcp", (443, 443))),
        ("udp", 0, 0, Rule("allow", URN, ("10.0.0.0/8",), (), "udp", (0, 0))),
        ("icmp", -1, -1, Rule("allow", URN, ("10.0.0.0/8",), (), "icmp", ALL_PORTS)),
        ("icmp", 3, 4, Rule("unknown", URN, ("10.0.0.0/8",), (), "icmp", ALL_PORTS)),  # a type and a code: not all
        ("50", 0, 0, Rule("unknown", URN, ("10.0.0.0/8",), (), "any", ALL_PORTS)),
    ],
)
def test_protocols_and_ports_in_a_list(protocol: str, first: int, last: int, expected: Rule) -> None:
    assert read(protocol=protocol, fromPort=first, toPort=last) == [expected]


def test_a_peer_that_is_no_prefix_may_be_anything() -> None:
    group = Resource(URN, GROUP, "sg-1")
    rule = Resource(
        "urn::rule", INGRESS, "sgr-1", {"securityGroupId": "sg-1", "ipProtocol": "-1", "prefixListId": "pl-1"}
    )
    (found,) = rules_of(Made(), Snapshot((group, rule)), group, "in")
    assert found == Rule("unknown", "urn::rule")
