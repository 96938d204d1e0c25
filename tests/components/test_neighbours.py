"""Adding or removing a spoke or a hub, anywhere in the file, leaves every other resource of every stack as it is."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Ran, World

STACKS = ("network", "dev-apps", "prod-apps", "shared-services")
States = dict[str, dict[str, Any]]


def insert(mapping: Any, key: str, value: Any, after: str) -> None:
    """Into the middle of the file."""
    mapping.insert(list(mapping).index(after) + 1, key, value)


def add_spoke(wan: Any) -> None:
    spoke = {"account": "prod-apps", "hub": "euc1", "segment": "prod"}
    insert(wan["spokes"], "reports", spoke, after="orders")
    flow = {"from": "reports", "to": "orders", "protocol": "tcp", "port": 8443}
    insert(wan["flows"], "reports-orders", flow, after="web-orders")


def add_hub(wan: Any) -> None:
    hub = {"account": "network", "region": "ap-southeast-1", "routing": "bgp", "protect": False}
    wan["hubs"].insert(0, "aps1", hub)
    wan["pools"].insert(0, "aps1", "10.48.0.0/14")


def states(world: "World") -> dict[str, States]:
    return {stack: world.resources(stack) for stack in STACKS}


def others(before: dict[str, States], added: set[str]) -> dict[str, States]:
    """Everything that is neither added nor a stack itself, whose outputs list its spokes."""
    return {
        stack: {urn: r for urn, r in resources.items() if urn not in added and "pulumi:pulumi:Stack" not in urn}
        for stack, resources in before.items()
    }


def previewed(world: "World") -> dict[str, str]:
    """Operation by URN, of everything that a preview of all stacks would touch."""
    return changed({name: world.run("preview", name) for name in STACKS})


def changed(runs: "dict[str, Ran]") -> dict[str, str]:
    """Operation by URN, of everything that was touched."""
    return {urn: op for ran in runs.values() for urn, op in ran.changed.items()}


def belongs(urn: str, key: str) -> bool:
    """Whether it is part of that spoke or hub, or a rule for one of its flows at the other end."""
    name = urn.rsplit("::", 1)[-1]
    own = name == key or name.startswith((f"{key}/", f"{key}-"))
    return own or ("SecurityGroup" in urn and name.endswith(f"-{key}"))


def test_a_spoke_comes_and_goes(fleet: "World") -> None:
    before = states(fleet)
    files = {path: path.read_bytes() for path in (fleet.paths.wan, fleet.paths.lock)}

    fleet.change_intent(add_spoke)
    plan = previewed(fleet)
    assert set(plan.values()) == {"create"}
    assert [urn for urn in plan if not belongs(urn, "reports")] == []
    # Its flows with ci, monitoring, the directory, and orders: a rule at each other end.
    counterparts = {urn.rsplit("::", 1)[-1] for urn in plan if "Rule::" in urn and "::reports/" not in urn}
    assert counterparts == {
        "ci/ci-prod-reports",
        "monitoring/prod-metrics-reports",
        "directory/prod-dns-reports",
        "orders/reports-orders-reports",
    }
    fleet.up_all()
    assert others(states(fleet), set(plan)) == others(before, set())
    assert fleet.recorded("prod-apps", "ec2/vpc:Vpc", "reports")["inputs"]["cidrBlock"] == "10.32.32.0/20"

    for path, text in files.items():
        path.write_bytes(text)
    assert changed(fleet.up_all()) == dict.fromkeys(plan, "delete")
    assert others(states(fleet), set()) == others(before, set())


def test_a_hub_comes_and_goes(fleet: "World") -> None:
    before = states(fleet)
    files = {path: path.read_bytes() for path in (fleet.paths.wan, fleet.paths.lock)}

    fleet.change_intent(add_hub)
    plan = previewed(fleet)
    assert set(plan.values()) == {"create"}
    assert [urn for urn in plan if not belongs(urn, "aps1") or not urn.startswith("urn:pulumi:network::")] == []
    fleet.up_all()
    assert others(states(fleet), set(plan)) == others(before, set())

    for path, text in files.items():
        path.write_bytes(text)
    assert changed(fleet.up_all()) == dict.fromkeys(plan, "delete")
    assert others(states(fleet), set()) == others(before, set())


def test_a_spoke_is_renamed_by_replacing_it_and_nothing_else(fleet: "World") -> None:
    """A key names resources for good: another key is another network."""

    def rename(wan: Any) -> None:
        spoke = wan["spokes"].pop("staging")
        wan["spokes"].insert(0, "staging2", spoke)

    fleet.change_intent(rename)
    plan = previewed(fleet)
    assert {op for urn, op in plan.items() if belongs(urn, "staging")} == {"delete"}
    assert {op for urn, op in plan.items() if belongs(urn, "staging2")} == {"create"}
    assert [urn for urn in plan if not belongs(urn, "staging") and not belongs(urn, "staging2")] == []
