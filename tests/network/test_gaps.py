"""Of all pairs that fail, a few of each kind are shown."""

from collections.abc import Iterator

from hubspoke.network.classes import Bits, members
from hubspoke.network.gaps import LOOKED_AT, ROWS, Gaps, Pair
from hypothesis import given
from hypothesis import strategies as st

SETS = st.integers(1, 255)
GAPS = st.lists(st.tuples(SETS, SETS, st.booleans()), max_size=6).map(Gaps)
Failing = dict[int, tuple[Bits, Bits]]  # by source, the targets of its packets and those of answers


def failing(gaps: Gaps) -> Failing:
    """One gap and one source after the other."""
    found: Failing = {}
    for sources, targets, answers in gaps.gaps:
        for source in members(sources):
            ahead, behind = found.get(source, (0, 0))
            found[source] = (ahead, behind | targets) if answers else (ahead | targets, behind)
    return found


@given(GAPS)
def test_rows_are_all_that_fails_and_each_source_is_in_one(gaps: Gaps) -> None:
    rows, wanted = list(gaps.rows()), failing(gaps)
    assert {s: (row.ahead, row.behind) for row in rows for s in members(row.sources)} == wanted
    assert sum(row.sources.bit_count() for row in rows) == len(wanted)
    first = [next(members(row.sources)) for row in rows]
    assert first == sorted(first)


@given(GAPS, st.lists(SETS, max_size=3), st.booleans())
def test_of_each_row_and_sort_the_first_and_the_last_are_looked_at(gaps: Gaps, sorts: list[Bits], sure: bool) -> None:
    pairs, all_ = list(gaps.pairs(sorts, sure=sure)), failing(gaps)
    assert len(pairs) == len(set(pairs))
    for source, target, back in pairs:
        ahead, behind = all_[source]
        assert (ahead | behind) >> target & 1
        assert back == (not sure or bool(behind >> target & 1))
    at = [(source, target) for source, target, _ in pairs]
    firsts, lasts = zip(*corners(gaps, sorts), strict=True) if gaps.count else ((), ())
    assert at[: len(firsts)] == list(firsts)[:LOOKED_AT]
    assert len(at) >= LOOKED_AT or set(lasts) <= set(at)


def test_where_there_are_many_sorts_only_so_many_pairs_are_looked_at() -> None:
    sorts = [1 << number for number in range(1, 3000)]
    found = list(Gaps([(1, sum(sorts), False)]).pairs(sorts, sure=True))
    assert found == [Pair(0, number, False) for number in range(1, LOOKED_AT + 1)]


def corners(gaps: Gaps, sorts: list[Bits]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The first and the last pair of each row and sort, in order."""
    for row in list(gaps.rows())[:ROWS]:
        sources = list(members(row.sources))
        for targets in sorted(list(members(part)) for part in parts(row.ahead | row.behind, sorts)):
            yield (sources[0], targets[0]), (sources[-1], targets[-1])


def parts(targets: Bits, sorts: list[Bits]) -> list[Bits]:
    """Those together that are in the same sorts."""
    found: dict[tuple[bool, ...], Bits] = {}
    for target in members(targets):
        name = tuple(bool(sort >> target & 1) for sort in sorts)
        found[name] = found.get(name, 0) | 1 << target
    return list(found.values())


def test_what_fails_together_is_shown_by_few_pairs() -> None:
    """Everybody with one target, and that one's own packets."""
    everyone, one = (1 << 600) - 2, 1 << 600
    gaps = Gaps([(everyone, one, False), (one, everyone, False)])
    assert list(gaps.pairs((), sure=True)) == [
        Pair(1, 600, False), Pair(600, 1, False), Pair(599, 600, False), Pair(600, 599, False),
        Pair(300, 600, False), Pair(600, 300, False),
    ]  # fmt: skip
