"""Targets with all that depends on them, spelled out: what `--target-dependents` should come to.

The CLI (seen with 3.272, 2026-11) does not know the providers of dependents that are no targets themselves, where it
refreshes first: "unknown provider ... for resource". Named as targets, they are known.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hubspoke.local.engine.graph import dependents
from hubspoke.local.engine.state import State

Resource = Mapping[str, Any]


def with_dependents(resources: Iterable[Resource], targets: Iterable[str]) -> tuple[str, ...]:
    """The targets, all that depends on them or is a child of theirs, and the providers of these; in the state's order.

    A target that is not in the state stays one.
    """
    recorded, asked = [_state(each) for each in resources], dict.fromkeys(targets)
    roots = [each for each in recorded if each.urn in asked]
    chosen = {each.urn for root in roots for each in (root, *dependents(recorded, root, _none, children=True))}
    chosen |= {each.provider_urn() for each in recorded if each.urn in chosen and each.provider}
    new = [urn for urn in asked if urn not in chosen]
    return (*new, *dict.fromkeys(each.urn for each in recorded if each.urn in chosen))


def _none(_: str) -> bool:
    return False


def _state(resource: Resource) -> State:
    """As much of it as says what it depends on: a CLI newer than this may write more."""
    by_property = resource.get("propertyDependencies") or {}
    return State(
        resource["urn"], resource["type"], custom=bool(resource.get("custom")),
        parent=resource.get("parent") or "", provider=resource.get("provider") or "",
        dependencies=list(resource.get("dependencies") or ()), deleted_with=resource.get("deletedWith") or "",
        property_dependencies={name: list(urns or ()) for name, urns in by_property.items()},
    )  # fmt: skip
