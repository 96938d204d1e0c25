"""What is made of something long, found again by identity: hashing thousands of keys takes longer than questions do."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import compress
from operator import is_not
from typing import Generic, TypeVar

Long = TypeVar("Long")
Made = TypeVar("Made")
AT_MOST = 1 << 14  # of them are kept


class ById(Generic[Long, Made]):
    """What was made of long tuples and tables, of so many at most."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Long, Made]] = {}  # they are kept, so that their ids stay theirs

    def of(self, given: Long, make: Callable[[Long], Made]) -> Made:
        """What is made of one, made once."""
        kept = self._kept.get(id(given))
        if kept is None:
            if len(self._kept) >= AT_MOST:
                self._kept.clear()
            kept = self._kept[id(given)] = given, make(given)
        return kept[1]


def exchanged(before: Sequence[Long], after: Sequence[Long]) -> tuple[list[Long], list[Long]]:
    """What went and what came: elements that are in one of the two only or more often, or not in the same place."""
    if before is after:
        return [], []
    if len(before) == len(after):
        other = list(map(is_not, before, after))
        return list(compress(before, other)), list(compress(after, other))
    more = Counter(map(id, after))
    more.subtract(map(id, before))
    return _taken(before, -more), _taken(after, +more)


def _taken(elements: Sequence[Long], often: Counter[int]) -> list[Long]:
    found: list[Long] = []
    for each in elements:
        if often[id(each)] > 0:
            often[id(each)] -= 1
            found.append(each)
    return found
