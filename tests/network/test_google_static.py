"""Google's static hubs, their peered networks and on-ramps with Classic VPN: recorded, previewed, and edited."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.network.compare import compare
from hubspoke.network.convert import actual
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.model import Network
from hubspoke.network.packet import Packet
from hubspoke.network.prove import prove
from hubspoke.network.settle import settle
from hubspoke.network.snapshot import Resource, Snapshot, from_export
from hubspoke.network.told import as_told
from hubspoke.network.trace import trace
from hubspoke.plan import Plan, load_plan

from tests.components.test_gcp_fleet import STACKS, deployed_atlas  # noqa: F401
from tests.network.previews import planned

if TYPE_CHECKING:
    from tests.conftest import World

Atlas = tuple[Plan, dict[str, Snapshot]]


@pytest.fixture(scope="module")
def atlas(deployed_atlas: "World") -> Atlas:  # noqa: F811
    plan = load_plan(deployed_atlas.paths.wan, deployed_atlas.paths.lock)
    return plan, {stack: from_export(deployed_atlas.stack(stack).export_stack()) for stack in STACKS}


def judged(plan: Plan, snapshot: Snapshot, stacks: tuple[str, ...]) -> tuple[Any, Any]:
    network = actual(as_told(snapshot, plan), context(plan, stacks))
    return network.findings, compare(intended(plan), network)


def test_what_is_deployed_is_what_is_meant(atlas: Atlas) -> None:
    plan, snapshots = atlas
    whole = sum(snapshots.values(), Snapshot(()))
    assert judged(plan, whole, STACKS) == ((), ())
    assert [v.question.key for v in prove(intended(plan), questions(plan)) if not v.passed] == []
    for stack, snapshot in snapshots.items():
        assert judged(plan, snapshot, (stack,)) == ((), ())


def first_preview(plan: Path, world: "World", stack: str) -> tuple[Plan, Snapshot]:
    """Of a stack in clouds that have nothing of it."""
    made = load_plan(plan, plan.with_suffix(".lock"))
    return made, planned(world, stack)


def test_the_first_preview_of_a_hubs_stack_judges_its_own_spokes(tmp_path: Path) -> None:
    """A network with Connectivity Center's hub and one that is peered, before their hubs are there."""
    from tests.conftest import make_world

    world = make_world(tmp_path / "project")
    world.take_intent(Path(__file__).parents[1] / "components" / "gcp_wan.yaml")
    plan, snapshot = first_preview(world.paths.wan, world, "network")
    assert judged(plan, snapshot, ("network",)) == ((), ())


def test_peered_networks_meet_at_cloudflare_and_not_in_the_hub(atlas: Atlas) -> None:
    """A route that is imported keeps its next hop, and peering is not transitive: there is no way around the middle."""
    plan, _ = atlas
    found = trace(settle(intended(plan)).network, Packet("10.100.0.9", "10.100.4.9", "tcp", (5432, 5432)))
    ways = {tuple(hop.table for hop in path.hops) for path in found.paths}
    assert ways == {("spoke invoices/main", "hub use4/peered", "cloudflare", "hub use4/onramp", "spoke orders/main")}


def changed(atlas: Atlas, type_: str, name: str, **changes: Any) -> Network:
    """All stacks, with one resource edited, or gone where nothing is said."""
    plan, snapshots = atlas
    whole = sum(snapshots.values(), Snapshot(()))

    def one(each: Resource) -> Resource | None:
        if each.type.rsplit(":", 1)[-1] != type_ or each.name != name:
            return each
        if not changes:
            return None
        return replace(each, inputs={**each.inputs, **changes}, outputs={**each.outputs, **changes})

    made = Snapshot(tuple(found for each in whole.resources if (found := one(each))))
    assert made != whole
    return actual(as_told(made, plan), context(plan, STACKS))


@pytest.mark.parametrize(
    ("side", "changes"),
    [("orders-hub", {"exportCustomRoutes": False}), ("orders", {"importCustomRoutes": False})],
)
def test_custom_routes_that_one_side_keeps_to_itself_do_not_come(
    atlas: Atlas, side: str, changes: dict[str, Any]
) -> None:
    network = changed(atlas, "NetworkPeering", side, **changes)
    assert network.findings == ()
    lost = {d.what for d in compare(intended(atlas[0]), network)}
    assert {d.place for d in compare(intended(atlas[0]), network)} == {"spoke orders/main"}
    assert {"10.0.0.0/8", "192.168.64.0/18"} < lost
    refuted = {v.question.key for v in prove(network, questions(atlas[0])) if v.answer == "refuted"}
    assert {"flow lake-orders", "flow syd-orders"} < refuted


def test_a_peering_with_one_side_is_down(atlas: Atlas) -> None:
    network = changed(atlas, "NetworkPeering", "orders-hub")
    assert [f.what for f in network.findings] == ["a peering has one side only, or joins no network with a hub"]
    assert "attachment orders" not in network.link


def test_a_tunnels_route_that_is_gone_leaves_the_other_three(atlas: Atlas) -> None:
    network = changed(atlas, "Route", "use4-e1-a-10-0-0-0-8")
    differences = compare(intended(atlas[0]), network)
    assert {(d.kind, d.place, d.what) for d in differences} == {
        ("different", f"hub use4/{table}", "10.0.0.0/8") for table in ("onramp", "peered")
    }
    assert [v.question.key for v in prove(network, questions(atlas[0])) if not v.passed] == []


@pytest.mark.parametrize(
    ("type_", "name", "changes", "what"),
    [
        ("VPNTunnel", "tok-e1-a", {"remoteTrafficSelectors": ["10.0.0.0/8"]}, "remote traffic selector"),
        ("VPNTunnel", "tok-e1-a", {"peerIp": "192.0.2.1"}, "no one tunnel at Cloudflare"),
        ("ForwardingRule", "tok-a-udp500", {}, "is not sent IKE and ESP"),
        ("Route", "tok-e1-a-10-0-0-0-8", {"tags": ["batch"]}, "only some machines have"),
        ("Route", "tok-e1-a-10-0-0-0-8", {"nextHopVpnTunnel": "", "nextHopIlb": "10.0.0.9"}, "nextHopIlb"),
    ],
)
def test_what_is_not_judged_is_a_finding(
    atlas: Atlas, type_: str, name: str, changes: dict[str, Any], what: str
) -> None:
    network = changed(atlas, type_, name, **changes)
    assert [f for f in network.findings if what in f.what]
    assert "proven" not in {v.answer for v in prove(network, questions(atlas[0]))}
