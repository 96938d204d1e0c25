"""Drift as values: what differs between what is recorded and what a cloud holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hubspoke.operate.inventory import Found
from hubspoke.operate.paths import value_at
from hubspoke.operate.result import Result, Step, Violation


class Kind(StrEnum):
    """How a resource differs."""

    EDITED = "edited"
    GONE = "gone"
    EXTRA = "extra"  # in a container that the WAN manages, and made by nobody's stack


@dataclass(frozen=True)
class Difference:
    """One property: as recorded, and as found. Secrets are masked by the engine."""

    path: str
    recorded: Any
    observed: Any


@dataclass(frozen=True)
class Finding:
    """One resource that differs. For an extra one, `urn` is its container's."""

    stack: str
    kind: Kind
    urn: str
    type: str
    id: str
    name: str
    differences: tuple[Difference, ...] = ()
    found: Found | None = None  # for an extra one


@dataclass(frozen=True)
class Report:
    """One stack's drift, and what the policy pack says of what was found; `unknown` is what could not be looked for."""

    stack: str
    resources: int
    findings: tuple[Finding, ...] = ()
    violations: tuple[Violation, ...] = ()
    errors: tuple[str, ...] = ()
    seconds: float = 0.0
    steps: tuple[Step, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Nothing that was looked for differs, and nothing stood in the way of looking."""
        return not self.findings and not self.errors


def from_refresh(result: Result) -> list[Finding]:
    """What a refresh found: updates are edits, deletions are resources that are gone."""
    return [_finding(result.stack, step) for step in result.steps if step.op in ("update", "delete")]


def _finding(stack: str, step: Step) -> Finding:
    kind = Kind.GONE if step.op == "delete" else Kind.EDITED
    paths = () if kind is Kind.GONE else sorted(step.paths or _changed(step.old, step.new))
    differences = tuple(Difference(p, value_at(step.old, p), value_at(step.new, p)) for p in paths)
    return Finding(stack, kind, step.urn, step.type, step.id, step.name, differences)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [name for name in {*old, *new} if old.get(name) != new.get(name)]


def extra(stack: str, container_urn: str, found: Found) -> Finding:
    """A resource that nobody's stack made, in a container of this one."""
    name = container_urn.rsplit("::", 1)[-1]
    shown = tuple(Difference(path, None, value) for path, value in sorted(found.inputs.items()))
    return Finding(stack, Kind.EXTRA, container_urn, found.type, found.id, name, shown, found)


def urns(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The resources of a stack that are edited or gone."""
    return tuple(sorted({f.urn for f in findings if f.kind is not Kind.EXTRA}))
