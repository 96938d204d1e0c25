"""Google's peerings of networks with a hub's transit network.

Both sides exchange their subnets. The hub's static routes come along where it exports and the network imports them, and
keep their next hop: what goes by one is not looked up among the hub's subnets, so that networks on one hub do not reach
each other over it ("VPC Network Peering", 2026-08).
"""

from collections.abc import Callable

from hubspoke.network.convert.made import Made, owner_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import ATTACHMENT_MTU
from hubspoke.network.model import End, Link, Prefixes, Route, Source, Via
from hubspoke.network.snapshot import Resource, Snapshot

PEERING = "gcp:compute/networkPeering:NetworkPeering"
PEERING_TYPES = (PEERING,)


class Peerings:
    """The peerings of a snapshot. `router_at` names the router of the network that a property refers to."""

    def __init__(
        self, made: Made, snapshot: Snapshot, table_of: Callable[[str], str],
        router_at: Callable[[Resource, str], str | None],
    ) -> None:  # fmt: skip
        self.made, self.snapshot, self.table_of, self.router_at = made, snapshot, table_of, router_at
        self.hubs: dict[str, str] = {}  # by router of a network that is peered with it
        self._sides: dict[tuple[str, str], Resource] = {}  # each side by its own router and the other's

    def join(self) -> None:
        """Makes the links. A peering is up where both sides are there."""
        for side in self.snapshot.of_type(PEERING):
            own, other = self.router_at(side, "network"), self.router_at(side, "peerNetwork")
            if own and other:
                self._sides[own, other] = side
            else:
                self._not(side, "a peering joins a network that is not known")
        for (own, other), side in self._sides.items():
            if (other, own) not in self._sides or own.startswith("hub ") == other.startswith("hub "):
                self._not(side, "a peering has one side only, or joins no network with a hub")
            elif other.startswith("hub "):
                self._link(own, other, side)

    def _not(self, side: Resource, what: str) -> None:
        self.made.finding(what, side.urn, "make both sides of it, and judge it with both networks")

    def _link(self, router: str, hub: str, side: Resource) -> None:
        self.hubs[router] = hub
        key = names.attachment(owner_of(router))
        ends = End(router, (self.table_of(router),)), End(hub, (names.peered(hub),))
        self.made.links[key] = Link(key, ends, side.urn, ATTACHMENT_MTU["gcp"], risks=(hub,))

    def exchange(self, prefixes: Callable[[str], Prefixes]) -> None:
        """Subnets to the hub, and the hub's static routes to the network. `prefixes` are a router's own."""
        for router, hub in self.hubs.items():
            near, far = self._sides[router, hub], self._sides[hub, router]
            if near.get("exportCustomRoutes") is True and far.get("importCustomRoutes") is True:
                self._not(near, "what a hub gets of a network's own routes is not judged")
            way = Via((names.attachment(owner_of(router)),))
            if self.table_of(hub) not in self.made.tables:
                self._not(far, f"table {self.table_of(hub)} is not known")
                continue
            self.made.routes(self.table_of(hub), [Route(prefixes(router), way, Source.PEER, far.urn)])
            if far.get("exportCustomRoutes") is True and near.get("importCustomRoutes") is True:
                self.made.routes(self.table_of(router), self._imported(hub, way, near))

    def _imported(self, hub: str, way: Via, near: Resource) -> list[Route]:
        table = self.made.tables.get(names.peered(hub))
        found = {(p, r.priority): r.source for r in (table.routes if table else ()) for p in r.prefixes}
        return [Route(self.made.shared(p), way, source, near.urn, priority) for (p, priority), source in found.items()]
