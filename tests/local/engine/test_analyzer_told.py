"""Rules see the same of resources that are told as of those that come in messages, and say the same of them."""

from typing import Any
from unittest.mock import Mock

import pytest
from hubspoke.local.engine import analyzer_wire as wire
from hubspoke.local.engine.analyzer_told import KNOWN, ToldStack, as_dict, told, understood
from hubspoke.local.engine.analyzer_types import AnalyzedProvider, AnalyzedResource
from hubspoke.local.engine.values import Output, ResourceRef, Secret
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from tests.local.test_pack_thrift import VALUES, sdk, walked

ODD = st.sampled_from(
    [Secret("hush"), ResourceRef("urn:x", "i-1"), ResourceRef("urn:y"), Output("o"), Output(None, False)]
)
PROPERTIES = st.dictionaries(
    st.sampled_from(["x", "y", "__inner"]), VALUES | ODD | st.lists(ODD, max_size=1), max_size=3
)
PROVIDERS = st.sampled_from(
    [
        None,
        AnalyzedProvider("urn:own", "pulumi:providers:a", "own", {"tags": {"a": 1}}),
        AnalyzedProvider("urn:b", "b", "b"),
    ]
)
URNS = st.lists(st.sampled_from(["urn:0", "urn:1", "urn:elsewhere"]), max_size=2, unique=True).map(tuple)
RESOURCES = st.builds(
    AnalyzedResource, urn=st.just(""), type=st.sampled_from(["a:b:C", "a:b:D"]), name=st.sampled_from("no"),
    properties=PROPERTIES, parent=st.sampled_from(["", "urn:0"]), provider=PROVIDERS, protect=st.booleans(),
    ignore_changes=st.sampled_from([(), ("tags",)]), delete_before_replace=st.sampled_from([None, True, False]),
    additional_secret_outputs=st.sampled_from([(), ("key",)]), aliases=URNS,
    custom_timeouts=st.sampled_from([{}, {"create": 1.5}, {"create": 1, "update": 2, "delete": 3}]), dependencies=URNS,
    property_dependencies=st.dictionaries(st.sampled_from("xy"), URNS, max_size=2),
)  # fmt: skip
STACKS = st.lists(RESOURCES, max_size=3).map(
    lambda found: [AnalyzedResource(**{**vars(each), "urn": f"urn:{n}"}) for n, each in enumerate(found)]
)


class Noting:
    """A pack with a rule of each kind, which note all that there is to be seen."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        module = sdk(lowered=True)
        rules = [
            module.ResourceValidationPolicy("one", "each", self._resource),
            module.StackValidationPolicy("whole", "all", self._stack),
        ]
        self.pack = module._PolicyAnalyzerServicer("pack", "1", rules, module.EnforcementLevel.MANDATORY)

    def _resource(self, args: Any, report: Any) -> None:
        provider = args.provider and (vars(args.provider) | {"props": walked(args.provider.props)})
        self.seen.append((args.urn, args.resource_type, args.name, walked(args.props), options(args.opts), provider))
        report(f"{args.name}: {sorted(args.props)}")  # a message has no order

    def _stack(self, args: Any, report: Any) -> None:
        for each in args.resources:
            self._resource(each, report)
            needs = {name: [other.urn for other in found] for name, found in each.property_dependencies.items()}
            self.seen.append((each.parent and each.parent.urn, [other.urn for other in each.dependencies], needs))


def options(opts: Any) -> list[Any]:
    repeated = [list(each) for each in (opts.ignore_changes, opts.aliases, opts.additional_secret_outputs)]
    return [opts.protect, opts.delete_before_replace, opts.parent, vars(opts.custom_timeouts), *repeated]


@given(STACKS)
def test_what_is_told_is_what_messages_say(resources: list[AnalyzedResource]) -> None:
    written, spoken = Noting(), Noting()
    over_wire = [written.pack.Analyze(wire.analyze_request(each), None) for each in resources]
    whole = pb.AnalyzeStackRequest(resources=map(wire.stack_resource, resources))
    over_wire.append(written.pack.AnalyzeStack(whole, None))
    as_told = [spoken.pack.Analyze(each, None) for each in told(resources)]
    as_told.append(spoken.pack.AnalyzeStack(ToldStack(told(resources)), None))
    assert spoken.seen == written.seen
    assert as_told == over_wire


def test_resources_of_one_provider_share_what_is_read_of_it() -> None:
    provider = AnalyzedProvider("urn:p", "pulumi:providers:a", "p", {"tags": {}})
    one, two = told([AnalyzedResource(f"urn:{n}", "a:b:C", "n", {}, provider=provider) for n in range(2)])
    assert one.provider
    assert one.provider is two.provider
    reading = Mock(side_effect=dict)
    for each in (one, two):
        assert each.provider
        each.provider.properties.read(reading)
    reading.assert_called_once_with({"tags": {}})


def test_numbers_are_as_a_message_has_them() -> None:
    made = as_dict({"a": 1, "b": [True, 2.5]})
    assert made == {"a": 1.0, "b": [True, 2.5]}
    assert type(made["a"]) is float


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_what_json_has_no_word_for_is_refused_as_in_a_message(value: float) -> None:
    with pytest.raises(ValueError, match=r"Fail to serialize"):
        as_dict({"a": [value]})


def test_an_sdk_of_another_version_gets_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert understood()
    understood.cache_clear()
    monkeypatch.setattr("hubspoke.local.engine.analyzer_told.version", lambda _: "9.0.0")
    assert not understood()
    understood.cache_clear()
    assert "9.0.0" not in KNOWN
