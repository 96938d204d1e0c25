"""What a refresh says of the inputs: as a bridged provider, only of those that were set. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from .diff import align, same_value
from .protocol import Properties
from .schema import ANY, Kind, Property
from .values import DEFAULTS


def refreshed_inputs(
    fields: Mapping[str, Property], old: Properties, cloud: Properties, *,
    write_only: Collection[str] = (), sets: Collection[str] = (),
) -> Properties:  # fmt: skip
    """The old inputs with the cloud's values: a key that the cloud no longer has is left out, none is added.

    `write_only` properties cannot be read back and so stay as they were, whatever the cloud holds; some lie inside
    others. A list among the
    `sets` keeps the order in which it was written.
    """
    fresh: Properties = {}
    for name, value in old.items():
        if name == DEFAULTS or name in write_only:
            fresh[name] = value
        elif cloud.get(name) is not None:
            kind = fields[name].kind if name in fields else ANY
            found = _ordered(value, cloud[name]) if name in sets else cloud[name]
            fresh[name] = _refreshed(kind, value, found, _inside(name, write_only))
    return fresh


def _inside(name: str, write_only: Collection[str]) -> list[str]:
    """Of paths such as "links[*].sharedKey", the rest behind a property."""
    return [path.removeprefix(f"{name}[*].") for path in write_only if path.startswith(f"{name}[*].")]


def imported_inputs(
    fields: Mapping[str, Property], cloud: Properties, defaults: Properties, write_only: Collection[str] = ()
) -> Properties:
    """All settable values that say something: neither empty nor what the provider would put there itself."""
    return {
        name: value
        for name, value in cloud.items()
        if name in fields and name not in write_only and value not in (None, "", [], {})
        and not (name in defaults and same_value(defaults[name], value))
    }  # fmt: skip


def _refreshed(kind: Kind, old: Any, cloud: Any, write_only: Collection[str] = ()) -> Any:
    if kind.shape == "object" and isinstance(old, dict) and isinstance(cloud, dict):
        return refreshed_inputs(kind.fields or {}, old, cloud, write_only=write_only)
    if kind.shape == "list" and isinstance(old, list) and isinstance(cloud, list):
        known = [_refreshed(kind.of, mine, theirs, write_only) for mine, theirs in zip(old, cloud, strict=False)]
        return known + cloud[len(known) :]
    return cloud


def _ordered(old: Any, cloud: Any) -> Any:
    if not (isinstance(old, list) and isinstance(cloud, list)):
        return cloud
    return align(old, cloud)[1]
