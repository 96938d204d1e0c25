"""What a preview's steps do to what is in use: between the engines' words and the table's."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from hubspoke.operate.result import Result, Status
from hubspoke.operate.result import Step as Previewed
from hubspoke.operate.stack import OnEvent, Options, Stack
from hubspoke.plan.changes import Assessment, Judge, RecordedState, Step, changed_paths


@dataclass(frozen=True)
class StackChanges:
    """One stack's preview, judged; no assessment where the preview did not succeed."""

    result: Result
    assessment: Assessment | None = None

    @property
    def blocked(self) -> bool:
        return self.assessment is not None and self.assessment.blocked


def preview_changes(stack: Stack, on_event: OnEvent, options: Options) -> StackChanges:
    """Preview a stack and judge its steps against what it records. Changes nothing."""
    recorded = RecordedState.of_document(stack.export_stack() if stack.exists() else {})
    result = stack.preview(on_event, options)
    if result.status is not Status.SUCCEEDED:
        return StackChanges(result)
    return StackChanges(result, Judge(recorded).assess(_steps(result.steps)))


def _steps(previewed: Iterable[Previewed]) -> Iterable[Step]:
    for each in previewed:
        changed = (
            changed_paths(each.old, each.new, each.paths) if each.op in ("update", "replace") else frozenset[str]()
        )
        yield Step(each.urn, each.type, each.op, changed, each.old, each.new)


def changes_to_json(changes: StackChanges) -> dict[str, Any]:
    """One stack's judgement as plain values; secrets are masked by the engine already."""
    found = changes.assessment or Assessment((), ())
    steps = [
        {
            "urn": each.step.urn, "type": each.step.type, "name": each.step.name, "op": each.step.op,
            "effect": str(each.effect), "reasons": [{**asdict(r), "effect": str(r.effect)} for r in each.reasons],
            "tunnels": [tunnel.name for tunnel in each.tunnels],
        }
        for each in found.steps
    ]  # fmt: skip
    hubs = [
        {**vars(hub), "interrupted": _names(hub.interrupted), "removed": _names(hub.removed)} for hub in found.hubs
    ]  # fmt: skip
    result = changes.result
    return {
        "stack": result.stack, "status": str(result.status), "errors": list(result.errors), "blocked": changes.blocked,
        "steps": steps, "hubs": hubs,
    }  # fmt: skip


def _names(tunnels: Iterable[Any]) -> list[str]:
    return [tunnel.name for tunnel in tunnels]
