"""The firewall's expressions: what is read, and that all else is a finding and a rule that says "unknown"."""

import pytest
from hubspoke.network.convert.expressions import rule_of
from hubspoke.network.convert.made import Made
from hubspoke.network.model import ALL_PORTS, Rule

LISTS = {"a": ("10.1.0.0/16",), "b": ("10.2.0.0/16",), "c": ("10.3.0.0/16",), "empty": ()}
A, B, C = ("10.1.0.0/16",), ("10.2.0.0/16",), ("10.3.0.0/16",)


def read(expression: str) -> tuple[list[Rule], int]:
    made = Made()
    return list(rule_of(made, LISTS, {"ref": "r", "action": "block", "expression": expression}, "o")), len(
        made.findings
    )


@pytest.mark.parametrize(
    ("expression", "sources", "destinations"),
    [
        ("ip.src in $a and (ip.dst in $b or ip.dst in $c)", A, B + C),
        ("ip.src in $a and (ip.dst in $b)", A, B),
        ("(ip.src in $a) and (ip.dst in $b)", A, B),
        ("ip.src in $a or ip.src in $c", A + C, ()),
        ("ip.src in {10.1.0.0/16} and ip.dst in {10.2.0.0/16 10.3.0.0/16}", A, B + C),
    ],
)
def test_conditions_that_all_hold(expression: str, sources: tuple[str, ...], destinations: tuple[str, ...]) -> None:
    rule = Rule("deny", "o#r", sources, destinations, "any", ALL_PORTS)
    assert read(expression) == ([rule], 0)


@pytest.mark.parametrize(
    "expression",
    [
        "ip.src in $a or ip.dst in $b",
        "ip.src in $a or ip.src in $c and ip.dst in $b",
        "ip.dst in $b and ip.src in $a or ip.src in $c",
        "ip.src in $a and (ip.dst in $b or ip.src in $c)",
        "(ip.src in $a and ip.dst in $b) or ip.src in $c",
        "not ip.src in $a",
        "ip.src in $a and ip.src in $c",
        "ip.src in $missing",
        "ip.src in $empty",
    ],
)
def test_what_is_not_read_may_match_anything(expression: str) -> None:
    assert read(expression) == ([Rule("unknown", "o#r")], 1)
