"""What tables say of one address: which routes are to a prefix that holds it, and which of them win.

Routes are found by the texts of the few prefixes that may hold an address, in an index of all prefixes of the tables
that were asked so far: a table with thousands of routes is not searched.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import is_not

from hubspoke.network.addresses import around, sizes
from hubspoke.network.by_id import AT_MOST, ById
from hubspoke.network.model import Prefixes, Route, Table
from hubspoke.network.selection import Links, order_of, rank, usable

LAYERS = 8  # prefixes occur in few tuples each: in the network's own, and in those that are announced
Address = int
Looked = tuple[tuple[Route, ...], tuple[Route, ...]]  # the routes that win, and those to the same prefix that do not
Groups = dict[int, list[tuple[int, Route]]]  # routes with their places in a table, by id of what they are to


class LookUps:
    """What tables say of addresses while links are as they are: of one network, and of others with the same links.

    The index of prefixes is that of `last`, whose links may be others.
    """

    def __init__(self, links: Links, last: "LookUps | None" = None) -> None:
        self._links = links
        self._index: _Index = last._index if last else _Index()
        self._kept: ById[Table, dict[Address, Looked]] = ById()

    def of(self, table: Table, address: Address) -> Looked:
        """What a table says of an address, looked up once. Raises KeyError where it is of no known kind."""
        kept = self._kept.of(table, lambda _: {})
        if address not in kept:
            kept[address] = _chosen(table, self._index.routes(table, address), self._links)
        return kept[address]


class _Index:
    """The routes of tables by the prefixes that they are to."""

    def __init__(self) -> None:
        self._forget()

    def routes(self, table: Table, address: Address) -> list[tuple[int, Route]]:
        """The routes to prefixes that hold an address, in their order, with the lengths of these prefixes."""
        groups = self._kept.of(table, self._groups)
        fitting = ((length, groups[id(each)]) for each, length in self._holders.of(address) if id(each) in groups)
        placed = [(place, length, route) for length, routes in fitting for place, route in routes]
        return [(length, route) for _, length, route in sorted(placed, key=lambda each: each[0])]

    def _groups(self, table: Table) -> Groups:
        """Those of a state before, but for the routes that others have taken the place of."""
        if len(self._holders) > AT_MOST:
            self._forget()
        last, groups = self._last.get(table.key, ((), {}))
        found = self._after(groups, last, table.routes) if len(last) == len(table.routes) else self._anew(table.routes)
        self._last[table.key] = table.routes, found
        return found

    def _anew(self, routes: Sequence[Route]) -> Groups:
        found: Groups = {}
        for place, route in enumerate(routes):
            found.setdefault(self._name(route), []).append((place, route))
        return found

    def _after(self, groups: Groups, last: Sequence[Route], routes: Sequence[Route]) -> Groups:
        found = dict(groups)
        for place in compress(range(len(routes)), map(is_not, last, routes)):
            old, new = self._name(last[place]), self._name(routes[place])
            found[old] = [each for each in found[old] if each[0] != place]
            found[new] = [*found.get(new, ()), (place, routes[place])]
        return found

    def _name(self, route: Route) -> int:
        return id(self._holders.alike(route.prefixes))

    def _forget(self) -> None:
        self._holders = _Holders()
        self._last: dict[str, tuple[Sequence[Route], Groups]] = {}
        self._kept: ById[Table, Groups] = ById()


class _Holders:
    """Tuples of prefixes, by the prefixes in them."""

    def __init__(self) -> None:
        self._same: dict[Prefixes, Prefixes] = {}
        self._alike: ById[Prefixes, Prefixes] = ById()
        self._layers: list[dict[str, Prefixes]] = []  # of tuples that have no prefix in common
        self._more: dict[str, list[Prefixes]] = {}  # those that have one in common with some in every layer
        self._sizes: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self._same)

    def alike(self, prefixes: Prefixes) -> Prefixes:
        """The tuple that stands for all that are equal to this one; from now on, it is found."""
        return self._alike.of(prefixes, self._first_alike)

    def _first_alike(self, prefixes: Prefixes) -> Prefixes:
        if prefixes not in self._same:
            self._same[prefixes] = prefixes
            self._add(prefixes)
        return self._same[prefixes]

    def _add(self, prefixes: Prefixes) -> None:
        self._sizes |= sizes(prefixes)
        for layer in self._layers:
            if layer.keys().isdisjoint(prefixes):
                layer.update(dict.fromkeys(prefixes, prefixes))
                return
        if len(self._layers) < LAYERS:
            self._layers.append(dict.fromkeys(prefixes, prefixes))
            return
        for text in dict.fromkeys(prefixes):
            self._more.setdefault(text, []).append(prefixes)

    def of(self, address: Address) -> Iterator[tuple[Prefixes, int]]:
        """The tuples with prefixes that hold an address, once for each of these, and how long it is."""
        for text, length in around(address, self._sizes).items():
            yield from ((layer[text], length) for layer in self._layers if text in layer)
            yield from ((each, length) for each in self._more.get(text, ()))


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
