"""Property paths, as ignoreChanges and replaceOnChanges use them: `tags.Name`, `rules[0]["a.b"]`, `rules[*].port`."""

import re
from functools import lru_cache
from typing import Any

from hubspoke.local.engine.values import Secret

Path = tuple[str | int, ...]
ANY = "*"
_TOKEN = re.compile(r'\.?\["((?:\\"|[^"])*)"\]|\.?\[(\*|-?\d+)\]|\.?([^.\[\]]+)')


@lru_cache(maxsize=4096)
def parse(path: str) -> Path:
    """Raises ValueError where the path is malformed."""
    found: list[str | int] = []
    position = 0
    while position < len(path):
        match = _TOKEN.match(path, position)
        if match is None or (position == 0 and path[0] == "."):
            raise ValueError(f"invalid property path {path!r}")
        quoted, index, name = match.groups()
        found.append(_element(quoted, index, name))
        position = match.end()
    return tuple(found)


def _element(quoted: str | None, index: str | None, name: str | None) -> str | int:
    if quoted is not None:
        return quoted.replace('\\"', '"')
    if index is not None:
        return ANY if index == ANY else int(index)
    return name or ""


def contains(path: Path, other: Path) -> bool:
    """Whether `other` is at or below `path`; `*` stands for any element."""
    return len(other) >= len(path) and all(a in (ANY, b) for a, b in zip(path, other, strict=False))


def reset(path: Path, old: Any, new: Any, *, secret: bool = False) -> bool:
    """Set what `path` names in `new` (changed in place) back to what it is in `old`.

    False where it cannot be done: an element of the path is in one and not in the other. `secret` says that a
    container of `old` was secret, where that of `new` is not.
    """
    old, old_secret = _open(old)
    new, new_secret = _open(new)
    secret = (secret or old_secret) and not new_secret
    head, rest = path[0], path[1:]
    if head == ANY:
        return _reset_all(rest, old, new, secret)
    if isinstance(head, int):
        return _reset_index(head, rest, old, new, secret)
    return _reset_key(head, rest, old, new, secret)


def _open(value: Any) -> tuple[Any, bool]:
    return (value.value, True) if isinstance(value, Secret) else (value, False)


def _keep(value: Any, secret: bool) -> Any:
    return Secret(value) if secret and not isinstance(value, Secret) else value


def _reset_key(key: str, rest: Path, old: Any, new: Any, secret: bool) -> bool:
    if not rest:
        return _reset_leaf(key, old, new, secret)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return not isinstance(old, dict) and not isinstance(new, dict)
    if key not in old or key not in new:
        return key not in old and key not in new
    return reset(rest, old[key], new[key], secret=secret)


def _reset_leaf(key: str, old: Any, new: Any, secret: bool) -> bool:
    if isinstance(old, dict) and key in old:
        if not isinstance(new, dict):
            return False
        new[key] = _keep(old[key], secret)
    elif isinstance(new, dict):
        new.pop(key, None)
    return True


def _reset_index(index: int, rest: Path, old: Any, new: Any, secret: bool) -> bool:
    if index < 0:
        return False
    if not isinstance(old, list) or not isinstance(new, list):
        return not isinstance(old, list) and not isinstance(new, list)
    if index >= len(old) or index >= len(new):
        return not rest and index >= len(old) and index >= len(new)
    if rest:
        return reset(rest, old[index], new[index], secret=secret)
    new[index] = _keep(old[index], secret)
    return True


def _reset_all(rest: Path, old: Any, new: Any, secret: bool) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        below = [_reset_index(i, rest, old, new, secret) for i in range(min(len(old), len(new)))]
        return all(below) and len(old) == len(new)
    if isinstance(old, dict) and isinstance(new, dict):
        return _reset_members(rest, old, new, secret)
    return not rest and isinstance(new, (list, dict))


def _reset_members(rest: Path, old: dict[str, Any], new: dict[str, Any], secret: bool) -> bool:
    if rest:
        return all(key in new and reset(rest, old[key], new[key], secret=secret) for key in old)
    for key in [key for key in new if key not in old]:
        del new[key]
    new.update({key: _keep(value, secret) for key, value in old.items()})
    return True
