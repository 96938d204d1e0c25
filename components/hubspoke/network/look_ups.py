"""What tables say of one address: which routes are to a prefix that holds it, and which of them win.

A table is searched, route by route. Where the classes of a network's prefixes are there, only those routes are looked
at that are to a class around the address: an index of whole tuples of prefixes, and not of each prefix.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import is_not

from hubspoke.network.addresses import lengths
from hubspoke.network.by_id import ById
from hubspoke.network.classes import Classes, members
from hubspoke.network.model import Prefixes, Route, Table
from hubspoke.network.selection import Links, order_of, rank, usable

Address = int
Looked = tuple[tuple[Route, ...], tuple[Route, ...]]  # the routes that win, and those to the same prefix that do not
Groups = dict[int, list[tuple[int, Route]]]  # routes with their places in a table, by id of what they are to


class LookUps:
    """What tables say of addresses while links are as they are: of one network, and of others with the same links."""

    def __init__(self, links: Links, index: "Index | None" = None) -> None:
        self._links, self._index = links, index
        self._kept: ById[Table, dict[Address, Looked]] = ById()

    def over(self, links: Links) -> "LookUps":
        """The same while links are otherwise."""
        return LookUps(links, self._index)

    def of(self, table: Table, address: Address) -> Looked:
        """What a table says of an address, looked up once. Raises KeyError where it is of no known kind."""
        kept = self._kept.of(table, lambda _: {})
        if address not in kept:
            routes = self._index.routes(table, address) if self._index else table.routes
            fitting = [(length, route) for route in routes for length in lengths(route.prefixes, address)]
            kept[address] = _chosen(table, fitting, self._links)
        return kept[address]


class Index:
    """The routes of tables by the classes that they are to: of one network, and of others with the same classes."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._above: dict[Address, list[int]] = {}
        self._holders: dict[int, list[Prefixes]] = {}  # by class, of the tables that were asked so far
        self._held: set[int] = set()  # their ids, which stay theirs, as the classes keep them
        self._last: dict[str, tuple[Sequence[Route], Groups]] = {}
        self._kept: ById[Table, Groups] = ById()

    def routes(self, table: Table, address: Address) -> Iterator[Route]:
        """Those to the classes around an address, in their order: all to a prefix that holds it, and maybe more."""
        if address not in self._above:
            self._above[address] = self._classes.above(address)
        groups = self._kept.of(table, self._groups)
        holders = {id(each) for number in self._above[address] for each in self._holders.get(number, ())}
        placed = {place: route for each in holders if each in groups for place, route in groups[each]}
        return (placed[place] for place in sorted(placed))

    def _groups(self, table: Table) -> Groups:
        """Those of a state before, but for the routes that others have taken the place of."""
        last, groups = self._last.get(table.key, ((), {}))
        found = self._after(groups, last, table.routes) if len(last) == len(table.routes) else self._anew(table.routes)
        self._last[table.key] = table.routes, found
        return found

    def _anew(self, routes: Sequence[Route]) -> Groups:
        found: Groups = {}
        for place, route in enumerate(routes):
            found.setdefault(self._name(route.prefixes), []).append((place, route))
        return found

    def _after(self, groups: Groups, last: Sequence[Route], routes: Sequence[Route]) -> Groups:
        found = dict(groups)
        for place in compress(range(len(routes)), map(is_not, last, routes)):
            old, new = self._name(last[place].prefixes), self._name(routes[place].prefixes)
            found[old] = [each for each in found[old] if each[0] != place]
            found[new] = [*found.get(new, ()), (place, routes[place])]
        return found

    def _name(self, prefixes: Prefixes) -> int:
        if id(prefixes) not in self._held:
            self._held.add(id(prefixes))
            for number in members(self._classes.own(prefixes)):
                self._holders.setdefault(number, []).append(prefixes)
        return id(prefixes)


def look_up(table: Table, address: Address, links: Links) -> Looked:
    """The routes of one table that win for an address, and those to the same prefix that do not."""
    return LookUps(links).of(table, address)


def _chosen(table: Table, routes: Iterable[tuple[int, Route]], links: Links) -> Looked:
    """Of routes that are to prefixes of these lengths."""
    order = order_of(table)
    found = [(length, route) for length, route in routes if usable(table, route, links)]
    shield = min((length for length, route in found if route.source in order.shields), default=33)
    fitting = [(length, route) for length, route in found if length < shield or route.source not in order.shielded]
    if not fitting:
        return (), ()
    longest = max(length for length, _ in fitting)
    ranked = [(rank(table, route, links), route) for length, route in fitting if length == longest]
    best = min(standing for standing, _ in ranked)
    winners = tuple(route for standing, route in ranked if standing == best)
    return winners, tuple(route for standing, route in ranked if standing != best)
