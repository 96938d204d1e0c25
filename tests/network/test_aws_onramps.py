"""AWS's single on-ramps, static and adopted, as their stack records them and as previews see them."""

from dataclasses import replace
from typing import Any

import pytest
from hubspoke.network.compare import compare
from hubspoke.network.convert import actual
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.model import Network, Source
from hubspoke.network.prove import prove
from hubspoke.network.snapshot import Resource, Snapshot, from_export
from hubspoke.network.told import as_told
from hubspoke.operate.seed import seed
from hubspoke.plan import Plan, load_plan

from tests.conftest import World, furnish, make_world
from tests.network.previews import planned
from tests.network.test_actual import before_deployment

STACK, ACCOUNT, REGION = "shared-services", "543210987654", "ap-southeast-2"
GATEWAY, PERTH, HOBART = "vgw-0aa11bb22cc33dd44", "vpc-0feedfacecafe0001", "vpc-0feedfacecafe0002"
TABLES = {"private": "rtb-0c1d2e3f40516aaaa", "database": "rtb-0d9e8f7a6b5c4bbbb"}
Site = tuple[World, Plan, Snapshot]


def add(wan: Any) -> None:
    """A new network with static routes, one with its own tables and gateway, and one that speaks BGP."""
    common = {"account": STACK, "region": REGION, "segment": "shared"}
    subnets = {"a": "subnet-0a11b22c33d44aaaa"}
    perth = {"network": PERTH, "subnets": subnets, "route_tables": TABLES}
    hobart = {"network": HOBART, "subnets": {"a": "subnet-0a11b22c33d44bbbb"},
              "route_tables": {"only": "rtb-0c1d2e3f40516cccc"}}  # fmt: skip
    wan["onramps"] = {
        "syd": {**common, "routing": "static", "cidr": "10.70.0.0/22"},
        "per": {
            **common,
            "routing": "static",
            "cidr": "10.71.0.0/22",
            "adopt": perth,
            "gateway": GATEWAY,
            "asn": 64999,
        },
        "hob": {**common, "routing": "bgp", "cidr": "10.72.0.0/22", "adopt": hobart},
    }


def furnished(folder: Any) -> tuple[World, Plan]:
    world = make_world(folder / "project")
    furnish(world)
    world.change_intent(add)
    plan = load_plan(world.paths.wan, world.paths.lock)
    seed(plan, world.clouds)
    world.clouds.create(ACCOUNT, REGION, "aws:ec2/vpnGateway:VpnGateway", {"amazonSideAsn": "64999"}, GATEWAY)
    both = {"vpcId": PERTH, "vpnGatewayId": GATEWAY}
    world.clouds.create(ACCOUNT, REGION, "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment", both)
    world.up("network")
    return world, plan


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    world, plan = furnished(tmp_path_factory.mktemp("onramps"))
    first = planned(world, STACK)
    network = network_of(plan, first)  # before anything of it is there
    assert (network.findings, compare(intended(plan), network)) == ((), ())
    world.up(STACK)
    return world, plan, from_export(world.stack(STACK).export_stack())


def network_of(plan: Plan, snapshot: Snapshot) -> Network:
    return actual(as_told(snapshot, plan), context(plan, [STACK]))


def test_what_is_deployed_is_what_is_meant_and_proven(site: Site) -> None:
    _, plan, snapshot = site
    network = network_of(plan, snapshot)
    assert (network.findings, compare(intended(plan), network)) == ((), ())
    failed = [v.question.key for v in prove(network, questions(plan)) if not v.passed]
    assert failed == []


@pytest.mark.parametrize("before", [False, True])
def test_a_policy_is_not_shown_what_is_adopted(site: Site, before: bool) -> None:
    _, plan, snapshot = site
    snapshot = before_deployment(snapshot) if before else snapshot
    adopted = {("per", "Vpc"), ("per", "VpnGateway"), ("hob", "Vpc")}
    read = {r.urn for r in snapshot.resources if (r.name, r.type.rsplit(":", 1)[-1]) in adopted}
    assert len(read) == 3
    seen = Snapshot(tuple(r for r in snapshot.resources if r.urn not in read))
    network = network_of(plan, seen)
    assert (network.findings, compare(intended(plan), network)) == ((), ())


def test_a_preview_of_what_is_there_is_what_is_there(site: Site) -> None:
    world, plan, _ = site
    network = network_of(plan, planned(world, STACK))
    assert (network.findings, compare(intended(plan), network)) == ((), ())


def test_a_gateways_static_routes_are_below_the_tables_own(site: Site) -> None:
    """Propagated, they rank below what the table has itself: a route of somebody's to the Internet takes it all."""
    _, plan, snapshot = site
    ways = {p: r.source for r in network_of(plan, snapshot).table["onramp syd/main"].routes for p in r.prefixes}
    assert (ways["10.0.0.0/8"], ways["10.70.0.0/22"]) == (Source.ATTACHED, Source.LOCAL)
    (table,) = (r for r in snapshot.of_type("aws:ec2/routeTable:RouteTable") if r.name == "syd")
    out = Resource("urn::leak", "aws:ec2/route:Route", "r-1", {"routeTableId": table.id, "natGatewayId": "nat-1",
                   "destinationCidrBlock": "10.0.0.0/8"}, parent=table.parent)  # fmt: skip
    network = network_of(plan, snapshot + Snapshot((out,)))
    verdicts = {v.question.key: v for v in prove(network, questions(plan))}
    lost = verdicts["routes of segment shared"]
    assert lost.answer == "refuted"
    assert lost.examples[0].there is not None
    assert {(p.ending, p.hops[-1].route.origin) for p in lost.examples[0].there.paths if p.hops[-1].route} == {
        ("internet", "urn::leak")
    }


@pytest.mark.parametrize(
    ("type_", "name", "place"),
    [
        ("VpnGatewayRoutePropagation", "syd/main", "onramp syd/main"),
        ("VpnGatewayRoutePropagation", "per/database", "onramp per/database"),
        ("VpnConnectionRoute", "syd/e1/10.0.0.0/8", "onramp syd/main"),
    ],
)
def test_what_is_gone_is_missing(site: Site, type_: str, name: str, place: str) -> None:
    """Without propagation a table knows no way; without one connection's route the other carries it. An adopted table
    is known by its propagation alone: without that it is missing, and nothing is asked of it."""
    _, plan, snapshot = site
    kept = Snapshot(tuple(r for r in snapshot.resources if not (r.type.endswith(type_) and r.name == name)))
    assert len(kept.resources) == len(snapshot.resources) - 1
    network = network_of(plan, kept)
    assert place in {d.place for d in compare(intended(plan), network)}
    answers = {v.answer for v in prove(network, questions(plan))}
    assert ("refuted" in answers) is (name == "syd/main")


def test_a_connection_that_is_static_on_one_side_only_has_no_session(site: Site) -> None:
    _, plan, snapshot = site

    def one(each: Resource) -> Resource:
        if not (each.type.endswith(":VpnConnection") and each.name == "hob/e1"):
            return each
        return replace(each, outputs={**each.outputs, "staticRoutesOnly": True}, inputs={})

    network = network_of(plan, Snapshot(tuple(map(one, snapshot.resources))))
    gone = {d.place for d in compare(intended(plan), network) if d.kind == "missing" and d.what == "session"}
    assert gone == {"bgp tunnel hob-e1-a", "bgp tunnel hob-e1-b"}
