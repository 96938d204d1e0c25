"""The local engine, each operation in a process of its own.

Programs change directory, exit and keep global state, so a process runs one operation and ends. Processes are forked
from a server that has imported the SDKs once: a fleet pays for those imports once, not once a stack.
"""

import gc
import os
import signal
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from pulumi.automation import EngineEvent

from hubspoke.intent import IntentError
from hubspoke.local.clouds import simulated_provider_factory
from hubspoke.local.engine import (
    Cancelled,
    EngineError,
    LocalStack,
    PolicyBlocked,
    Project,
    Secret,
    Workspace,
    list_stacks,
)
from hubspoke.local.engine.analyzer import PolicyPack, load_policy_config
from hubspoke.local.engine.analyzer_fork import allow_fork
from hubspoke.operate import workers
from hubspoke.operate.project import Paths, passphrase
from hubspoke.operate.result import Operation, Recorder, Result, Status
from hubspoke.operate.stack import OnEvent, Options
from hubspoke.plan import handed
from hubspoke.plan.handed import OFFICE, HandedPlan

_TOGETHER = 0.1  # seconds


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


@dataclass(frozen=True)
class Ended:
    """A worker's last word."""

    status: Status
    error: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)


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

        def take(event: EngineEvent) -> None:
            recorder(event)
            on_event(event)

        ended = run_in_process(job, take)
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


def run_in_process(job: Job, on_event: OnEvent) -> Ended:
    """Run one operation in a worker. `workers.interrupt` reaches it, and an interrupt here is passed on to it.

    The worker finishes what is running and records it before it ends, so no created resource is lost.
    """
    context = workers.context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(job, theirs), daemon=False)
    with workers.at_work(process):
        theirs.close()
        try:
            ended = _receive(ours, on_event)
        except KeyboardInterrupt:
            workers.interrupt()
            ended = _receive(ours, on_event)
    return ended or Ended(Status.FAILED, _died(process.exitcode))


def _receive(connection: Connection, on_event: OnEvent) -> Ended | None:
    """Pass events on until the last word; None where the worker died without one."""
    while True:
        try:
            message = connection.recv()
        except EOFError:
            return None
        if isinstance(message, Ended):
            return message
        for event in message:
            on_event(event)


def _died(exitcode: int | None) -> str:
    cause = f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"
    return f"the engine's process ended early ({cause}); what it made is recorded: run the command again to go on"


def _work(job: Job, connection: Connection) -> None:
    """A worker's life: one operation, its events sent as they come, one last word."""
    try:
        signal.signal(signal.SIGINT, _stop_before_it_begins)
        os.chdir(job.paths.root)
        os.environ.update(dict(job.options.environment))
        handed.take(job.plan)
        allow_fork()
        gc.disable()  # a worker ends before there is garbage worth looking for
        ended = _operate(job, connection)
    except PolicyBlocked as error:
        ended = Ended(Status.BLOCKED, f"stopped by {len(error.violations)} mandatory policy violations")
    except Cancelled as error:
        ended = Ended(Status.CANCELLED, str(error))
    except EngineError as error:
        ended = Ended(Status.FAILED, _with_hint(str(error)))
    except Exception as error:  # the last word must be said whatever happens
        last = traceback.extract_tb(error.__traceback__)[-1]
        ended = Ended(
            Status.FAILED,
            f"{type(error).__name__}: {error} ({last.filename}:{last.lineno}); this is a defect",
        )
    connection.send(ended)
    connection.close()


def _with_hint(error: str) -> str:
    """A resource that is read but not there is most likely an adopted one, in clouds that are new."""
    if not error.endswith("does not exist"):
        return error
    return f"{error}; if the intent adopts it, `hubspoke sim seed` makes it in the simulated clouds"


def _stop_before_it_begins(*_: object) -> None:
    raise Cancelled("interrupted before anything was done")


def _operate(job: Job, connection: Connection) -> Ended:
    workspace = open_workspace(job.paths, job.passphrase)
    stack = LocalStack(workspace, job.stack)
    signal.signal(signal.SIGINT, lambda *_: stack.cancel())
    if job.operation == "up" and not stack.exists():
        LocalStack.init(workspace, job.stack)
    with _Sender(connection, _TOGETHER if job.operation == "preview" else 0.0) as sender:
        outcome = getattr(stack, job.operation)(on_event=sender, **_arguments(job))
    return Ended(Status.SUCCEEDED, outputs={name: _shown(value) for name, value in outcome.outputs.items()})


class _Sender:
    """Sends events, those of a short while together: one by one, they cost a stack as much as its clouds do.

    For `together` seconds an event may wait for the next; 0.0 where an operation waits for clouds, and people for it.
    """

    def __init__(self, connection: Connection, together: float) -> None:
        self._connection, self._together = connection, together
        self._turn = threading.Lock()  # steps run in threads, and a pipe takes one message at a time
        self._events: list[EngineEvent] = []
        self._sent = time.monotonic()

    def __call__(self, event: EngineEvent) -> None:
        with self._turn:
            self._events.append(event)
            if time.monotonic() - self._sent >= self._together:
                self._send()

    def _send(self) -> None:
        if self._events:
            self._connection.send(self._events)
        self._events, self._sent = [], time.monotonic()

    def __enter__(self) -> "_Sender":
        return self

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._send()


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
        arguments["policy_packs"] = tuple(
            PolicyPack(pack.path, load_policy_config(pack.config) if pack.config else None) for pack in options.packs
        )
        arguments |= {"refresh": options.refresh, "target_dependents": options.target_dependents}
    if job.operation == "preview":
        arguments["new"] = True
    if job.operation == "refresh":
        arguments["preview_only"] = job.preview_only
    return arguments


def open_workspace(paths: Paths, secret: str) -> Workspace:
    """The local engine's view of a project."""
    return Workspace(
        project=Project.load(paths.root),
        backend_dir=paths.state,
        passphrase=lambda: secret,
        providers=simulated_provider_factory(paths.clouds),
    )
