"""Parts of a thing that can be written inside it or stand alone: Azure keeps one list of them."""

from collections.abc import Callable
from typing import Any

from ..protocol import Properties
from ..records import Record
from ..view import View
from .sources import PATHS, provider

SOURCE = provider("provider/crud/subresources.go; Azure/ResourceModules #4313")
Effect = Callable[[View, Record, Record | None], None]


def wins(property_: str, type_: str) -> Effect:
    """A PUT of a thing with its list of parts ends those that the list leaves out. Left out itself, it ends none."""
    parent, own = PATHS[type_][0][1], PATHS[type_][-1][1]

    def effect(view: View, record: Record, _: Record | None) -> None:
        listed = record.inputs.get(property_)
        names = None if listed is None else {str(part.get("name")) for part in listed}
        for part in parts(view, record, type_, parent) if names is not None else ():
            if str(part.inputs.get(own)) not in names:  # type: ignore[operator]
                view.records.remove(part)
                view.records.note(view.scope.actor, "delete", part)

    return effect


def parts(view: View, record: Record, type_: str, parent: str | None = None) -> list[Record]:
    """The parts of a thing that stand alone, oldest first."""
    return view.referring(record, type_, parent or PATHS[type_][0][1])


def told(type_: str, *names: str) -> Callable[[View, Record], list[Properties]]:
    """The list of parts as the thing itself tells it: what was written inside, then what stands alone."""
    property_ = {"Subnet": "subnets", "Route": "routes", "SecurityRule": "securityRules"}.get(type_.split(":")[-1])

    def value(view: View, record: Record) -> list[Properties]:
        inside: list[Any] = record.inputs.get(property_ or "connections") or []
        alone = [
            {
                "id": part.id,
                "name": part.id.rpartition("/")[2],
                **{n: part.inputs[n] for n in names if n in part.inputs},
            }
            for part in parts(view, record, type_)
        ]
        listed = {part.get("name") for part in inside}
        return [*inside, *(part for part in alone if part["name"] not in listed)]

    return value


def drop(*types: str) -> Callable[[View, Record], None]:
    """Parts go with the thing that they are parts of."""

    def removed(view: View, record: Record) -> None:
        for type_ in types:
            for part in parts(view, record, type_):
                view.records.remove(part)

    return removed
