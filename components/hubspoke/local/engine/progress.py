"""What has been decided so far in one run, by URN; and the options it runs under."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hubspoke.local.engine.goal import Goal
from hubspoke.local.engine.state import State
from hubspoke.local.engine.targets import Targets


class Bail(Exception):
    """The run cannot go on; why has been reported."""


@dataclass(frozen=True)
class Options:
    dry_run: bool
    targets: Targets = field(default_factory=Targets)
    target_dependents: bool = False
    replace: Targets = field(default_factory=Targets)
    parallel: int = 16
    counts_refreshes: bool = False  # the run is a refresh, not one before something else


@dataclass
class Progress:
    urns: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    creates: set[str] = field(default_factory=set)
    sames: set[str] = field(default_factory=set)
    updates: set[str] = field(default_factory=set)
    replaces: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    skipped_creates: set[str] = field(default_factory=set)
    pending_deletes: set[State] = field(default_factory=set)
    dependent_keys: dict[str, Sequence[str]] = field(default_factory=dict)
    aliased: dict[str, str] = field(default_factory=dict)  # old name to new
    aliases: dict[str, str] = field(default_factory=dict)  # new name to old
    providers: dict[str, State] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)  # brought along for what depends on them, not registered yet
    failed: bool = False  # an error was reported, and the preview goes on to find others

    def decided(self, urn: str) -> bool:
        """Whether a step was generated for this URN."""
        sets = (self.creates, self.sames, self.updates, self.deletes, self.replaces, self.reads)
        return any(urn in each for each in sets)

    def operated_on(self, urn: str) -> bool:
        """Whether the recorded resource of this URN has been dealt with, under its old name or its new one."""
        urn = self.aliased.get(urn, urn)
        return any(urn in each for each in (self.sames, self.updates, self.replaces, self.reads))


@dataclass
class Recorded:
    """What the state holds as the run begins, by URN. `olds` leaves out what only waits to be deleted."""

    resources: list[State]
    olds: dict[str, State] = field(init=False)

    def __post_init__(self) -> None:
        self.refresh(self.resources)

    def refresh(self, resources: list[State]) -> None:
        self.resources = resources
        self.olds = {state.urn: state for state in resources if not state.delete}
