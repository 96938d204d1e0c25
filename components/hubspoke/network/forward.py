"""What every table does with packets: its winners as steps, longest prefix first.

A step takes some classes of addresses on to tables, or to where packets end. Where a table chose anew for some
prefixes, only what lies in these is painted again, and the classes whose steps are not the same are the change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from hubspoke.network.classes import Bits, Classes
from hubspoke.network.leaves import Core, core, core_after
from hubspoke.network.model import Deliver, Drop, Internet, NextHop, Route, Table, Unknown, Via
from hubspoke.network.settle import Settled
from hubspoke.network.steps import LOST, OUT, UNSURE, Ends, Steps, differing, doubtful, replaced


@dataclass(frozen=True)
class Forwarding:
    """The steps of every table, and who has which addresses."""

    classes: Classes
    steps: dict[str, Steps]
    owned: dict[str, Bits]  # by "=endpoint"
    doubtful: frozenset[str]  # tables of which something is unknown or ambiguous
    core: Core = field(compare=False)  # what follows from the steps
    changed: dict[str, Bits] | None = None  # the classes that tables forward differently from the one it was made of

    @property
    def certain(self) -> bool:
        """Whether nothing is unknown or ambiguous."""
        return not self.doubtful


def forwarding(settled: Settled) -> Forwarding:
    """The steps of a settled network."""
    maker, full, network = _Maker(settled), settled.classes.all, settled.network
    steps = {table.key: maker.steps(table, full) for table in network.tables}
    owned = {f"={e.key}": settled.classes.addresses(e.prefixes) if e.prefixes else 0 for e in network.endpoints}
    unsure = frozenset(key for key, each in steps.items() if doubtful(each))
    filtered = frozenset(table.key for table in network.tables if table.filters)
    return Forwarding(settled.classes, steps, owned, unsure, core(steps, filtered))


def reforwarding(settled: Settled, last: Forwarding, chosen: Mapping[str, Bits]) -> Forwarding:
    """The same from that of another state with the same endpoints and the same tables with the same filters, where
    winners are other for some classes.

    `chosen` are those classes of prefixes, by table; what lies in them is looked at again.
    """
    maker, steps, changed = _Maker(settled), dict(last.steps), dict[str, Bits]()
    for key, prefixes in chosen.items():
        within = settled.classes.within(prefixes)
        new = maker.steps(settled.network.table[key], within)
        if other := differing(steps[key], new, within):
            steps[key], changed[key] = replaced(steps[key], new, within), other
    unsure = last.doubtful - changed.keys() | {key for key in changed if doubtful(steps[key])}
    return Forwarding(last.classes, steps, last.owned, unsure, core_after(last.core, steps, changed.keys()), changed)


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
            covered = claimed
            for step, bits in prefixes.items():
                if own := bits & layer:
                    inside = classes.within(own)
                    found[step] |= inside & ~claimed
                    covered |= inside
            claimed = covered
        within &= classes.inhabited
        return {step: left for step, bits in found.items() if (left := bits & within)}

    def ends(self, router: str, routes: tuple[Route, ...]) -> Ends:
        if len(routes) == 1:
            found = self.ends_of(router, routes[0].next_hop)
            return found if len(found) == 1 else tuple(sorted(set(found)))
        key = router, *map(id, routes)
        if key not in self._ends:
            ends = {end for route in routes for end in self.ends_of(router, route.next_hop)}
            self._ends[key] = tuple(sorted(ends))
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
