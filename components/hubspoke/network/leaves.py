"""Leaves: tables from which packets go on to one other table at most, as most networks' own are. They are looked past.

What holds of a packet in a leaf is what holds where it comes to from there, so leaves have no part in fixed points: of
thousands of networks on some hubs, the tables of the hubs are left. A table with a filter is no leaf. One that was no
leaf stays so over changes, whatever it leads to by then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from hubspoke.network.classes import Bits
from hubspoke.network.steps import LOOP, LOST, Ends, Into, Step, Steps, differing, forks, into, into_after, joined

_AROUND: Step = (LOOP,), True
_NOWHERE: Step = (LOST,), True


@dataclass(frozen=True)
class Core:
    """The tables that are no leaves, with their steps past leaves to each other and to where packets end."""

    steps: dict[str, Steps]
    leaves: dict[str, Steps]  # of leaves, past leaves too: to one table of the core at most
    into: Into  # from tables of the core
    forked: frozenset[str]  # tables of the core with steps to several ends
    leading: dict[str, frozenset[str]]  # by leaf, the tables with steps to it, now or in a state before
    changed: dict[str, Bits]  # the classes that go on to something else than in the core that it was made of
    detoured: frozenset[str]  # leaves whose packets come to something else, and tables that are no leaves any more


def core(steps: Mapping[str, Steps], filtered: Collection[str]) -> Core:
    """The core of all tables, of which these have filters."""
    leaves = {table for table, each in steps.items() if table not in filtered and _leads_on(each, steps)}
    past = _Past(steps, leaves, {})
    for table in leaves:
        past.leaf(table)
    kept = {table: past.table(table) for table in steps if table not in leaves}
    forked = frozenset(table for table, each in kept.items() if forks(each))
    return Core(kept, past.known, into(kept), forked, _leading({}, steps, leaves, steps), {}, frozenset())


def core_after(last: Core, steps: Mapping[str, Steps], changed: Collection[str]) -> Core:
    """The same from that of a state in which only these tables had other steps."""
    grown = {table for table in changed if table in last.leaves and not _leads_on(steps[table], steps)}
    leaves = last.leaves.keys() - grown if grown else last.leaves.keys()
    leading = _leading(last.leading, steps, leaves, changed)
    anew = _looking_past(last, leading, changed)
    past = _Past(steps, leaves, _without(last.leaves, anew))
    made = {table: past.table(table) for table in anew if table not in leaves}
    for table in anew & leaves:
        past.leaf(table)
    before = {table: last.steps[table] if table in last.steps else last.leaves[table] for table in made}
    other = {table: bits for table, each in made.items() if (bits := differing(before[table], each, -1))}
    return Core(
        last.steps | made, past.known, into_after(last.into, last.steps, made),
        last.forked - made.keys() | {table for table, each in made.items() if forks(each)},
        leading, other, frozenset(anew & last.leaves.keys()),
    )  # fmt: skip


def _without(leaves: dict[str, Steps], anew: Iterable[str]) -> dict[str, Steps]:
    left = dict(leaves)
    for table in anew:
        left.pop(table, None)
    return left


def _leads_on(steps: Steps, tables: Collection[str]) -> bool:
    """Whether packets go on to one table at most, and those of one class to one end."""
    door = ""
    for several, _ in steps:
        if len(several) > 1:
            return False
        if several[0] in tables and several[0] != (door := door or several[0]):
            return False
    return True


def _leading(
    last: dict[str, frozenset[str]], steps: Mapping[str, Steps], leaves: Collection[str], changed: Iterable[str]
) -> dict[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    for table in changed:
        for several, _ in steps[table]:
            for end in several:
                if end in leaves:
                    found.setdefault(end, []).append(table)
    more = {leaf: last[leaf].union(those) if leaf in last else frozenset(those) for leaf, those in found.items()}
    return last | more if last else more


def _looking_past(last: Core, leading: Mapping[str, frozenset[str]], changed: Iterable[str]) -> set[str]:
    """What changed, and the tables whose packets come to or by it past leaves."""
    found, news = set[str](), list(changed)
    while news:
        if (table := news.pop()) not in found:
            found.add(table)
            news += leading.get(table, ()) if table in last.leaves else ()
    return found


class _Past:
    """Looks past leaves. `known` is where the packets of some leaves come to already."""

    def __init__(self, steps: Mapping[str, Steps], leaves: Collection[str], known: dict[str, Steps]) -> None:
        self._steps, self._leaves, self.known = steps, leaves, known

    def leaf(self, table: str) -> Steps:
        """Where packets of a leaf come to."""
        if table not in self.known:
            steps = self._steps[table]
            self.known[table] = joined(self._walk(table)) if self._leads_to_leaves(steps) else steps
        return self.known[table]

    def _walk(self, table: str) -> Iterator[tuple[Step, Bits]]:
        """From leaf to leaf, until a table of the core or the end, or back to where it was."""
        left, seen = -1, set[str]()
        while table in self._leaves and table not in seen:
            seen.add(table)
            onward, on, unrouted = "", 0, left
            for step, bits in self._steps[table].items():
                unrouted &= ~bits
                if step[0][0] in self._steps:
                    onward, on = step[0][0], on | left & bits
                elif left & bits:
                    yield step, left & bits
            if len(seen) > 1 and unrouted:
                yield _NOWHERE, unrouted
            if not on:
                return
            table, left = onward, on
        yield _AROUND if table in seen else ((table,), True), left

    def _leads_to_leaves(self, steps: Steps) -> bool:
        for several, _ in steps:
            for end in several:
                if end in self._leaves:
                    return True
        return False

    def table(self, table: str) -> Steps:
        """The steps of a table of the core."""
        steps = self._steps[table]
        if not self._leads_to_leaves(steps):
            return steps
        found: Steps = {}
        for (several, sure), bits in steps.items():
            for ends, left in self._from(several[0], bits) if len(several) == 1 else self._among(several, bits):
                found[ends, sure] = found.get((ends, sure), 0) | left
        return found

    def _among(self, several: Ends, bits: Bits) -> list[tuple[Ends, Bits]]:
        parts: list[tuple[Ends, Bits]] = [((), bits)]
        for end in several:
            parts = [((*ends, *there), both) for ends, left in parts for there, both in self._from(end, left)]
        return [(tuple(sorted(set(ends))), left) for ends, left in parts]

    def _from(self, end: str, bits: Bits) -> list[tuple[Ends, Bits]]:
        """Where packets of these classes come to from an end, if that is a leaf."""
        if end not in self._leaves:
            return [((end,), bits)]
        found: list[tuple[Ends, Bits]] = []
        for (ends, _), there in self.leaf(end).items():
            if both := bits & there:
                found.append((ends, both))
                if not (bits := bits ^ both):
                    return found
        return [*found, ((LOST,), bits)]
