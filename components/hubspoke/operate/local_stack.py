"""The local engine, each operation in a process of its own.

Programs change directory, exit and keep global state, so a process runs one operation and ends. Processes are forked
from a server that has imported what they need once: a fleet pays for those imports once, not once a stack.
"""

import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from hubspoke.intent import IntentError
from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.engine import (
    LocalStack,
    PolicyPack,
    Project,
    Secret,
    Workspace,
    list_stacks,
)
from hubspoke.local.engine.analyzer_config import load_policy_config
from hubspoke.operate.project import Paths, passphrase
from hubspoke.operate.result import Event, Operation, Recorder, Result, Status
from hubspoke.operate.stack import OnEvent, Options, PackRef
from hubspoke.operate.work import TOGETHER, Ended, Sender, live, run_in_process
from hubspoke.plan import handed
from hubspoke.plan.handed import OFFICE, HandedPlan


@dataclass(frozen=True)
class Job:
    """One operation, as a worker is told of it."""

    paths: Paths
    stack: str
    operation: Operation
    options: Options
    passphrase: str
    preview_only: bool = False
    plan: HandedPlan | None = None


class LocalStackRunner:
    """A stack run by the local engine against the simulated clouds. Implements `operate.stack.Stack`."""

    def __init__(self, paths: Paths, name: str) -> None:
        self.name = name
        self._paths = paths
        paths.prepare()

    def exists(self) -> bool:
        """Whether it was ever created in the backend."""
        return self.name in list_stacks(open_workspace(self._paths, passphrase(self._paths)))

    def preview(self, on_event: OnEvent, options: Options) -> Result:
        """What `up` would do."""
        return self._run("preview", on_event, options)

    def up(self, on_event: OnEvent, options: Options) -> Result:
        """Make the simulated cloud what the program says."""
        return self._run("up", on_event, options)

    def refresh(self, on_event: OnEvent, options: Options, *, preview_only: bool = False) -> Result:
        """Read every resource from the simulated cloud."""
        return self._run("refresh", on_event, options, preview_only=preview_only)

    def destroy(self, on_event: OnEvent, options: Options) -> Result:
        """Delete every resource of the stack."""
        return self._run("destroy", on_event, options)

    def export_stack(self) -> dict[str, Any]:
        """The state as `pulumi stack export` writes it."""
        return self._open().export_stack()

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets masked."""
        return self._open().outputs()

    def _open(self) -> LocalStack:
        return LocalStack(open_workspace(self._paths, passphrase(self._paths)), self.name)

    def _run(self, operation: Operation, on_event: OnEvent, options: Options, *, preview_only: bool = False) -> Result:
        plan = self._plan() if operation in ("preview", "up") else None
        job = Job(self._paths, self.name, operation, options, passphrase(self._paths), preview_only, plan)
        recorder, started = Recorder(), time.monotonic()

        def take(event: Event) -> None:
            recorder(event)
            on_event(event)

        ended = run_in_process(_work, job, take)
        return recorder.result(
            self.name,
            operation,
            ended.status,
            error=ended.error,
            outputs=ended.outputs,
            seconds=time.monotonic() - started,
        )

    def _plan(self) -> HandedPlan | None:
        """The stack's part of the plan; None where there is none: the program then says why in its own words."""
        try:
            return OFFICE.part(self._paths.wan, self._paths.lock, self.name)
        except (IntentError, KeyError):
            return None


def _work(job: Job, connection: Connection) -> None:
    """A worker's life: one operation, its events sent as they come, one last word."""

    def operate() -> Ended:
        os.environ.update(dict(job.options.environment))
        handed.take(job.plan)
        return _operate(job, connection)

    live(operate, job.paths.root, connection)


def _operate(job: Job, connection: Connection) -> Ended:
    workspace = open_workspace(job.paths, job.passphrase)
    stack = LocalStack(workspace, job.stack)
    signal.signal(signal.SIGINT, lambda *_: stack.cancel())
    if job.operation == "up" and not stack.exists():
        LocalStack.init(workspace, job.stack)
    with Sender(connection, TOGETHER if job.operation == "preview" else 0.0) as sender:
        outcome = getattr(stack, job.operation)(on_event=sender, **_arguments(job))
    return Ended(Status.SUCCEEDED, outputs={name: _shown(value) for name, value in outcome.outputs.items()})


def _shown(value: Any) -> Any:
    """An output without what is secret in it."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def _arguments(job: Job) -> dict[str, Any]:
    options = job.options
    arguments: dict[str, Any] = {"parallel": options.parallel, "targets": options.targets}
    if job.operation in ("preview", "up"):
        arguments["policy_packs"] = loaded(options.packs)
        arguments |= {"refresh": options.refresh, "target_dependents": options.target_dependents}
    if job.operation == "preview":
        arguments["new"] = True
    if job.operation == "refresh":
        arguments["preview_only"] = job.preview_only
    return arguments


def loaded(packs: Iterable[PackRef]) -> tuple[PolicyPack, ...]:
    """The packs with what their configuration files say."""
    return tuple(PolicyPack(pack.path, load_policy_config(pack.config) if pack.config else None) for pack in packs)


def open_workspace(paths: Paths, secret: str) -> Workspace:
    """The local engine's view of a project."""
    return Workspace(
        project=Project.load(paths.root),
        backend_dir=paths.state,
        passphrase=lambda: secret,
        providers=simulated_provider_factory(paths.clouds),
    )
