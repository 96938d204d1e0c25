"""Drift of one stack: what its clouds hold, against what is recorded, judged by the policy pack.

Looking changes nothing: a copy of the state is refreshed, in a backend that lives for the look.
"""

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hubspoke.local.engine import Workspace, list_stacks
from hubspoke.local.engine.state import State
from hubspoke.network.snapshot import Resource, Snapshot, from_export
from hubspoke.operate.errors import OperateError
from hubspoke.operate.findings import Finding, Report, extra, from_refresh
from hubspoke.operate.inventory import MANAGED_CONTAINERS, Found, Inventory
from hubspoke.operate.local_judge import judge
from hubspoke.operate.local_stack import LocalStackRunner, open_workspace
from hubspoke.operate.project import Paths, passphrase
from hubspoke.operate.result import Status
from hubspoke.operate.stack import OnEvent, Options, PackRef


def owned_ids(paths: Paths) -> frozenset[tuple[str, str]]:
    """Type and id of everything that some stack of the project records.

    What another stack made in this one's container is not extra: associations are in the hub's tables, made by spokes.
    """
    workspace = open_workspace(paths, passphrase(paths))
    return frozenset(key for stack in list_stacks(workspace) for key in _recorded(workspace, stack))


def _recorded(workspace: Workspace, stack: str) -> set[tuple[str, str]]:
    project, backend = workspace.project.name, workspace.backend
    if backend.journal(project, stack).exists():
        # An interrupted run made things that only its journal has.
        return {(state.type, state.id) for state in workspace.load(stack)[1].resources if state.custom}
    resources = backend.read(project, stack)[1].get("resources", ())
    return {(resource["type"], resource.get("id", "")) for resource in resources if resource["custom"]}


@dataclass(frozen=True)
class Look:
    """One look at one stack. `owned` is what all stacks record; see `owned_ids`."""

    paths: Paths
    stack: str
    inventory: Inventory
    owned: frozenset[tuple[str, str]]
    packs: tuple[PackRef, ...] = ()
    parallel: int = 16

    def report(self, on_event: OnEvent) -> Report:
        """Refresh a copy of the state, look into the managed containers, and judge what is found."""
        started = time.monotonic()
        with _shadow(self.paths) as shadow:
            refreshed = LocalStackRunner(shadow, self.stack).refresh(on_event, Options(parallel=self.parallel))
            seconds = time.monotonic() - started
            if refreshed.status is not Status.SUCCEEDED:
                return Report(self.stack, 0, errors=refreshed.errors, seconds=seconds)
            workspace = open_workspace(shadow, passphrase(self.paths))
            states = _managed(workspace, self.stack)
            findings = [*from_refresh(refreshed), *self._extras(states)]
            extras = [_as_state(each.found, each.urn) for each in findings if each.found]
            violations = judge(shadow, self.stack, self.packs, extras)
        return Report(
            self.stack,
            len(states),
            tuple(findings),
            violations,
            seconds=time.monotonic() - started,
            steps=refreshed.steps,
        )

    unseen = ""  # managed containers are looked into

    def snapshot(self, on_event: OnEvent) -> Snapshot:
        """What its clouds hold: a refreshed copy of the state, and what is in managed containers and nobody's.

        Raises OperateError where they cannot be looked at.
        """
        with _shadow(self.paths) as shadow:
            runner = LocalStackRunner(shadow, self.stack)
            refreshed = runner.refresh(on_event, Options(parallel=self.parallel))
            if refreshed.status is not Status.SUCCEEDED:
                raise OperateError(f"{self.stack} cannot be looked at: {'; '.join(refreshed.errors)}")
            held = from_export(runner.export_stack())
            extras = self._extras(_managed(open_workspace(shadow, passphrase(self.paths)), self.stack))
        found = [_as_state(each.found, each.urn) for each in extras if each.found]
        return held + Snapshot(tuple(Resource(s.urn, s.type, s.id, s.inputs, s.outputs) for s in found))

    def _extras(self, states: Iterable[State]) -> list[Finding]:
        return [
            extra(self.stack, state.urn, found)
            for state in states
            if state.type in MANAGED_CONTAINERS
            for found in self.inventory.members(state.type, state.id, state.outputs)
            if (found.type, found.id) not in self.owned
        ]


def _managed(workspace: Workspace, stack: str) -> list[State]:
    states = workspace.load(stack)[1].resources
    return [s for s in states if s.custom and not s.external and not s.delete and not s.is_provider]


def _as_state(found: Found, container: str) -> State:
    """A resource that nobody's stack made, as if it were in the one whose container it is in."""
    prefix = container.rsplit("::", 2)[0]
    urn = f"{prefix}::{found.type}::{found.id}"
    values: dict[str, Any] = {**found.inputs, "id": found.id}
    return State(urn=urn, type=found.type, custom=True, id=found.id, inputs=dict(found.inputs), outputs=values)


@contextmanager
def _shadow(paths: Paths) -> Iterator[Paths]:
    """The project with a copy of its state, in a backend of its own: all stacks, as they refer to each other."""
    with tempfile.TemporaryDirectory(prefix="hubspoke-drift-") as folder:
        ignored = shutil.ignore_patterns("locks", "history", "backups", "*.bak")
        shutil.copytree(paths.state, folder, ignore=ignored, dirs_exist_ok=True)
        yield replace(paths, shadow=Path(folder))
