"""The fidelity table, from the tables themselves: `python -m hubspoke.local.clouds.docs > docs/fidelity.md`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from .packages import facts
from .table import Fact


@dataclass(frozen=True)
class Proof:
    """What a kind of line means, and the test of which each such line is one case."""

    means: str
    test: str


_ALONE, _WORLD, _RULES = (f"tests/local/clouds/test_facts_{name}.py" for name in ("alone", "in_world", "rules"))
PROOFS = {
    "computed": Proof("an output that the cloud fills in", f"{_WORLD}::test_the_cloud_fills_it_in"),
    "default": Proof("an input that the provider fills in", f"{_ALONE}::test_it_is_filled_in_where_nobody_did"),
    "immutable": Proof("a change of it is a replacement", f"{_ALONE}::test_a_change_of_it_is_a_replacement"),
    "validity": Proof(
        "what the provider lets through, in a preview already", f"{_ALONE}::test_the_provider_refuses_it"
    ),
    "reference": Proof("what an input must name", f"{_ALONE}::test_naming_nothing_is_refused"),
    "remembered": Proof(
        "an input that may name what is not there", f"{_WORLD}::test_it_is_remembered_but_need_not_be_the_callers"
    ),
    "rule": Proof("what must be so, or the cloud refuses", f"{_RULES}::test_it_is_refused"),
    "unique": Proof("how a second one is refused", f"{_WORLD}::test_there_is_no_second"),
    "in use": Proof("what keeps it from being deleted", f"{_WORLD}::test_it_stays_while_it_is_used"),
    "deletion": Proof("what must be so for it to be deleted", f"{_RULES}::test_its_deletion_is_refused"),
    "companion": Proof("an output that names what comes with it", f"{_WORLD}::test_it_comes_and_goes_with_it"),
    "provisioning": Proof("how long a creation takes", f"{_WORLD}::test_it_takes_its_time"),
}
_HEAD = """\
# What the simulated clouds hold to

<!-- Made from components/hubspoke/local/clouds: python -m hubspoke.local.clouds.docs > docs/fidelity.md -->

Every fact about a cloud that the simulation goes by: {count} lines on {types} resource types. The simulation reads the
same rows, so that it cannot do something else. Each line is one case of the test of its kind, named like the line; that
test must also fail where the line is made untrue. [simulation.md](simulation.md) says what is not simulated.
"""


def document() -> str:
    """The whole page."""
    found = facts()
    head = _HEAD.format(count=len(found), types=len({fact.type for fact in found}))
    return "\n".join([head, *_legend(), *_clouds(found)]) + "\n"


def proof_of(fact: Fact) -> str:
    """The kind of proof that a fact has, a key of PROOFS."""
    return "remembered" if (fact.kind, fact.says) == ("reference", "remembered only") else fact.kind


def _legend() -> Iterator[str]:
    yield from ("| kind | what it says | proven by |", "|---|---|---|")
    for kind, proof in PROOFS.items():
        yield f"| {kind} | {proof.means} | `{proof.test}` |"


def _clouds(found: list[Fact]) -> Iterator[str]:
    for cloud, of_cloud in groupby(found, key=lambda fact: fact.type.split(":")[0]):
        yield from ("", f"## {cloud}")
        for type_, rows in groupby(of_cloud, key=lambda fact: fact.type):
            yield from ("", f"### {type_}", "", "| kind | property | says | source |", "|---|---|---|---|")
            yield from map(_row, rows)


def _row(fact: Fact) -> str:
    source = f"{fact.source.text} ({fact.source.date})"
    return f"| {proof_of(fact)} | {_cell(fact.subject)} | {_cell(fact.says)} | {_cell(source)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(document(), end="")
