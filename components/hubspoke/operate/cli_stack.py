"""The Pulumi CLI, through the Automation API: what runs in production."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation import EngineEvent

from hubspoke.operate.errors import Unsupported
from hubspoke.operate.project import Paths
from hubspoke.operate.result import Operation, Recorder, Result, Status
from hubspoke.operate.stack import OnEvent, Options


class CliStack:
    """A stack run by the `pulumi` command on PATH, with the user's own login, backend and credentials.

    Implements `operate.stack.Stack`.
    """

    def __init__(self, paths: Paths, name: str) -> None:
        self.name = name
        self._paths = paths

    def exists(self) -> bool:
        """Whether it was ever created in the backend."""
        workspace = self._workspace(Options())
        return self.name in {stack.name.rsplit("/", 1)[-1] for stack in workspace.list_stacks()}

    def preview(self, on_event: OnEvent, options: Options) -> Result:
        """What `pulumi preview` says."""
        arguments = self._program_arguments(options)
        return self._run("preview", on_event, options, lambda stack, take: stack.preview(on_event=take, **arguments))

    def up(self, on_event: OnEvent, options: Options) -> Result:
        """`pulumi up`."""
        arguments = self._program_arguments(options)
        return self._run("up", on_event, options, lambda stack, take: stack.up(on_event=take, **arguments))

    def refresh(self, on_event: OnEvent, options: Options, *, preview_only: bool = False) -> Result:
        """`pulumi refresh`, or its preview."""

        def do(stack: automation.Stack, take: OnEvent) -> object:
            method = stack.preview_refresh if preview_only else stack.refresh
            return method(on_event=take, parallel=options.parallel, target=list(options.targets))

        return self._run("refresh", on_event, options, do)

    def destroy(self, on_event: OnEvent, options: Options) -> Result:
        """`pulumi destroy`."""
        return self._run(
            "destroy", on_event, options, lambda stack, take: stack.destroy(on_event=take, parallel=options.parallel)
        )

    def export_stack(self) -> dict[str, Any]:
        """`pulumi stack export`."""
        deployment = self._open(Options()).export_stack()
        return {"version": deployment.version, "deployment": deployment.deployment}

    def outputs(self) -> dict[str, Any]:
        """`pulumi stack output`, secrets masked."""
        found = self._open(Options()).outputs()
        return {name: "[secret]" if value.secret else value.value for name, value in found.items()}

    def _workspace(self, options: Options) -> automation.LocalWorkspace:
        try:
            command = automation.PulumiCommand(skip_version_check=True)
        except (automation.InvalidVersionError, FileNotFoundError, automation.CommandError) as error:
            raise Unsupported(
                "the Pulumi CLI is not on PATH: install it (pulumi.com/docs/install), or use --engine local"
            ) from error
        environment = {**os.environ, **dict(options.environment)}
        return automation.LocalWorkspace(work_dir=str(self._paths.root), env_vars=environment, pulumi_command=command)

    def _open(self, options: Options) -> automation.Stack:
        return automation.Stack.create_or_select(self.name, self._workspace(options))

    @staticmethod
    def _program_arguments(options: Options) -> dict[str, Any]:
        return {
            "parallel": options.parallel,
            "refresh": options.refresh or None,
            "target": list(options.targets),
            "target_dependents": options.target_dependents or None,
            "policy_packs": [str(pack.path) for pack in options.packs],
            "policy_pack_configs": [_config(pack.config) for pack in options.packs if pack.config],
        }

    def _run(
        self,
        operation: Operation,
        on_event: OnEvent,
        options: Options,
        do: Callable[[automation.Stack, OnEvent], object],
    ) -> Result:
        recorder, started = Recorder(), time.monotonic()

        def take(event: EngineEvent) -> None:
            recorder(event)
            on_event(event)

        status, error = Status.SUCCEEDED, ""
        try:
            do(self._open(options), take)
        except automation.CommandError as failed:
            status, error = recorder.failure(), _shorten(str(failed))
        seconds = time.monotonic() - started
        return recorder.result(self.name, operation, status, error=error, seconds=seconds)


def _config(path: Path) -> str:
    return str(path.resolve())


def _shorten(text: str) -> str:
    """The CLI's own error lines, out of everything it printed."""
    lines = [line.strip() for line in text.splitlines()]
    errors = [line for line in lines if line.startswith("error:")]
    return "\n".join(dict.fromkeys(errors or [line for line in lines if line][-5:]))
