"""A WAN whose Azure hubs speak BGP: as its plan means it, as its stacks record it, and as previews see it."""

import copy
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hubspoke.intent.checks.azure_bgp import check_azure_bgp
from hubspoke.network.advice import advice
from hubspoke.network.compare import compare
from hubspoke.network.convert import actual
from hubspoke.network.failures import fail, prove_failures
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.intended.virtual_wan import DOUBT
from hubspoke.network.model import Network, Source, Unknown, Via
from hubspoke.network.prove import prove
from hubspoke.network.questions import Routed, Verdict
from hubspoke.network.settle import settle
from hubspoke.network.snapshot import Snapshot, from_export
from hubspoke.network.trace import walk
from hubspoke.plan import Plan, load_plan

from tests.conftest import World, make_world
from tests.network.test_actual import before_deployment

INTENT = Path(__file__).parent / "azure_bgp.yaml"
STACKS = ("cloudflare", "network", "apps", "shop", "goods", "edge")
Exports = dict[str, dict[str, Any]]  # by stack


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The fleet, up. Not to be changed."""
    made = make_world(tmp_path_factory.mktemp("azure") / "project")
    made.take_intent(INTENT)
    for stack in STACKS:
        made.up(stack)
    return made


@pytest.fixture(scope="module")
def plan(world: World) -> Plan:
    return load_plan(world.paths.wan, world.paths.lock)


@pytest.fixture(scope="module")
def exports(world: World) -> Exports:
    return {stack: world.stack(stack).export_stack() for stack in STACKS}


def judged(plan: Plan, exports: Exports) -> Network:
    return actual(sum(map(from_export, exports.values()), Snapshot(())), context(plan, exports))


def unheard(network: Network, hub: str) -> Network:
    """With no session of a hub up any more."""
    bgp = (session.link for session in network.sessions if session.key.startswith(f"bgp tunnel {hub}-"))
    return fail(network, *bgp)


def way(network: Network, source: str, target: str) -> Verdict:
    (verdict,) = prove(network, [Routed("asked", (source,), (target,))])
    return verdict


def edited(exports: Exports, name: str, kind: str, change: Callable[[dict[str, Any]], None]) -> Exports:
    """The exports with one resource of the hubs' stack changed, as a refresh would have found it."""
    made = copy.deepcopy(exports)
    (found,) = [
        each for each in made["network"]["deployment"]["resources"]
        if each["urn"].endswith(f":{kind}::{name}")
    ]  # fmt: skip
    change(found["inputs"])
    change(found["outputs"])
    return made


def test_all_stacks_are_as_they_are_meant_and_stay_so(world: World, tmp_path: Path) -> None:
    again = world.copy_to(tmp_path / "project")
    assert [again.run(what, stack).changed for stack in STACKS for what in ("refresh", "up")] == [{}] * 12


def test_what_is_deployed_is_what_is_meant(plan: Plan, exports: Exports) -> None:
    network = judged(plan, exports)
    failed = [verdict for verdict in prove(network, questions(plan)) if not verdict.passed]
    assert (network.findings, compare(intended(plan), network), failed) == ((), (), [])


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_is_judged_before_and_after(plan: Plan, exports: Exports, stack: str) -> None:
    """Alone, among what the plan says of the others: with all ids, and with none."""
    recorded = from_export(exports[stack])
    for snapshot in (recorded, before_deployment(recorded)):
        network = actual(snapshot, context(plan, [stack]))
        assert (network.findings, compare(intended(plan), network)) == ((), ())


def test_cloudflare_learns_each_hubs_networks_over_a_tunnel_of_each_instance(plan: Plan) -> None:
    table = settle(intended(plan)).network.table["cloudflare"]
    learned = {
        (link, route.prefixes) for route in table.routes
        if route.source is Source.BGP and isinstance(route.next_hop, Via) for link in route.next_hop.links
    }  # fmt: skip
    assert learned == {
        ("tunnel weu1-e1-a", ("10.64.0.0/20",)), ("tunnel weu1-e2-b", ("10.64.0.0/20",)),
        ("tunnel neu1-e1-a", ("10.68.0.0/20", "10.68.18.0/24")),
        ("tunnel neu1-e2-b", ("10.68.0.0/20", "10.68.18.0/24")),
        ("tunnel ops1-e1-a", ("10.80.0.0/22",)), ("tunnel ops1-e2-b", ("10.80.0.0/22",)),
    }  # fmt: skip


def test_any_tunnel_instance_or_endpoint_may_fail_but_not_the_join_of_the_virtual_wan(plan: Plan) -> None:
    """Hubs of one virtual WAN have one ASN, so that neither takes the other's networks from Cloudflare. The hub on AWS
    is static, and so needs its first endpoint."""
    network = intended(plan)
    failed = {(v.case, v.question.key) for v in prove_failures(network, questions(plan)) if not v.passed}
    assert {case for case, _ in failed} == {"peering neu1-weu1", "endpoint e1"}
    assert {key for case, key in failed if case == "endpoint e1" and key.startswith("flow")} == {"flow checkout"}
    assert {key for case, key in failed if case == "peering neu1-weu1" and key.startswith("flow")} == {"flow lookups"}
    (lost, *_) = [v for v in prove_failures(network, questions(plan), ["peering neu1-weu1"]) if not v.passed]
    assert advice(lost) == (
        "give spoke web/main another route to it, or accept it by name, in --accept or the policy's setting accepted: "
        "peering/neu1-weu1:web"
    )


def test_a_link_that_no_longer_speaks_is_a_difference_and_costs_only_its_share(plan: Plan, exports: Exports) -> None:
    """A policy pack sees the connection's links; in an export they are secret, as they hold keys."""

    def silenced(values: dict[str, Any]) -> None:
        values["vpnLinkConnections"] = [{"name": "e1", "enableBgp": False}, {"name": "e2", "enableBgp": True}]

    network = judged(plan, edited(exports, "weu1/cloudflare", "VpnConnection", silenced))
    differences = compare(intended(plan), network)
    assert {(d.kind, d.place) for d in differences} == {("missing", "bgp tunnel weu1-e1-a")}
    assert [v for v in prove(network, questions(plan)) if not v.passed] == []


def test_a_peer_that_is_no_tunnels_address_is_a_finding(plan: Plan, exports: Exports) -> None:
    def moved(values: dict[str, Any]) -> None:
        values["vpnSiteLinks"][1]["bgpProperties"]["bgpPeeringAddress"] = "172.31.255.99"

    network = judged(plan, edited(exports, "weu1/cloudflare", "VpnSite", moved))
    assert [f.what for f in network.findings] == ["no tunnel at Cloudflare has the BGP peer address of e2"]


def test_a_hub_knows_what_the_other_learned_and_prefers_its_own(plan: Plan) -> None:
    """Over the join, with 65520 twice before the path; the /20 of AWS is learned from Cloudflare by both."""
    heard = [
        (route.source, route.next_hop, route.as_path) for route in settle(intended(plan)).network.table["hub weu1/prod"].routes
        if "10.16.0.0/20" in route.prefixes
    ]  # fmt: skip
    assert heard == [
        (Source.BGP, Via(("tunnel weu1-e1-a",)), (13335,)), (Source.BGP, Via(("tunnel weu1-e2-b",)), (13335,)),
        (Source.BGP, Unknown(DOUBT), (65520, 65520, 13335)),
    ]  # fmt: skip
    assert way(intended(plan), "web", "orders").answer == "proven"


def test_with_no_session_left_a_hub_has_the_others_way_and_it_is_not_known_whether_that_leads_on(
    plan: Plan, exports: Exports
) -> None:
    """Connections propagate to the segments' tables, and what arrives from a hub is looked up in the default table, as
    far as is known. Where connections propagate there, too, the way over the other hub is known."""
    for network in (intended(plan), judged(plan, exports)):
        verdict = way(unheard(network, "weu1"), "web", "orders")
        assert verdict.answer == "unknown"
        assert [path.why for way in (verdict.examples[0].there,) if way for path in way.paths] == [DOUBT]

    def everywhere(values: dict[str, Any]) -> None:
        values["routingConfiguration"]["propagatedRouteTables"]["labels"].append("default")

    network = judged(plan, edited(exports, "neu1/cloudflare", "VpnConnection", everywhere))
    assert network.findings == ()
    assert way(unheard(network, "weu1"), "web", "orders").answer == "proven"
    path = next(walk(settle(unheard(network, "weu1")).network, "hub weu1/prod", "10.16.0.1"))
    assert [hop.table for hop in path.hops[:3]] == ["hub weu1/prod", "hub neu1/onramp", "cloudflare"]


def test_a_basic_virtual_wan_joins_nothing(plan: Plan, exports: Exports) -> None:
    def basic(values: dict[str, Any]) -> None:
        values["type"] = "Basic"

    (name,) = {
        each["urn"].rsplit("::", 1)[1] for each in exports["network"]["deployment"]["resources"]
        if each["type"].endswith(":VirtualWan")
    }  # fmt: skip
    network = judged(plan, edited(exports, name, "VirtualWan", basic))
    assert [link.key for link in network.links if link.key.startswith("peering ")] == []
    assert [session.key for session in network.sessions if session.key.startswith("exchange peering ")] == []


def test_a_static_hub_next_to_a_speaking_one_has_longer_prefixes_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dns, on the static hub, would reach the on-ramp by its own tunnels, but the /22 of it is learned from the other.

    The intent refuses that; a cloud may still have it.
    """
    checks = import_module("hubspoke.intent.check")
    monkeypatch.setattr(checks, "CHECKS", [rule for rule in checks.CHECKS if rule is not check_azure_bgp])
    mixed = make_world(tmp_path / "project")
    mixed.take_intent(INTENT, lambda wan: wan["hubs"]["neu1"].update(routing="static"))
    network = intended(load_plan(mixed.paths.wan, mixed.paths.lock))
    verdict = way(network, "dns", "ops1")
    assert verdict.answer == "unknown"
    assert [path.why for each in verdict.examples if each.there for path in each.there.paths] == [DOUBT]
    assert way(network, "web", "ops1").answer == "proven"
