"""Pairs of classes that are not as they should be, and a few of them to be shown.

    t1  t2  t3  t4      Sources that fail with the same targets are one row; their targets are parted by what filters
s1   x   x       x      make of them. Pairs of one row and part mostly fail for one reason: the first and the last
s2   x   x       x      of them are looked at, and two in between.
s3           x
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from hubspoke.network.classes import Bits, lowest, union
from hubspoke.network.filters import Cell

Gap = tuple[Bits, Bits, bool]  # classes of sources and of targets; whether it is the answers that fail
ROWS = 5  # that are looked at
LOOKED_AT = 20  # pairs
QUARTERS = 0, 4, 2  # of the way from the first class of a set to the last


class Pair(NamedTuple):
    """Classes of a source and a target between which packets are not as they should be."""

    source: int
    target: int
    back: bool  # whether that may be about answers: they are not followed where all of them are known to come back


class Row(NamedTuple):
    """Sources, the targets that their packets fail with, and those whose answers do."""

    sources: Bits
    ahead: Bits
    behind: Bits


@dataclass(frozen=True)
class Gaps:
    """Pairs of classes that are not as they should be, and the traffic they fail with."""

    gaps: list[Gap]
    cell: Cell | None = None

    @cached_property
    def count(self) -> int:
        """How many pairs these are."""
        return sum(sources.bit_count() * targets.bit_count() for sources, targets, _ in self.gaps)

    def pairs(self, sorts: Collection[Bits], *, sure: bool) -> Iterator[Pair]:
        """Some pairs of each row and sort of targets; where it is not sure which way fails, either may."""
        found = ((row, part) for row in islice(self.rows(), ROWS) for part in _parts(row.ahead | row.behind, sorts))
        parts = list(islice(found, LOOKED_AT))  # each has a pair of its own
        ends = ((row, _at(row.sources, way), _at(part, way)) for way in QUARTERS for row, part in parts)
        pairs = dict.fromkeys(Pair(s, t, not sure or bool(row.behind >> t & 1)) for row, s, t in ends)
        return islice(pairs, LOOKED_AT)

    def rows(self) -> Iterator[Row]:
        """Those that fail with the same targets together, in the order of their first classes."""
        together = self._together()
        left = union(together.values())
        while left:
            same, failing = left, [0, 0]
            for (targets, answers), sources in together.items():
                if sources & left & -left:
                    same, failing[answers] = same & sources, failing[answers] | targets
                else:
                    same &= ~sources
            left ^= same
            yield Row(same, *failing)

    def _together(self) -> dict[tuple[Bits, bool], Bits]:
        """The sources, by the targets that they fail with and which way."""
        found: dict[tuple[Bits, bool], Bits] = {}
        for sources, targets, answers in self.gaps:
            found[targets, answers] = found.get((targets, answers), 0) | sources
        return found


def _parts(targets: Bits, sorts: Iterable[Bits]) -> Iterator[Bits]:
    """Targets, with those of each sort apart, in the order of their first classes."""
    while targets:
        first = targets & -targets
        part = targets
        for sort in sorts:
            part &= sort if sort & first else ~sort
        targets ^= part
        yield part


def _at(bits: Bits, quarters: int) -> int:
    """A class so far on the way from the first of a set to the last, or the next after it."""
    first, last = lowest(bits), bits.bit_length() - 1
    way = first + (last - first) * quarters // 4
    return lowest(bits >> way << way)
