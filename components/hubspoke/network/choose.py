"""Which routes of a table win, prefix by prefix: for all prefixes at once, as sets of classes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hubspoke.network.classes import Bits, Classes, union
from hubspoke.network.model import Health, Route, Source, Table, Via
from hubspoke.network.offers import Offer
from hubspoke.network.selection import order_of, rank, shares, usable

Worth = tuple[int, ...]  # the lowest wins


class Cell(NamedTuple):
    """Prefixes with the same winners, as offered. Not sure where only the cloud knows which of them is used."""

    bits: Bits
    routes: tuple[Route, ...]
    sure: bool


class Chooser:
    """Chooses for the tables of one network. What a route is worth is kept: many tables of a kind hear the same."""

    def __init__(self, classes: Classes, links: Mapping[str, Health]) -> None:
        self._classes, self._links = classes, links
        self._well = "down" not in links.values()
        self._worth: dict[tuple[str, int], Worth] = {}  # by kind of table and id of what is offered
        self._learned: dict[tuple[object, ...], tuple[Sequence[Offer], list[Cell]]] = {}  # by id of what was learned
        self._shared: dict[tuple[object, ...], bool] = {}  # likewise

    def choose(self, table: Table, offers: Iterable[Offer], among: Bits) -> list[Cell]:
        """The winners for prefixes of these classes, in cells that do not overlap."""
        found = self._open(table, offers, among)
        once, twice = 0, 0
        for _, bits in found:
            twice |= once & bits
            once |= bits
        alone = [Cell(left, (route,), True) for route, bits in found if (left := bits ^ (bits & twice))]
        return _merged([*alone, *self._best(table, found, twice)]) if twice else alone

    def choose_all(self, table: Table, own: Sequence[Offer], learned: Sequence[Offer]) -> list[Cell]:
        """The winners for all prefixes. What tables of a router learned is mostly the same: where none of a table's own
        routes has a say, it is chosen among once.
        """
        swayed_by_own = union(swayed(self._classes, table, route.source, bits) for route, bits in own)
        rest = self._classes.all & ~swayed_by_own
        alone = (Cell(left, c.routes, c.sure) for c in self._among_learned(table, learned) if (left := c.bits & rest))
        return _merged([*alone, *self.choose(table, [*own, *learned], swayed_by_own)])

    def _among_learned(self, table: Table, learned: Sequence[Offer]) -> list[Cell]:
        key = table.kind, table.multipath, *map(id, learned)
        if key not in self._learned:
            self._learned[key] = learned, self.choose(table, learned, self._classes.all)
        return self._learned[key][1]

    def _best(self, table: Table, found: Iterable[Offer], free: Bits) -> list[Cell]:
        """The winners where several routes are to the same prefixes."""
        equals: dict[Worth, list[Offer]] = {}
        for route, bits in found:
            if bits & free:
                equals.setdefault(self._worth_of(table, route), []).append((route, bits))
        cells = list[Cell]()
        for worth in sorted(equals):
            for bits, winners in _apart((route, bits & free) for route, bits in equals[worth]):
                cells.append(Cell(bits, winners, len(winners) == 1 or self._shares(table, winners)))
            for _, bits in equals[worth]:
                free &= ~bits
        return cells

    def _shares(self, table: Table, winners: tuple[Route, ...]) -> bool:
        key = table.kind, table.multipath, *map(id, winners)
        if key not in self._shared:
            self._shared[key] = shares(table, winners)
        return self._shared[key]

    def _open(self, table: Table, offers: Iterable[Offer], among: Bits) -> list[Offer]:
        """What takes part, each with those of the classes that no shield hides from it."""
        order = order_of(table)
        found = [(route, both) for route, bits in offers if (both := bits & among) and self._usable(table, route)]
        if not order.shielded or not any(route.source in order.shielded for route, _ in found):
            return found
        hidden = 0
        for route, bits in offers:
            if route.source in order.shields and self._usable(table, route):
                hidden |= self._classes.within(bits)
        return [(route, bits & ~hidden if route.source in order.shielded else bits) for route, bits in found]

    def _usable(self, table: Table, route: Route) -> bool:
        hop = route.next_hop
        return (self._well and isinstance(hop, Via) and bool(hop.links)) or usable(table, route, self._links)

    def _worth_of(self, table: Table, route: Route) -> Worth:
        key = table.kind, id(route)
        if key not in self._worth:
            self._worth[key] = rank(table, route, self._links)
        return self._worth[key]


def rechosen(last: Iterable[Cell], fresh: list[Cell], among: Bits) -> list[Cell]:
    """The cells of a table after those of some classes were chosen afresh. Those with the same winners are one."""
    first, kept, alike = {id(cell.routes[0]) for cell in fresh}, list[Cell](), list[Cell]()
    for cell in last:
        if left := cell.bits & ~among:
            part = cell if left == cell.bits else Cell(left, cell.routes, cell.sure)
            (alike if id(cell.routes[0]) in first else kept).append(part)
    return kept + (_merged([*alike, *fresh]) if alike else fresh)


def _merged(cells: Iterable[Cell]) -> list[Cell]:
    found: dict[tuple[int, ...], Cell] = {}
    for cell in cells:
        winners = tuple(map(id, cell.routes))
        same = found.get(winners)
        found[winners] = Cell(same.bits | cell.bits, cell.routes, cell.sure) if same else cell
    return list(found.values())


def swayed(classes: Classes, table: Table, source: Source, bits: Bits) -> Bits:
    """The classes whose winners routes to these may have a say in: more than these, where they are shields."""
    return classes.within(bits) if source in order_of(table).shields else bits


def _apart(equals: Iterable[Offer]) -> list[tuple[Bits, tuple[Route, ...]]]:
    """Equal routes by the prefixes that they have in common."""
    cells: dict[Bits, list[Route]] = {}
    union = 0
    for route, bits in equals:
        if bits in cells:
            cells[bits].append(route)
        elif bits & union:
            cells = _split(cells, route, bits)
        elif bits:
            cells[bits] = [route]
        union |= bits
    return [(bits, tuple(routes)) for bits, routes in cells.items()]


def _split(cells: dict[Bits, list[Route]], route: Route, bits: Bits) -> dict[Bits, list[Route]]:
    found: dict[Bits, list[Route]] = {}
    for cell, routes in cells.items():
        if both := cell & bits:
            found[both] = [*routes, route]
        if rest := cell & ~bits:
            found[rest] = routes
        bits &= ~cell
    if bits:
        found[bits] = [route]
    return found
