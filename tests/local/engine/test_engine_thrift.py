"""What the engine lowers of the SDK's costs changes nothing that a run does."""

import contextlib
import gc
import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pulumi
import pulumi_aws
import pytest
from hubspoke.local.engine import EngineError
from hubspoke.local.engine.direct import registered_directly
from hubspoke.local.engine.promised import outputs_promised
from hubspoke.local.engine.thrift import (
    debugging_dropped,
    dependencies_known,
    options_copied,
    outputs_tracked,
    thrifty,
    traces_kept,
    types_kept,
)  # fmt: skip
from hubspoke.local.engine.thrift_values import values_passed
from pulumi import Output, ResourceOptions, _types, log
from pulumi.runtime import resource, resource_cycle_breaker, rpc
from pulumi_aws import ec2

from tests.local.engine.engine_bench import Bench, Thing

Lowered = Callable[[], contextlib.AbstractContextManager[None]]
REPLACED: dict[Lowered, tuple[Any, str]] = {
    traces_kept: (resource, "_get_stack_trace"),
    outputs_tracked: (Output, "_track"),
    outputs_promised: (rpc, "transfer_properties"),
    values_passed: (rpc, "serialize_property"),
    options_copied: (ResourceOptions, "_copy"),
    debugging_dropped: (log, "debug"),
    types_kept: (_types, "unwrap_type"),
    dependencies_known: (resource_cycle_breaker, "_reachable"),
    registered_directly: (pulumi.resource, "register_resource"),
}
LEARNED = {ec2.Vpc: ec2.VpcArgs, ec2.Subnet: ec2.SubnetArgs, pulumi_aws.Provider: pulumi_aws.ProviderArgs}
VARYING = ("created", "modified", "id", "stackTrace", "urn", "parent", "dependencies", "provider")


class Pair(pulumi.ComponentResource):
    """Two things, the second made of what the cloud says of the first."""

    def __init__(self, name: str) -> None:
        super().__init__("test:index:Pair", name)
        own = pulumi.ResourceOptions(parent=self)
        first = Thing(f"{name}-first", label=pulumi.Output.secret("hush"), opts=own)
        self.second = Thing(f"{name}-second", label=first.token, opts=own)
        self.register_outputs({"token": self.second.token})


def program() -> None:
    pairs = [Pair(f"pair-{number}") for number in range(3)]
    lone = Thing(
        "lone", label=pulumi.Output.all(*(pair.second.token for pair in pairs)).apply(lambda all_: str(len(all_)))
    )
    pulumi.export("token", lone.token)
    pulumi.export("label", lone.label)


def told(bench: Bench, stack: str) -> list[dict[str, Any]]:
    """What is recorded, without what differs from run to run, the cloud's numbers and the key's salt among it."""
    return [
        {key: _settled(value) for key, value in each.items() if key not in VARYING}
        | {
            "name": each["urn"].rsplit("::", 1)[-1].removesuffix(stack),
            "frames": len(each.get("stackTrace", ())),
            "needs": [urn.rsplit("::", 1)[-1] for urn in each.get("dependencies", ())],
        }
        for each in bench.resources(stack)
    ]


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _settled(each) for key, each in value.items() if key not in ("ciphertext", "token")}
    if isinstance(value, list):
        return [_settled(each) for each in value]
    return re.sub(r"\bid-\d+", "id", value.rsplit("::", 1)[-1]) if isinstance(value, str) else value


@contextlib.contextmanager
def nothing_lowered() -> Iterator[None]:
    yield


def test_a_run_is_what_the_sdk_alone_makes_of_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.up(program, stack="lowered")
    monkeypatch.setattr("hubspoke.local.engine.program.thrifty", nothing_lowered)
    bench.up(program, stack="plain")
    lowered, plain = (sorted(told(bench, stack), key=lambda each: str(each["name"])) for stack in ("lowered", "plain"))
    assert lowered == plain


@pytest.mark.parametrize("lowered", REPLACED, ids=lambda lowered: lowered.__name__)
def test_an_sdk_without_the_function_is_left_as_it_is(lowered: Lowered, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name = REPLACED[lowered]
    monkeypatch.delattr(owner, name)
    with lowered():
        assert not hasattr(owner, name)


def test_an_sdk_that_transfers_properties_in_another_way_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    another: Any = lambda res, props, custom, lazily: (res, props, custom, lazily)  # noqa: E731
    monkeypatch.setattr(rpc, "transfer_properties", another)
    with outputs_promised():
        assert getattr(rpc, "transfer_properties") is another  # noqa: B009


def test_the_sdk_is_as_it_was_after_a_run_and_after_a_failed_one(bench: Bench) -> None:
    def failing() -> None:
        raise pulumi.RunError("no")

    before = [getattr(owner, name) for owner, name in REPLACED.values()]
    with thrifty():
        assert [getattr(owner, name) for owner, name in REPLACED.values()] != before
    bench.up(program)
    with pytest.raises(EngineError):
        bench.up(failing)
    assert [getattr(owner, name) for owner, name in REPLACED.values()] == before


def test_the_garbage_collector_is_as_it_was_after_a_run(bench: Bench) -> None:
    seen: list[bool] = []
    bench.up(lambda: seen.append(gc.isenabled()))
    assert (seen, gc.isenabled()) == ([False], True)


class Traced:
    """Remembers where it was made, as a resource does: in the last of three constructors."""

    def __init__(self, inner: int = 2) -> None:
        self.trace: Any = Traced(inner - 1).trace if inner else resource._get_stack_trace()


ELSEWHERE = """
made = Traced().trace, Traced().trace
made += Traced().trace,
"""


def traces() -> list[Any]:
    there = [Traced().trace for _ in range(2)]
    exec(compile(ELSEWHERE, "/elsewhere.py", "exec"), known := dict[str, Any](Traced=Traced))
    return [*there, Traced().trace, *known["made"]]


def test_a_resource_is_said_to_be_made_where_the_sdk_says_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found, working_out = [], Mock(side_effect=resource._get_source_position_for_frame)
    monkeypatch.setattr(resource, "_get_source_position_for_frame", working_out)
    for kept in (nothing_lowered, traces_kept):
        working_out.reset_mock()
        with kept():
            found += [traces() for _ in range(3)]
    assert found == [found[0]] * 6
    assert len({each.SerializeToString() for each in found[0]}) == 4
    worked_out = [each.args[0] for each in working_out.call_args_list]
    assert len(worked_out) == len({(each.filename, each.lineno) for each in worked_out})


def test_what_cannot_be_hashed_is_unwrapped_all_the_same() -> None:
    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

    annotation: Any = Unhashable()
    with types_kept():
        assert _types.unwrap_type(annotation) is annotation


def test_what_a_fleet_learned_of_types_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {each: (_types.resource_types(each), _types.input_type_types(args)) for each, args in LEARNED.items()}
    import hubspoke.operate.preload_types  # noqa: F401

    monkeypatch.delattr(_types, "_types_from_py_properties")
    with types_kept():
        for each, args in LEARNED.items():
            assert (_types.resource_types(each), _types.input_type_types(args)) == usual[each]


def test_a_circle_is_still_seen() -> None:
    class Named:
        """Stands for a resource: identity is all that counts."""

    first, second, third = Named(), Named(), Named()
    with dependencies_known():
        declare: Any = resource_cycle_breaker.declare_dependency
        found = [declare(*pair) for pair in ((first, second), (second, third), (third, first), (first, first))]
    assert found == [True, True, False, False]
