"""The steps that lead from the recorded state to what the program asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hubspoke.local.engine import urns
from hubspoke.local.engine.event_types import StepEventMetadata
from hubspoke.local.engine.events import Told, step_metadata
from hubspoke.local.engine.plugins import Difference
from hubspoke.local.engine.state import State

SAME, CREATE, UPDATE, DELETE, REPLACE = "same", "create", "update", "delete", "replace"
CREATE_REPLACEMENT, DELETE_REPLACED = "create-replacement", "delete-replaced"
READ, READ_REPLACEMENT, REFRESH = "read", "read-replacement", "refresh"
DISCARD, DISCARD_REPLACED = "discard", "discard-replaced"
REMOVE_PENDING_REPLACE = "remove-pending-replace"
IMPORT, IMPORT_REPLACEMENT = "import", "import-replacement"

_LOGICAL = {SAME, CREATE, UPDATE, DELETE, REPLACE, READ, DISCARD, IMPORT}
DELETES = {DELETE, DELETE_REPLACED, DISCARD, DISCARD_REPLACED}


@dataclass(eq=False)
class Step:
    """One thing to do. `new` is filled in as it is done; `old` may be marked as replaced by it."""

    op: str
    old: State | None = None
    new: State | None = None
    keys: Sequence[str] = ()  # what forces a replacement
    diffs: Sequence[str] = ()
    detailed: Mapping[str, str] | None = None
    skipped: bool = False  # a creation left out by the targets
    untargeted: bool = False
    pending_delete: bool = False  # of a replacement: the old one is deleted at the end
    pending_replacement: bool = False  # of a deletion: the new one is created after it
    ignore_changes: Sequence[str] = field(default=())
    original: State | None = None  # of an import: what it replaces
    gone: bool = False  # of a refresh: the resource is not there any more
    _told: Told = field(default_factory=list)

    @property
    def res(self) -> State:
        """The state that the step is about."""
        found = self.old if self.op == REFRESH else self.new or self.old
        assert found is not None
        return found

    @property
    def urn(self) -> str:
        return self.res.urn

    @property
    def logical(self) -> bool:
        return self.op in _LOGICAL

    @property
    def internal(self) -> bool:
        """Not counted: the engine's own doing."""
        return self.op == REMOVE_PENDING_REPLACE or urns.is_default_provider(self.urn)

    def metadata(self, op: str = "") -> StepEventMetadata:
        new = None if self.gone else self.new
        res = self.res
        return step_metadata(
            op or self.op, res.urn, res.type, res.provider, self.old, new, keys=self.keys, diffs=self.diffs,
            detailed=self.detailed, logical=self.logical, told=self._told,
        )  # fmt: skip


def same(old: State, new: State, *, untargeted: bool = False) -> Step:
    return Step(SAME, old, new, untargeted=untargeted)


def skipped_create(new: State) -> Step:
    return Step(SAME, new.copy(), new, skipped=True)


def replacement(old: State, new: State, difference: Difference, *, pending_delete: bool) -> tuple[Step, Step]:
    """The creation and the logical step of a replacement."""
    shared = (difference.replaces, difference.changed, difference.detailed)
    create = Step(CREATE_REPLACEMENT, old, new, *shared, pending_delete=pending_delete)
    return create, Step(REPLACE, old, new, *shared, pending_delete=pending_delete)


def deletion(old: State, *, replaced: bool = False, pending_replacement: bool = False) -> Step:
    if old.external:
        return Step(DISCARD_REPLACED if replaced else DISCARD, old)
    return Step(DELETE_REPLACED if replaced else DELETE, old, pending_replacement=pending_replacement)
