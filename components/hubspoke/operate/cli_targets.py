"""Targets with all that depends on them, spelled out: what `--target-dependents` should come to.

The CLI (seen with 3.272, 2026-11) does not know the providers of dependents that are no targets themselves, where it
refreshes first: "unknown provider ... for resource". Named as targets, they are known.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Resource = Mapping[str, Any]


def with_dependents(resources: Iterable[Resource], targets: Iterable[str]) -> tuple[str, ...]:
    """The targets, all that depends on them or is a child of theirs, and the providers of these; in the state's order.

    A target that is not in the state stays one.
    """
    recorded, asked = list(resources), tuple(targets)
    chosen = set(asked)
    for each in recorded:  # a state lists what is needed before what needs it
        if not chosen.isdisjoint(_needs(each)):
            chosen.add(each["urn"])
    chosen |= {_provider(each) for each in recorded if each["urn"] in chosen} - {""}
    order = [each["urn"] for each in recorded if each["urn"] in chosen]
    return tuple(dict.fromkeys([*(urn for urn in asked if urn not in set(order)), *order]))


def _needs(resource: Resource) -> set[str]:
    by_property = resource.get("propertyDependencies") or {}
    found = {*(resource.get("dependencies") or ()), *(urn for urns in by_property.values() for urn in urns or ())}
    return found | {resource.get("parent") or "", resource.get("deletedWith") or ""} - {""}


def _provider(resource: Resource) -> str:
    return str(resource.get("provider") or "").rpartition("::")[0]
