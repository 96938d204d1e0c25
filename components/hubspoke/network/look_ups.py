"""What tables say of one address: which routes are to a prefix that holds it, and which of them win.

Routes are found by the texts of the few prefixes that may hold an address, in an index of all prefixes of the tables
that were asked so far: a table with thousands of routes is not searched.
"""

from collections.abc import Iterable, Iterator, Sequence

from hubspoke.network.addresses import around, held
from hubspoke.network.by_id import AT_MOST, ById
from hubspoke.network.model import Prefixes, Route, Table
from hubspoke.network.selection import Links, order_of, rank, usable

Address = int
Looked = tuple[tuple[Route, ...], tuple[Route, ...]]  # the routes that win, and those to the same prefix that do not
Groups = dict[int, list[tuple[int, Route]]]  # routes with their places in a table, by id of what they are to


class LookUps:
    """What tables say of addresses while links are as they are: of one network, and of others with the same links."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._forget()

    def of(self, table: Table, address: Address) -> Looked:
        """What a table says of an address, looked up once. Raises KeyError where it is of no known kind."""
        groups, kept = self._kept.of(table, lambda table: (self._groups(table.routes), {}))
        if address not in kept:
            kept[address] = _chosen(table, self._holding(groups, address), self._links)
        return kept[address]

    def _holding(self, groups: Groups, address: Address) -> list[tuple[int, Route]]:
        """The routes to prefixes that hold an address, in their order, with the lengths of these prefixes."""
        found = self._holders.of(address)
        fitting = ((length, groups[id(each)]) for each, length in found if id(each) in groups)
        placed = [(place, length, route) for length, routes in fitting for place, route in routes]
        return [(length, route) for _, length, route in sorted(placed, key=lambda each: each[0])]

    def _groups(self, routes: Sequence[Route]) -> Groups:
        if len(self._holders) > AT_MOST:
            self._forget()
        found: Groups = {}
        for place, route in enumerate(routes):
            found.setdefault(id(route.prefixes), []).append((place, route))
        alike: Groups = {}
        for those in found.values():
            alike.setdefault(id(self._holders.alike(those[0][1].prefixes)), []).extend(those)
        return alike

    def _forget(self) -> None:
        self._holders = _Holders()
        self._kept: ById[Table, tuple[Groups, dict[Address, Looked]]] = ById()


class _Holders:
    """Tuples of prefixes, by the prefixes in them."""

    def __init__(self) -> None:
        self._same: dict[Prefixes, Prefixes] = {}
        self._alike: ById[Prefixes, Prefixes] = ById()
        self._first: dict[str, Prefixes] = {}  # most prefixes are in one tuple
        self._more: dict[str, list[Prefixes]] = {}  # the others that they are in
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
        texts, sizes = held(prefixes)
        self._sizes |= sizes
        both = self._first.keys() & texts
        for text in both:
            self._more.setdefault(text, []).append(prefixes)
        self._first.update(dict.fromkeys(texts - both, prefixes))

    def of(self, address: Address) -> Iterator[tuple[Prefixes, int]]:
        """The tuples with prefixes that hold an address, once for each of these, and how long it is."""
        for text, length in around(address, self._sizes).items():
            if text in self._first:
                yield self._first[text], length
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
