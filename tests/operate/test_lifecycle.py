"""The example fleet from its first deployment to its last: up, nothing to do, refreshed, protected, destroyed."""

from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine import EngineError

if TYPE_CHECKING:
    from tests.conftest import World

STACKS = ("network", "dev-apps", "prod-apps", "shared-services")


def made_before(world: "World") -> dict[tuple[str, str], Any]:
    """What no stack made."""
    return {(r.type, r.id): (r.inputs, r.version) for r in world.clouds.records() if not of_a_stack(r, world)}


def of_a_stack(record: Any, world: "World") -> bool:
    owners = {r.key for r in world.clouds.records() if r.urn}
    return bool(record.urn) or record.owner in owners


def test_every_resource_of_the_fleet_is_in_the_clouds_once(deployed: "World") -> None:
    recorded = [
        (r["type"], r["id"])
        for stack in STACKS
        for r in deployed.resources(stack).values()
        if r["custom"] and not r.get("external") and not r["type"].startswith(("pulumi:", "random:"))
    ]
    held = [(r.type, r.id) for r in deployed.clouds.records() if r.urn]
    assert sorted(recorded) == sorted(held)
    assert len(held) == len(set(held)) == 342


@pytest.mark.parametrize("operation", ["up", "refresh", "preview"])
def test_again_there_is_nothing_to_do(fleet: "World", operation: str) -> None:
    held, states = versions(fleet), {stack: fleet.resources(stack) for stack in STACKS}
    for stack in STACKS:
        ran = fleet.run(operation, stack, expect_no_changes=True)
        assert ran.outcome.changes.keys() <= {"same"}
        assert ran.changed == {}
    assert versions(fleet) == held
    assert {stack: fleet.resources(stack) for stack in STACKS} == states


def versions(world: "World") -> dict[tuple[str, str], int]:
    return {(r.type, r.id): r.version for r in world.clouds.records()}


def test_destroying_a_protected_hub_is_refused_and_says_so(fleet: "World") -> None:
    held = versions(fleet)
    with pytest.raises(EngineError, match="protected") as caught:
        fleet.run("destroy", "network")
    assert "use1" in str(caught.value)
    assert versions(fleet) == held, "refused before anything is deleted"


def test_a_hub_in_use_is_not_destroyed_even_unprotected(fleet: "World") -> None:
    """Its spokes are attached: the cloud refuses, and what is left is recorded as it is."""
    lift_protection(fleet)
    with pytest.raises(EngineError, match="DependencyViolation|IncorrectState|in use|attachment"):
        fleet.run("destroy", "network")
    assert fleet.run("refresh", "network", preview_only=True).changed == {}
    fleet.up("network")
    assert fleet.run("preview", "network").outcome.changes.keys() == {"same"}


def lift_protection(world: "World") -> None:
    def change(wan: Any) -> None:
        for hub in wan["hubs"].values():
            hub["protect"] = False

    world.change_intent(change)
    ran = world.up("network")
    assert ran.changed == {}, "a mark in the state, no change of a resource"


def test_destroying_all_leaves_what_was_there_before(fleet: "World") -> None:
    before = made_before(fleet)
    lift_protection(fleet)
    for stack in reversed(STACKS):
        fleet.run("destroy", stack)
    assert made_before(fleet) == before
    assert fleet.clouds.records(cloud="cloudflare") == []
    assert sorted(r.type.rsplit(":", 1)[-1] for r in fleet.clouds.records()) == [
        "Bucket", "Instance", "NetworkAcl", "RouteTable", "RouteTable", "RouteTable", "SecurityGroup",
        "Subnet", "Subnet", "Vpc",
    ]  # fmt: skip
    assert [fleet.resources(stack) for stack in STACKS] == [{}, {}, {}, {}]
