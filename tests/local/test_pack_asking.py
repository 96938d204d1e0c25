"""A pack that says what it needs is asked less, and says the same."""

from collections import Counter
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from tests.local.test_pack_thrift import PROPERTIES, sdk, struct, walked

TYPES = ("a:b:One", "a:b:Two", "a:b:Three")
RESOURCES = st.lists(st.tuples(st.sampled_from(TYPES), PROPERTIES), max_size=4)


class Reading:
    """A pack of two rules on resources of one type and one on all, and two on stacks which only read."""

    def __init__(self, module: ModuleType) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.seen: list[Any] = []
        resource = [module.ResourceValidationPolicy(f"r{n}", "each", self._resource(f"r{n}", n)) for n in range(3)]
        for each, judged in zip(resource, TYPES, strict=False):
            each.judges = judged.__eq__
        del resource[2].judges
        stack = [module.StackValidationPolicy(f"s{n}", "all", self._stack) for n in range(2)]
        for each in stack:
            each.only_reads = True
        self.pack = module._PolicyAnalyzerServicer("p", "1", [*resource, *stack], module.EnforcementLevel.ADVISORY)

    def _resource(self, name: str, number: int) -> Any:
        def validate(args: Any, report: Any) -> None:
            self.asked[name, args.resource_type] += 1
            if number == 2 or args.resource_type == TYPES[number]:
                self.seen.append((name, args.urn, walked(args.props)))
                report(f"{name} of {args.urn}")

        return validate

    def _stack(self, args: Any, report: Any) -> None:
        for each in args.resources:
            on = {name: [other.urn for other in made_from] for name, made_from in each.property_dependencies.items()}
            parent = each.parent and each.parent.urn
            self.seen.append((each.urn, each.resource_type, walked(each.props), parent, on, each.opts.protect))
            report(f"seen with {args.get_config()}", each.urn)

    def asks(self, resources: list[tuple[str, dict[str, Any]]]) -> list[Any]:
        config = {"s1": pb.PolicyConfig(enforcementLevel=pb.MANDATORY, properties=struct({"x": 1}))}
        self.pack.Configure(pb.ConfigureAnalyzerRequest(policyConfig=config), None)
        each = [self.pack.Analyze(_request(n, *resource), None) for n, resource in enumerate(resources)]
        whole = [_member(n, *resource) for n, resource in enumerate(resources)]
        return [*each, self.pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=whole), None)]


def _request(number: int, kind: str, properties: dict[str, Any]) -> pb.AnalyzeRequest:
    return pb.AnalyzeRequest(urn=f"urn:{number}", type=kind, properties=struct(properties))


def _member(number: int, kind: str, properties: dict[str, Any]) -> pb.AnalyzerResource:
    """Made from the one before it, and part of it."""
    before = f"urn:{number - 1}"
    return pb.AnalyzerResource(
        urn=f"urn:{number}", type=kind, properties=struct(properties), parent=before,
        options=pb.AnalyzerResourceOptions(protect=bool(number % 2)), dependencies=[before],
        propertyDependencies={"x": pb.AnalyzerPropertyDependencies(urns=[before])},
    )  # fmt: skip


@given(RESOURCES)
def test_it_says_the_same(resources: list[tuple[str, dict[str, Any]]]) -> None:
    plain, lowered = Reading(sdk(lowered=False)), Reading(sdk(lowered=True))
    assert lowered.asks(resources) == plain.asks(resources)
    assert lowered.seen == plain.seen


def test_a_rule_is_asked_of_what_it_judges() -> None:
    reading = Reading(sdk(lowered=True))
    reading.asks([(kind, {}) for kind in TYPES])
    assert reading.asked == Counter({("r0", TYPES[0]): 1, ("r1", TYPES[1]): 1, **{("r2", kind): 1 for kind in TYPES}})


@pytest.mark.parametrize(("only_read", "made"), [(True, 3), (False, 6)])
def test_resources_of_a_stack_are_made_once_where_all_rules_only_read(
    only_read: bool, made: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sdk(lowered=True)
    reading, making = Reading(module), Mock(side_effect=module.PolicyResource)
    reading.pack._PolicyAnalyzerServicer__policies[-1].only_reads = only_read
    monkeypatch.setattr(module, "PolicyResource", making)
    reading.asks([(kind, {}) for kind in TYPES])
    assert making.call_count == made


def test_a_rule_that_is_switched_off_is_asked_nothing() -> None:
    reading = Reading(sdk(lowered=True))
    off = {name: pb.PolicyConfig(enforcementLevel=pb.DISABLED) for name in ("r0", "r1", "r2", "s0", "s1")}
    reading.pack.Configure(pb.ConfigureAnalyzerRequest(policyConfig=off), None)
    answer = reading.pack.AnalyzeStack(pb.AnalyzeStackRequest(resources=[_member(0, TYPES[0], {})]), None)
    assert reading.pack.Analyze(_request(0, TYPES[0], {}), None) == answer == pb.AnalyzeResponse()
    assert (reading.asked, reading.seen) == (Counter(), [])
