"""Property values through their outer forms, and the paths into them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hubspoke.local.engine.forms import from_json, to_json
from hubspoke.local.engine.graph import deletion_order, ordered
from hubspoke.local.engine.messages import from_struct, to_struct
from hubspoke.local.engine.paths import contains, parse, reset
from hubspoke.local.engine.secrets import Crypter
from hubspoke.local.engine.service import satisfies
from hubspoke.local.engine.state import State, stamp
from hubspoke.local.engine.targets import Targets
from hubspoke.local.engine.values import ResourceRef, Secret, copied, has_secrets, mark, plain
from hypothesis import given
from hypothesis import strategies as st

scalars = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text() | st.floats(allow_nan=False, width=32)
references = st.builds(ResourceRef, st.text(min_size=1), st.none() | st.text(min_size=1), st.text())
values = st.recursive(
    scalars | references,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner) | st.builds(Secret, inner),
    max_leaves=12,
)
properties = st.dictionaries(st.text(max_size=8), values)
CRYPTER = Crypter.new(lambda: "pw")


@given(properties)
def test_the_wire_gives_back_what_it_was_given(found: dict[str, Any]) -> None:
    assert from_struct(to_struct(found)) == found


@given(properties)
def test_the_state_gives_back_what_it_was_given(found: dict[str, Any]) -> None:
    stored = to_json(found, CRYPTER)
    assert from_json(stored, CRYPTER) == found
    assert to_json(from_json(stored, CRYPTER), CRYPTER) == stored


@given(properties)
def test_a_provider_sees_no_secret_and_what_comes_back_is_marked_again(found: dict[str, Any]) -> None:
    outputs = plain(found)
    assert not has_secrets(outputs)
    mark(outputs, found)
    assert all(has_secrets(outputs[key]) == has_secrets(found[key]) for key in found)


@given(properties, properties)
def test_resetting_every_property_gives_the_old_ones(old: dict[str, Any], new: dict[str, Any]) -> None:
    own = copied(new)
    for key in [*old, *new]:
        assert reset((key,), old, own)
    assert own == old


@pytest.mark.parametrize(
    ("path", "elements"),
    [
        ("tags.Name", ("tags", "Name")),
        ('tags["a.b"][0].c', ("tags", "a.b", 0, "c")),
        ("rules[*].port", ("rules", "*", "port")),
        ('["a\\"b"]', ('a"b',)),
    ],
)
def test_paths(path: str, elements: tuple[str | int, ...]) -> None:
    assert parse(path) == elements


@pytest.mark.parametrize("path", [".a", "a[", "a[x]", 'a["b'])
def test_a_malformed_path(path: str) -> None:
    with pytest.raises(ValueError, match=r"invalid property path"):
        parse(path)


def test_what_a_path_covers() -> None:
    assert contains(parse("rules[*].port"), parse("rules[3].port"))
    assert contains(parse("tags"), parse("tags.Name"))
    assert not contains(parse("tags.Name"), parse("tags"))


@pytest.mark.parametrize(
    ("path", "old", "new", "result", "done"),
    [
        ("a.b", {"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 1, "c": 3}}, True),
        ("a.b", {"a": {}}, {"a": {"b": 2}}, {"a": {}}, True),
        ("a[1]", {"a": [1, 2]}, {"a": [3, 4]}, {"a": [3, 2]}, True),
        ("a[1]", {"a": [1, 2]}, {"a": [3]}, {"a": [3]}, False),
        ("a[*].b", {"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {"a": [{"b": 1}]}, True),
        ("a.*", {"a": {"x": 1}}, {"a": {"x": 2, "y": 3}}, {"a": {"x": 1}}, True),
        ("a.b", {"a": Secret({"b": 1})}, {"a": {"b": 2}}, {"a": {"b": Secret(1)}}, True),
        ("a.b.c", {"a": {"b": {"c": 1}}}, {"a": {}}, {"a": {}}, False),
    ],
)
def test_resetting_a_path(path: str, old: Any, new: Any, result: Any, done: bool) -> None:
    assert reset(parse(path), old, new) is done
    assert new == result


def test_targets() -> None:
    targets = Targets(["urn:pulumi:s::p::t:a:B::x", "**$t:a:C::*"])
    assert "urn:pulumi:s::p::t:a:B::x" in targets
    assert "urn:pulumi:s::p::g:g:G$t:a:C::anything" in targets
    assert "urn:pulumi:s::p::t:a:B::y" not in targets
    assert Targets().allows("anything")


def test_deletion_groups_hold_only_what_can_go_together() -> None:
    def state(name: str, *needs: str, parent: str = "", custom: bool = True) -> State:
        return State(name, "t", custom, parent=parent, dependencies=list(needs))

    group = state("group", custom=False)
    inside = state("inside", parent="group")
    user = state("user", "group")  # of all that is in the component
    free = state("free")
    groups = deletion_order([group, inside, user, free], {group, inside, user, free})
    assert [sorted(each.urn for each in found) for found in groups] == [["user"], ["inside"], ["free", "group"]]


def test_version_ranges() -> None:
    assert satisfies("3.272.0", ">=3.5.0 !3.7.7")
    assert satisfies("3.272.0", "<3.0.0 || >3.8.0")
    assert not satisfies("3.272.0", ">=4.0.0")


def test_resources_are_put_in_order_where_they_are_not() -> None:
    def state(name: str, *needs: str) -> State:
        return State(name, "t", custom=True, dependencies=list(needs))

    free, user, base = state("free"), state("user", "base"), state("base")
    assert ordered([free, user, base]) == [free, base, user]
    assert ordered([base, free, user]) == [base, free, user]


@pytest.mark.parametrize(
    ("microseconds", "written"), [(0, "09Z"), (100000, "09.1Z"), (850, "09.00085Z"), (123456, "09.123456Z")]
)
def test_times_are_written_as_the_cli_does(microseconds: int, written: str) -> None:
    assert stamp(datetime(2026, 11, 20, 8, 30, 9, microseconds, UTC)) == f"2026-11-20T08:30:{written}"
