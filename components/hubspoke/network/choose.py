"""Which routes of a table win, prefix by prefix: for all prefixes at once, as sets of classes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Health, Route, Table, Via
from hubspoke.network.selection import order_of, rank, shares, usable


@dataclass(frozen=True, slots=True)
class Cell:
    """Prefixes with the same winners. Not sure where only the cloud knows which of them is used."""

    bits: Bits
    routes: tuple[Route, ...]
    sure: bool


class Chooser:
    """Chooses for the tables of one network. What a route is worth is kept: many tables of a kind hear the same."""

    def __init__(self, classes: Classes, links: Mapping[str, Health], last: "Chooser | None" = None) -> None:
        self._classes, self._links = classes, links
        self._worth: dict[tuple[str, int], tuple[Route, tuple[int, ...] | None]] = {}
        self._before = last._worth if last else {}  # holds for routes over links that are as healthy as they were
        was = last._links if last else {}
        self._ill = {key for key in links.keys() | was.keys() if links.get(key) != was.get(key)} if last else set()

    def choose(self, table: Table, routes: Iterable[Route]) -> list[Cell]:
        """The winners, in cells that do not overlap."""
        ranked = sorted(self._ranked(table, routes), key=lambda entry: entry[0])
        claimed, cells = 0, list[Cell]()
        for _, equals in groupby(ranked, key=lambda entry: entry[0]):
            for bits, winners in _apart((route, bits & ~claimed) for _, route, bits in equals):
                claimed |= bits
                cells.append(Cell(bits, winners, len(winners) == 1 or shares(table, winners)))
        return cells

    def _ranked(self, table: Table, routes: Iterable[Route]) -> list[tuple[tuple[int, ...], Route, Bits]]:
        """The routes that take part, each with its prefixes that no shield hides."""
        own = self._classes.own
        found = [(worth, route, own(route.prefixes)) for route in routes if (worth := self._worth_of(table, route))]
        order = order_of(table)
        if not order.shielded:
            return found
        hidden = 0
        for _, route, bits in found:
            if route.source in order.shields:
                hidden |= self._classes.within(bits)
        return [(w, r, bits & ~hidden if r.source in order.shielded else bits) for w, r, bits in found]

    def _worth_of(self, table: Table, route: Route) -> tuple[int, ...] | None:
        """Its rank; None where it takes no part."""
        key = table.kind, id(route)
        if key not in self._worth and key in self._before and not self._over_ill(route):
            self._worth[key] = self._before[key]
        if key not in self._worth:
            worth = rank(table, route, self._links) if usable(table, route, self._links) else None
            self._worth[key] = route, worth  # the route is kept, so that its id stays its own
        return self._worth[key][1]

    def _over_ill(self, route: Route) -> bool:
        """Whether it goes over a link whose health is another than before."""
        return isinstance(route.next_hop, Via) and not self._ill.isdisjoint(route.next_hop.links)


def _apart(equals: Iterable[tuple[Route, Bits]]) -> list[tuple[Bits, tuple[Route, ...]]]:
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
