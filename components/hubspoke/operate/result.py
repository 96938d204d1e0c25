"""What an operation on one stack did: a fold over the engine's events, the same for every engine."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from pulumi import automation

    from hubspoke.local.engine import event_types

Event: TypeAlias = "event_types.EngineEvent | automation.EngineEvent"  # by the local engine or the Pulumi CLI
Metadata: TypeAlias = "event_types.StepEventMetadata | automation.StepEventMetadata"
StateMetadata: TypeAlias = "event_types.StepEventStateMetadata | automation.StepEventStateMetadata"
Operation = Literal["preview", "up", "refresh", "destroy", "drift", "revert"]

# How the engines close a run that failed: no news to who reads what it failed of.
_ENDINGS = frozenset({"preview failed", "update failed", "preview canceled", "update canceled"})

# Operations that change nothing in a cloud.
UNCHANGED = frozenset({"same", "read", "refresh", "read-discard", "discard"})


class Status(StrEnum):
    """How an operation ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    BLOCKED = "blocked"  # by a mandatory policy
    CANCELLED = "cancelled"
    SKIPPED = "skipped"  # not begun, since a stack it depends on did not succeed


@dataclass(frozen=True)
class Violation:
    """What a policy says of a resource, or of the stack (`urn` empty)."""

    policy: str
    pack: str
    level: str
    severity: str
    urn: str
    message: str


@dataclass(frozen=True)
class Step:
    """What was, or would be, done to one resource. Paths map to "add", "update-replace" and so on."""

    op: str
    urn: str
    type: str
    id: str
    paths: Mapping[str, str] = field(default_factory=dict)
    old: Mapping[str, Any] = field(default_factory=dict)  # inputs before
    new: Mapping[str, Any] = field(default_factory=dict)  # inputs after
    old_outputs: Mapping[str, Any] = field(default_factory=dict)
    new_outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True)
class Result:
    """One operation on one stack."""

    stack: str
    operation: Operation
    status: Status
    steps: tuple[Step, ...] = ()
    violations: tuple[Violation, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def changes(self) -> dict[str, int]:
        """How many resources were touched, by operation; "same" included."""
        return dict(sorted(Counter(step.op for step in self.steps).items()))

    @property
    def changed(self) -> tuple[Step, ...]:
        """The steps that change something."""
        return tuple(step for step in self.steps if step.op not in UNCHANGED)


class Recorder:
    """Folds the events of one operation, as they come."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, str], Metadata] = {}  # told at a step's beginning, and again at its end
        self._violations: list[Violation] = []
        self._errors: list[str] = []
        self._warnings: list[str] = []
        self._failed_steps = 0

    def __call__(self, event: Event) -> None:
        """Take one event."""
        if event.resource_pre_event:
            self._step(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._step(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self._failed_steps += 1
        elif event.policy_event:
            self._violations.append(_violation(event))
        elif event.diagnostic_event and not event.diagnostic_event.ephemeral:
            self._diagnostic(event.diagnostic_event.severity, event.diagnostic_event.message)

    def warn(self, text: str) -> None:
        """Something that no event says."""
        self._warnings.append(text)

    @property
    def mandatory(self) -> int:
        """How many mandatory policy violations there were."""
        return sum(violation.level == "mandatory" for violation in self._violations)

    @property
    def said_why(self) -> bool:
        """Whether the engine reported an error of its own."""
        return bool(self._errors)

    def failure(self) -> Status:
        """What a failure amounts to: BLOCKED if a mandatory policy was violated, FAILED otherwise."""
        return Status.BLOCKED if self.mandatory and not self._failed_steps else Status.FAILED

    def result(
        self,
        stack: str,
        operation: Operation,
        status: Status,
        *,
        error: str = "",
        outputs: Mapping[str, Any] | None = None,
        seconds: float = 0.0,
    ) -> Result:
        """The whole, once the operation is over. `error` is what the engine ended with."""
        errors = [error, *(text for text in self._errors if text not in error)] if error else self._errors
        return Result(
            stack,
            operation,
            status,
            tuple(map(to_step, self._steps.values())),
            tuple(self._violations),
            tuple(dict.fromkeys(errors)),
            tuple(dict.fromkeys(self._warnings)),
            outputs or {},
            seconds,
        )

    def _step(self, metadata: Metadata) -> None:
        # A refresh begins as "refresh" and ends as what it found; the end is what counts.
        self._steps.pop((metadata.urn, "refresh"), None)
        self._steps[metadata.urn, op_of(metadata)] = metadata

    def _diagnostic(self, severity: str, message: str) -> None:
        text = message.strip()
        if severity == "error" and text not in _ENDINGS:
            self._errors.append(text)
        elif severity == "warning":
            self._warnings.append(text)


def to_step(metadata: Metadata) -> Step:
    """One event's step as a plain value."""
    old, new = metadata.old, metadata.new
    state = new or old
    return Step(
        op=op_of(metadata),
        urn=metadata.urn,
        type=metadata.type,
        id=state.id if state else "",
        paths=_paths(metadata),
        old=_values(old, "inputs"),
        new=_values(new, "inputs"),
        old_outputs=_values(old, "outputs"),
        new_outputs=_values(new, "outputs"),
    )


def op_of(metadata: Metadata) -> str:
    """The operation as text: "create"; either engine's events have it as a member of an enumeration, or plainly."""
    return str(getattr(metadata.op, "value", metadata.op))


def _paths(metadata: Metadata) -> dict[str, str]:
    if metadata.detailed_diff:
        return {path: str(diff.diff_kind.value) for path, diff in metadata.detailed_diff.items()}
    return dict.fromkeys(metadata.diffs or (), "update")


def _values(state: "StateMetadata | None", name: str) -> dict[str, Any]:
    return dict(getattr(state, name) or {}) if state else {}


def _violation(event: Event) -> Violation:
    policy = event.policy_event
    assert policy is not None
    return Violation(
        policy=policy.policy_name,
        pack=policy.policy_pack_name,
        level=policy.enforcement_level,
        severity=str(getattr(policy, "severity", "") or ""),
        urn=policy.resource_urn or "",
        message=policy.message.strip(),
    )


def fold(events: Iterable[Event], stack: str, operation: Operation, status: Status = Status.SUCCEEDED) -> Result:
    """The result that a finished list of events stands for."""
    recorder = Recorder()
    for event in events:
        recorder(event)
    return recorder.result(stack, operation, status)
