"""Small pure helpers on property values, shared by checks, diffs and rules."""

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..wire import UNKNOWN

_SIMPLE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]*\Z")
_PATH_PART = re.compile(r'\[(\d+)\]|\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([^.\[\]]+)')
DEFAULTS = "__defaults"  # names of the properties that a bridged provider filled in itself


def has_unknown(value: Any) -> bool:
    """Whether a value is, or holds anywhere, one that only an apply will tell."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return bool(value == UNKNOWN)


def child_path(path: str, key: str | int) -> str:
    """`path` with one more step, in Pulumi's notation: tags.Name, ingress[0], tags["a.b"]."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if _SIMPLE_KEY.match(key):
        return f"{path}.{key}" if path else key
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{path}["{quoted}"]'


def parse_path(path: str) -> list[str | int]:
    """The steps of a property path. Raises ValueError if it is not one."""
    return list(_steps(path))


@lru_cache(maxsize=4096)  # most are those that the tables name
def _steps(path: str) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    position = 0
    for found in _PATH_PART.finditer(path):
        if found.start() != position:
            break
        index, star, quoted, name = found.groups()
        position = found.end()
        steps.append(int(index) if index is not None else re.sub(r"\\(.)", r"\1", star or quoted or name or ""))
    if position != len(path) or not steps:
        raise ValueError(f"{path!r} is not a property path such as tags.Name or routes[0].cidrBlock")
    return tuple(steps)


def ignored(path: str, ignore_changes: Iterable[str]) -> bool:
    """Whether a path, or something it lies in, is among the ignored ones. `*` stands for any step."""
    steps = parse_path(path)
    return any(_covers(parse_path(pattern), steps) for pattern in ignore_changes)


def _covers(pattern: list[str | int], steps: list[str | int]) -> bool:
    return len(pattern) <= len(steps) and all(
        wanted in ("*", step) for wanted, step in zip(pattern, steps, strict=False)
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ " Did you mean 'x'?" for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def snake(name: str) -> str:
    """cidrBlock -> cidr_block: the name the Terraform provider has for it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
