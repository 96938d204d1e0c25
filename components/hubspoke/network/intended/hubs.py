"""Planned hubs: their tables by segment, what these learn, and the ways out of them."""

from collections.abc import Iterable, Iterator

from hubspoke.network.intended import names
from hubspoke.network.intended.parts import (
    ATTACHMENT_MTU,
    Parts,
    add_sessions,
    add_tunnels,
    classic_routes,
    held,
    is_peered,
    tunnels,
)
from hubspoke.network.intended.virtual_wan import exchange
from hubspoke.network.model import End, Link, Prefixes, Route, Source, Speaker, Table, Via
from hubspoke.plan.model import ONRAMP, HubPlan, Plan, SpokePlan
from hubspoke.plan.sessions import sessions, silent_addresses

ANYWHERE = "0.0.0.0/0"
KINDS = {"aws": "aws tgw", "azure": "azure hub, vpn", "gcp": "gcp network"}


class Hubs:
    """All hubs of a plan, as far as they know of each other."""

    def __init__(self, parts: Parts, plan: Plan) -> None:
        self.parts, self.plan = parts, plan
        self.hubs = [hub for account in plan.accounts for hub in account.hubs]
        self.spokes: dict[str, list[SpokePlan]] = {hub.key: [] for hub in self.hubs}
        for account in plan.accounts:
            for spoke in account.spokes:
                self.spokes[spoke.hub].append(spoke)
        self.routes: dict[str, list[Route]] = {}

    def add(self) -> None:
        """Puts them into the network."""
        for hub in self.hubs:
            self._onramp(hub)
            self._segments(hub)
        for hub in self.hubs:
            self._join(hub)
        for hub in self.hubs:
            router = names.hub(hub.key)
            peered = [names.peered(router)] if is_peered(hub) else []
            for name in [*(names.table(router, key) for key in [*self._segment_keys(hub), ONRAMP]), *peered]:
                found, quota = tuple(self.routes.get(name, ())), self.parts.quota_of(hub)
                self.parts.tables.append(Table(name, router, KINDS[hub.cloud], found, f"plan: {name}", quota=quota))

    def _segment_keys(self, hub: HubPlan) -> list[str]:
        """Google's hub is one network: what its spokes may reach is theirs to say."""
        return [] if hub.cloud == "gcp" else [segment.key for segment in hub.segments]

    def _put(self, hub: HubPlan, key: str, routes: Iterable[Route]) -> None:
        self.routes.setdefault(names.table(names.hub(hub.key), key), []).extend(routes)

    def _onramp(self, hub: HubPlan) -> None:
        router = names.hub(hub.key)
        table = names.table(router, ONRAMP)
        add_tunnels(self.parts, hub, router, table)
        self._put(hub, ONRAMP, self._attached(hub, self.spokes[hub.key]))
        if hub.routing == "bgp":
            learns = [ONRAMP] if hub.cloud == "gcp" else self._segment_keys(hub)
            speaker = self._speaker(hub, table, tuple(names.table(router, key) for key in learns))
            add_sessions(self.parts, self.plan, hub, speaker)
        elif is_peered(hub):
            out = tuple(classic_routes(self.parts, hub, f"plan: hub {hub.key}, WAN"))
            self._put(hub, ONRAMP, out)
            self.routes[names.peered(router)] = list(out)

    def _speaker(self, hub: HubPlan, table: str, learns: tuple[str, ...]) -> Speaker:
        """A Google router announces what it is told to, the others what the on-ramp's table holds."""
        router = names.hub(hub.key)
        if hub.cloud == "gcp":
            return Speaker(router, hub.asn, prefixes=self.parts.shared(hub.advertised), learns=learns)
        return Speaker(router, hub.asn, announces=(table,), learns=learns)

    def _segments(self, hub: HubPlan) -> None:
        for key in self._segment_keys(hub):
            self._put(hub, key, self._attached(hub, (s for s in self.spokes[hub.key] if key in s.propagates_to)))
            if hub.routing == "static" or hub.cloud == "azure":
                self._put(hub, key, self._out(hub))

    def _attached(self, hub: HubPlan, spokes: Iterable[SpokePlan]) -> Iterator[Route]:
        source = Source.PEER if hub.cloud == "gcp" else Source.ATTACHED
        for spoke in spokes:
            way = Via((names.attachment(spoke.key),))
            yield Route(held(self.parts, spoke), way, source, f"plan: spoke {spoke.key}")

    def _out(self, hub: HubPlan) -> Iterator[Route]:
        """To Cloudflare. A transit gateway has one target per static prefix; a virtual hub learns from its gateway."""
        connections = hub.connections[:1] if hub.cloud == "aws" else hub.connections
        source = Source.BGP if hub.cloud == "azure" else Source.STATIC
        prefixes = self._wan(hub)
        yield Route(prefixes, Via(tunnels(connections)), source, f"plan: hub {hub.key}, WAN")

    def _wan(self, hub: HubPlan) -> Prefixes:
        """Azure's gateways route the far ends' inside addresses into the tunnels too, for health checks; by BGP they
        learn the rest, and have routes of their own to the peers."""
        wan = hub.wan_prefixes if hub.routing == "static" else ()
        silent = (inside for each in hub.connections for inside in silent_addresses(each, sessions(hub)))
        return self.parts.shared((*wan, *(silent if hub.cloud == "azure" else ())))

    # Hubs among each other

    def _join(self, hub: HubPlan) -> None:
        for peer in hub.peers:
            if peer.initiates:
                self._link(names.peering(peer.key), hub, peer.hub, f"plan: {names.peering(peer.key)}")
            for route in peer.routes:
                way = Via((names.peering(peer.key),))
                prefixes = self.parts.shared((route.prefix,))
                origin = f"plan: peering {peer.key}"
                self._put(hub, route.segment, [Route(prefixes, way, Source.STATIC, origin)])
        if hub.cloud == "azure":
            for other in self.hubs:
                if other.cloud == "azure" and other.account == hub.account and other.key != hub.key:
                    self._mesh(hub, other)

    def _mesh(self, hub: HubPlan, other: HubPlan) -> None:
        """Hubs of one virtual WAN are joined with each other: labels carry spokes, and what VPN gateways know, into the
        tables of all of them. Each prefers its own, and the default route does not cross.

        A default table has no label of ours: it knows its own hub's spokes.
        """
        first, second = sorted((hub.key, other.key))
        key = names.peering(f"{first}-{second}")
        if hub.key == first:
            self._link(key, hub, other.key, f"plan: {names.hub(hub.key)}")
        for table in self._segment_keys(hub):
            self._put(hub, table, self._crossing(Via((key,)), table, other))
        if other.routing == "bgp":
            self._tell(key, other, hub)

    def _tell(self, link: str, hub: HubPlan, other: HubPlan) -> None:
        """What a hub learns by BGP, the other knows, too."""
        teller, listener = names.hub(hub.key), names.hub(other.key)
        told = (names.table(teller, key) for key in self._segment_keys(hub))
        learns = (names.table(listener, key) for key in self._segment_keys(other))
        self.parts.sessions.append(exchange(link, teller, told, listener, learns, f"plan: {teller}"))

    def _crossing(self, way: Via, table: str, other: HubPlan) -> Iterator[Route]:
        """What another hub brings into a table."""
        for spoke in self.spokes[other.key]:
            if table in spoke.propagates_to:
                origin = f"plan: spoke {spoke.key}"
                yield Route(self.parts.shared((spoke.cidr,)), way, Source.PEER, origin, remote=True)
        known = [prefix for prefix in self._wan(other) if prefix != ANYWHERE]
        if known:
            yield Route(self.parts.shared(known), way, Source.BGP, f"plan: hub {other.key}, WAN", remote=True)

    def _link(self, key: str, hub: HubPlan, other: str, origin: str) -> None:
        """What arrives at either end is looked up in the table that knows all spokes."""
        routers = names.hub(hub.key), names.hub(other)
        ends = tuple(End(router, (names.table(router, ONRAMP),)) for router in routers)
        mtu = ATTACHMENT_MTU[hub.cloud]
        self.parts.links.append(Link(key, (ends[0], ends[1]), origin, mtu, risks=(key, *routers)))
