"""The engines that a scenario is run by, behind one interface, on the same kind of project."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from hubspoke.local.engine import EngineError, LocalStack, Project, RunFailed, Workspace
from hubspoke.local.engine.config import StackFile
from hubspoke.local.engine.secrets import Crypter
from hubspoke.operate.result import Event
from pulumi.automation.events import EngineEvent

from tests.conformance.cloud import Cloud
from tests.conformance.host import LanguageHost
from tests.conformance.plugin import PluginHost
from tests.conformance.provider import provider_factory
from tests.conformance.steps import Step

PASSPHRASE = "conformance"
PROJECT = "conformance"


@dataclass(frozen=True)
class Ended:
    """`failure` is "" where all went well, else what was said last."""

    failure: str
    events: Sequence[Event]


@dataclass(frozen=True)
class Place:
    """A project, its state and its cloud, in a folder of their own."""

    root: Path

    @property
    def project(self) -> Path:
        return self.root / "project"

    @property
    def backend(self) -> Path:
        return self.root / "backend"

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.root / "cloud")

    def prepare(self) -> None:
        self.project.mkdir(parents=True)
        self.backend.mkdir()
        (self.project / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
        for stack in ("dev", "source"):
            (self.project / f"Pulumi.{stack}.yaml").write_text(f"encryptionsalt: {_salt()}\n")

    def recorded(self, stack: str) -> dict[str, Any]:
        """The stack's checkpoint as it was written; {} before the first."""
        path = self.backend / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"
        latest = json.loads(path.read_text())["checkpoint"].get("latest") if path.exists() else None
        return dict(latest or {})


@cache
def _salt() -> str:
    """One for all projects: to derive a key takes a quarter of a second."""
    return Crypter.new(lambda: PASSPHRASE).salt


class Engine(Protocol):
    @property
    def name(self) -> str: ...

    def init(self, place: Place, stack: str) -> None: ...
    def set_secret(self, place: Place, stack: str, key: str, value: str) -> None: ...
    def run(self, place: Place, step: Step, program: str) -> Ended: ...


def set_config(place: Place, stack: str, key: str, value: str) -> None:
    StackFile(Project.load(place.project), stack).set(key, value, None)


class LocalEngine:
    """hubspoke's own."""

    name = "local engine"

    def _stack(self, place: Place, stack: str) -> LocalStack:
        factory = provider_factory(place.cloud.folder)
        return LocalStack(Workspace(Project.load(place.project), place.backend, lambda: PASSPHRASE, factory), stack)

    def init(self, place: Place, stack: str) -> None:
        LocalStack.init(self._stack(place, stack).workspace, stack)

    def set_secret(self, place: Place, stack: str, key: str, value: str) -> None:
        self._stack(place, stack).set_config(key, value, secret=True)

    def run(self, place: Place, step: Step, program: str) -> Ended:
        events: list[Event] = []
        try:
            self._perform(self._stack(place, step.stack), step, program, events.append)
        except EngineError as problem:
            return Ended(_failure(problem), events)
        return Ended("", events)

    def _perform(self, stack: LocalStack, step: Step, program: str, on_event: Callable[[Any], None]) -> None:
        shared: dict[str, Any] = {
            "on_event": on_event, "targets": step.targets, "target_dependents": step.target_dependents,
            "parallel": step.parallel,
        }  # fmt: skip
        expect: dict[str, Any] = {"expect_no_changes": step.expect_no_changes}
        module = import_module(f"tests.conformance.programs.{program}")
        forward: dict[str, Any] = {
            "program": lambda: module.program(step.stage), "replace": step.replace, "refresh": step.refresh, **expect,
        }  # fmt: skip
        if step.action == "up":
            stack.up(**shared, **forward)
        elif step.action == "preview":
            stack.preview(**shared, **forward)
        elif step.action == "refresh":
            stack.refresh(**shared, **expect, preview_only=step.preview_only)
        else:
            stack.destroy(**shared, refresh=step.refresh, preview_only=step.preview_only)


def _failure(problem: EngineError) -> str:
    return type(problem).__name__ if isinstance(problem, RunFailed) else str(problem)


class PulumiCli:
    """The official one: `pulumi` on PATH. Programs are served to it as by the Automation API."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.binaries = home / "bin"
        self.binaries.mkdir(parents=True, exist_ok=True)
        self._plugins = PluginHost()
        self._plugins.write_executable(self.binaries)
        self._host = LanguageHost()
        self.version = self._pulumi(["version"], home, {}).stdout.strip()

    @property
    def name(self) -> str:
        return f"pulumi CLI {self.version}"

    def init(self, place: Place, stack: str) -> None:
        self._ok(["stack", "init", stack], place)

    def set_secret(self, place: Place, stack: str, key: str, value: str) -> None:
        self._ok(["config", "set", "--secret", "--stack", stack, key, value], place)

    def cancel(self, place: Place, stack: str) -> None:
        self._ok(["cancel", "--yes", stack], place)

    def run(self, place: Place, step: Step, program: str) -> Ended:
        log = place.root / "events.jsonl"
        log.unlink(missing_ok=True)
        address = self._host.serve(program, step.stage)
        words = [*_words(step), "--event-log", str(log), "--client", address, "--exec-kind", "auto.inline"]
        done = self._pulumi(words, place.project, self._environment(place))
        if done.returncode:
            self._host.stop()
        lines = log.read_text().splitlines() if log.exists() else []
        events = [EngineEvent.from_json(json.loads(line)) for line in lines]
        return Ended(_last_error(done) if done.returncode else "", events)

    def close(self) -> None:
        self._host.stop()
        self._plugins.close()

    def _ok(self, words: list[str], place: Place) -> None:
        done = self._pulumi(words, place.project, self._environment(place))
        assert done.returncode == 0, done.stdout + done.stderr

    def _environment(self, place: Place) -> dict[str, str]:
        return {"PULUMI_BACKEND_URL": f"file://{place.backend}", "CONFORMANCE_CLOUD": str(place.cloud.folder)}

    def _pulumi(self, words: list[str], folder: Path, more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ, **more, "PATH": f"{self.binaries}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(self.home), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "PULUMI_DEBUG_COMMANDS": "true",
        }  # fmt: skip
        return subprocess.run(
            ["pulumi", *words, "--non-interactive"], cwd=folder, env=environment, capture_output=True, text=True,
            check=False, timeout=300, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


def find_cli(home: Path) -> PulumiCli | None:
    return PulumiCli(home) if shutil.which("pulumi") else None


def _words(step: Step) -> list[str]:
    words = [step.action, "--stack", step.stack, "--parallel", str(step.parallel), "--color", "never"]
    if step.preview_only:
        words.append("--preview-only")
    elif step.action != "preview":
        words += ["--yes", "--skip-preview"]
    words += [word for urn in step.targets for word in ("--target", urn)]
    words += [word for urn in step.replace for word in ("--replace", urn)]
    flags = {
        "--target-dependents": step.target_dependents, "--refresh": step.refresh,
        "--expect-no-changes": step.expect_no_changes,
    }  # fmt: skip
    return words + [flag for flag, given in flags.items() if given]


def _last_error(done: "subprocess.CompletedProcess[str]") -> str:
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    return errors[-1].removeprefix("error: ") if errors else (done.stderr or done.stdout).strip() or "failed"
