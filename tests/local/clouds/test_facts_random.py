"""The facts of the random package: each line holds, and does not where the line is untrue."""

from dataclasses import dataclass
from typing import Any

import pytest
from hubspoke.local.clouds.protocol import CloudError, DiffResult
from hubspoke.local.clouds.random.generate import generators
from hubspoke.local.clouds.random.table import random_facts
from hubspoke.local.clouds.schema import resource_schema
from hubspoke.local.clouds.table import Fact
from hubspoke.local.clouds.testing import CloudAccount


@dataclass(frozen=True)
class Case:
    fact: Fact

    def __str__(self) -> str:
        return self.fact.name

    @property
    def type(self) -> str:
        return self.fact.type

    @property
    def given(self) -> dict[str, Any]:
        """Inputs that are good for the type."""
        return dict(GOOD.get(self.type.rpartition(":")[2], {}))


GOOD: dict[str, dict[str, Any]] = {
    "RandomPassword": {"length": 20}, "RandomString": {"length": 20}, "RandomId": {"byteLength": 8},
    "RandomBytes": {"length": 16}, "RandomInteger": {"min": 0, "max": 10**12}, "RandomPet": {},
    "RandomShuffle": {"inputs": [str(number) for number in range(50)]},
}  # fmt: skip
OTHER: dict[str, tuple[Any, Any]] = {
    "string": ("one", "two"), "number": (11, 12), "integer": (11, 12), "boolean": (False, True),
    "list": (["one"], ["two"]), "map": ({"a": "one"}, {"a": "two"}),
}  # fmt: skip
# What a line says, inputs that keep to it and inputs that do not.
LIMITS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "length is at least 1": ({"length": 1}, {"length": 0}),
    "byteLength is at least 1": ({"byteLength": 1}, {"byteLength": 0}),
    "min is at most max": ({"min": 3, "max": 3}, {"min": 4, "max": 3}),
    "length is at least the sum of minLower, minUpper, minNumeric and minSpecial": (
        {"length": 4, "minLower": 2, "minUpper": 2}, {"length": 4, "minLower": 3, "minUpper": 2},
    ),
    "one of lower, upper, numeric and special is on": (
        {"length": 4, "lower": False, "upper": False, "numeric": False},
        {"length": 4, "lower": False, "upper": False, "numeric": False, "special": False},
    ),
}  # fmt: skip


def cases(kind: str) -> list[Case]:
    return [Case(fact) for fact in random_facts() if fact.kind == kind]


@pytest.mark.parametrize("case", cases("renewing"), ids=str)
def test_a_change_of_it_makes_a_new_value(random: CloudAccount, case: Case) -> None:
    name = case.fact.subject
    first, second = OTHER[resource_schema(case.type).inputs[name].kind.shape]
    made = random.create(case.type, **{**case.given, name: first})
    assert random.diff(made, **{**case.given, name: second}).replaces == (name,)
    assert random.diff(made, **{**case.given, name: first}) == DiffResult()


@pytest.mark.parametrize("case", cases("made"), ids=str)
def test_it_is_made_and_never_twice_the_same(random: CloudAccount, case: Case) -> None:
    values = [random.create(case.type, **case.given).outputs[case.fact.subject] for _ in range(3)]
    assert all(values)
    assert len({str(value) for value in values}) == 3


@pytest.mark.parametrize("case", cases("assumed"), ids=str)
def test_saying_it_changes_nothing(random: CloudAccount, case: Case) -> None:
    value = generators()[case.type].defaults[case.fact.subject]
    made = random.create(case.type, **case.given)
    assert made.outputs[case.fact.subject] == value
    assert random.diff(made, **{**case.given, case.fact.subject: value}) == DiffResult()
    other = not value if isinstance(value, bool) else f"{value}x" if isinstance(value, str) else value + 1
    assert random.diff(made, **{**case.given, case.fact.subject: other}).replaces == (case.fact.subject,)


@pytest.mark.parametrize("case", cases("limit"), ids=str)
def test_beyond_it_is_refused(random: CloudAccount, case: Case) -> None:
    within, beyond = LIMITS[case.fact.says]
    assert random.failures(case.type, **within) == []
    assert len(random.failures(case.type, **beyond)) == 1


@pytest.mark.parametrize("case", cases("importable"), ids=str)
def test_it_is_imported_by_its_id(random: CloudAccount, case: Case) -> None:
    made = random.create(case.type, **case.given)
    state = random.provider.read("u", case.type, made.id, None, None)
    assert state is not None
    assert {**state.outputs, **case.given} == {**made.outputs, **case.given}


def test_no_other_is_importable(random: CloudAccount) -> None:
    for type_ in generators().keys() - {case.type for case in cases("importable")}:
        with pytest.raises(CloudError, match="cannot be read from its id"):
            random.provider.read("u", type_, "none", None, None)
