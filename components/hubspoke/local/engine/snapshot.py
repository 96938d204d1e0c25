"""The state while a run changes it: what was recorded, what became of it, and the journal of both."""

import threading
from collections.abc import Sequence
from itertools import count

from hubspoke.local.engine.checkpoint import Deployment, Operation, normalized
from hubspoke.local.engine.graph import ordered
from hubspoke.local.engine.journal import Journal
from hubspoke.local.engine.state import State
from hubspoke.local.engine.steps import (
    CREATE,
    CREATE_REPLACEMENT,
    DELETE,
    DELETE_REPLACED,
    DISCARD,
    DISCARD_REPLACED,
    IMPORT,
    IMPORT_REPLACEMENT,
    READ,
    READ_REPLACEMENT,
    REMOVE_PENDING_REPLACE,
    SAME,
    UPDATE,
    Step,
)  # fmt: skip

_KINDS = {
    CREATE: "creating", CREATE_REPLACEMENT: "creating", UPDATE: "updating", DELETE: "deleting",
    DELETE_REPLACED: "deleting", DISCARD: "deleting", DISCARD_REPLACED: "deleting", READ: "reading",
    READ_REPLACEMENT: "reading", IMPORT: "importing", IMPORT_REPLACEMENT: "importing",
}  # fmt: skip
_CREATES = {CREATE, CREATE_REPLACEMENT}
_DELETES = {DELETE, DELETE_REPLACED, DISCARD, DISCARD_REPLACED}


class Snapshot:
    """Thread-safe. Until a journal is opened nothing is written: previews, and refreshes."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._journal: Journal | None = None
        self.base = deployment.resources
        self._new: list[State] = []
        self._done: set[State] = set()
        self._open: dict[Step, int] = {}
        self._numbers = count()
        self._lock = threading.Lock()
        self._refs = count()

    def open_journal(self, journal: Journal) -> None:
        """From here on every change is journaled; `base` is as in the journal's checkpoint."""
        self._journal = journal
        for state in self.base:
            state.ref = next(self._refs)

    def begin(self, step: Step) -> None:
        """To be called before anything outside is changed."""
        kind = _KINDS.get(step.op)
        state = step.res
        # What has no life outside of the state cannot be lost.
        if kind is None or not state.custom or state.is_provider or self._journal is None:
            return
        with self._lock:
            number = next(self._numbers)
            self._open[step] = number
            self._journal.begin(number, kind, state)

    def end(self, step: Step, *, successful: bool) -> None:
        """To be called when it is known what came of the step; a partial failure counts as success."""
        with self._lock:
            number = self._open.pop(step, None)
            if not successful:
                if self._journal and number is not None:
                    self._journal.end(number)
            elif step.op == SAME:
                self._same(step)
            else:
                self._changed(step, number)

    def outputs_set(self, state: State) -> None:
        """A component's or the stack's outputs came after it was recorded."""
        with self._lock:
            if self._journal and state.ref >= 0:
                self._journal.end(None, changed=[state])

    def _same(self, step: Step) -> None:
        assert step.old
        assert step.new
        self._done.add(step.old)
        if step.skipped:
            return
        self._new.append(step.new)
        step.new.ref = step.old.ref
        if self._journal is None or step.old.ref < 0:
            return
        if _equal(step.old, step.new):
            self._journal.same(step.old.ref)
        else:
            step.new.ref = next(self._refs)
            self._journal.end(None, done=[step.old], new=[step.new])

    def _changed(self, step: Step, number: int | None) -> None:
        new, done, changed = _effects(step)
        for state in new:
            state.ref = next(self._refs)
        self._new += new
        self._done.update(done)
        if self._journal and (new or done or changed):
            known = [state for state in changed if state.ref >= 0]
            self._journal.end(number, done=[state for state in done if state.ref >= 0], new=new, changed=known)

    def rebase(self, resources: Sequence[State]) -> None:
        """After a refresh: these are now the recorded resources."""
        self.base[:] = resources

    def resources(self) -> list[State]:
        """In an order in which each comes after all it depends on; all under their current names."""
        kept = [state for state in (*self._new, *self.base) if state not in self._done]
        return ordered(normalized(kept))

    def result(self) -> Deployment:
        """The deployment as it is now. Creations whose end nobody saw, before or in this run, stay pending."""
        open_ = [Operation(step.res, _KINDS[step.op]) for step in self._open]
        pending = [each for each in (*self.deployment.pending, *open_) if each.type == "creating"]
        return Deployment(self.resources(), pending, self.deployment.crypter)


def _effects(step: Step) -> tuple[list[State], list[State], list[State]]:
    """What is new, what is no more, and what of the old has been changed in place."""
    new = [step.new] if step.new else []
    old = [step.old] if step.old else []
    if step.op in _DELETES:
        return [], *(([], old) if step.old and step.old.pending_replacement else (old, []))
    if step.op in _CREATES:
        finished = [state for state in old if state.pending_replacement]
        return new, finished, [state for state in old if state.delete]
    if step.op in (UPDATE, READ):
        return new, old, []
    if step.op == READ_REPLACEMENT:
        return new, [], old
    if step.op in (IMPORT, IMPORT_REPLACEMENT):
        return new, [], [step.original] if step.original else []
    return [], old if step.op == REMOVE_PENDING_REPLACE else [], []


_COMPARED = (
    "urn", "type", "custom", "custom_timeouts", "retain_on_delete", "id", "provider", "parent", "deleted_with",
    "replace_with", "protect", "inputs", "outputs", "resource_hooks", "replacement_trigger",
    "additional_secret_outputs", "ignore_changes", "replace_on_changes", "init_errors",
)  # fmt: skip


def _equal(old: State, new: State) -> bool:
    if any(getattr(old, name) != getattr(new, name) for name in _COMPARED):
        return False
    return sorted(old.dependencies) == sorted(new.dependencies)
