"""Where packets end up: the winners of all tables as steps, and the fixed points of what the steps lead to.

For every table a set of classes: those whose packets are delivered to an endpoint that has their addresses. It grows
from the endpoints backwards until nothing is added, so a loop never gets in. "Every" path must deliver where traffic
is shared, and "some" path delivers: a claim that traffic arrives needs the first, one that it does not needs that
there is none of the second. Both are worked out twice where something is not known: at worst and at best.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
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
    certain: bool  # nothing is unknown or ambiguous


def forwarding(settled: Settled, last: "tuple[Settled, Forwarding] | None" = None) -> Forwarding:
    """The steps of a settled network; those of `last` are kept where the winners and the links are the same."""
    maker = _Maker(settled)
    steps: Steps = {}
    if last and _places(last[0].network) != _places(settled.network):
        last = None  # steps may lead to what is gone
    touched = last[0].touched(settled.network) if last else set()
    for table in settled.network.tables:
        kept = last and table.key not in touched and last[0].cells.get(table.key) is settled.cells[table.key]
        steps[table.key] = last[1].steps[table.key] if last and kept else maker.steps(table)
    owned = {f"={e.key}": settled.classes.addresses(e.prefixes) if e.prefixes else 0 for e in settled.network.endpoints}
    certain = all(step.sure and UNSURE not in step.nexts for each in steps.values() for step in each)
    return Forwarding(settled.classes, steps, owned, _before(steps), certain)


def _places(network: Network) -> tuple[Set[str], Set[str]]:
    """Where steps may lead to."""
    return network.table.keys(), network.endpoint.keys()


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


Values = dict[str, Bits]  # by table: the classes of which something holds
Passes = Mapping[str, Bits]  # by table: the classes that its filters let pass; all where it is not named


def delivered(forwarding: Forwarding, passes: Passes, *, every: bool, best: bool, within: Bits | None = None) -> Values:
    """Classes that arrive, by the table they start in. `best` takes what is not known for the better."""
    ends = {**forwarding.owned, UNSURE: forwarding.classes.all if best else 0, LOST: 0, OUT: 0}
    return spread(forwarding, passes, ends, every=every, best=best, within=within)


def ended(forwarding: Forwarding, within: Bits | None = None) -> Values:
    """Classes that come to an end on every path, whatever end; what is left goes round in a loop."""
    full = forwarding.classes.inhabited
    ends = dict.fromkeys([*forwarding.owned, UNSURE, LOST, OUT], full)
    stuck = {table: full & ~_union(steps) for table, steps in forwarding.steps.items()}  # no route is an end, too
    return spread(forwarding, {}, ends, every=True, best=False, within=within, held=stuck)


def spread(
    forwarding: Forwarding,
    passes: Passes,
    ends: Values,
    *,
    every: bool,
    best: bool,
    within: Bits | None = None,
    held: Mapping[str, Bits] | None = None,
) -> Values:
    """The least fixed point from what holds at the ends, for the classes `within`; `held` is what tables begin with."""
    limit = forwarding.classes.inhabited if within is None else within
    held = held or {}
    values: Values = {**dict.fromkeys(forwarding.steps, 0), **ends}
    queue = dict.fromkeys(forwarding.steps)
    while queue:
        again: dict[str, None] = {}
        for table in queue:
            value = _value(forwarding.steps[table], values, every, best, limit) | held.get(table, 0) & limit
            value &= passes.get(table, -1)
            if value != values[table]:
                values[table] = value
                again.update(dict.fromkeys(forwarding.before.get(table, ())))
        queue = again
    return {table: values[table] for table in forwarding.steps}


def _value(steps: tuple[Step, ...], values: Values, every: bool, best: bool, limit: Bits) -> Bits:
    found = 0
    for step in steps:
        if bits := step.bits & limit:
            nexts = step.nexts
            if len(nexts) == 1:
                bits &= values[nexts[0]]
            elif every if step.sure else not best:
                for end in nexts:
                    bits &= values[end]
            else:
                any_ = 0
                for end in nexts:
                    any_ |= values[end]
                bits &= any_
            found |= bits
    return found
