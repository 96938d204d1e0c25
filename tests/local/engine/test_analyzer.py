"""Real packs, in real processes: what a pack is given, what comes back, and every way in which a pack can be broken."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.engine.analyzer import (
    AnalyzedProvider,
    AnalyzedResource,
    Analyzer,
    AnalyzerError,
    PackInfo,
    Policy,
    PolicyPack,
    Violation,
    load_policy_config,
)
from hubspoke.local.engine.values import Output, ResourceRef, Secret
from pulumi.runtime.rpc import UNKNOWN

MANIFEST = "runtime: python\nversion: 1.2.3\ndescription: From the manifest.\n"
HEAD = "import json, os, pulumi\nfrom pulumi_policy import *\n"
URN = "urn:pulumi:dev::wan::test:index:Thing::thing"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a pack: its rules as code, and its manifest."""

    def write(code: str, manifest: str = MANIFEST) -> Path:
        folder = tmp_path / "pack"
        folder.mkdir()
        (folder / "PulumiPolicy.yaml").write_text(manifest)
        (folder / "__main__.py").write_text(HEAD + code)
        return folder

    return write


def start(folder: Path, settings: dict[str, Any] | None = None, **more: Any) -> Analyzer:
    return Analyzer.start(PolicyPack(folder, settings), project="wan", stack="dev", **more)


def thing(properties: dict[str, Any] | None = None, **more: Any) -> AnalyzedResource:
    return AnalyzedResource(URN, "test:index:Thing", "thing", properties or {}, **more)


ECHO = """
def echo(args, report):
    o = args.opts
    report(json.dumps([
        args.resource_type, args.urn, args.name, dict(args.props), dict(args.get_config()),
        [o.protect, list(o.ignore_changes), o.delete_before_replace, list(o.aliases), o.custom_timeouts.create_seconds,
         list(o.additional_secret_outputs), o.parent],
        (p := args.provider) and [p.urn, p.resource_type, p.name, dict(p.props)],
    ], sort_keys=True, default=lambda proxy: proxy["__target"]))
PolicyPack("echo", [ResourceValidationPolicy("echo", "Says what it is given.", echo, severity=Severity.LOW,
    remediation_steps="None.", url="https://example.com", tags=["a"],
    config_schema=PolicyConfigSchema({"n": {"type": "integer", "default": 3}}))])
"""


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


CONFIGURABLE = """
def say(args, report): report(json.dumps(dict(args.get_config()), sort_keys=True))
schema = PolicyConfigSchema({"size": {"type": "integer", "minimum": 1, "default": 2}, "name": {"type": "string"}})
PolicyPack("settings", [ResourceValidationPolicy("with-settings", "A.", say, config_schema=schema),
    ResourceValidationPolicy("without", "B.", say, EnforcementLevel.MANDATORY)],
    initial_config={"with-settings": {"name": "from the pack"}})
"""


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, [("advisory", {"size": 2, "name": "from the pack"}), ("mandatory", {})]),
        (
            {"with-settings": {"enforcementLevel": "mandatory", "size": 5}},
            [("mandatory", {"size": 5, "name": "from the pack"}), ("mandatory", {})],
        ),
        ({"with-settings": {"name": "x"}, "without": "disabled"}, [("advisory", {"size": 2, "name": "x"})]),
        ({"without": "mandatory", "all": "disabled"}, [("mandatory", {})]),
    ],
)
def test_levels_and_settings(write: Write, config: dict[str, Any] | None, expected: list[Any]) -> None:
    with start(write(CONFIGURABLE), config) as analyzer:
        assert [(v.level, json.loads(v.message)) for v in analyzer.analyze(thing())] == expected


def test_every_problem_of_a_configuration_is_reported(write: Write) -> None:
    config = {
        "with-setings": "mandatory",
        "with-settings": {"size": 0, "nam": "x", "enforcementLevel": "advisory"},
        "without": {"size": 1},
        "all": {"size": 1},
    }
    with pytest.raises(AnalyzerError) as error:
        start(write(CONFIGURABLE), config)
    assert str(error.value).splitlines() == [
        "the configuration of policy pack settings is not valid:",
        "  all: takes only a level, not size",
        "  with-setings: no such policy; did you mean with-settings?",
        "  with-settings.nam: no such setting; did you mean name?",
        "  without.size: no such setting; it takes none",
        "  with-settings.size: 0 is less than the minimum of 1",
    ]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"without": "blocking"}, '"blocking" is not a level; it is one of advisory, mandatory, remediate, disabled'),
        ({"without": 3}, "without: must be a level or an object, not 3"),
        ({"with-settings": {"size": "big"}}, "with-settings.size: 'big' is not of type 'integer'"),
    ],
)
def test_a_wrong_level_or_value(write: Write, config: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalyzerError, match="configuration of policy pack settings is not valid") as error:
        start(write(CONFIGURABLE), config)
    assert problem in str(error.value)


def test_a_configuration_file(tmp_path: Path) -> None:
    path = tmp_path / "policies.json"
    path.write_text('{"all": "mandatory"}')
    assert load_policy_config(path) == {"all": "mandatory"}
    path.write_text("")
    assert load_policy_config(path) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "cannot read the policy configuration"),
        ("{", "is not valid JSON"),
        ("[]", "must be a JSON object"),
        ('{"environments": ["x"]}', "needs Pulumi Cloud"),
    ],
)
def test_a_broken_configuration_file_is_named(tmp_path: Path, text: str | None, problem: str) -> None:
    path = tmp_path / "policies.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(AnalyzerError, match=problem) as error:
        load_policy_config(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("runtime: [", "is not valid YAML"),
        ("version: 1", "names no runtime; add `runtime: python`"),
        ("- a", "names no runtime; add `runtime: python`"),
        ("runtime: nodejs", "is for the runtime 'nodejs'; the local engine runs Python packs only"),
        ("runtime: {name: opa}", "is for the runtime 'opa'"),
    ],
)
def test_a_manifest_that_cannot_be_used(write: Write, manifest: str, problem: str) -> None:
    with pytest.raises(AnalyzerError) as error:
        start(write(ECHO, manifest))
    assert problem in str(error.value)
    assert "PulumiPolicy.yaml" in str(error.value)


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(AnalyzerError, match=r"missing is not a policy pack: there is no PulumiPolicy.yaml in it"):
        start(tmp_path / "missing")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("def broken(:", "SyntaxError"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("raise SystemExit(4)", "did not start (exit code 4)"),
        ("print('hello')\n" + ECHO, "printed 'hello' before its port; a pack must print nothing to stdout"),
    ],
)
def test_a_pack_that_does_not_start_shows_why(write: Write, code: str, problem: str) -> None:
    with pytest.raises(AnalyzerError) as error:
        start(write(code))
    assert problem in str(error.value)
    assert len(str(error.value).splitlines()) < 16


def test_a_pack_that_hangs_while_it_starts(write: Write) -> None:
    with pytest.raises(AnalyzerError, match=r"did not start within 1 s"):
        start(write("import time\ntime.sleep(60)"), start_timeout=1)


FAULTY = """
import time
def faulty(args, report):
    mode = args.props["mode"]
    if mode == "raise": raise KeyError("vpcId")
    if mode == "die": os._exit(9)
    if mode == "hang": time.sleep(60)
    report("judged")
PolicyPack("faulty", [ResourceValidationPolicy("faulty", "Fails.", faulty)])
"""


def test_a_rule_that_raises_is_located_and_the_pack_goes_on(write: Write) -> None:
    folder = write(FAULTY)
    with start(folder) as analyzer:
        for _ in range(2):
            with pytest.raises(AnalyzerError) as error:
                analyzer.analyze(thing({"mode": "raise"}))
            first, *rest = str(error.value).splitlines()
            assert first == f"a rule of policy pack faulty failed on {URN}: 'vpcId'"
            assert rest[0].strip().startswith(f'File "{folder}/__main__.py", line 7, in faulty')
            assert rest[-1].strip() == "KeyError: 'vpcId'"
        assert [violation.message for violation in analyzer.analyze(thing({"mode": ""}))] == ["judged"]


def test_a_pack_that_dies(write: Write) -> None:
    problem = rf"policy pack faulty ended on {URN} \(exit code 9\)"
    with start(write(FAULTY)) as analyzer, pytest.raises(AnalyzerError, match=problem):
        analyzer.analyze(thing({"mode": "die"}))


def test_a_rule_that_hangs(write: Write) -> None:
    problem = rf"policy pack faulty took longer than 1 s on {URN}"
    with start(write(FAULTY), call_timeout=1) as analyzer, pytest.raises(AnalyzerError, match=problem):
        analyzer.analyze(thing({"mode": "hang"}))


PID = """
def pid(args, report): report(str(os.getpid()))
PolicyPack("pid", [ResourceValidationPolicy("pid", "Says its process.", pid)])
"""


def test_closing_ends_the_process_and_may_be_repeated(write: Write) -> None:
    with start(write(PID)) as analyzer:
        pid = int(analyzer.analyze(thing())[0].message)
        assert _running(pid)
    assert not _running(pid)
    analyzer.close()


def test_a_killed_engine_leaves_no_pack_behind(write: Write) -> None:
    program = f"""
import time
from pathlib import Path
from hubspoke.local.engine.analyzer import AnalyzedResource, Analyzer, PolicyPack
analyzer = Analyzer.start(PolicyPack(Path({str(write(PID))!r})), project="wan", stack="dev")
print(analyzer.analyze(AnalyzedResource("urn:x", "x", "x", {{}}))[0].message, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        pid = int(engine.stdout.readline())
        assert _running(pid)
        engine.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _running(pid)


def _running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Where nobody waits for orphans, an ended process stays as a zombie.
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
