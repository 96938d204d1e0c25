"""What is made of something long, found again by identity: hashing thousands of keys takes longer than questions do."""

from collections.abc import Callable
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
