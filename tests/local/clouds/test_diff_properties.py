"""Diffs of property values: what they find, and that applying them leaves nothing to find."""

from typing import Any

from hubspoke.local.clouds.diff import diff_properties, merge
from hubspoke.local.clouds.protocol import DiffKind, DiffResult
from hubspoke.local.clouds.read import refreshed_inputs
from hubspoke.local.clouds.values import child_path, ignored, parse_path
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.rpc import UNKNOWN

names = st.text('abc."[]\\ ', min_size=1, max_size=4)
leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "y"])
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
properties = st.dictionaries(st.sampled_from(["a", "b", "c", "tags"]), values, max_size=4)


@given(properties)
def test_nothing_differs_from_itself(some: dict[str, Any]) -> None:
    assert diff_properties(some, some) == DiffResult()


@given(old=properties, new=properties)
def test_after_an_update_nothing_is_left_to_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert diff_properties(merge({"tags": "map"}, old, old, new), new) == DiffResult()


@given(old=properties, new=properties)
def test_a_diff_reads_the_same_backwards(old: dict[str, Any], new: dict[str, Any]) -> None:
    mirror = {DiffKind.ADD: DiffKind.DELETE, DiffKind.DELETE: DiffKind.ADD}
    there, back = diff_properties(old, new).detailed, diff_properties(new, old).detailed
    assert there == {path: mirror.get(kind, kind) for path, kind in back.items()}


@given(old=properties, new=properties)
def test_every_changed_path_can_be_ignored(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = diff_properties(old, new).detailed
    assert diff_properties(old, new, ignore_changes=tuple(found)) == DiffResult()


@given(st.lists(names | st.integers(0, 9), min_size=1, max_size=4))
def test_paths_read_back_as_written(steps: list[str | int]) -> None:
    path = ""
    for step in ["top", *steps]:
        path = child_path(path, step)
    assert parse_path(path) == ["top", *steps]


@given(st.permutations(["a", "b", "c", "d"]))
def test_order_means_nothing_in_a_set(order: list[str]) -> None:
    assert diff_properties({"s": ["a", "b", "c", "d"]}, {"s": order}, sets=("s",)) == DiffResult()


def test_paths_and_kinds() -> None:
    old = {"tags": {"Name": "a", "a.b": "c"}, "rules": [{"port": 1}, {"port": 2}], "gone": 1, "n": 1}
    new = {"tags": {"Name": "b", "x": "y"}, "rules": [{"port": 1}, {"port": 3}, {"port": 4}], "new": 1, "n": 1.0}
    assert diff_properties(old, new, immutable=("rules",)) == DiffResult(
        {
            "tags.Name": DiffKind.UPDATE, 'tags["a.b"]': DiffKind.DELETE, "tags.x": DiffKind.ADD,
            "rules[1].port": DiffKind.UPDATE_REPLACE, "rules[2]": DiffKind.ADD_REPLACE,
            "gone": DiffKind.DELETE, "new": DiffKind.ADD,
        },
        ("rules",),
    )  # fmt: skip


def test_a_set_names_only_what_came_and_went() -> None:
    found = diff_properties({"s": ["a", "b"]}, {"s": ["c", "a"]}, sets=("s",))
    assert found.detailed == {"s[1]": DiffKind.UPDATE}


def test_a_null_is_nothing_and_an_unknown_is_a_change() -> None:
    assert diff_properties({"a": None}, {}) == DiffResult()
    assert diff_properties({"a": UNKNOWN}, {"a": UNKNOWN}).detailed == {"a": DiffKind.UPDATE}
    assert diff_properties({"a": 1}, {"a": True}).detailed == {"a": DiffKind.UPDATE}


def test_what_the_cloud_keeps_may_be_left_out() -> None:
    assert diff_properties({"zone": "a"}, {}, kept=("zone",)) == DiffResult()
    assert diff_properties({"zone": "a"}, {"zone": "b"}, kept=("zone",)).detailed == {"zone": DiffKind.UPDATE}


def test_a_star_ignores_any_step() -> None:
    assert ignored("rules[3].port", ["rules[*].port"])
    assert not ignored("rules[3].name", ["rules[*].port"])
    assert ignored("tags.Name", ["tags"])
    assert not ignored("tags", ["tags.Name"])


def test_an_update_keeps_what_it_does_not_name() -> None:
    cloud = {"tags": {"Name": "a", "by-hand": "b"}, "dns": True}
    assert merge({"tags": "map"}, cloud, {"tags": {"Name": "a"}}, {"tags": {"Name": "c"}}) == {
        "tags": {"Name": "c", "by-hand": "b"}, "dns": True,
    }  # fmt: skip


def test_a_refresh_adds_no_key_but_whole_list_items_and_map_keys() -> None:
    from hubspoke.local.clouds.schema import resource_schema

    fields = resource_schema("aws:ec2/routeTable:RouteTable").inputs
    old = {"vpcId": "vpc-1", "tags": {"Name": "a"}, "routes": [{"cidrBlock": "10.0.0.0/8"}], "region": "eu-west-1"}
    cloud = {
        "vpcId": "vpc-1", "tags": {"Name": "b", "x": "y"}, "arn": "arn",
        "routes": [{"cidrBlock": "10.0.0.0/9", "gatewayId": "igw-1"}, {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}],
    }  # fmt: skip
    assert refreshed_inputs(fields, old, cloud) == {
        "vpcId": "vpc-1", "tags": {"Name": "b", "x": "y"},
        "routes": [{"cidrBlock": "10.0.0.0/9"}, {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}],
    }  # fmt: skip
