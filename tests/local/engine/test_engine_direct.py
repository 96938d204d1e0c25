"""Registrations without a message: the engine is asked, and the program told, what a message would have said."""

import itertools
import re
import shutil
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from hubspoke.local.engine import EngineError, direct
from hubspoke.local.engine.asking import Asked, from_request
from hubspoke.local.engine.direct import registered_directly
from hubspoke.local.engine.handing import received, to_engine, to_sdk
from hubspoke.local.engine.messages import from_wire, to_answer
from hubspoke.local.engine.values import UNKNOWN, ResourceRef, Secret
from hubspoke.local.wire import SECRET_SIG, SIG
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import Unknown
from pulumi.runtime import rpc

from tests.local.engine.engine_bench import Bench, Group, MemProvider, Thing

Run = Callable[[], object]
PLAIN = st.one_of(
    st.text(max_size=3), st.just(UNKNOWN), st.integers(), st.floats(allow_nan=False), st.booleans(), st.none()
)


def within(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values with these in them, at any depth."""
    names = st.sampled_from(["a", "b", "__internal"])
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))


SERIALIZED = within(PLAIN | st.builds(lambda value: {SIG: SECRET_SIG, "value": value}, PLAIN))
ENGINES = within(
    st.one_of(
        PLAIN, st.builds(Secret, PLAIN), st.builds(ResourceRef, st.just("urn:x"), st.sampled_from(["i", UNKNOWN]))
    )
)


def outcome(call: Callable[[], Any]) -> tuple[str, Any]:
    """What comes of a call, with the type of its leaves: 1 is not 1.0 here."""
    try:
        return "gives", _typed(call())
    except Exception as problem:
        return "raises", f"{type(problem).__name__}: {problem}"


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(each) for key, each in value.items()}
    if isinstance(value, (list, Secret)):
        return list(map(_typed, value)) if isinstance(value, list) else ("secret", _typed(value.value))
    return "unknown" if isinstance(value, Unknown) else (type(value), repr(value))


def by_message(value: Any) -> Any:
    """What the engine reads out of a message with a value."""
    message = struct_pb2.Struct()
    message["value"] = value
    return from_wire(message.fields["value"])


@given(SERIALIZED)
def test_the_engine_takes_what_it_would_read_out_of_a_message(value: Any) -> None:
    assert outcome(lambda: received({"": to_engine(value)})) == outcome(lambda: {"": by_message(value)})


@pytest.mark.parametrize(
    "value", [b"bytes", {1: "a number for a name"}, [object], float("inf"), {SIG: "no such thing"}]
)
def test_what_a_message_refuses_is_refused_in_its_words(value: Any) -> None:
    assert outcome(lambda: received({"": to_engine(value)})) == outcome(lambda: {"": by_message(value)})


@given(ENGINES, st.booleans())
def test_the_program_is_told_what_it_would_read_out_of_a_message(value: Any, keep: bool) -> None:
    def by_message() -> Any:
        return rpc.deserialize_property(to_answer({"value": value})["value"], keep)

    assert outcome(lambda: to_sdk(value, keep_unknowns=keep)) == outcome(by_message)


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of resources that come to the engine in a message."""
    seen: list[str] = []

    def noted(request: Any) -> Asked:
        seen.append(request.name)
        return from_request(request)

    monkeypatch.setattr("hubspoke.local.engine.monitor.from_request", noted)
    return seen


def common() -> None:
    first = Thing("first", label=pulumi.Output.secret({"in": ["hush"]}), size=3)
    options = pulumi.ResourceOptions(
        depends_on=[first], protect=True, ignore_changes=["label"], additional_secret_outputs=["flavor"],
        aliases=[pulumi.Alias(name="once"), "urn:pulumi:dev::proj::mem:index:Thing::elsewhere"],
        custom_timeouts=pulumi.CustomTimeouts(create="5m", delete="1h30m"), replace_on_changes=["size"],
        retain_on_delete=True, delete_before_replace=True, hide_diffs=["label"], provider=MemProvider("own", region="x"),
    )  # fmt: skip
    Thing("second", opts=options, label=first.token, size=[1, 2.5, first.size], name="of its own")
    group = Group("group", pulumi.ResourceOptions(parent=first, providers=[MemProvider("theirs")]))
    pulumi.export("seen", Thing("third", label=first, opts=pulumi.ResourceOptions(parent=group)).label)
    group.close(label=first.label)


def rare() -> None:
    first = Thing("first")
    Thing("second", opts=pulumi.ResourceOptions(deleted_with=first))


def transformed() -> None:
    def rename(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**args.props, "label": "by a transform"}, args.opts)

    pulumi.runtime.register_resource_transform(rename)
    Thing("first", label="x")


def assets() -> None:
    code = pulumi.StringAsset("print()")
    pulumi.export("code", Thing("first", code=code, label=pulumi.Output.secret([code])).label)


def hooked() -> None:
    Thing("first", opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_create=[lambda _: None])))


def test_a_common_registration_is_no_message_and_a_rare_one_is(bench: Bench, requests: list[str]) -> None:
    bench.up(common)
    bench.up(rare, stack="rare")
    bench.up(hooked, stack="hooked")
    assert requests == ["second", "first"]


@pytest.mark.parametrize("program", [common, rare, transformed, assets, hooked], ids=lambda program: program.__name__)
def test_what_is_recorded_is_what_a_message_would_have_had_recorded(
    bench: Bench, program: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recorded(known: frozenset[str]) -> Any:
        monkeypatch.setattr(direct, "KNOWN", known)
        bench.cloud.things.clear()
        bench.cloud.numbers = itertools.count(1)
        bench.up(program)
        seen = [
            {key: told for key, told in each.items() if key not in ("created", "modified", "resourceHooks")}
            for each in bench.resources()
        ]
        shutil.rmtree(bench.root / "state")
        return sorted(map(_settled, seen), key=lambda each: str(each["urn"])), bench.messages(), sorted(bench.ops())

    lowered, usual = (recorded(known) for known in (direct.KNOWN, frozenset[str]()))
    assert lowered == usual


def _settled(value: Any) -> Any:
    """Without what is another in each run: ids, and what is encrypted."""
    if isinstance(value, dict):
        return {key: "" if key in ("ciphertext",) else _settled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_settled(each) for each in value]
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|id-\d+", "id", value) if isinstance(value, str) else value


def unfit() -> None:
    Thing("thing", label=[object()])


def circular() -> None:
    group = Group("group")
    Thing("thing", opts=pulumi.ResourceOptions(parent=group, depends_on=[group]))


def failing() -> None:
    Thing("thing", label=pulumi.Output.from_input("x").apply(lambda _: 1 // 0))


def archived() -> None:
    Thing("thing", code=pulumi.AssetArchive({}))


def missing() -> None:
    Thing("thing", code=pulumi.FileAsset("no such file"))


def refused() -> None:
    Thing("bad", label="x").label.apply(lambda _: Thing("never"))


@pytest.mark.parametrize(
    "program", [unfit, circular, failing, archived, missing, refused], ids=lambda program: program.__name__
)
def test_what_fails_fails_in_the_same_words(bench: Bench, program: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> Any:
        with pytest.raises(EngineError) as failed:
            bench.up(program)
        names = bench.names()
        shutil.rmtree(bench.root / "state")
        return failed.type, re.sub("0x[0-9a-f]+", "0x", str(failed.value)), bench.ops(), names

    bench.cloud.fail = {("create", "bad"): "no more of these"}
    usual = told()
    monkeypatch.setattr(direct, "KNOWN", frozenset[str]())
    assert told() == usual


def registered() -> Any:
    return vars(pulumi.resource)["register_resource"]


def test_an_sdk_of_another_version_registers_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = registered()
    with registered_directly():
        assert registered() is not usual
    monkeypatch.setattr(direct, "version", lambda _: "3.999.0")
    with registered_directly():
        assert registered() is usual
