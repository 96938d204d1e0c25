"""The Pulumi CLI, through the Automation API: what runs in production."""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any

from pulumi import automation

from hubspoke.local.plugins.serving import FOLDER
from hubspoke.operate.cli_environment import cli_environment
from hubspoke.operate.cli_shadow import Shadow, shadow
from hubspoke.operate.cli_targets import with_dependents
from hubspoke.operate.errors import OperateError, Unsupported, shorten
from hubspoke.operate.masking import mask
from hubspoke.operate.project import Paths
from hubspoke.operate.recovery import recover_left
from hubspoke.operate.result import Event, Operation, Recorder, Result, Status
from hubspoke.operate.stack import OnEvent, Options

_AT_A_TIME = 4  # commands that only read
Do = Callable[[automation.Stack, OnEvent], object]


class CliStack:
    """A stack run by the `pulumi` command on PATH, with the user's own login, backend and credentials, or, where
    HUBSPOKE_SIM is set, with the simulated clouds as plugins and the local engine's state, where what a killed run
    left is settled first.

    `needs` are the stacks whose outputs its program reads; with `at`, it is the stack of that shadow.
    Implements `operate.stack.Stack`.
    """

    def __init__(self, paths: Paths, name: str, needs: Sequence[str] = (), at: Shadow | None = None) -> None:
        self.name = name
        self._paths, self._needs, self._at = paths, tuple(needs), at
        self._settled: list[str] = []

    def exists(self) -> bool:
        """Whether it was ever created in the backend."""
        return self.name in self._existing()

    def preview(self, on_event: OnEvent, options: Options) -> Result:
        """What `pulumi preview` says. Where there is no such stack yet none is made: it is previewed in a shadow."""
        if self._at is None and not self.exists():
            with shadow(self._paths, self.name, self.states(self._needs), runs=True) as place:
                return CliStack(self._paths, self.name, at=place).preview(on_event, options)

        def do(stack: automation.Stack, take: OnEvent) -> object:
            return stack.preview(on_event=take, **_program_arguments(_spelled_out(stack, options)))

        return self._run("preview", on_event, options, do, create=self._at is not None)

    def up(self, on_event: OnEvent, options: Options) -> Result:
        """`pulumi up`."""

        def do(stack: automation.Stack, take: OnEvent) -> object:
            return stack.up(on_event=take, **_program_arguments(_spelled_out(stack, options)))

        return self._run("up", on_event, options, do, create=True)

    def refresh(self, on_event: OnEvent, options: Options, *, preview_only: bool = False) -> Result:
        """`pulumi refresh`, or its preview."""

        def do(stack: automation.Stack, take: OnEvent) -> object:
            method = stack.preview_refresh if preview_only else stack.refresh
            return method(on_event=take, **_arguments(options))

        return self._run("refresh", on_event, options, do)

    def destroy(self, on_event: OnEvent, options: Options) -> Result:
        """`pulumi destroy`."""

        def do(stack: automation.Stack, take: OnEvent) -> object:
            return stack.destroy(on_event=take, **_arguments(options))

        return self._run("destroy", on_event, options, do)

    def export_stack(self) -> dict[str, Any]:
        """`pulumi stack export`, secrets encrypted as they are in the state."""
        exported: dict[str, Any] = self._ask(_export)
        return exported

    def outputs(self) -> dict[str, Any]:
        """`pulumi stack output`, secrets masked."""
        return _masked(self._ask(lambda stack: stack.outputs()))

    def states(self, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What `pulumi stack export` gives of those of the project's stacks that exist."""
        existing = self._existing() if names else frozenset()
        found = [name for name in names if name in existing]
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            return dict(
                zip(found, pool.map(lambda name: CliStack(self._paths, name).export_stack(), found), strict=True)
            )

    def workspace(self) -> automation.LocalWorkspace:
        """What the CLI's other commands are run with."""
        return self._workspace(Options())

    def _existing(self) -> frozenset[str]:
        try:
            found = self._workspace(Options()).list_stacks()
        except automation.CommandError as error:
            raise OperateError(shorten(str(error))) from error
        return frozenset(stack.name.rsplit("/", 1)[-1] for stack in found)

    def _workspace(self, options: Options) -> automation.LocalWorkspace:
        environment = {**cli_environment(self._paths), **dict(options.environment)}
        if self._at:
            environment = self._at.environment(environment)
        elif os.environ.get(FOLDER):
            self._settled += recover_left(self._paths)
        folder = self._at.root if self._at else self._paths.root
        command = _command(shutil.which("pulumi"))
        return automation.LocalWorkspace(work_dir=str(folder), env_vars=environment, pulumi_command=command)

    def _open(self, options: Options, *, create: bool) -> automation.Stack:
        workspace = self._workspace(options)
        if create:
            return automation.Stack.create_or_select(self.name, workspace)
        return automation.Stack.select(self.name, workspace)

    def _ask(self, question: Callable[[automation.Stack], Any]) -> Any:
        try:
            return question(self._open(Options(), create=False))
        except automation.CommandError as error:
            raise OperateError(shorten(str(error))) from error

    def _run(
        self, operation: Operation, on_event: OnEvent, options: Options, do: Do, *, create: bool = False
    ) -> Result:
        recorder, started = Recorder(), time.monotonic()

        def take(event: Event) -> None:
            recorder(event)
            on_event(event)

        recorded: dict[str, Any] = {}
        status, error, done = Status.SUCCEEDED, "", None
        try:
            stack = self._open(options, create=create)
            if options.refresh or operation == "refresh":
                recorded = _export(stack)["deployment"]
            done = do(stack, take)
        except automation.CommandError as failed:
            status = recorder.failure()
            error = _why(status, recorder, failed)
        for text in self._settled:
            recorder.warn(text)
        outputs, seconds = _masked(getattr(done, "outputs", {})), time.monotonic() - started
        result = recorder.result(self.name, operation, status, error=error, outputs=outputs, seconds=seconds)
        return mask(result, recorded)


@cache
def _command(_: str | None) -> automation.PulumiCommand:
    """The CLI that is found at this place: to make one is to run it, so once is enough. Raises Unsupported."""
    try:
        return automation.PulumiCommand(skip_version_check=True)
    except (automation.InvalidVersionError, FileNotFoundError, automation.CommandError) as error:
        raise Unsupported(
            "the Pulumi CLI is not on PATH: install it (pulumi.com/docs/install), or use --engine local"
        ) from error


def _export(stack: automation.Stack) -> dict[str, Any]:
    """Not the Automation API's own, which decrypts all secrets. Raises CommandError."""
    workspace = stack.workspace
    words = ["stack", "export", "--stack", stack.name]
    done = workspace.pulumi_command.run(words, workspace.work_dir, dict(workspace.env_vars))
    return dict(json.loads(done.stdout))


def _why(status: Status, recorder: Recorder, failed: automation.CommandError) -> str:
    """What is to be said beyond what the events said already."""
    if status is Status.BLOCKED:
        return f"stopped by {recorder.mandatory} mandatory policy violations"
    return "" if recorder.said_why else shorten(str(failed))


def _arguments(options: Options) -> dict[str, Any]:
    return {"parallel": options.parallel, "target": list(options.targets)}


def _spelled_out(stack: automation.Stack, options: Options) -> Options:
    if not (options.targets and options.target_dependents):
        return options
    resources = _export(stack)["deployment"].get("resources") or ()
    return replace(options, targets=with_dependents(resources, options.targets), target_dependents=False)


def _program_arguments(options: Options) -> dict[str, Any]:
    return {
        **_arguments(options),
        "refresh": options.refresh or None,
        "policy_packs": [str(pack.path) for pack in options.packs],
        "policy_pack_configs": [str(pack.config.resolve()) for pack in options.packs if pack.config],
    }


def _masked(outputs: Mapping[str, automation.OutputValue]) -> dict[str, Any]:
    return {name: "[secret]" if value.secret else value.value for name, value in outputs.items()}
