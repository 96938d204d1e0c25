"""What is made of long tuples, found again by identity: to hash thousands of keys takes longer than most questions."""

from collections.abc import Callable
from typing import Generic, TypeVar

Long = TypeVar("Long", bound=tuple[object, ...])
Made = TypeVar("Made")
AT_MOST = 1 << 14  # tuples that are kept


class ById(Generic[Long, Made]):
    """What was made of tuples, of so many at most."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Long, Made]] = {}  # the tuples are kept, so that their ids stay theirs

    def of(self, given: Long, make: Callable[[Long], Made]) -> Made:
        """What is made of a tuple, made once."""
        kept = self._kept.get(id(given))
        if kept is None:
            if len(self._kept) >= AT_MOST:
                self._kept.clear()
            kept = self._kept[id(given)] = given, make(given)
        return kept[1]
