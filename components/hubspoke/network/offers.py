"""What tables are offered: their routes, with those that differ only in their prefixes as one.

How routes are chosen among, and where packets go on to, does not depend on what a route is to or whose it is. A table
that leads to thousands of networks over a few tunnels is offered as many routes as tunnels.
"""

from collections.abc import Sequence

from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Route, Table, Via

Offer = tuple[Route, Bits]  # a route, which stands for all that are alike, and the classes that these are to
FEW = 2  # routes of a table that are offered as they are: there is nothing to be gained


class Offers:
    """The offers of the tables of one network and of those that are mostly the same."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._alike: dict[object, Route] = {}
        self._kept: dict[str, tuple[tuple[Route, ...], list[Offer]]] = {}

    def of(self, table: Table) -> list[Offer]:
        """Those of a table's own routes, kept until it has others."""
        kept = self._kept.get(table.key)
        if kept is None or kept[0] is not table.routes:
            kept = self._kept[table.key] = table.routes, self._made_of(table.routes)
        return kept[1]

    def _made_of(self, routes: Sequence[Route]) -> list[Offer]:
        own = self.classes.own
        if len(routes) <= FEW:
            return [(route, own(route.prefixes)) for route in routes]
        found: dict[int, Offer] = {}
        for route in routes:
            alike, bits = self.alike(route), own(route.prefixes)
            before = found.get(id(alike))
            found[id(alike)] = alike, before[1] | bits if before else bits
        return list(found.values())

    def alike(self, route: Route) -> Route:
        """The route, always the same, that stands for all that differ from this one only in prefixes and origin."""
        hop = route.next_hop
        key = (
            hop.links if isinstance(hop, Via) else hop, id(route.source), route.priority, route.as_path, route.med,
            route.communities, route.remote,
        )  # fmt: skip
        if key not in self._alike:
            self._alike[key] = Route(
                (), hop, route.source, "", route.priority, route.as_path, route.med, route.communities, route.remote
            )
        return self._alike[key]
