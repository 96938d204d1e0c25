"""Two Azure subscriptions composed from an intent: frozen URNs, and neighbours that nobody touches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World, make_world

STACKS = ("network", "apps")
INTENT = Path(__file__).parent / "azure_wan.yaml"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The fleet, up. Not to be changed."""
    world = make_world(tmp_path_factory.mktemp("azure") / "project")
    world.take_intent(INTENT)
    for stack in STACKS:
        world.up(stack)
    return world


@pytest.mark.parametrize("stack", STACKS)
def test_the_urns_are_those_kept(azure: World, stack: str, golden: Callable[[str, str], None]) -> None:
    golden(f"urns/azure-{stack}.txt", "".join(f"{urn}\n" for urn in sorted(azure.resources(stack))))


def test_nothing_changes_the_second_time_nor_in_a_refresh(azure: World, tmp_path: Path) -> None:
    world = azure.copy_to(tmp_path / "project")
    assert [world.run(what, stack).changed for stack in STACKS for what in ("refresh", "up")] == [{}] * 4


def others(world: World, added: set[str]) -> dict[str, Any]:
    """Everything that is neither added nor a stack itself, whose outputs list its spokes."""
    return {
        urn: resource for stack in STACKS for urn, resource in world.resources(stack).items()
        if urn not in added and "pulumi:pulumi:Stack" not in urn
    }  # fmt: skip


def test_a_spoke_comes_into_the_middle_and_goes(azure: World, tmp_path: Path) -> None:
    world = azure.copy_to(tmp_path / "project")
    before = others(world, set())

    def add(wan: Any) -> None:
        wan["spokes"].insert(1, "notes", {"account": "apps", "hub": "weu1", "segment": "prod"})

    def remove(wan: Any) -> None:
        del wan["spokes"]["notes"]

    world.change_intent(add)
    came = {urn: op for stack in STACKS for urn, op in world.up(stack).changed.items()}
    assert set(came.values()) == {"create"}
    assert {urn.rsplit("::", 1)[-1].partition("/")[0] for urn in came} == {"notes"}
    assert others(world, set(came)) == before
    world.change_intent(remove)
    went = {urn: op for stack in STACKS for urn, op in world.up(stack).changed.items()}
    assert went == dict.fromkeys(came, "delete")
    assert others(world, set()) == before


def test_a_hub_comes_before_all_others_and_its_wan_stays(azure: World, tmp_path: Path) -> None:
    world = azure.copy_to(tmp_path / "project")

    def add(wan: Any) -> None:
        wan["hubs"].insert(0, "eus1", {"account": "network", "region": "eastus", "routing": "static"})
        wan["pools"].insert(0, "eus1", "10.72.0.0/14")

    world.change_intent(add)
    assert set(world.up("network").changed.values()) == {"create"}
    assert world.run("preview", "apps").changed == {}


_LEGACY = "/subscriptions/22222222-0000-4000-8000-000000000000/resourceGroups/legacy/providers/Microsoft.Network"


def _adopt(wan: Any) -> None:
    """A spoke and an on-ramp in networks that were there before, in one resource group."""
    common = {"account": "apps", "segment": "prod"}
    stock, plant = (f"{_LEGACY}/virtualNetworks/{name}" for name in ("stock", "plant"))
    adopted = {"network": stock, "subnets": {"main": f"{stock}/subnets/main"}}
    wan["spokes"]["stock"] = {**common, "hub": "weu1", "cidr": "10.8.0.0/20", "adopt": adopted}
    subnets = {"main": f"{plant}/subnets/main", "gateway": f"{plant}/subnets/GatewaySubnet"}
    tables = {"main": f"{_LEGACY}/routeTables/plant"}
    adopted = {"network": plant, "subnets": subnets, "route_tables": tables}
    wan["onramps"]["plt1"] = {
        **common, "region": "westeurope", "routing": "static", "cidr": "10.9.0.0/20", "adopt": adopted,
    }  # fmt: skip


def test_adopted_networks_are_seeded_used_and_left_as_they_are(azure: World, tmp_path: Path) -> None:
    world = azure.copy_to(tmp_path / "project")
    world.change_intent(_adopt)
    seeded = world.hubspoke("sim", "seed")
    assert (seeded.code, seeded.out.count("created")) == (0, 7), seeded.err
    legacy = {key: inputs for key, inputs in world.held().items() if "/resourceGroups/legacy" in key[1]}
    assert world.hubspoke("sim", "seed").out.startswith("nothing to make")
    assert set(world.up("apps").changed.values()) <= {"create", "read"}
    assert {key: inputs for key, inputs in world.held().items() if key in legacy} == legacy
