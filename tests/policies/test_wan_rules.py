"""The proofs as rules: a stack that is as meant passes, a planted fault is named by its resource, unknown is no pass."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from hubspoke.network import Snapshot, convert
from hubspoke.network.changed import Changed
from pulumi_policy import PolicyResource, StackValidationArgs, StackValidationPolicy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from pulumi_policy.proxy import unknown_checking_proxy
from rules import flows_carried, network_as_intended, segments_isolated, survives_single_failure, wan

from tests.policies.judging import judged_stack, options
from tests.scenarios.words import network

if TYPE_CHECKING:
    from tests.conftest import World

EGRESS, ROUTE = "SecurityGroupEgressRule", "ec2/route:Route"
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def stack(deployed: "World", monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[PolicyResource]]:
    """The resources of a stack as a policy gets them, one of them changed."""
    monkeypatch.chdir(deployed.root / "policies")

    def resources(name: str, type_: str = "", called: str = "", change: Change | None = None) -> list[PolicyResource]:
        made: dict[str, PolicyResource] = {}
        for urn, each in deployed.resources(name).items():
            if each["type"].startswith("pulumi:providers:") or each.get("external"):
                continue
            props = {**each.get("outputs", {}), "id": each.get("id", "")}
            if change and type_ in each["type"] and urn.endswith(f"::{called}"):
                change(props)
            depends = {
                prop: [made[on] for on in urns or () if on in made]
                for prop, urns in (each.get("propertyDependencies") or {}).items()
            }
            made[urn] = PolicyResource(
                each["type"], unknown_checking_proxy(props), urn, urn.rsplit("::", 1)[-1], options(), None,
                made.get(each.get("parent", "")), [], depends,
            )  # fmt: skip
        return list(made.values())

    return resources


RULES = (flows_carried, segments_isolated, network_as_intended)


@pytest.mark.parametrize("name", ["network", "dev-apps", "prod-apps", "shared-services"])
def test_the_example_is_as_meant(stack: Callable[..., list[PolicyResource]], name: str) -> None:
    assert {rule.__name__: judged_stack(rule.POLICY, stack(name)) for rule in RULES} == {
        rule.__name__: [] for rule in RULES
    }


@pytest.mark.parametrize("given_once", [True, False])
def test_rules_share_what_one_of_them_has_worked_out(
    stack: Callable[..., list[PolicyResource]], given_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the list that they are given, or by what is in it: the SDK alone makes each rule a list of its own."""
    judging = Mock(side_effect=wan._judge)
    monkeypatch.setattr(wan, "_last", [])
    monkeypatch.setattr(wan, "_judge", judging)
    once = stack("dev-apps")
    for rule in RULES:
        args = StackValidationArgs(once if given_once else stack("dev-apps"), {})
        rule.POLICY.validate(args, lambda *_: None)
    assert judging.call_count == 1
    judged_stack(flows_carried.POLICY, stack("prod-apps"))
    assert judging.call_count == 2


def test_a_rule_that_is_too_wide_is_a_leak(stack: Callable[..., list[PolicyResource]]) -> None:
    def widen(props: dict[str, Any]) -> None:
        props.update(cidrIpv4="10.0.0.0/8", ipProtocol="-1", fromPort=None, toPort=None)

    wide = stack("dev-apps", EGRESS, "sandbox-eu/dev-dns-directory", widen)
    found = judged_stack(segments_isolated.POLICY, wide)
    assert [(name, message.splitlines()[0]) for name, message in found] == [
        ("sandbox-eu/dev-dns-directory", "flow no-dev-to-prod does not hold"),
        ("sandbox-eu/dev-dns-directory", "segment dev apart from prod does not hold"),
    ]
    assert "delivered: frankfurt" in found[0][1]
    assert judged_stack(flows_carried.POLICY, wide) == []
    differences = judged_stack(network_as_intended.POLICY, wide)
    assert [message.split(":")[0] for _, message in differences] == [
        "extra in spoke sandbox-eu out",
        "missing in spoke sandbox-eu out",
    ]


def test_a_route_to_nowhere_cuts_its_flows(stack: Callable[..., list[PolicyResource]]) -> None:
    lost = stack(
        "prod-apps", ROUTE, "web/main/10.0.0.0/8", lambda props: props.update(destinationCidrBlock="10.99.0.0/16")
    )
    found = judged_stack(flows_carried.POLICY, lost)
    assert "flow web-orders does not hold" in {message.splitlines()[0] for _, message in found}
    assert any("no route" in message for _, message in found)


@pytest.mark.parametrize("rule", [flows_carried, network_as_intended])
def test_what_is_not_known_is_no_pass(stack: Callable[..., list[PolicyResource]], rule: Any) -> None:
    hidden = stack("prod-apps", ROUTE, "web/main/10.0.0.0/8", lambda props: props.update(destinationCidrBlock=UNKNOWN))
    found = judged_stack(rule.POLICY, hidden)
    assert any(message.startswith("not evaluated: ") for _, message in found)


# x and y take each other's way to the site when there is one, and tell it to nobody then: after any state comes another.
CIRCLE = {
    "endpoints": {"site": "10.9.0.0/16 at o/0", "lake": "10.1.0.0/20 at x/0"},
    "links": {"ox": "o/0 - x/0", "oy": "o/0 - y/0", "xy": "x/0 - y/0"},
    "tables": {
        "o/0 is router": ["10.9.0.0/16 local to site"],
        "x/0 is gcp network": ["10.1.0.0/20 local to lake"],
        "y/0 is gcp network": [],
    },
    "sessions": {
        "ox": ["o as 65000 says o/0", "x as 65001 hears x/0 priority 200"],
        "oy": ["o as 65000 says o/0", "y as 65002 hears y/0 priority 200"],
        "xy": ["x as 65001 says x/0 hears x/0 priority 100", "y as 65002 says y/0 hears y/0 priority 100"],
    },
}


@pytest.mark.parametrize("rule", [flows_carried, segments_isolated, survives_single_failure])
def test_routes_that_never_come_to_rest_are_no_pass_and_say_what_to_do(
    stack: Callable[..., list[PolicyResource]], rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary, circle = convert.changed, network(CIRCLE)

    def with_circle(snapshot: Snapshot, others: Changed) -> Changed:
        made = ordinary(snapshot, others)
        made.tables.update(circle.table)
        made.links.update(circle.link)
        made.endpoints.update(circle.endpoint)
        made.sessions.update(circle.session)
        return made

    monkeypatch.setattr(wan, "_last", [])
    monkeypatch.setattr(convert, "changed", with_circle)
    ((name, message),) = judged_stack(rule.POLICY, stack("dev-apps"))
    assert name == "hubspoke-dev-apps"
    assert message.startswith("not evaluated: the network cannot be judged: after ")
    assert message.endswith(
        "these tables still change: x/0, y/0; break the circle: two of them prefer each other's routes"
    )


def test_a_weakness_of_the_plan_is_told_in_the_stack_that_has_it(stack: Callable[..., list[PolicyResource]]) -> None:
    policy: StackValidationPolicy = survives_single_failure.POLICY
    assert judged_stack(policy, stack("dev-apps")) == []
    ((name, message),) = judged_stack(policy, stack("network"))
    assert name.startswith("euc1/")
    assert "does not hold when endpoint e1 fails" in message
    assert judged_stack(policy, stack("network"), accepted=["endpoint/e1:euc1"]) == []
    assert len(judged_stack(policy, stack("network"), accepted=["endpoint/e1:use1"])) == 1
    ((_, refused),) = judged_stack(policy, stack("network"), accepted=["endpoint/e9:euc1"])
    assert refused.startswith("not evaluated: accepted ")
    assert "there are: endpoint/e1" in refused


@pytest.mark.parametrize(("wan", "said"), [("stacks/other.yaml", "there is no stacks/other.yaml"), ("", None)])
def test_without_an_intent_it_says_so_or_is_told_to_say_nothing(
    stack: Callable[..., list[PolicyResource]], wan: str, said: str | None
) -> None:
    found = [message for _, message in judged_stack(flows_carried.POLICY, stack("dev-apps"), wan=wan)]
    assert found == [] if said is None else len(found) == 1 and said in found[0]
