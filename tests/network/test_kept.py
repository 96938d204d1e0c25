"""What is proven from what is kept of the plan is what is proven from nothing."""

from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import TypeVar
from unittest.mock import patch

import pytest
from hubspoke.network.alike import in_words_of
from hubspoke.network.compare import compare
from hubspoke.network.judge import Judgement, accepted_of
from hubspoke.network.kept import Kept, share, shared
from hubspoke.network.model import Finding, Network
from hubspoke.network.questions import Verdict
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.test_intended import example, network
from tests.scenarios.mutations import mutations

T = TypeVar("T")
STACKS = tuple(account.key for account in example().accounts)


@cache
def kept() -> Kept:
    return Kept(example())


@cache
def changed() -> tuple[Network, ...]:
    return (network(), *(each.network for each in mutations(network(), ("10.0.0.0/8",))))


def told(meant: Network, *, backwards: bool) -> Network:
    """The same network by other resources: other origins, and an order of their own where none matters."""
    step = -1 if backwards else 1
    return Network(
        tuple(replace(t, origin=f"urn:{t.key}", routes=tuple(
            replace(r, origin=f"urn:{t.key}") for r in t.routes[::step])) for t in meant.tables[::step]),
        tuple(replace(link, origin=f"urn:{link.key}", ends=_turned(link.ends, backwards)) for link in meant.links),
        tuple(replace(e, origin=f"urn:{e.key}") for e in meant.endpoints[::step]),
        tuple(replace(f, origin=f"urn:{f.key}", rules=tuple(
            replace(r, origin=f"urn:{f.key}") for r in f.rules)) for f in meant.filters),
        tuple(replace(s, origin=f"urn:{s.key}", speakers=_turned(s.speakers, backwards)) for s in meant.sessions),
        meant.findings,
    )  # fmt: skip


def _turned(pair: tuple[T, T], backwards: bool) -> tuple[T, T]:
    return (pair[1], pair[0]) if backwards else pair


def answers(verdicts: tuple[Verdict, ...]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(each.question.key, each.case, each.answer, each.cut_off) for each in verdicts]


@settings(max_examples=25)
@given(st.integers(0, len(changed()) - 1), st.booleans(), st.sampled_from(["", "endpoint/e1:euc1", "hub/use1:euc1"]))
def test_whatever_is_changed_is_judged_as_from_nothing(number: int, backwards: bool, known: str) -> None:
    there = told(changed()[number], backwards=backwards)
    accepted = [accepted_of(example(), there, known)] if known else []
    anew = Judgement(example(), there, accepted)
    from_kept = Judgement(example(), there, accepted, kept=kept(), stacks=STACKS)
    assert answers(from_kept.verdicts) == answers(anew.verdicts)
    assert answers(from_kept.failures) == answers(anew.failures)
    assert from_kept.differences == anew.differences


@settings(max_examples=25)
@given(st.integers(0, len(changed()) - 1))
def test_routes_that_both_networks_share_hide_no_difference(number: int) -> None:
    there = changed()[number]
    assert compare(network(), there) == compare(deepcopy(network()), there)


@pytest.mark.parametrize("known", ["endpoint/e1:euc1", "hub/use1:euc1"])
def test_what_is_accepted_later_is_judged_as_if_accepted_at_once(known: str) -> None:
    there = told(changed()[1], backwards=False)
    accepted = [accepted_of(example(), there, known)]
    first = Judgement(example(), there, kept=kept(), stacks=STACKS[:1])
    assert first.failures
    at_once = Judgement(example(), there, accepted, kept=kept(), stacks=STACKS[:1])
    assert first.accepting(accepted).failures == at_once.failures
    assert first.accepting(()) is first


@pytest.mark.parametrize("stacks", [(), STACKS])
def test_what_others_are_at_fault_for_is_told_in_the_plans_words(stacks: tuple[str, ...]) -> None:
    judgement = Judgement(example(), told(network(), backwards=True), kept=kept(), stacks=stacks)
    origins = {hop.route.origin for verdict in judgement.failures for example_ in verdict.examples if example_.there
               for path in example_.there.paths for hop in path.hops if hop.route}  # fmt: skip
    assert origins
    assert all(origin.startswith("urn:" if stacks else "plan:") for origin in origins)


@settings(max_examples=2)
@given(st.booleans())
def test_a_network_told_otherwise_is_the_plans_own(backwards: bool) -> None:
    assert in_words_of(network(), told(network(), backwards=backwards)) is network()


@pytest.mark.parametrize("number", [0, 1])
def test_only_what_is_not_as_planned_is_compared(number: int) -> None:
    there = told(changed()[number], backwards=True)
    judgement = Judgement(example(), there, kept=kept(), stacks=STACKS[:1])
    with patch("hubspoke.network.judge.compare", side_effect=compare) as comparing:
        assert bool(judgement.differences) == bool(number)
    assert comparing.call_count == number


def test_a_finding_is_no_less_for_what_is_kept() -> None:
    finding = Finding("a route that nobody understands", "urn:route", "remove it")
    there = replace(network(), findings=(finding,))
    anew, from_kept = Judgement(example(), there), Judgement(example(), there, kept=kept())
    assert answers(from_kept.verdicts) == answers(anew.verdicts)
    assert from_kept.findings == (finding,)


def test_what_is_shared_is_of_the_very_plan() -> None:
    plan = example()
    share(plan)
    found = shared(plan)
    assert found.plan is plan
    assert shared(plan) is found
    assert shared(replace(plan)) is not found
