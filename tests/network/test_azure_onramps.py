"""Azure's single on-ramps, new and adopted, as their stacks record them and as a preview sees them."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hubspoke.network.compare import Difference, compare
from hubspoke.network.convert import actual
from hubspoke.network.failures import prove_failures
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.look_ups import look_up
from hubspoke.network.model import Network, Source, Via
from hubspoke.network.prove import prove
from hubspoke.network.snapshot import Resource, Snapshot, from_export
from hubspoke.network.told import as_told
from hubspoke.operate.seed import seed
from hubspoke.plan import Plan, load_plan

from tests.components.test_azure_fleet import INTENT, STACKS, _adopt
from tests.conftest import World, make_world
from tests.network.previews import planned
from tests.network.test_actual import before_deployment

Stacks = tuple[Plan, dict[str, Snapshot]]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Stacks:
    """The plan of the Azure fleet with an adopted on-ramp, and what its stacks record."""
    world = make_world(tmp_path_factory.mktemp("acme") / "project")
    world.take_intent(INTENT, _adopt)
    plan = load_plan(world.paths.wan, world.paths.lock)
    seed(plan, world.clouds)
    for stack in STACKS:
        world.up(stack)
    return plan, {stack: from_export(world.stack(stack).export_stack()) for stack in STACKS}


def network_of(acme: Stacks, snapshot: Snapshot) -> Network:
    plan, _ = acme
    return actual(snapshot, context(plan, ["apps"]))


def edited(snapshot: Snapshot, type_: str, name: str, **changes: Any) -> Snapshot:
    """With one resource's properties changed."""

    def one(each: Resource) -> Resource:
        if each.type.rsplit(":", 1)[-1] != type_ or each.name != name:
            return each
        return replace(each, inputs={**each.inputs, **changes}, outputs={**each.outputs, **changes})

    made = Snapshot(tuple(map(one, snapshot.resources)))
    assert made != snapshot
    return made


def differences(acme: Stacks, network: Network) -> tuple[Difference, ...]:
    return compare(intended(acme[0]), network)


def test_what_is_deployed_is_what_is_meant(acme: Stacks) -> None:
    plan, snapshots = acme
    network = actual(sum(snapshots.values(), Snapshot(())), context(plan, STACKS))
    assert (network.findings, differences(acme, network)) == ((), ())
    assert [v.question.key for v in prove(network, questions(plan)) if not v.passed] == []


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("before", [False, True])
def test_on_ramps_are_judged_before_and_after(acme: Stacks, told: bool, before: bool) -> None:
    """And as a policy sees them, which is not shown the adopted network."""
    plan, snapshots = acme
    snapshot = before_deployment(snapshots["apps"]) if before else snapshots["apps"]
    if told:
        adopted = [r for r in snapshot.resources if r.type.endswith(":VirtualNetwork") and r.name in ("plt1", "stock")]
        assert len(adopted) == 2
        snapshot = as_told(Snapshot(tuple(r for r in snapshot.resources if r not in adopted)), plan)
    network = network_of(acme, snapshot)
    assert (network.findings, differences(acme, network)) == ((), ())


def test_the_first_connection_alone_leads_to_the_wan(acme: Stacks) -> None:
    """Two connections cannot have one prefix without BGP: what takes down the first one's endpoint cuts it off."""
    plan, snapshots = acme
    table = network_of(acme, snapshots["apps"]).table["onramp ops1/main"]
    ways = {prefix: (route.source, route.next_hop) for route in table.routes for prefix in route.prefixes}
    first = Via(("tunnel ops1-e1-a", "tunnel ops1-e1-b"))
    assert ways["10.0.0.0/8"] == (Source.BGP, first)
    assert {hop for prefix, (_, hop) in ways.items() if prefix.startswith("169.254.")} == {
        first, Via(("tunnel ops1-e2-a", "tunnel ops1-e2-b"))
    }  # fmt: skip
    for case, answer in (("endpoint e1", "refuted"), ("endpoint e2", "proven"), ("gateway ops1/a", "proven")):
        asked = [q for q in questions(plan) if q.key == "routes of segment shared"]
        assert {v.answer for v in prove_failures(intended(plan), asked, [case])} == {answer}


def test_a_table_that_refuses_the_gateways_routes_cuts_the_network_off(acme: Stacks) -> None:
    snapshot = edited(acme[1]["apps"], "RouteTable", "ops1", disableBgpRoutePropagation=True)
    network = network_of(acme, snapshot)
    assert network.findings == ()
    assert {(d.kind, d.place) for d in differences(acme, network)} == {("missing", "onramp ops1/main")}
    assert "refuted" in {v.answer for v in prove(network, questions(acme[0]))}


def test_a_route_of_the_table_beats_the_gateways_for_the_same_prefix(acme: Stacks) -> None:
    """And one that leads to the gateway goes where that knows the way: over the first connection, or nowhere."""
    listed = [
        {"addressPrefix": "10.0.0.0/8", "nextHopType": "None"},
        {"addressPrefix": "10.64.0.0/14", "nextHopType": "VirtualNetworkGateway"},
        {"addressPrefix": "192.168.0.0/16", "nextHopType": "VirtualNetworkGateway"},
        {"addressPrefix": "169.254.240.0/20", "nextHopType": "VirtualNetworkGateway"},
    ]
    network = network_of(acme, edited(acme[1]["apps"], "RouteTable", "ops1", routes=listed))
    static = [r for r in network.table["onramp ops1/main"].routes if r.source is Source.STATIC]
    found = {r.prefixes[0]: r.next_hop for r in static}
    assert found["10.64.0.0/14"] == Via(("tunnel ops1-e1-a", "tunnel ops1-e1-b"))
    assert not isinstance(found["192.168.0.0/16"], Via)
    assert len([p for p in found if p.endswith("/32")]) == 4
    failing = {v.question.key for v in prove(network, questions(acme[0])) if not v.passed}
    assert "routes of segment shared" in failing  # 10/8 is dropped, but for what is longer


@pytest.mark.parametrize(
    ("type_", "name", "changes", "what"),
    [
        ("VirtualNetworkGateway", "ops1", {"vpnType": "PolicyBased"}, "vpnType PolicyBased"),
        ("VirtualNetworkGatewayConnection", "ops1/e1", {"usePolicyBasedTrafficSelectors": True}, "usePolicyBased"),
        ("LocalNetworkGateway", "ops1/e1", {"gatewayIpAddress": "192.0.2.9"}, "no tunnel at Cloudflare ends at"),
        ("Subnet", "ops1/workload", {"routeTable": None}, "a subnet does not have the table"),
        ("Subnet", "ops1/gateway", {"routeTable": {"id": "x"}}, "what a gateway's subnet has"),
    ],
)  # fmt: skip
def test_what_is_not_judged_is_a_finding(
    acme: Stacks, type_: str, name: str, changes: dict[str, Any], what: str
) -> None:
    network = network_of(acme, edited(acme[1]["apps"], type_, name, **changes))
    assert [f for f in network.findings if what in f.what]
    assert "proven" not in {v.answer for v in prove(network, questions(acme[0]))}


def test_a_hub_knows_the_other_hubs_way_to_the_wan_and_keeps_its_own(acme: Stacks) -> None:
    """Labels reach over all hubs of one virtual WAN, for VPN as for networks; local comes before remote."""
    plan, snapshots = acme
    network = actual(sum(snapshots.values(), Snapshot(())), context(plan, STACKS))
    ways = {(r.next_hop, r.remote) for r in network.table["hub neu1/shared"].routes if "10.0.0.0/8" in r.prefixes}
    own = Via(tuple(f"tunnel neu1-{end}-{slot}" for end in ("e1", "e2") for slot in "ab"))
    assert ways == {(own, False), (Via(("peering neu1-weu1",)), True)}
    links = {link.key: link.health for link in network.links}
    won, lost = look_up(network.table["hub neu1/shared"], int(IPv4Address("10.9.9.9")), links)
    assert ([r.next_hop for r in won], [r.remote for r in lost]) == ([own], [True])


def test_the_default_route_stays_on_its_hub(acme: Stacks) -> None:
    plan, snapshots = acme
    space = {"addressPrefixes": ["0.0.0.0/0", "10.0.0.0/8"]}
    whole = edited(sum(snapshots.values(), Snapshot(())), "VpnSite", "weu1/cloudflare", addressSpace=space)
    network = actual(whole, context(plan, STACKS))
    with_default = {t.key for t in network.tables if any("0.0.0.0/0" in r.prefixes for r in t.routes)}
    assert with_default == {"hub weu1/dev", "hub weu1/prod", "hub weu1/shared"}


def _changed(folder: Path, change: Callable[[Any], None]) -> tuple[World, Plan]:
    """A project with the intent of this file, changed, and nothing deployed."""
    world = make_world(folder / "project")
    world.take_intent(INTENT, change)
    return world, load_plan(world.paths.wan, world.paths.lock)


def test_the_first_preview_of_stacks_judges_hubs_spokes_and_on_ramps(tmp_path: Path) -> None:
    """With nothing there: a spoke beside its hub, then, once the hubs are up, spokes and on-ramps elsewhere."""
    world, plan = _changed(tmp_path, _adopt)
    seed(plan, world.clouds)
    for stack in STACKS:
        network = actual(as_told(planned(world, stack), plan), context(plan, [stack]))
        assert (network.findings, compare(intended(plan), network)) == ((), ())
        world.up(stack)


def test_a_spoke_that_is_made_of_another_table_than_the_plan_says_is_not_known(tmp_path: Path) -> None:
    world, plan = _changed(tmp_path, lambda _: None)
    snapshot = planned(world, "network")

    def without(each: Resource) -> Resource:
        kept = {name: tuple(u for u in urns if not u.endswith("HubRouteTable::neu1/shared"))
                for name, urns in each.depends.items()}  # fmt: skip
        return replace(each, depends=kept) if each.type.endswith(":HubVirtualNetworkConnection") else each

    made = Snapshot(tuple(map(without, snapshot.resources)))
    network = actual(as_told(made, plan), context(plan, ["network"]))
    assert [f.what for f in network.findings] == ["a connection joins a network and a table that are not known"]


def _speak(wan: Any) -> None:
    _adopt(wan)
    wan["cloudflare"]["tunnel_pool"] = "172.31.255.0/24"
    wan["onramps"]["plt1"]["routing"] = "bgp"


def test_an_adopted_network_hears_by_bgp_what_its_routes_send_to_the_gateway(tmp_path: Path) -> None:
    """Its owner may have switched off what the gateway programs: what no route covers has no way."""
    world, plan = _changed(tmp_path, _speak)
    seed(plan, world.clouds)
    world.up("network")
    first = actual(as_told(planned(world, "apps"), plan), context(plan, ["apps"]))
    assert (first.findings, compare(intended(plan), first)) == ((), ())
    world.up("apps")
    snapshot = from_export(world.stack("apps").export_stack())
    network = actual(snapshot, context(plan, ["apps"]))
    assert (network.findings, compare(intended(plan), network)) == ((), ())
    assert [v.question.key for v in prove(network, questions(plan)) if not v.passed] == []
    narrow = edited(snapshot, "Route", "plt1/main/10.0.0.0/8", addressPrefix="10.64.0.0/14")
    network = actual(narrow, context(plan, ["apps"]))
    assert network.findings == ()
    assert "refuted" in {v.answer for v in prove(network, questions(plan))}  # what lies in 10.8.0.0/20 is out of reach
