"""How two sets of inputs differ, property by property, as a bridged provider says it. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..wire import UNKNOWN
from .protocol import DiffKind, DiffResult, Properties
from .values import child_path, ignored, parse_path

_REPLACING = {
    DiffKind.ADD: DiffKind.ADD_REPLACE,
    DiffKind.DELETE: DiffKind.DELETE_REPLACE,
    DiffKind.UPDATE: DiffKind.UPDATE_REPLACE,
}


def diff_properties(
    old: Properties, new: Properties, *,
    immutable: Collection[str] = (), sets: Collection[str] = (), kept: Collection[str] = (),
    ignore_changes: Iterable[str] = (),
) -> DiffResult:  # fmt: skip
    """What must be done to get from `old` to `new`.

    `immutable` are the properties whose change is a replacement; `sets` those whose order means nothing; `kept` those
    that stay as they are when left out. An unknown counts as a change.
    """
    patterns = tuple(ignore_changes)
    found = {path: kind for path, kind in _changes(old, new, sets, kept) if not (patterns and ignored(path, patterns))}
    replaces = dict.fromkeys(top for path in found if (top := str(parse_path(path)[0])) in immutable)
    detailed = {
        path: _REPLACING[kind] if str(parse_path(path)[0]) in replaces else kind for path, kind in found.items()
    }
    return DiffResult(detailed, tuple(replaces))


def _changes(
    old: Properties, new: Properties, sets: Collection[str], kept: Collection[str]
) -> Iterator[tuple[str, DiffKind]]:
    for name in {**old, **new}:
        if name.startswith("__") or (name in kept and new.get(name) is None):
            continue
        yield from _compare(name, old.get(name), new.get(name), name in sets)


def _compare(path: str, old: Any, new: Any, unordered: bool = False) -> Iterator[tuple[str, DiffKind]]:
    if same_value(old, new):
        return
    if old is None or new is None:
        yield path, DiffKind.ADD if old is None else DiffKind.DELETE
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _compare(child_path(path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(path, old, new, unordered)
    else:
        yield path, DiffKind.UPDATE


def _compare_lists(path: str, old: list[Any], new: list[Any], unordered: bool) -> Iterator[tuple[str, DiffKind]]:
    if unordered:
        old, new = align(old, new)
    for i in range(max(len(old), len(new))):
        before = old[i] if i < len(old) else None
        after = new[i] if i < len(new) else None
        yield from _compare(child_path(path, i), before, after)


def align(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """Both lists with what they share at the same places, so that order alone is no difference."""
    rest = list(new)
    shared, gone = [], []
    for item in old:
        twin = next((other for other in rest if same_value(item, other)), None)
        if twin is None:
            gone.append(item)
        else:
            rest.remove(twin)
            shared.append(item)
    return shared + gone, shared + rest


def same_value(old: Any, new: Any) -> bool:
    """Equal as the cloud sees it: 1 is 1.0, nulls are absent, True is not 1; an unknown equals nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(same_value(old.get(key), new.get(key)) for key in old.keys() | new.keys() if key != "__defaults")
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same_value, old, new))
    if isinstance(old, bool) is not isinstance(new, bool):
        return False
    return bool(old == new and new != UNKNOWN)


def merge(kinds: Mapping[str, str], cloud: Properties, old: Properties, new: Properties) -> Properties:
    """A cloud's settings after an update: what changed between `old` and `new` is set, the rest stays as it is.

    `kinds` gives "map" for the properties that are merged key by key, as tags are.
    """
    merged = {name: value for name, value in cloud.items() if value is not None}
    for name in {**old, **new}:
        if same_value(old.get(name), new.get(name)):
            continue
        by_key = kinds.get(name) == "map" and cloud.get(name)
        if by_key and all(isinstance(values.get(name), dict | None) for values in (cloud, old, new)):
            left = merge({}, cloud[name], old.get(name) or {}, new.get(name) or {})
            _put(merged, name, left if left or new.get(name) is not None else None)
        else:
            _put(merged, name, new.get(name))
    return merged


def _put(target: Properties, name: str, value: Any) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value
