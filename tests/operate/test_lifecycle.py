"""The example fleet from its first deployment to its last: up, nothing to do, refreshed, protected, destroyed."""

from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.engine import EngineError

if TYPE_CHECKING:
    from tests.conftest import World

STACKS = ("network", "dev-apps", "prod-apps", "shared-services")


def made_before(world: "World") -> dict[tuple[str, str], Any]:
    """What no stack made, nor AWS for what a stack made."""
    records = world.clouds.records(cloud="aws")
    ours = {record.key for record in records if record.urn}
    return {(r.type, r.id): (r.inputs, r.version) for r in records if r.key not in ours and r.owner not in ours}


def test_every_resource_of_the_fleet_is_in_the_clouds_once(deployed: "World") -> None:
    recorded = [
        (r["type"], r["id"])
        for stack in STACKS
        for r in deployed.resources(stack).values()
        if r["custom"] and not r.get("external") and not r["type"].startswith(("pulumi:", "random:"))
    ]
    held = [(r.type, r.id) for r in deployed.clouds.records() if r.urn]
    assert sorted(recorded) == sorted(held)
    assert len(held) == len(set(held))


@pytest.mark.parametrize("operation", ["up", "refresh", "preview"])
def test_again_there_is_nothing_to_do(fleet: "World", operation: str) -> None:
    held, states = versions(fleet), {stack: recorded(fleet, stack) for stack in STACKS}
    for stack in STACKS:
        ran = fleet.run(operation, stack, expect_no_changes=True)
        assert ran.outcome.changes.keys() <= {"same"}
        assert ran.changed == {}
    assert versions(fleet) == held
    assert {stack: recorded(fleet, stack) for stack in STACKS} == states


CONTAINERS = ("aws:ec2/routeTable:RouteTable", "aws:ec2/securityGroup:SecurityGroup")


def recorded(world: "World", stack: str) -> dict[str, Any]:
    """The state, but for what a refresh adds to it: what containers hold by then. What it leaves out, as the Pulumi
    CLI does, are lists of no dependencies."""
    return {
        urn: {
            **r,
            "propertyDependencies": {k: v for k, v in r.get("propertyDependencies", {}).items() if v},
            "outputs": None if r["type"] in CONTAINERS else r.get("outputs"),
        }
        for urn, r in world.resources(stack).items()
    }


def versions(world: "World") -> dict[tuple[str, str], int]:
    return {(r.type, r.id): r.version for r in world.clouds.records()}


def test_destroying_protected_hubs_is_refused_before_anything_is_deleted(fleet: "World") -> None:
    held = versions(fleet)
    ended = fleet.hubspoke("destroy", "--all", "--yes")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "error: nothing was destroyed:\n"
        "  network: euc1, euc1/e1, euc1/e2, use1, use1/e1, use1/e2 are protected; set `protect: false` on the hub in "
        "wan.yaml and run `hubspoke up --stack network` first\n"
    )
    assert versions(fleet) == held


def test_destroying_a_hub_under_networks_of_others_is_refused_before_anything_is_deleted(fleet: "World") -> None:
    lift_protection(fleet)
    held = versions(fleet)
    ended = fleet.hubspoke("destroy", "--stack", "network", "--yes")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "error: nothing was destroyed:\n"
        "  network: networks of dev-apps, prod-apps, shared-services are attached to its hubs; destroy those stacks "
        "first, or use --all\n"
    )
    assert versions(fleet) == held


def test_where_the_cloud_refuses_a_deletion_the_state_says_what_is_left(fleet: "World") -> None:
    """The engine alone does not look at other stacks: networks are still attached to the hub that it takes down."""
    lift_protection(fleet)
    with pytest.raises(EngineError, match=r"DependencyViolation|IncorrectState|in use|attachment"):
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
