"""What spokes of Azure and Google are not told of their hubs, piece by piece."""

from pathlib import Path
from typing import Any

import pytest
from hubspoke.network.convert.azure import CONNECTION, TABLE
from hubspoke.network.convert.azure import HUB as VIRTUAL_HUB
from hubspoke.network.convert.azure_vnet import VNET
from hubspoke.network.convert.elsewhere import hub_groups, hub_ids
from hubspoke.network.convert.gcp import HUB, NETWORK, SPOKE, SUBNET
from hubspoke.network.convert.gcp_peering import PEERING
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.network.told_hubs import with_hubs
from hubspoke.plan import Plan, allocate_files, load_plan, write_lock
from hubspoke.plan.groups import group_of

COMPONENTS = Path(__file__).parents[1] / "components"


def planned(tmp_path: Path, intent: str) -> Plan:
    wan, lock = COMPONENTS / intent, (tmp_path / intent).with_suffix(".lock")
    write_lock(lock, allocate_files(wan, lock)[1])
    return load_plan(wan, lock)


@pytest.fixture
def acme(tmp_path: Path) -> Plan:
    return planned(tmp_path, "azure_wan.yaml")


@pytest.fixture
def atlas(tmp_path: Path) -> Plan:
    return planned(tmp_path, "gcp_wan.yaml")


def part(component: str, key: str, type_: str, name: str, **properties: Any) -> Resource:
    """A part of a spoke's or a hub's component."""
    parent = f"urn:pulumi:s::p::hubspoke:index:{component}::{key}"
    depends = properties.pop("depends", {})
    id_ = properties.pop("id_", "")
    return Resource(
        f"urn:pulumi:s::p::x${type_}::{name}", type_, id_, outputs=properties, depends=depends, parent=parent
    )


def component(kind: str, key: str) -> Resource:
    return Resource(f"urn:pulumi:s::p::hubspoke:index:{kind}::{key}", f"hubspoke:index:{kind}")


def told(plan: Plan, *parts: Resource) -> Snapshot:
    """With the components of all parts, which own them."""
    owners = {each.parent: component(each.parent.split(":")[-3], each.parent.split(":")[-1]) for each in parts}
    return with_hubs(Snapshot((*owners.values(), *parts)), plan)


def attached(key: str = "web", table: Any = NOT_KNOWN, **more: Any) -> Resource:
    reached = {"labels": ["segment-prod"], "ids": [{"id": NOT_KNOWN}]}
    routing = {"associatedRouteTable": {"id": table}, "propagatedRouteTables": reached}
    return part("AzureSpoke", key, CONNECTION, key, routingConfiguration=routing, **more)


def routing_of(snapshot: Snapshot) -> Any:
    (connection,) = snapshot.of_type(CONNECTION)
    return connection.get("routingConfiguration")


def test_an_azure_hub_that_is_not_up_has_tables_by_the_plan(acme: Plan) -> None:
    snapshot = told(acme, attached())
    routing = routing_of(snapshot)
    assert routing["associatedRouteTable"] == {"id": "(hub weu1/prod)"}
    assert routing["propagatedRouteTables"] == {"labels": ["segment-prod"], "ids": [{"id": "(hub weu1/onramp)"}]}
    assert hub_ids(snapshot) == {"(hub weu1/prod)": "hub weu1/prod", "(hub weu1/onramp)": "hub weu1/onramp"}


def test_an_azure_tables_id_says_whose_it_is(acme: Plan) -> None:
    """Whatever the plan says: a spoke that is associated with another hub's table is seen to be."""
    id_ = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Network/virtualHubs/neu1/hubRouteTables/dev"
    snapshot = told(acme, attached(table=id_))
    assert routing_of(snapshot)["associatedRouteTable"] == {"id": id_}
    assert hub_ids(snapshot)[id_] == "hub neu1/dev"
    default = id_.replace("dev", "defaultRouteTable")
    assert hub_ids(told(acme, attached(table=default)))[default] == "hub neu1/onramp"


@pytest.mark.parametrize(("of", "known"), [("weu1/prod", True), ("weu1/dev", False)])
def test_a_hub_in_the_same_stack_has_an_id_for_what_is_made_from_its_table(acme: Plan, of: str, known: bool) -> None:
    hub = part("AzureHub", "weu1", VIRTUAL_HUB, "weu1")
    table = part("AzureHub", "weu1", TABLE, of)
    depends = {"routingConfiguration": (hub.urn, table.urn)}
    routing = routing_of(told(acme, hub, table, attached(depends=depends)))
    assert (routing["associatedRouteTable"] == {"id": "(hub weu1/prod)"}) is known
    assert routing["propagatedRouteTables"]["ids"] == [{"id": "(hub weu1/onramp)"}]


def test_what_no_spoke_of_the_plan_owns_is_left_alone(acme: Plan, atlas: Plan) -> None:
    strange = attached("stranger")
    assert list(told(acme, strange).of_type(CONNECTION)) == [strange]
    assert told(atlas, attached()).resources[1] == attached()  # a spoke of no cloud of this plan
    assert list(told(acme, strange).of_type("pulumi:pulumi:StackReference")) == []


def linked(key: str, hub: Any = NOT_KNOWN, **more: Any) -> Resource:
    return part("GcpSpoke", key, SPOKE, key, hub=hub, linkedVpcNetwork={"uri": f"net/{key}"}, **more)


def test_a_google_hubs_id_is_the_one_that_its_spokes_use(atlas: Plan) -> None:
    snapshot = told(atlas, linked("lake", "hubs/1"), linked("reports", "hubs/1"), linked("models", "hubs/1"))
    assert hub_ids(snapshot) == {"hubs/1": "hub euw4"}
    groups = {"prod": "edge", "dev": "edge", "shared": "center"}
    assert hub_groups(snapshot) == {"hub euw4": groups}
    assert {s.name: s.known("group") for s in snapshot.of_type(SPOKE)} == {
        "lake": "groups/edge", "reports": "groups/center", "models": "groups/edge"
    }  # fmt: skip


def test_two_ids_for_one_hub_are_none(atlas: Plan) -> None:
    assert hub_ids(told(atlas, linked("lake", "hubs/1"), linked("reports", "hubs/2"))) == {}


def test_a_google_hub_that_is_not_up_has_an_id_that_is_made_up(atlas: Plan) -> None:
    snapshot = told(atlas, linked("lake"))
    assert hub_ids(snapshot) == {"(hub euw4)": "hub euw4"}
    hub = part("GcpHub", "euw4", HUB, "euw4")
    of_another = linked("lake", depends={"hub": (component("GcpHub", "use4").urn,)})
    assert hub_ids(told(atlas, hub, of_another)) == {}


def test_a_group_that_is_known_is_as_it_is(atlas: Plan) -> None:
    (spoke,) = told(atlas, linked("lake", group="hubs/1/groups/center")).of_type(SPOKE)
    assert spoke.known("group") == "hubs/1/groups/center"


def test_the_sides_of_a_peering_are_told_the_hubs_network(atlas: Plan) -> None:
    here = part("GcpSpoke", "orders", PEERING, "orders", network="net/orders", peerNetwork=NOT_KNOWN)
    there = part("GcpSpoke", "orders", PEERING, "orders-hub", network=NOT_KNOWN, peerNetwork="net/orders")
    snapshot = told(atlas, here, there)
    assert [(s.known("network"), s.known("peerNetwork")) for s in snapshot.of_type(PEERING)] == [
        ("net/orders", "(hub use4)"), ("(hub use4)", "net/orders")
    ]  # fmt: skip
    assert hub_ids(snapshot) == {"(hub use4)": "hub use4"}


def test_adopted_networks_have_the_prefix_of_the_intent(acme: Plan, atlas: Plan) -> None:
    snapshot = told(atlas, linked("ingest", "hubs/1"))
    (network,) = snapshot.of_type(NETWORK)
    assert (network.id, network.known("selfLink")) == ("projects/atlas-data/global/networks/ingest", "net/ingest")
    assert list(snapshot.of_type(SUBNET, VNET)) == []  # Connectivity Center says itself what it exports
    assert list(told(acme, attached()).of_type(VNET)) == []


@pytest.mark.parametrize(("segment", "group"), [("shared", "center"), ("dev", "edge")])
def test_groups_follow_the_topology(atlas: Plan, segment: str, group: str) -> None:
    star, mesh = (hub for account in atlas.accounts for hub in account.hubs)
    assert (star.key, group_of(star, segment)) == ("euw4", group)
    assert (mesh.key, group_of(mesh, segment)) == ("use4", "default")
