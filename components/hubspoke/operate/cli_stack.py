"""The Pulumi CLI, through the Automation API: what runs in production."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from pulumi import automation
from pulumi.automation import EngineEvent

from hubspoke.operate.cli_environment import cli_environment
from hubspoke.operate.errors import OperateError, Unsupported
from hubspoke.operate.project import Paths
from hubspoke.operate.result import Operation, Recorder, Result, Status
from hubspoke.operate.stack import OnEvent, Options

Do = Callable[[automation.Stack, OnEvent], object]


class CliStack:
    """A stack run by the `pulumi` command on PATH, with the user's own login, backend and credentials, or, where
    HUBSPOKE_SIM is set, with the simulated clouds as plugins and the local engine's state.

    Implements `operate.stack.Stack`.
    """

    def __init__(self, paths: Paths, name: str) -> None:
        self.name = name
        self._paths = paths

    def exists(self) -> bool:
        """Whether it was ever created in the backend."""
        try:
            found = self._workspace(Options()).list_stacks()
        except automation.CommandError as error:
            raise OperateError(shorten(str(error))) from error
        return self.name in {stack.name.rsplit("/", 1)[-1] for stack in found}

    def preview(self, on_event: OnEvent, options: Options) -> Result:
        """What `pulumi preview` says."""
        arguments = _program_arguments(options)

        def do(stack: automation.Stack, take: OnEvent) -> object:
            return stack.preview(on_event=take, **arguments)

        return self._run("preview", on_event, options, do, create=True)

    def up(self, on_event: OnEvent, options: Options) -> Result:
        """`pulumi up`."""
        arguments = _program_arguments(options)

        def do(stack: automation.Stack, take: OnEvent) -> object:
            return stack.up(on_event=take, **arguments)

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
        """`pulumi stack export`."""
        deployment = self._ask(lambda stack: stack.export_stack())
        return {"version": deployment.version, "deployment": deployment.deployment}

    def outputs(self) -> dict[str, Any]:
        """`pulumi stack output`, secrets masked."""
        return _masked(self._ask(lambda stack: stack.outputs()))

    def _workspace(self, options: Options) -> automation.LocalWorkspace:
        environment = {**cli_environment(self._paths), **dict(options.environment)}
        try:
            command = automation.PulumiCommand(skip_version_check=True)
        except (automation.InvalidVersionError, FileNotFoundError, automation.CommandError) as error:
            raise Unsupported(
                "the Pulumi CLI is not on PATH: install it (pulumi.com/docs/install), or use --engine local"
            ) from error
        return automation.LocalWorkspace(work_dir=str(self._paths.root), env_vars=environment, pulumi_command=command)

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

        def take(event: EngineEvent) -> None:
            recorder(event)
            on_event(event)

        status, error, done = Status.SUCCEEDED, "", None
        try:
            done = do(self._open(options, create=create), take)
        except automation.CommandError as failed:
            status = recorder.failure()
            error = _why(status, recorder, failed)
        outputs, seconds = _masked(getattr(done, "outputs", {})), time.monotonic() - started
        return recorder.result(self.name, operation, status, error=error, outputs=outputs, seconds=seconds)


def _why(status: Status, recorder: Recorder, failed: automation.CommandError) -> str:
    """What is to be said beyond what the events said already."""
    if status is Status.BLOCKED:
        return f"stopped by {recorder.mandatory} mandatory policy violations"
    return "" if recorder.said_why else shorten(str(failed))


def _arguments(options: Options) -> dict[str, Any]:
    return {"parallel": options.parallel, "target": list(options.targets)}


def _program_arguments(options: Options) -> dict[str, Any]:
    return {
        **_arguments(options),
        "refresh": options.refresh or None,
        "target_dependents": options.target_dependents or None,
        "policy_packs": [str(pack.path) for pack in options.packs],
        "policy_pack_configs": [str(pack.config.resolve()) for pack in options.packs if pack.config],
    }


def _masked(outputs: Mapping[str, automation.OutputValue]) -> dict[str, Any]:
    return {name: "[secret]" if value.secret else value.value for name, value in outputs.items()}


def shorten(text: str) -> str:
    """The CLI's own error lines, out of everything it printed."""
    lines = [line.strip().removeprefix("stderr:").strip() for line in text.splitlines()]
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    return "\n".join(dict.fromkeys(errors or [line for line in lines if line][-5:]))
