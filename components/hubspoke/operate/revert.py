"""Putting drift back: what the WAN manages, and nothing else, shown by what the clouds hold before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from hubspoke.operate.errors import OperateError
from hubspoke.operate.findings import Finding, Kind, urns
from hubspoke.operate.inventory import Inventory
from hubspoke.operate.result import Result, Status
from hubspoke.operate.stack import OnEvent, Options, Stack

# Operations that a revert may come to. Replacing is not among them: it is a change of the network, for `up`.
_ALLOWED = frozenset({"same", "read", "refresh", "update", "create"})


class RevertRefused(OperateError):
    """The revert would do more than put back what was found; nothing was changed."""


@dataclass(frozen=True)
class Reverted:
    """What a revert did. `touched` and `untouched` count the clouds' resources by comparing before and after; without
    an inventory `touched` is what the engine changed, and how many others there are is not known."""

    stack: str
    result: Result | None
    removed: tuple[Finding, ...]
    touched: tuple[tuple[str, str], ...]
    untouched: int | None


def revert(
    stack: Stack, findings: tuple[Finding, ...], inventory: Inventory | None, on_event: OnEvent, options: Options
) -> Reverted:
    """Put back what is edited or gone, and remove what is extra.

    A preview comes first: where it would replace or delete anything, or touch a resource that neither differs nor
    depends on one that is gone, the revert is refused before it starts. Raises RevertRefused, and CloudError where
    the cloud will not let an extra resource go.
    """
    before = inventory.versions() if inventory else {}
    result = _put_back(stack, urns(findings), on_event, options)
    extras = tuple(f for f in findings if f.kind is Kind.EXTRA)
    if inventory is None:
        return Reverted(stack.name, result, (), _changed(result), None)
    if result is None or result.status is Status.SUCCEEDED:
        for finding in extras:
            assert finding.found is not None
            inventory.remove(finding.found)
    after = inventory.versions()
    touched = tuple(sorted(key for key in {*before, *after} if before.get(key) != after.get(key)))
    return Reverted(
        stack.name, result, extras, touched, len(before.keys() & after.keys()) - _kept(touched, before, after)
    )


def _changed(result: Result | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((step.type, step.id) for step in result.changed)) if result else ()


def _kept(
    touched: Iterable[tuple[str, str]], before: dict[tuple[str, str], int], after: dict[tuple[str, str], int]
) -> int:
    return sum(key in before and key in after for key in touched)


def _put_back(stack: Stack, targets: tuple[str, ...], on_event: OnEvent, options: Options) -> Result | None:
    if not targets:
        return None
    # Dependents too: a re-created network has a new id, and what refers to it must follow.
    chosen = Options(
        refresh=True, targets=targets, target_dependents=True, parallel=options.parallel, packs=options.packs
    )
    planned = stack.preview(lambda _: None, chosen)
    if planned.status is not Status.SUCCEEDED:
        return planned
    _check(planned)
    return stack.up(on_event, Options(refresh=True, targets=targets, target_dependents=True, parallel=options.parallel))


def _check(planned: Result) -> None:
    more = [step for step in planned.steps if step.op not in _ALLOWED]
    if more:
        lines = [f"  {step.op} {step.urn}" for step in more]
        raise RevertRefused(
            "\n".join(
                [
                    f"putting {planned.stack} back would do more than undo the drift, so nothing was changed:",
                    *lines,
                    f"look at `hubspoke preview --stack {planned.stack}`, and use `hubspoke up` if that is meant",
                ]
            )
        )
