"""Every part of the examples' networks removed or widened in turn: what proofs say of each is kept, by name.

PYTHONPATH=components:. python tests/scenarios/test_mutations.py      writes what is kept anew
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hubspoke.network.compare import compare
from hubspoke.network.intended import intended, questions
from hubspoke.network.model import Prefixes
from hubspoke.plan import Plan, load_plan

from tests.scenarios.judging import Judge
from tests.scenarios.mutations import Mutation, mutations

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
# One cloud, and the example WAN of three.
EXAMPLES = {"aws": ROOT / "tests" / "intents" / "aws.yaml", "wan": ROOT / "stacks" / "wan.yaml"}


@cache
def plan(example: str) -> Plan:
    return load_plan(EXAMPLES[example], EXAMPLES[example].with_suffix(".lock"))


@cache
def judge(example: str) -> Judge:
    return Judge(intended(plan(example)), questions(plan(example)))


@cache
def mutated(example: str) -> tuple[Mutation, ...]:
    space: Prefixes = next(hub.wan_prefixes for account in plan(example).accounts for hub in account.hubs)
    return tuple(mutations(judge(example).network, space))


def text(example: str) -> str:
    """All mutations: those that are caught with what is no longer proven, the others by why nothing changed."""
    caught, spared = list[str](), dict[str, list[str]]()
    for mutation in mutated(example):
        if found := judge(example).caught(mutation):
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            caught.append(f"  {mutation.name}: {found[0]}{more}")
        else:
            spared.setdefault(judge(example).reason(mutation), []).append(f"  {mutation.name}")
    return "\n".join(["caught, by what is not proven any more", *caught, *_by_reason(spared), ""])


def _by_reason(spared: dict[str, list[str]]) -> Iterator[str]:
    for reason, names in sorted(spared.items()):
        yield f"nothing changes, {reason}"
        yield from names


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_mutation_is_caught_by_name_or_spared_for_a_reason(example: str) -> None:
    kept = GOLDEN / f"mutations-{example}.txt"
    assert text(example) == kept.read_text(), (
        "write it anew with: PYTHONPATH=components:. python tests/scenarios/test_mutations.py"
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_mutation_is_told_apart_from_what_is_meant(example: str) -> None:
    """Whether or not it matters to a proof, comparison finds it and names its place."""
    network = judge(example).network
    names = [mutation.name for mutation in mutated(example)]
    unseen = [m.name for m in mutated(example) if m.place not in {d.place for d in compare(network, m.network)}]
    assert (len(set(names)), unseen) == (len(names), [])


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for example in EXAMPLES:
        (GOLDEN / f"mutations-{example}.txt").write_text(text(example))
