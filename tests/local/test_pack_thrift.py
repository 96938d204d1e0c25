"""Rules see the same of a resource whether the policy SDK's costs are lowered or not."""

import importlib.util
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextvars import Context
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pulumi
import pytest
from google.protobuf import struct_pb2
from hubspoke.local.pack_thrift import lower
from hubspoke.local.wire import SECRET_SIG, SIG
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi_policy.proxy import UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE, UnknownValueError

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "a", UNKNOWN_STRING_VALUE])
)
SECRETS = LEAVES.map(lambda value: {SIG: SECRET_SIG, "value": value})
VALUES = st.recursive(
    LEAVES | SECRETS | st.just(UNKNOWN_NUMBER_VALUE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=3)


def sdk(lowered: bool) -> ModuleType:
    """A copy of the SDK's module, of its own."""
    spec = importlib.util.find_spec("pulumi_policy.policy")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if lowered:
        lower(module)
    return module


class Recording:
    """Two rules on resources and two on stacks, which note all that they see; the first of each writes, too."""

    def __init__(self, lowered: bool) -> None:
        self.seen: list[Any] = []
        self._sdk = sdk(lowered)
        resource = [self._sdk.ResourceValidationPolicy(f"r{n}", "each", self._resource) for n in range(2)]
        stack = [self._sdk.StackValidationPolicy(f"s{n}", "all", self._stack) for n in range(2)]
        level = self._sdk.EnforcementLevel.MANDATORY
        self.pack = self._sdk._PolicyAnalyzerServicer("pack", "1", [*resource, *stack], level)

    def _resource(self, args: Any, report: Any) -> None:
        self.seen.append((args.urn, walked(args.props), walked(args.provider.props)))
        args.props["written"] = {"by": "a rule"}
        report("seen")

    def _stack(self, args: Any, report: Any) -> None:
        for each in args.resources:
            self._resource(each, report)


def walked(value: Any) -> Any:
    """What there is to see through the SDK's proxies, and what is not known by the SDK's own words."""
    if isinstance(value, Mapping):
        return {key: _member(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_member(value, index) for index in range(len(value))]
    return value


def _member(container: Any, key: Any) -> Any:
    try:
        return walked(container[key])
    except UnknownValueError as error:
        return error.message


def struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    found = struct_pb2.Struct()
    found.update(properties)
    return found


@given(PROPERTIES, PROPERTIES, PROPERTIES)
def test_each_rule_sees_what_it_sees_without(one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]) -> None:
    provider = pb.AnalyzerProviderResource(urn="urn:provider", properties=struct(three))
    request = pb.AnalyzeRequest(urn="urn:one", properties=struct(one), provider=provider)
    resources = [
        pb.AnalyzerResource(urn=urn, properties=struct(each), provider=provider)
        for urn, each in (("urn:one", one), ("urn:two", two), ("urn:alike", two))
    ]
    plain, lowered = Recording(lowered=False), Recording(lowered=True)
    answers = [
        (each.pack.Analyze(request, None), each.pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=resources), None))
        for each in (plain, lowered)
    ]
    assert lowered.seen == plain.seen
    assert answers[0] == answers[1]
    assert len(answers[0][0].diagnostics) == 2
    assert len(answers[0][1].diagnostics) == 6


def test_properties_are_read_when_they_are_looked_at_and_once_in_a_call() -> None:
    module = sdk(lowered=False)
    reading = Mock(side_effect=module.deserialize_properties)
    vars(module)["deserialize_properties"] = reading
    lower(module)

    def first(args: Any, _: Any) -> None:
        assert (args.urn, args.provider.name) == ("urn:0", "own")
        assert reading.call_count == 0

    def look(args: Any, _: Any) -> None:
        assert (args.props["x"], args.provider.props["y"]) == (1, 2)

    def look_at_one(args: Any, _: Any) -> None:
        assert args.resources[1].props["x"] == 1

    rules = [module.ResourceValidationPolicy(f"r{n}", "d", each) for n, each in enumerate((first, look, look))]
    rules += [module.StackValidationPolicy(f"s{n}", "d", look_at_one) for n in range(2)]
    pack = module._PolicyAnalyzerServicer("p", "1", rules, module.EnforcementLevel.MANDATORY)
    provider = pb.AnalyzerProviderResource(name="own", properties=struct({"y": 2}))
    pack.Analyze(pb.AnalyzeRequest(urn="urn:0", properties=struct({"x": 1}), provider=provider), None)
    assert reading.call_count == 2
    many = [pb.AnalyzerResource(urn=f"urn:{n}", properties=struct({"x": n}), provider=provider) for n in range(5)]
    pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=many), None)
    assert reading.call_count == 3


def test_slices_and_targets_are_the_same() -> None:
    props = {"list": [{"a": 1}, ["b"], UNKNOWN_STRING_VALUE], "map": {"c": [2]}}
    plain, lowered = (sdk(each).unknown_checking_proxy(props) for each in (False, True))
    assert [walked(each) for each in lowered["list"][:2]] == [walked(each) for each in plain["list"][:2]]
    assert [walked(each) for each in lowered["list"]["__target"][:2]] == [{"a": 1}, ["b"]]
    assert lowered["map"]["__target"]["c"][0] == plain["map"]["__target"]["c"][0] == 2


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_refused_in_the_same_words(number: float) -> None:
    request = pb.AnalyzeRequest(properties=struct({"x": [{"y": number}]}))
    with pytest.raises(Exception, match="Fail to serialize") as plain:
        Recording(lowered=False).pack.Analyze(request, None)
    with pytest.raises(type(plain.value)) as lowered:
        Recording(lowered=True).pack.Analyze(request, None)
    assert str(lowered.value) == str(plain.value)


def test_settings_are_made_once_in_a_context_and_again_where_the_run_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recording, made = Recording(lowered=True), []
    request = pb.AnalyzeRequest(provider=pb.AnalyzerProviderResource())
    monkeypatch.setattr(pulumi.runtime, "configure", lambda settings: made.append(settings.stack))
    for stack in ("one", "one", "two"):
        for name, value in {"PROJECT": "p", "STACK": stack, "DRY_RUN": "true"}.items():
            monkeypatch.setenv(f"PULUMI_{name}", value)
        Context().run(recording.pack.Analyze, request, None)  # as gRPC's server calls it
        recording.pack.Analyze(request, None)
    assert made == ["one", "one", "one", "two", "two"]


@pytest.mark.parametrize("name", ["json_format", "signature", "unknown_checking_proxy", "_PolicyAnalyzerServicer"])
def test_an_sdk_without_a_replaced_function_is_left_as_it_is(name: str) -> None:
    module = sdk(lowered=False)
    delattr(module, name)
    before = dict(vars(module))
    lower(module)
    assert vars(module) == before


def test_a_pack_lowers_the_costs_without_loading_the_engine() -> None:
    code = "import sys, hubspoke.local.pack_thrift; print([each for each in sys.modules if each.startswith('hubspoke.local.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "engine" not in done.stdout
