"""Every way in which a pack can be broken, and how its process ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hubspoke.local.engine.analyzer import (
    AnalyzerError,
)

from tests.local.engine.packs import ECHO, URN, Write, start, thing


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
