"""Real packs, in real processes: what a pack is given, and what comes back."""

import json

import pytest
from hubspoke.local.engine.analyzer import (
    AnalyzedProvider,
    AnalyzedResource,
    PackInfo,
    Policy,
    Violation,
)
from hubspoke.local.engine.values import Output, ResourceRef, Secret
from pulumi.runtime.rpc import UNKNOWN

from tests.local.engine.packs import ECHO, URN, Write, start, thing


def test_a_pack_is_described_with_the_manifest_s_version(write: Write) -> None:
    with start(write(ECHO)) as analyzer:
        assert analyzer.info == PackInfo(
            name="echo",
            version="1.2.3",
            description="From the manifest.",
            policies=(
                Policy(
                    name="echo",
                    description="Says what it is given.",
                    level="advisory",
                    kind="resource",
                    severity="low",
                    tags=("a",),
                    remediation_steps="None.",
                    url="https://example.com",
                    config_properties={"n": {"type": "integer", "default": 3}},
                ),
            ),
        )


def test_a_rule_is_given_the_whole_resource(write: Write) -> None:
    resource = thing(
        {
            "number": 20,
            "nested": [{"deep": True}],
            "secret": Secret("hush"),
            "output": Output("value", secret=True),
            "reference": ResourceRef("urn:x", "id-1"),
            "component": ResourceRef("urn:y"),
            "__defaults": ["number"],
        },
        parent="urn:parent",
        provider=AnalyzedProvider("urn:provider", "pulumi:providers:test", "default", {"region": "eu-west-1"}),
        protect=True,
        ignore_changes=("number",),
        delete_before_replace=False,
        additional_secret_outputs=("secret",),
        aliases=("urn:old",),
        custom_timeouts={"create": 60},
    )
    with start(write(ECHO)) as analyzer:
        (violation,) = analyzer.analyze(resource)
    assert json.loads(violation.message) == [
        "test:index:Thing",
        URN,
        "thing",
        {
            "number": 20,
            "nested": [{"deep": True}],
            "secret": "hush",
            "output": "value",
            "reference": "id-1",
            "component": "urn:y",
        },
        {"n": 3},
        [True, ["number"], False, ["urn:old"], 60, ["secret"], "urn:parent"],
        ["urn:provider", "pulumi:providers:test", "default", {"region": "eu-west-1"}],
    ]


def test_a_violation_is_whole(write: Write) -> None:
    code = ECHO.replace("report(json", 'report("too big"); (json')
    with start(write(code)) as analyzer:
        assert analyzer.analyze(thing()) == [
            Violation(
                pack="echo",
                pack_version="1.2.3",
                policy="echo",
                level="advisory",
                severity="low",
                message="too big",
                description="Says what it is given.",
                urn=URN,
                remediation_steps="None.",
                url="https://example.com",
            )
        ]


READ = """
def read(args, report): args.props["vpcId"]
def read_all(args, report): [r.props["vpcId"] for r in args.resources]
PolicyPack("reads", [ResourceValidationPolicy("one", "One.", read, EnforcementLevel.MANDATORY),
    StackValidationPolicy("all", "All.", read_all, EnforcementLevel.MANDATORY)] )
""".replace('"all", "All."', '"every", "Every."')


def test_a_rule_that_meets_an_unknown_is_not_passed_over_in_silence(write: Write) -> None:
    resource = thing({"vpcId": UNKNOWN})
    with start(write(READ), dry_run=True) as analyzer:
        found = analyzer.analyze(resource) + analyzer.analyze_stack([resource])
    assert [(v.policy, v.level, v.urn, v.not_evaluated) for v in found] == [
        ("one", "advisory", URN, True),
        ("every", "advisory", "", True),
    ]
    assert all(".vpcId can't be known" in violation.message for violation in found)


STACK = """
def graph(args, report):
    for r in args.resources:
        deps = {name: [d.name for d in on] for name, on in r.property_dependencies.items()}
        report(f"{r.name} in {r.parent and r.parent.name} of {[d.name for d in r.dependencies]} by {deps}", r.urn)
    report("as a whole")
PolicyPack("graph", [StackValidationPolicy("graph", "Says what hangs together.", graph)])
"""


def test_a_stack_rule_sees_parents_and_dependencies(write: Write) -> None:
    vpc = AnalyzedResource("urn:vpc", "Vpc", "vpc", {}, parent="urn:net")
    net = AnalyzedResource("urn:net", "Net", "net", {})
    log = AnalyzedResource(
        "urn:log", "Log", "log", {"vpcId": UNKNOWN}, dependencies=("urn:vpc",),
        property_dependencies={"vpcId": ("urn:vpc",), "tags": ()},
    )  # fmt: skip
    with start(write(STACK)) as analyzer:
        found = [(violation.urn, violation.message) for violation in analyzer.analyze_stack([net, vpc, log])]
    assert found == [
        ("urn:net", "net in None of [] by {}"),
        ("urn:vpc", "vpc in net of [] by {}"),
        ("urn:log", "log in None of ['vpc'] by {'vpcId': ['vpc']}"),
        ("", "as a whole"),
    ]


REMEDY = """
def tag(args): return {**dict(args.props), "tags": {"owner": "net", "n": 2}} if "size" in args.props else None
def unknown(args):
    from pulumi_policy.proxy import UnknownValueError
    raise UnknownValueError(args.props["id"], ["id"])
PolicyPack("remedy", [ResourceValidationPolicy("tag", "Has an owner.", remediate=tag),
    ResourceValidationPolicy("unknown", "Reads an id.", remediate=unknown)], EnforcementLevel.REMEDIATE)
"""


def test_remediation_gives_new_inputs_and_says_so(write: Write) -> None:
    resource = thing({"size": 1, "key": Secret("hush"), "id": UNKNOWN, "__defaults": []})
    with start(write(REMEDY)) as analyzer:
        properties, notes = analyzer.remediate(resource)
    # The rule read the secret and wrote it back plain: what that means is the pack's affair.
    assert properties == {
        "size": 1, "key": "hush", "id": UNKNOWN, "__defaults": [], "tags": {"owner": "net", "n": 2},
    }  # fmt: skip
    assert [(n.policy, n.level, n.urn, n.not_evaluated) for n in notes] == [
        ("tag", "remediate", URN, False),
        ("unknown", "advisory", URN, True),
    ]


def test_a_pack_without_remediation_leaves_inputs_alone(write: Write) -> None:
    with start(write(ECHO)) as analyzer:
        assert analyzer.remediate(thing({"size": 1})) == (None, [])


ENVIRONMENT = """
def where(args, report):
    config = pulumi.Config("aws")
    report(json.dumps([pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization(),
        pulumi.runtime.is_dry_run(), config.get("region"), os.getcwd(), os.environ.get("PULUMI_CONFIG_PASSPHRASE"),
        dict(args.stack_tags)]))
PolicyPack("where", [ResourceValidationPolicy("where", "Says where it is.", where)])
"""


def test_a_pack_knows_its_stack_but_not_the_passphrase(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "hush")
    folder = write(ENVIRONMENT)
    with start(folder, organization="acme", dry_run=True, config={"aws:region": "eu-west-1"}) as analyzer:
        (first,) = analyzer.analyze(thing())
        analyzer.configure_stack(project="wan", stack="other", tags={"env": "prod"})
        (second,) = analyzer.analyze(thing())
    known = ["wan", "dev", "acme", True, "eu-west-1", str(folder), None]
    assert json.loads(first.message) == [*known, {}]
    assert json.loads(second.message) == [*known, {"env": "prod"}]
