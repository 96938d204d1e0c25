"""What tables are offered: their routes, with those that differ only in their prefixes as one.

How routes are chosen among, and where packets go on to, does not depend on what a route is to or whose it is. A table
that leads to thousands of networks over a few tunnels is offered as many routes as tunnels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubspoke.network.by_id import exchanged
from hubspoke.network.classes import Bits, Classes, union
from hubspoke.network.model import Route, Table, Via

Offer = tuple[Route, Bits]  # a route, which stands for all that are alike, and the classes that these are to
FEW = 2  # routes of a table that are offered as they are: there is nothing to be gained


class Offers:
    """The offers of the tables of one network and of those that are mostly the same."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._alike: dict[object, Route] = {}
        self._by_id: dict[int, Route] = {}
        self._kept: dict[str, _Made] = {}

    def of(self, table: Table) -> list[Offer]:
        """Those of a table's own routes, kept until it has others: then those of what differs are made again."""
        kept = self._kept.get(table.key, _NOTHING)
        if kept.routes is not table.routes:
            kept = self._kept[table.key] = self._made_of(table.routes, kept)
        return kept.offers

    def _made_of(self, routes: Sequence[Route], last: "_Made") -> "_Made":
        if len(routes) <= FEW:
            return _Made(routes, [(route, self.classes.own(route.prefixes)) for route in routes], {}, {})
        other = exchanged(last.routes, routes) if last.found else ((), routes)
        went, came = map(self._sorted, other)
        found, alike = dict(last.found), dict(last.alike)
        for key in went.keys() | came.keys():
            left = _without(alike[key], went[key]) if key in went else alike.get(key, [])
            alike[key] = left + came.get(key, [])
            if alike[key]:
                found[key] = self._by_id[key], union(self.classes.own(route.prefixes) for route in alike[key])
            elif key in found:
                del found[key], alike[key]
        return _Made(routes, list(found.values()), found, alike)

    def _sorted(self, routes: Iterable[Route]) -> dict[int, list[Route]]:
        """By id of what stands for them."""
        found: dict[int, list[Route]] = {}
        for route in routes:
            found.setdefault(id(self.alike(route)), []).append(route)
        return found

    def alike(self, route: Route) -> Route:
        """The route, always the same, that stands for all that differ from this one only in prefixes and origin."""
        hop = route.next_hop
        key = (
            hop.links if isinstance(hop, Via) else hop, id(route.source), route.priority, route.as_path, route.med,
            route.communities, route.remote,
        )  # fmt: skip
        if key not in self._alike:
            alike = Route(
                (), hop, route.source, "", route.priority, route.as_path, route.med, route.communities, route.remote
            )
            self._alike[key] = self._by_id[id(alike)] = alike
        return self._alike[key]


@dataclass(frozen=True)
class _Made:
    """What a table was offered, by id of what stands for routes that are alike, and these."""

    routes: Sequence[Route]
    offers: list[Offer]
    found: dict[int, Offer]
    alike: dict[int, list[Route]]


_NOTHING = _Made((), [], {}, {})


def _without(routes: list[Route], went: Iterable[Route]) -> list[Route]:
    """A route may be there twice: it is taken away as often as it went."""
    left = list(routes)
    for route in went:
        del left[next(place for place, each in enumerate(left) if each is route)]
    return left
