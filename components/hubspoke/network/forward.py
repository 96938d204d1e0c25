"""What every table does with packets: its winners as steps, longest prefix first.

A step takes some classes of addresses on to tables, or to where packets end. Where a table chose anew for some
prefixes, only what lies in these is painted again, and the classes whose steps are not the same are the change.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Deliver, Drop, Internet, NextHop, Route, Table, Unknown, Via
from hubspoke.network.settle import Settled

LOST, UNSURE, OUT = "(lost)", "(unknown)", "(internet)"  # where a packet may end beside tables and endpoints


Ends = tuple[str, ...]  # tables by key, endpoints by "=key", or one of the above
Steps = dict[tuple[Ends, bool], Bits]  # the classes that go on to any of these ends; not sure where only one is right


@dataclass(frozen=True)
class Forwarding:
    """The steps of every table, who has which addresses, and which tables hand packets to an end."""

    classes: Classes
    steps: dict[str, Steps]
    owned: dict[str, Bits]  # by "=endpoint"
    into: dict[str, dict[str, Bits]]  # by end, the tables with steps to it, and the classes that may take them
    forked: frozenset[str]  # tables with steps to several ends
    doubtful: frozenset[str]  # tables of which something is unknown or ambiguous
    changed: dict[str, Bits] | None = None  # the classes that tables forward differently from the one it was made of

    @property
    def certain(self) -> bool:
        """Whether nothing is unknown or ambiguous."""
        return not self.doubtful


def forwarding(settled: Settled) -> Forwarding:
    """The steps of a settled network."""
    maker, full = _Maker(settled), settled.classes.all
    steps = {table.key: maker.steps(table, full) for table in settled.network.tables}
    owned = {f"={e.key}": settled.classes.addresses(e.prefixes) if e.prefixes else 0 for e in settled.network.endpoints}
    return Forwarding(
        settled.classes, steps, owned, _into(steps), frozenset(filter(lambda key: _forks(steps[key]), steps)),
        frozenset(filter(lambda key: _doubtful(steps[key]), steps)),
    )  # fmt: skip


def reforwarding(settled: Settled, last: Forwarding, chosen: Mapping[str, Bits]) -> Forwarding:
    """The same from that of another state with the same tables and endpoints, where winners are other for some classes.

    `chosen` are those classes of prefixes, by table; what lies in them is looked at again.
    """
    maker, steps, changed = _Maker(settled), dict(last.steps), dict[str, Bits]()
    for key, prefixes in chosen.items():
        within = settled.classes.within(prefixes)
        new = maker.steps(settled.network.table[key], within)
        if other := _differing(steps[key], new, within):
            steps[key], changed[key] = _replaced(steps[key], new, within), other
    made = {key: steps[key] for key in changed}
    return Forwarding(
        last.classes, steps, last.owned, _into_after(last, made),
        last.forked - made.keys() | {key for key, each in made.items() if _forks(each)},
        last.doubtful - made.keys() | {key for key, each in made.items() if _doubtful(each)}, changed,
    )  # fmt: skip


def _forks(steps: Steps) -> bool:
    return any(len(ends) > 1 for ends, _ in steps)


def _doubtful(steps: Steps) -> bool:
    return any(not sure or UNSURE in ends for ends, sure in steps)


def _differing(before: Steps, after: Steps, within: Bits) -> Bits:
    """The classes of which the next steps are not the same."""
    other = 0
    for step in before.keys() | after.keys():
        other |= (before.get(step, 0) & within) ^ after.get(step, 0)
    return other


def _replaced(before: Steps, new: Steps, within: Bits) -> Steps:
    kept = {step: left for step, bits in before.items() if (left := bits & ~within)}
    return kept | {step: bits | kept.get(step, 0) for step, bits in new.items()}


def _into(steps: Mapping[str, Steps]) -> dict[str, dict[str, Bits]]:
    found: dict[str, dict[str, Bits]] = defaultdict(dict)
    for table, each in steps.items():
        for end, bits in _ends(each).items():
            found[end][table] = bits
    return dict(found)


def _ends(steps: Steps) -> dict[str, Bits]:
    found: dict[str, Bits] = {}
    for (ends, _), bits in steps.items():
        for end in ends:
            found[end] = found.get(end, 0) | bits
    return found


def _into_after(last: Forwarding, made: Mapping[str, Steps]) -> dict[str, dict[str, Bits]]:
    """The same with the steps of some tables made anew."""
    other: dict[str, dict[str, Bits]] = defaultdict(dict)
    for table, steps in made.items():
        old, new = _ends(last.steps[table]), _ends(steps)
        for end in old.keys() | new.keys():
            if old.get(end) != new.get(end):
                other[end][table] = new.get(end, 0)
    found = dict(last.into)
    for end, tables in other.items():
        left = {table: bits for table, bits in {**found.pop(end, {}), **tables}.items() if bits}
        found |= {end: left} if left else {}
    return found


class _Maker:
    def __init__(self, settled: Settled) -> None:
        self.settled, self.health, self.link = settled, settled.network.health, settled.network.link
        self._ends: dict[tuple[object, ...], Ends] = {}  # of routers that have several tables, by ids of the routes

    def steps(self, table: Table, within: Bits) -> Steps:
        """Of the classes `within`. Longest prefix first: what a longer one claims, no shorter one gets."""
        classes, claimed, every, around = self.settled.classes, 0, 0, self.settled.classes.around(within)
        prefixes: Steps = {}
        for cell in self.settled.cells[table.key]:
            if bits := cell.bits & around:
                step = self.ends(table.router, cell.routes), cell.sure
                prefixes[step] = prefixes.get(step, 0) | bits
                every |= bits
        found = dict.fromkeys(prefixes, 0)
        for layer in classes.layers(every):
            for step, bits in prefixes.items():
                if own := bits & layer:
                    found[step] |= classes.within(own) & ~claimed
            claimed |= classes.within(every & layer)
        within &= classes.inhabited
        return {step: left for step, bits in found.items() if (left := bits & within)}

    def ends(self, router: str, routes: tuple[Route, ...]) -> Ends:
        key = router, *map(id, routes)
        if key not in self._ends:
            if len(routes) == 1:
                found = self.ends_of(router, routes[0].next_hop)
            else:
                found = tuple(end for route in routes for end in self.ends_of(router, route.next_hop))
            self._ends[key] = found if len(found) == 1 else tuple(sorted(set(found)))
        return self._ends[key]

    def ends_of(self, router: str, hop: NextHop) -> Ends:
        match hop:
            case Via((link,)):
                return self.arrivals(router, link) or (LOST,)
            case Via(links):
                return tuple(end for link in links for end in self.arrivals(router, link)) or (LOST,)
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

    def arrivals(self, router: str, link: str) -> Ends:
        """The tables behind a link, if it is up; one that is not there loses what comes."""
        if self.health.get(link, "down") == "down":
            return ()
        known, tables = self.settled.network.table, self.link[link].far(router).tables
        if len(tables) == 1 and tables[0] in known:
            return tables
        return tuple(key if key in known else LOST for key in tables) or (LOST,)
