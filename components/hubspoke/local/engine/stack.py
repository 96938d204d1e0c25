"""A stack and what can be done with it. `LocalStack` is the engine's front."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hubspoke.local.engine.analyzer_types import PolicyPack
from hubspoke.local.engine.checkpoint import (
    Deployment,
    check_version,
    deployment_from_json,
    deployment_to_json,
    versioned,
)  # fmt: skip
from hubspoke.local.engine.config import Config
from hubspoke.local.engine.errors import EngineError, StackExists
from hubspoke.local.engine.events import OnEvent
from hubspoke.local.engine.operation import Operation, Outcome, Request, stack_outputs
from hubspoke.local.engine.progress import Options
from hubspoke.local.engine.project import Program
from hubspoke.local.engine.storage import Storage
from hubspoke.local.engine.targets import Targets
from hubspoke.local.engine.urns import STACK_TYPE
from hubspoke.local.engine.values import Secret, leaves, plain
from hubspoke.local.engine.workspace import Workspace


@dataclass
class LocalStack:
    """A stack of the file backend, deployed to simulated clouds in this process.

    Events have the shape of Pulumi's own (`pulumi.automation.events`), secrets masked. Errors are `EngineError`s.
    """

    workspace: Workspace
    name: str
    _operation: Operation | None = field(default=None, init=False, repr=False)

    @classmethod
    def init(cls, workspace: Workspace, name: str) -> "LocalStack":
        """Make an empty stack. Raises `StackExists`."""
        stack = cls(workspace, name)
        workspace.backend.ensure_layout()
        with stack._storage.lock():
            if stack.exists():
                raise StackExists(f"stack {name!r} already exists in project {workspace.project.name!r}")
            stack._storage.write(Deployment())
        return stack

    @property
    def _storage(self) -> Storage:
        return Storage(self.workspace, self.name)

    def exists(self) -> bool:
        return self._storage.exists()

    def remove(self, *, force: bool = False) -> None:
        """Forget the stack. Raises `EngineError` while it has resources, unless forced."""
        with self._storage.lock():
            left = [state for state in self._storage.load().deployment.resources if state.type != STACK_TYPE]
            if left and not force:
                raise EngineError(f"stack {self.name!r} still has {len(left)} resources; destroy it first")
            self.workspace.backend.remove(self.workspace.project.name, self.name)

    # --- operations -------------------------------------------------------------------------------------------------

    def preview(
        self, *, on_event: OnEvent, policy_packs: Sequence[PolicyPack] = (), refresh: bool = False,
        targets: Iterable[str] = (), target_dependents: bool = False, replace: Iterable[str] = (), parallel: int = 16,
        program: Program | None = None, expect_no_changes: bool = False, new: bool = False,
    ) -> Outcome:  # fmt: skip
        """What `up` would do. Nothing is written and nothing is locked.

        With `new`, a stack that is not there yet is previewed as an empty one; else `StackNotFound` is raised, as the
        Pulumi CLI does.
        """
        options = Options(True, Targets(targets), target_dependents, Targets(replace), parallel)
        request = Request("preview", on_event, options, policy_packs, refresh, program, expect_no_changes, new)
        return self._perform(request)

    def up(
        self, *, on_event: OnEvent, policy_packs: Sequence[PolicyPack] = (), refresh: bool = False,
        targets: Iterable[str] = (), target_dependents: bool = False, replace: Iterable[str] = (), parallel: int = 16,
        program: Program | None = None, expect_no_changes: bool = False,
    ) -> Outcome:  # fmt: skip
        """Bring the stack to what its program (or `program`) asks for."""
        options = Options(False, Targets(targets), target_dependents, Targets(replace), parallel)
        request = Request("update", on_event, options, policy_packs, refresh, program, expect_no_changes)
        return self._perform(request)

    def refresh(
        self, *, on_event: OnEvent, preview_only: bool = False, targets: Iterable[str] = (),
        target_dependents: bool = False, parallel: int = 16, expect_no_changes: bool = False,
    ) -> Outcome:  # fmt: skip
        """Bring the state to what the clouds hold; with `preview_only`, only say what differs."""
        options = Options(preview_only, Targets(targets), target_dependents, parallel=parallel, counts_refreshes=True)
        return self._perform(Request("refresh", on_event, options, refresh=True, expect_no_changes=expect_no_changes))

    def destroy(
        self, *, on_event: OnEvent, preview_only: bool = False, refresh: bool = False, targets: Iterable[str] = (),
        target_dependents: bool = False, parallel: int = 16,
    ) -> Outcome:  # fmt: skip
        """Delete all resources, or the targets. The program is not run."""
        options = Options(preview_only, Targets(targets), target_dependents, parallel=parallel)
        return self._perform(Request("destroy", on_event, options, refresh=refresh))

    def _perform(self, request: Request) -> Outcome:
        self._operation = Operation(self._storage, request)
        try:
            return self._operation.perform()
        finally:
            self._operation = None

    def cancel(self) -> None:
        """Take no more steps; those under way end and are recorded. May be called from any thread, or a signal."""
        operation = self._operation
        if operation is not None:
            operation.cancel()

    def recover(self) -> list[str]:
        """Put what a killed run did into the checkpoint, so that the Pulumi CLI finds it too. A message for each."""
        with self._storage.lock() as notes:
            loaded = self._storage.load()
            if loaded.replayed:
                self._storage.settle(loaded.deployment)
            return [*notes, *loaded.messages]

    # --- state and configuration ------------------------------------------------------------------------------------

    def export_stack(self) -> dict[str, Any]:
        """The state as `pulumi stack export` gives it: `{"version": 3, "deployment": ...}`, secrets encrypted."""
        deployment, features = deployment_to_json(self.workspace.load(self.name)[1])
        return versioned("deployment", deployment, features)

    def import_stack(self, exported: Mapping[str, Any]) -> None:
        """Replace the state by one that was exported; with secrets in plain text, they are encrypted."""
        document = dict(exported)
        check_version(document)
        with self._storage.lock():
            self._storage.settle(deployment_from_json(document.get("deployment") or {}, self.workspace.unlock))

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The stack's outputs in plain form; a secret is "[secret]" unless shown."""
        found = stack_outputs(self.workspace.load(self.name)[1])
        return {key: plain(value if show_secrets else _hidden(value)) for key, value in found.items()}

    def config(self) -> Config:
        """Raises `ProjectInvalid` and `WrongPassphrase`."""
        return self._storage.config()

    def set_config(self, key: str, value: str, *, secret: bool = False) -> None:
        """Write a value to Pulumi.<stack>.yaml; all else in the file stays as it is."""
        crypter = self._storage.crypter(None) if secret else None
        self._storage.file.set(key, value, crypter)


def list_stacks(workspace: Workspace) -> list[str]:
    """The names of the project's stacks."""
    return workspace.backend.stacks(workspace.project.name)


def _hidden(value: Any) -> Any:
    return "[secret]" if any(isinstance(each, Secret) for each in leaves(value)) else value
