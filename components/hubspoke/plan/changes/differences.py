"""Where two values differ, as dotted paths."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_PART = re.compile(r"""\[(?:"([^"]*)"|(\d+))\]""")


def differences(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """The paths of all leaves that differ, what is an engine's own aside. A list whose length differs is one leaf."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(each for each in {*old, *new} if not each.startswith("__")):
            yield from differences(old.get(key), new.get(key), f"{at}.{key}" if at else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, f"{at}.{index}")
    elif old != new:
        yield at


def dotted(path: str) -> str:
    """Pulumi's way to write a path in dots: `a["b"][0].c` is `a.b.0.c`."""
    return _PART.sub(lambda match: f".{match[1] if match[1] is not None else match[2]}", path).lstrip(".")


def changed_paths(old: Any, new: Any, reported: Iterable[str] = ()) -> frozenset[str]:
    """What differs, as finely as it can be told.

    `reported` is what an engine says differs, in its own way: what it leaves out (what a program ignores) is no
    change, and what only it can tell (secrets are masked alike on both sides) is one.
    """
    own = frozenset(differences(old, new))
    named = [dotted(path) for path in reported]
    if not named:
        return own
    return frozenset(finer for path in named for finer in (_below(path, own) or [path]))


def _below(path: str, own: Iterable[str]) -> list[str]:
    return [each for each in own if each == path or each.startswith(f"{path}.")]
