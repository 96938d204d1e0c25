"""Policy packs before anything is changed, with a real pack in its own process."""

from pathlib import Path

import pulumi
import pytest
from hubspoke.local.engine import EngineError, PolicyBlocked, PolicyPack

from tests.local.engine.engine_bench import Bench, Thing

PACK = """
from pulumi_policy import *

def label(args, report):
    if args.resource_type == "mem:index:Thing" and args.props.get("label") == "forbidden":
        report("this label is forbidden")

def at_most_two(args, report):
    things = [each for each in args.resources if each.resource_type == "mem:index:Thing"]
    if len(things) > 2:
        report("too many: " + ", ".join(sorted(each.props["name"] for each in things)))

def advice(args, report):
    if args.resource_type == "mem:index:Thing" and "size" not in args.props:
        report("say a size")

PolicyPack("rules", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("label", "labels", label),
    ResourceValidationPolicy("size", "sizes", advice, enforcement_level=EnforcementLevel.ADVISORY),
    StackValidationPolicy("count", "how many", at_most_two),
])
"""


@pytest.fixture
def pack(tmp_path: Path) -> PolicyPack:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.0.0\n")
    (folder / "__main__.py").write_text(PACK)
    return PolicyPack(folder)


def test_a_clean_stack_passes_and_advice_is_told(bench: Bench, pack: PolicyPack) -> None:
    outcome = bench.preview(lambda: (Thing("a", size=1), Thing("b")), policy_packs=[pack])
    assert [(each.policy, each.level, each.urn.rsplit("::", 1)[-1]) for each in outcome.violations] == [
        ("size", "advisory", "b"),
    ]  # fmt: skip
    summary = next(event.summary_event for event in bench.events if event.summary_event)
    assert summary.policy_packs == {"rules": "1.0.0"}


def test_a_preview_reports_every_violation_and_is_blocked(bench: Bench, pack: PolicyPack) -> None:
    with pytest.raises(PolicyBlocked) as problem:
        bench.preview(lambda: [Thing(name, label="forbidden", size=1) for name in "abc"], policy_packs=[pack])
    found = sorted((each.policy, each.urn.rsplit("::", 1)[-1]) for each in problem.value.violations)
    assert [each for each in found if each[0] == "label"] == [("label", "a"), ("label", "b"), ("label", "c")]
    assert "too many: a, b, c" in str(problem.value)
    assert len([event for event in bench.events if event.policy_event]) == 4


def test_an_up_is_stopped_at_the_resource(bench: Bench, pack: PolicyPack) -> None:
    def program() -> None:
        first = Thing("first", size=1)
        Thing("second", label=first.token.apply(lambda _: "forbidden"), size=1)

    with pytest.raises(PolicyBlocked, match=r"this label is forbidden"):
        bench.up(program, policy_packs=[pack])
    assert bench.cloud.made() == ["first"]
    assert "second" not in bench.names()


def test_a_secret_is_judged_but_not_told(bench: Bench, pack: PolicyPack) -> None:
    def program() -> None:
        Thing("a", label=pulumi.Output.secret("forbidden"), size=1)

    with pytest.raises(PolicyBlocked):
        bench.preview(program, policy_packs=[pack])


def test_a_broken_pack_is_an_error(bench: Bench, pack: PolicyPack) -> None:
    (pack.path / "__main__.py").write_text("raise RuntimeError('oops')\n")
    with pytest.raises(EngineError, match=r"oops"):
        bench.preview(lambda: Thing("a"), policy_packs=[pack])
