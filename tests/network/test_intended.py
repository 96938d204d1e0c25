"""The network that the example's plan means, and what is proven of it."""

from functools import cache
from pathlib import Path

from hubspoke.network.failures import fail, prove_failures
from hubspoke.network.intended import intended, questions
from hubspoke.network.model import Network
from hubspoke.network.packet import Packet
from hubspoke.network.prove import prove
from hubspoke.network.settle import settle
from hubspoke.network.trace import trace
from hubspoke.plan import Plan, load_plan

INTENTS = Path(__file__).parents[1] / "intents"


@cache
def example() -> Plan:
    return load_plan(INTENTS / "aws.yaml", INTENTS / "aws.lock")


@cache
def network() -> Network:
    return intended(example())


def test_all_that_the_intent_says_is_proven() -> None:
    verdicts = prove(network(), questions(example()))
    assert {v.question.key: v.examples for v in verdicts if not v.passed} == {}
    asked = {v.question.key for v in verdicts}
    assert {f"flow {flow.key}" for flow in example().flows} < asked
    assert {"segment dev apart from prod", "routes of segment shared", "loop-free"} < asked


def test_any_tunnel_or_hub_may_fail_and_only_the_first_endpoint_may_not() -> None:
    """A transit gateway has one target per static prefix, so a static hub depends on its first connection."""
    failed = [v for v in prove_failures(network(), questions(example())) if not v.passed]
    assert {v.case for v in failed} == {"endpoint e1"}
    assert {v.answer for v in failed} == {"refuted"}
    lost = next(v for v in failed if v.question.key == "flow web-eu-orders")
    there = lost.examples[0].there
    assert there is not None
    assert [(hop.table, hop.route.origin if hop.route else "") for hop in there.paths[0].hops] == [
        ("spoke web-eu/main", "plan: spoke web-eu, WAN"),
        ("hub euc1/prod", "plan: hub euc1, WAN"),
    ]
    assert there.paths[0].why == "tunnel euc1-e1-a, tunnel euc1-e1-b down"


def test_a_hub_takes_its_spokes_down_and_nobody_else() -> None:
    (verdict, *_) = prove_failures(network(), questions(example()), ["hub euc1"])
    assert verdict.cut_off == ("monitoring", "sandbox-eu", "web-eu")


def test_a_packet_crosses_the_middle() -> None:
    settled = settle(network()).network
    found = trace(settled, Packet("10.32.0.9", "10.16.0.9", "tcp", (8443, 8443)))
    assert {path.endpoint for path in found.paths} == {"orders"}
    assert found.blockers == ()
    tables = {tuple(hop.table for hop in path.hops) for path in found.paths}
    assert len(tables) == 1
    (way,) = tables
    assert way[:4] == ("spoke web-eu/main", "hub euc1/prod", "cloudflare", "hub use1/onramp")
    assert len(found.paths) == 8  # either tunnel out, any of four back in


def test_what_may_fail_is_named() -> None:
    assert [risk for risk in network().risks if not risk.startswith("tunnel")] == [
        "endpoint e1", "endpoint e2", "hub euc1", "hub use1",
    ]  # fmt: skip
    down = fail(network(), "tunnel use1-e1-a")
    assert [link.key for link in down.links if link.health == "down"] == ["tunnel use1-e1-a"]
