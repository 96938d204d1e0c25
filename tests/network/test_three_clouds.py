"""The example of three clouds, as its stacks record it and as a preview sees it, against what its plan means."""

from pathlib import Path
from typing import Any

import pytest
from hubspoke.network.compare import compare
from hubspoke.network.convert import actual, changed
from hubspoke.network.intended import context, intended, questions
from hubspoke.network.judge import Judgement
from hubspoke.network.kept import Kept
from hubspoke.network.model import Network
from hubspoke.network.prove import prove
from hubspoke.network.snapshot import Snapshot, from_export
from hubspoke.operate.seed import seed
from hubspoke.plan import Plan, load_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import make_world
from tests.network.test_actual import before_deployment
from tests.network.test_kept import answers

WAN = Path(__file__).parents[2] / "stacks" / "wan.yaml"
# Hubs first, and Cloudflare before all.
STACKS = (
    "cloudflare", "az-network", "az-apps", "az-office", "gc-network", "gc-data", "gc-lab",
    "network", "dev-apps", "prod-apps", "shared-services",
)  # fmt: skip
Exports = dict[str, dict[str, Any]]  # by stack


@pytest.fixture(scope="module")
def deployed_wan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Exports]:
    """The plan, and the state of each of its stacks once it is up in the simulated clouds."""
    world = make_world(tmp_path_factory.mktemp("three") / "project")
    world.take_intent(WAN)
    plan = load_plan(world.paths.wan, world.paths.lock)
    seed(plan, world.clouds)
    for stack in STACKS:
        world.up(stack)
    return plan, {stack: world.stack(stack).export_stack() for stack in STACKS}


def test_what_is_deployed_is_what_is_meant(deployed_wan: tuple[Plan, Exports]) -> None:
    plan, exports = deployed_wan
    network = actual(sum(map(from_export, exports.values()), Snapshot(())), context(plan, exports))
    failed = [verdict for verdict in prove(network, questions(plan)) if not verdict.passed]
    assert (network.findings, compare(intended(plan), network), failed) == ((), (), [])


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_is_judged_before_and_after(deployed_wan: tuple[Plan, Exports], stack: str) -> None:
    """Alone, among what the plan says of the others: with all ids, and with none."""
    plan, exports = deployed_wan
    recorded = from_export(exports[stack])
    for snapshot in (recorded, before_deployment(recorded)):
        network = actual(snapshot, context(plan, [stack]))
        assert (network.findings, compare(intended(plan), network)) == ((), ())


@pytest.fixture(scope="module")
def kept(deployed_wan: tuple[Plan, Exports]) -> Kept:
    return Kept(deployed_wan[0])


@pytest.mark.parametrize("stack", STACKS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_stack_without_a_resource_is_judged_over_the_plans_network_as_from_nothing(
    deployed_wan: tuple[Plan, Exports], kept: Kept, stack: str, data: st.DataObject
) -> None:
    """Whatever is gone: parts over those of the plan make the network that all parts one by one do."""
    plan, exports = deployed_wan
    there = from_export(exports[stack]).resources
    gone = data.draw(st.sampled_from(there), label="gone")
    left = Snapshot(tuple(each for each in there if each is not gone))
    anew = Judgement(plan, actual(left, context(plan, [stack])))
    over = Judgement(plan, changed(left, kept.made.without([stack])), kept=kept, stacks=[stack])
    assert _by_key(over.network) == _by_key(anew.network)
    assert (over.findings, over.differences) == (anew.findings, anew.differences)
    assert answers(over.verdicts) == answers(anew.verdicts)


def _by_key(network: Network) -> tuple[object, ...]:
    return network.table, network.link, network.endpoint, network.filter, network.session


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_that_holds_nothing_lacks_what_is_meant(deployed_wan: tuple[Plan, Exports], stack: str) -> None:
    """As after a `destroy`: nothing is in its place, and flows that need it are refuted. Without the firewall none is:
    both ends' own filters stop the same."""
    plan, _ = deployed_wan
    network = actual(Snapshot(()), context(plan, [stack]))
    told = {difference.kind for difference in compare(intended(plan), network)}
    failed = [verdict for verdict in prove(network, questions(plan)) if not verdict.passed]
    assert (told <= {"missing", "different"}, bool(told), bool(failed)) == (True, True, stack != "cloudflare")


def test_a_list_that_lost_a_network_is_a_difference(deployed_wan: tuple[Plan, Exports]) -> None:
    """The firewall's rules are read with the prefixes that their lists hold."""
    plan, exports = deployed_wan
    recorded = from_export(exports["cloudflare"])
    kept = Snapshot(tuple(each for each in recorded.resources if not each.name.startswith("shared/10.4.0.0")))
    assert len(kept.resources) == len(recorded.resources) - 1
    network = actual(kept, context(plan, ["cloudflare"]))
    assert [(d.kind, d.place, d.what) for d in compare(intended(plan), network)] == [
        ("different", "cloudflare firewall", "rules")
    ]
