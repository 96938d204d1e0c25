"""Outputs that are made when somebody looks: what is seen of them is what the SDK's own would show."""

import asyncio
import re
from collections.abc import Callable
from enum import Enum
from typing import Any, Optional, Union

import pytest
from hubspoke.local.engine import EngineError
from hubspoke.local.engine.promised import Promised, outputs_promised
from hubspoke.local.engine.thrift_values import values_passed
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output
from pulumi.runtime import resource, rpc
from pulumi.runtime.settings import SETTINGS

from tests.local.engine.engine_bench import Bench, Thing

MANY = 12
Seen = dict[str, tuple[Any, bool, bool, set[str]]]


class Color(Enum):
    RED = "red"


def seen(look: Callable[[], dict[str, Output[Any]]]) -> Seen:
    """The value, whether it is known and secret, and whose it is, of each output, in a loop of its own."""

    async def all_of() -> Seen:
        found = {}
        for name, made in look().items():
            data = await made._data
            found[name] = (data.value, data.is_known, data.is_secret, {str(each) for each in data.resources})
        return found

    return asyncio.run(all_of())


def made() -> dict[str, Output[Any]]:
    parent = "urn:pulumi:dev::proj::a:b:C$d:e:F::parent"
    texts: dict[str, Output[Any]] = {
        f"from {value!r}": Output.from_input(value) for value in ("text", "", 7, True, None, 1.5, ["a", 2], {"k": None})
    }
    texts["urn"] = resource.create_urn("name", "t:u:V")
    texts["urn elsewhere"] = resource.create_urn("name", "t:u:V", None, "project", "stack")
    texts["urn below"] = resource.create_urn("name", "t:u:V", parent)
    texts["urn below nothing"] = resource.create_urn("name", "t:u:V", "")
    texts["urn of an output"] = resource.create_urn(Output.from_input("name"), "t:u:V", parent)
    texts["joined"] = Output.concat("a", Output.from_input("b"), "c")
    texts["secret"] = Output.secret("hush")
    return texts


def test_outputs_of_what_is_known_are_those_of_the_sdk() -> None:
    usual = seen(made)
    with outputs_promised(), values_passed():
        assert seen(made) == usual


def test_a_property_that_nobody_looks_at_is_no_future(bench: Bench) -> None:
    things: list[Thing] = []
    bench.up(lambda: things.extend(Thing(f"thing-{number}") for number in range(MANY)))
    looked_at = [name for thing in things for name, each in vars(thing).items()
                 if isinstance(each, Output) and name != "urn" and "_data" in vars(each)]  # fmt: skip
    assert (len(things), looked_at) == (MANY, [])


def test_a_property_that_somebody_looks_at_early_is_told_all_the_same(bench: Bench) -> None:
    told: list[Any] = []

    def program() -> None:
        thing = Thing("thing", label="x")
        thing.label.apply(told.append)
        Output.all(thing.token, thing.label).apply(lambda both: told.append(tuple(both)))
        thing.id.apply(told.append)

    bench.up(program)
    assert sorted(map(str, told)) == sorted(["x", "('token-id-1', 'x')", "id-1"])


def test_a_failure_is_seen_though_nobody_looks(bench: Bench) -> None:
    bench.cloud.fail = {("create", "bad"): "no more of these"}
    with pytest.raises(EngineError, match="no more of these"):
        bench.up(lambda: [Thing("bad"), Thing("good")])


def test_a_property_that_fails_alone_is_among_what_the_run_waits_for() -> None:
    async def fail() -> tuple[bool, str]:
        promised, problem = Promised(asyncio.get_running_loop()), ValueError("not of this type")
        promised._resolve(None, False, False, None, problem)
        waited = promised._data in SETTINGS.outputs
        SETTINGS.outputs.discard(promised._data)
        with pytest.raises(ValueError, match="not of this type"):
            await promised._data
        with pytest.raises(asyncio.InvalidStateError):
            promised._resolve(None, False, False, None, problem)
        return waited, str(problem)

    assert asyncio.run(fail()) == (True, "not of this type")


def test_attributes_are_those_of_the_value() -> None:
    class Value:
        resolve = "a value's own"

    async def lifted() -> Any:
        promised = Promised(asyncio.get_running_loop())
        found = promised.resolve
        promised._resolve(Value(), True, False, None, None)
        return await found.future()

    assert asyncio.run(lifted()) == "a value's own"


LEAVES = st.one_of(st.text(max_size=3), st.just("red"), st.just(rpc.UNKNOWN), st.integers(-9, 9), st.booleans(),
                   st.none(), st.sampled_from([1.0, 2.5]))  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
ANNOTATIONS: list[Any] = [
    None, str, int, float, bool, Any, Color, Optional[Color], Optional[int], list[int], dict[str, int],  # noqa: UP045
    Union[str, int], Output[str],  # noqa: UP007
]  # fmt: skip


def outcome(call: Callable[[], Any]) -> tuple[str, Any]:
    """What comes of a call, with the type of its leaves: 1 is not 1.0 here, and one unknown is as another."""
    try:
        return "gives", re.sub(" at 0x[0-9a-f]+", "", repr(call()))
    except Exception as problem:
        return "raises", f"{type(problem).__name__}: {problem}"


@given(VALUES, st.sampled_from(ANNOTATIONS))
def test_values_are_translated_as_by_the_sdk(value: Any, annotation: Any) -> None:
    def translate() -> Any:
        return rpc.translate_output_properties(value, str.upper, annotation)

    usual = outcome(translate)
    with values_passed():
        assert outcome(translate) == usual


@given(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3))
def test_values_are_serialized_and_read_as_by_the_sdk(values: dict[str, Any]) -> None:
    def there_and_back() -> Any:
        needed: dict[str, Any] = {}
        message = asyncio.run(rpc.serialize_properties(values, needed))
        read = rpc.deserialize_properties(message)
        return sorted(needed), sorted(read.items(), key=str), rpc.contains_unknowns(values)

    usual = outcome(there_and_back)
    with values_passed():
        assert outcome(there_and_back) == usual
