"""Where packets end up: the winners of all tables as steps, and the fixed points of what the steps lead to.

For every table a set of classes: those whose packets are delivered to an endpoint that has their addresses. It grows
from the endpoints backwards until nothing is added, so a loop never gets in. "Every" path must deliver where traffic
is shared, and "some" path delivers: a claim that traffic arrives needs the first, one that it does not needs that
there is none of the second. Both are worked out twice where something is not known: at worst and at best.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from hubspoke.network.choose import Cell
from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Deliver, Drop, End, Internet, Network, NextHop, Table, Unknown, Via
from hubspoke.network.settle import Settled

LOST, UNSURE, OUT = "(lost)", "(unknown)", "(internet)"  # where a packet may end beside tables and endpoints


@dataclass(frozen=True, slots=True)
class Step:
    """What packets of these classes do next: any of `nexts`, tables by key and endpoints by "=key"."""

    bits: Bits
    nexts: tuple[str, ...]
    sure: bool


Steps = dict[str, tuple[Step, ...]]


@dataclass(frozen=True)
class Forwarding:
    """The steps of every table, who has which addresses, and which tables a table may hand packets to."""

    classes: Classes
    steps: Steps
    owned: dict[str, Bits]  # by "=endpoint"
    before: dict[str, tuple[str, ...]]  # tables that lead to a table
    doubtful: frozenset[str]  # tables of which something is unknown or ambiguous
    changed: dict[str, Bits] | None = None  # the classes that tables forward differently from the one it was made of

    @property
    def certain(self) -> bool:
        """Whether nothing is unknown or ambiguous."""
        return not self.doubtful


def forwarding(settled: Settled, last: "tuple[Settled, Forwarding] | None" = None) -> Forwarding:
    """The steps of a settled network; those of `last` are kept where the winners and the links are the same."""
    if last and _alike(last[0].network, settled.network):
        return _changed(settled, *last)
    maker = _Maker(settled)
    steps = {table.key: maker.steps(table) for table in settled.network.tables}
    owned = {f"={e.key}": settled.classes.addresses(e.prefixes) if e.prefixes else 0 for e in settled.network.endpoints}
    doubtful = frozenset(table for table, each in steps.items() if _doubtful(each))
    return Forwarding(settled.classes, steps, owned, _before(steps), doubtful)


def _alike(one: Network, other: Network) -> bool:
    """Whether they have the same endpoints, and tables by the same keys."""
    return one.endpoints == other.endpoints and one.table.keys() == other.table.keys()


def _changed(settled: Settled, was: Settled, last: Forwarding) -> Forwarding:
    maker, touched = _Maker(settled), was.touched(settled.network)
    touched |= {key for key, cells in settled.cells.items() if was.cells[key] is not cells}
    made = {key: maker.steps(settled.network.table[key]) for key in touched}
    changed = {key: bits for key, steps in made.items() if (bits := _differing(last.steps[key], steps))}
    made = {key: made[key] for key in changed}
    doubtful = last.doubtful - made.keys() | {key for key, each in made.items() if _doubtful(each)}
    before = _before_after(last, made)
    return Forwarding(settled.classes, {**last.steps, **made}, last.owned, before, frozenset(doubtful), changed)


def _doubtful(steps: tuple[Step, ...]) -> bool:
    return any(not step.sure or UNSURE in step.nexts for step in steps)


def _differing(before: tuple[Step, ...], after: tuple[Step, ...]) -> Bits:
    """The classes of which the next steps are not the same."""
    kept = {(step.nexts, step.sure): step.bits for step in before}
    same = sum(step.bits & kept.get((step.nexts, step.sure), 0) for step in after)  # classes are in one step each
    return (_union(before) | _union(after)) & ~same


def _before_after(last: Forwarding, made: Steps) -> dict[str, tuple[str, ...]]:
    """Which tables lead where, with the steps of some made anew."""
    found = dict(last.before)
    for table, steps in made.items():
        old, new = (dict.fromkeys(end for step in each for end in step.nexts) for each in (last.steps[table], steps))
        for end in old.keys() - new.keys():
            found[end] = tuple(key for key in found.get(end, ()) if key != table)
        for end in new.keys() - old.keys():
            if end in last.steps:
                found[end] = (*found.get(end, ()), table)
    return found


class _Maker:
    def __init__(self, settled: Settled) -> None:
        self.settled, self.links, self.link = settled, settled.links, settled.network.link
        self._ends: dict[tuple[str, NextHop], tuple[str, ...]] = {}  # of routers that have several tables

    def steps(self, table: Table) -> tuple[Step, ...]:
        """Longest prefix first: what a longer one claims, no shorter one gets."""
        classes, claimed = self.settled.classes, 0
        found: dict[tuple[tuple[str, ...], bool], Bits] = defaultdict(int)
        cells = self.settled.cells[table.key]
        for layer in classes.layers(_union(cells)):
            taken = 0
            for cell in cells:
                if own := cell.bits & layer:
                    covered = classes.within(own)
                    found[self.nexts(table, cell)] |= covered & ~claimed
                    taken |= covered
            claimed |= taken
        return tuple(Step(b, *key) for key, bits in found.items() if (b := bits & classes.inhabited))

    def nexts(self, table: Table, cell: Cell) -> tuple[tuple[str, ...], bool]:
        hops = {route.next_hop for route in cell.routes}
        ends = {end for hop in hops for end in self.ends(table.router, hop)}
        return tuple(sorted(ends)) if len(ends) > 1 else tuple(ends), cell.sure

    def ends(self, router: str, hop: NextHop) -> tuple[str, ...]:
        key = router, hop
        if key not in self._ends:
            self._ends[key] = tuple(self.ends_of(router, hop))
        return self._ends[key]

    def ends_of(self, router: str, hop: NextHop) -> Iterable[str]:
        match hop:
            case Via(links):
                up = [self.link[key] for key in links if self.links.get(key, "down") != "down"]
                return [end for link in up for end in self.arrivals(link.far(router))] or (LOST,)
            case Deliver(endpoint):
                return (f"={endpoint}",) if endpoint in self.settled.network.endpoint else (LOST,)
            case Drop():
                return (LOST,)
            case Internet():
                return (OUT,)
            case Unknown():
                return (UNSURE,)
            case _:
                assert_never(hop)

    def arrivals(self, end: End) -> tuple[str, ...]:
        """The tables behind an end; one that is not there loses what comes."""
        known = self.settled.network.table
        return tuple(key if key in known else LOST for key in end.tables) or (LOST,)


def _union(parts: Iterable[Cell | Step]) -> Bits:
    bits = 0
    for cell in parts:
        bits |= cell.bits
    return bits


def _before(steps: Steps) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for table, each in steps.items():
        for step in each:
            for end in step.nexts:
                if end in steps:
                    found[end][table] = None
    return {end: tuple(tables) for end, tables in found.items()}
