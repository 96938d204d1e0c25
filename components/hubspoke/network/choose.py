"""Which routes of a table win, prefix by prefix: for all prefixes at once, as sets of classes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Health, Route, Table
from hubspoke.network.selection import order_of, rank, shares, usable

Entry = tuple[Route, Bits]  # a route, and the classes of its prefixes that count


@dataclass(frozen=True)
class Cell:
    """Prefixes with the same winners. Not sure where only the cloud knows which of them is used."""

    bits: Bits
    routes: tuple[Route, ...]
    sure: bool


def entries(table: Table, routes: Iterable[Route], classes: Classes, links: Mapping[str, Health]) -> list[Entry]:
    """The routes that take part, each with its prefixes that no shield hides."""
    usables = [(route, classes.own(route.prefixes)) for route in routes if usable(table, route, links)]
    order = order_of(table)
    if not order.shielded:
        return usables
    hidden = 0
    for route, bits in usables:
        if route.source in order.shields:
            hidden |= classes.within(bits)
    return [(route, bits & ~hidden if route.source in order.shielded else bits) for route, bits in usables]


def choose(table: Table, routes: Iterable[Route], classes: Classes, links: Mapping[str, Health]) -> list[Cell]:
    """The winners, in cells that do not overlap."""
    ranked = sorted(
        ((rank(table, route, links), (route, bits)) for route, bits in entries(table, routes, classes, links)),
        key=lambda pair: pair[0],
    )
    claimed, cells = 0, list[Cell]()
    for _, equals in groupby(ranked, key=lambda pair: pair[0]):
        for bits, winners in _apart((route, bits & ~claimed) for _, (route, bits) in equals):
            claimed |= bits
            cells.append(Cell(bits, winners, len(winners) == 1 or shares(table, winners)))
    return cells


def _apart(equals: Iterable[Entry]) -> list[tuple[Bits, tuple[Route, ...]]]:
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
