"""Google's resources: transit networks with HA VPN, Network Connectivity Center, and the networks attached to it."""

from collections.abc import Iterator
from typing import Any

from hubspoke.network.convert.elsewhere import hub_groups, hub_ids
from hubspoke.network.convert.gcp_classic import CLASSIC_TYPES, Classic
from hubspoke.network.convert.gcp_peering import PEERING_TYPES, Peerings
from hubspoke.network.convert.gcp_rules import RULE_TYPES, filter_of, policies_on
from hubspoke.network.convert.gcp_vpn import VPN_TYPES, Vpns
from hubspoke.network.convert.made import Made, owner_of, router_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import ATTACHMENT_MTU
from hubspoke.network.model import (
    Deliver,
    End,
    Endpoint,
    Link,
    Prefixes,
    PrefixFilter,
    Route,
    Session,
    Source,
    Speaker,
    Via,
)
from hubspoke.network.snapshot import Resource, Snapshot
from hubspoke.plan.model import ONRAMP

NETWORK, SUBNET = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
HUB, GROUP = "gcp:networkconnectivity/hub:Hub", "gcp:networkconnectivity/group:Group"
SPOKE = "gcp:networkconnectivity/spoke:Spoke"
READ = frozenset({NETWORK, SUBNET, HUB, GROUP, SPOKE, *VPN_TYPES, *CLASSIC_TYPES, *PEERING_TYPES, *RULE_TYPES})
_KIND = "gcp network"
_EDGE = "edge"


def convert_gcp(made: Made, snapshot: Snapshot) -> None:
    """Halves of tunnels are left for Cloudflare's converter to join."""
    _Gcp(made, snapshot).convert()


class _Gcp:
    def __init__(self, made: Made, snapshot: Snapshot) -> None:
        self.made, self.snapshot = made, snapshot
        self.elsewhere, self.exported = hub_ids(snapshot), hub_groups(snapshot)
        self.attached: dict[str, tuple[Resource, str]] = {}  # NCC spokes of networks, and their hubs, by router
        self.groups: dict[str, str] = {}  # by router of an attached network
        self.peerings = Peerings(made, snapshot, self.table_of, self.router_at)

    def convert(self) -> None:
        for network in self.snapshot.of_type(NETWORK):
            key = self.table_of(router_of(self.snapshot, network))
            self.made.table(key, key.rsplit("/", 1)[0], _KIND, network.urn)
        for spoke in self.snapshot.of_type(SPOKE):
            self.spoke(spoke)
        Vpns(self.made, self.snapshot, self.table_of).convert()
        Classic(self.made, self.snapshot, self.table_of).convert()
        self.peerings.join()
        for network in self.snapshot.of_type(NETWORK):
            if not (router := router_of(self.snapshot, network)).startswith("hub "):
                self.network(network, router)
        self.peerings.exchange(lambda router: self.made.endpoints[owner_of(router)].prefixes)
        for router in self.attached:
            self.exchange(router)
        for router in self.attached:
            self.learn(router)

    def table_of(self, router: str) -> str:
        return names.table(router, ONRAMP if router.startswith("hub ") else "main")

    # Networks

    def network(self, network: Resource, router: str) -> None:
        owner, table, prefixes = owner_of(router), self.table_of(router), self.prefixes(network, router)
        self.made.routes(table, [Route(prefixes, Deliver(owner), Source.LOCAL, network.urn)])
        into, out = names.inbound(router), names.outbound(router)
        policies = policies_on(self.snapshot, network, NETWORK)
        self.made.filters[into] = filter_of(self.made, self.snapshot, policies, "INGRESS", into)
        self.made.filters[out] = filter_of(self.made, self.snapshot, policies, "EGRESS", out)
        risk = self.attached[router][1] if router in self.attached else self.peerings.hubs.get(router, router)
        self.made.endpoints[owner] = Endpoint(
            owner, "", prefixes, (table,), network.urn, (into,), (out,), (risk,)
        )  # fmt: skip

    def prefixes(self, network: Resource, router: str) -> Prefixes:
        """Those of its subnetworks; of an adopted network, whose subnetworks are not read, what it exports."""
        subnets = [
            s for s in self.snapshot.of_type(SUBNET) if self.network_of(s, "network", s.get("network")) is network
        ]
        ranges = [subnet.known("ipCidrRange") for subnet in subnets]
        if not ranges and router in self.attached:
            ranges = self.linked(self.attached[router][0]).get("includeExportRanges") or []
        return self.made.shared(*ranges)

    def network_of(self, source: Resource, name: str, value: Any) -> Resource | None:
        return self.snapshot.refers(source, name, value, NETWORK, by=("selfLink", "name"))

    def router_at(self, source: Resource, name: str) -> str | None:
        """The router of the network that a property refers to, in this stack or another."""
        network = self.network_of(source, name, source.get(name))
        return router_of(self.snapshot, network) if network else self.elsewhere.get(source.known(name))

    # Network Connectivity Center

    def linked(self, spoke: Resource) -> Any:
        return spoke.get("linkedVpcNetwork") or {}

    def spoke(self, spoke: Resource) -> None:
        if not self.linked(spoke):
            self.tunnels(spoke)
            return
        made = self.snapshot.refers(spoke, "hub", spoke.get("hub"), HUB)
        hub = names.hub(made.name) if made else self.elsewhere.get(spoke.known("hub"))
        network = self.network_of(spoke, "linkedVpcNetwork", self.linked(spoke).get("uri"))
        group = spoke.known("group").rsplit("/", 1)[-1]
        if hub is None or network is None or not group or spoke.known("state", "ACTIVE") != "ACTIVE":
            self.made.finding("a network's hub or group is not known, or has not let it in", spoke.urn,
                              "judge it once its hub is deployed and has accepted it")  # fmt: skip
            return
        if self.linked(spoke).get("excludeExportRanges"):
            self.made.finding("what a network does not export is not judged", spoke.urn, "name what it exports")
        router, key = router_of(self.snapshot, network), names.attachment(owner_of(router_of(self.snapshot, network)))
        self.attached[router], self.groups[router] = (spoke, hub), group
        ends = End(router, (self.table_of(router),)), End(hub, (self.table_of(hub),))
        self.made.links[key] = Link(key, ends, spoke.urn, ATTACHMENT_MTU["gcp"], risks=(hub,))

    def tunnels(self, spoke: Resource) -> None:
        """Tunnels are where every network reaches them: in the centre of a star."""
        if not spoke.get("linkedVpnTunnels") or spoke.known("group").endswith(f"/{_EDGE}"):
            self.made.finding("what a spoke brings is not known to all networks", spoke.urn,
                              "link VPN tunnels, in the centre")  # fmt: skip

    def exchange(self, router: str) -> None:
        """A network's subnets are known to its hub, and to the networks that its group lets see them."""
        spoke, hub = self.attached[router]
        prefixes = self.made.endpoints[owner_of(router)].prefixes
        self.put(self.table_of(hub), prefixes, router, spoke)
        for other in self.others(router, hub):
            if self.joined(router, other, hub, spoke):
                self.put(self.table_of(other), prefixes, other, spoke)

    def put(self, table: str, prefixes: Prefixes, over: str, spoke: Resource) -> None:
        if table not in self.made.tables:
            self.made.finding(f"table {table} is not known", spoke.urn, "judge all stacks together")
            return
        way = Via((names.attachment(owner_of(over)),))
        self.made.routes(table, [Route(prefixes, way, Source.PEER, spoke.urn)])

    def others(self, router: str, hub: str) -> Iterator[str]:
        for key, link in self.made.links.items():
            routers = {end.router for end in link.ends}
            if key.startswith("attachment ") and hub in routers and router not in routers:
                yield next(iter(routers - {hub}))

    def joined(self, one: str, other: str, hub: str, spoke: Resource) -> bool:
        """In a star, edges see the centre only. Network Connectivity Center, "Preset topologies", 2026-08."""
        if self.groups[one] != _EDGE:
            return True
        group = self.group_of(other, hub)
        if not group:
            self.made.finding(f"the group of {other} is not known", spoke.urn, "judge all stacks together")
        return group not in (_EDGE, "")

    def group_of(self, router: str, hub: str) -> str:
        """A network's group; that of its segment where it is in another stack."""
        if router in self.groups:
            return self.groups[router]
        endpoint = self.made.endpoints.get(owner_of(router))
        return self.exported.get(hub, {}).get(endpoint.segment if endpoint else "", "")

    def learn(self, router: str) -> None:
        """What the hub's router learned is handed on; the networks' own subnets go their own way."""
        spoke, hub = self.attached[router]
        table = self.table_of(hub)
        routes = self.made.tables[table].routes if table in self.made.tables else ()
        theirs = sorted({prefix for route in routes if route.source is Source.PEER for prefix in route.prefixes})
        exports = PrefixFilter("deny", self.made.shared(*theirs))
        key, asn = f"exchange {names.attachment(owner_of(router))}", self.asn(hub)
        teller = Speaker(hub, asn, announces=(table,), exports=exports)
        listener = Speaker(router, 0, learns=(self.table_of(router),))
        link = names.attachment(owner_of(router))
        self.made.sessions[key] = Session(key, link, (teller, listener), spoke.urn)

    def asn(self, hub: str) -> int:
        """Of the hub's router, from a session that it has."""
        from_vpn = (s.asn for session in self.made.sessions.values() for s in session.speakers if s.router == hub)
        halves = (h.speaker.asn for h in self.made.halves.values() if h.speaker and h.router == hub)
        return next(halves, 0) or next(from_vpn, 0)
