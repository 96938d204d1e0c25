"""Azure's resources: virtual hubs with their tables, connections and VPN gateways, and VNets."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from hubspoke.network.convert.azure_gateway import GATEWAY_TYPES, VnetGateways
from hubspoke.network.convert.azure_vnet import VNET_TYPES, Vnets
from hubspoke.network.convert.azure_vpn import ASN, VPN_TYPES, HubVpn
from hubspoke.network.convert.elsewhere import hub_ids
from hubspoke.network.convert.made import Made, router_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import ATTACHMENT_MTU
from hubspoke.network.intended.virtual_wan import exchange
from hubspoke.network.model import End, Link, Prefixes, Route, Session, Source, Speaker, Via
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.plan.model import ONRAMP

_MODULE = "azure-native:network:"
WAN, HUB, TABLE = _MODULE + "VirtualWan", _MODULE + "VirtualHub", _MODULE + "HubRouteTable"
CONNECTION, VPN, SITE = _MODULE + "HubVirtualNetworkConnection", _MODULE + "VpnConnection", _MODULE + "VpnSite"
GATEWAY = _MODULE + "VpnGateway"
READ = frozenset({WAN, HUB, TABLE, CONNECTION, *VPN_TYPES, *VNET_TYPES, *GATEWAY_TYPES})
_KINDS = {"ExpressRoute": "azure hub", "VpnGateway": "azure hub, vpn", "ASPath": "azure hub, as path"}
_DEFAULT, _LABEL = "defaultRouteTable", "segment-"
_ANYWHERE = "0.0.0.0/0"


def convert_azure(made: Made, snapshot: Snapshot) -> None:
    """Halves of tunnels are left for Cloudflare's converter to join."""
    _Azure(made, snapshot).convert()


class _Azure:
    def __init__(self, made: Made, snapshot: Snapshot) -> None:
        self.made, self.snapshot = made, snapshot
        self.elsewhere = hub_ids(snapshot)
        self.vnets = Vnets(made, snapshot)

    def convert(self) -> None:
        for hub in self.snapshot.of_type(HUB):
            self.hub(hub)
        for table in self.snapshot.of_type(TABLE):
            self.table(table)
        self.mesh()
        for connection in self.snapshot.of_type(CONNECTION):
            self.attachment(connection)
        for vpn in self.snapshot.of_type(VPN):
            self.vpn(vpn)
        self.vnets.convert(VnetGateways(self.made, self.snapshot).ways(self.vnets.behind))

    # Hubs and their tables

    def hub(self, hub: Resource) -> None:
        router = names.hub(hub.name)
        self.made.table(names.table(router, ONRAMP), router, self.kind(hub), hub.urn)

    def kind(self, hub: Resource | None) -> str:
        return _KINDS[hub.known("hubRoutingPreference", "ExpressRoute") if hub else "ExpressRoute"]

    def table(self, table: Resource) -> None:
        hub = self.snapshot.refers(
            table, "virtualHubName", table.get("virtualHubName"), HUB, by=("virtualHubName", "name")
        )
        router = router_of(self.snapshot, table)
        self.made.table(f"hub {table.name}", router, self.kind(hub), table.urn)
        if table.get("routes"):
            self.made.finding("static routes of a hub's table are not judged", table.urn, "remove them")

    def mesh(self) -> None:
        """Hubs of one virtual WAN are joined by it, unless it is a Basic one."""
        for one, other in combinations(sorted(self.snapshot.of_type(HUB), key=lambda hub: hub.name), 2):
            wans = {found.urn: found for hub in (one, other) if (found := self.wan(hub))}
            if [found.inputs.get("type") != "Basic" for found in wans.values()] == [True]:
                key, routers = names.peering(f"{one.name}-{other.name}"), (names.hub(one.name), names.hub(other.name))
                ends = [End(router, (names.table(router, ONRAMP),)) for router in routers]
                mtu = ATTACHMENT_MTU["azure"]
                self.made.links[key] = Link(key, (ends[0], ends[1]), one.urn, mtu, risks=(key, *routers))

    def wan(self, hub: Resource) -> Resource | None:
        return self.snapshot.refers(hub, "virtualWan", _id(hub.get("virtualWan")), WAN)

    # What is connected

    def attachment(self, connection: Resource) -> None:
        owner, routing = self.snapshot.owner(connection), _mapping(connection.get("routingConfiguration"))
        table = self.table_key(connection, _id(routing.get("associatedRouteTable")))
        remote = connection.get("remoteVirtualNetwork")
        vnet = self.vnets.of(connection, "remoteVirtualNetwork", _id(remote))
        if table is None or vnet is None:
            self.made.finding(
                "a connection joins a network and a table that are not known", connection.urn,
                "judge it once its hub is deployed",
            )  # fmt: skip
            return
        hub, router, key = table.rsplit("/", 1)[0], router_of(self.snapshot, vnet), names.attachment(owner)
        ends = End(router, self.vnets.tables(router)), End(hub, (table,))
        self.made.links[key] = Link(key, ends, connection.urn, ATTACHMENT_MTU["azure"], risks=(hub,))
        self.teach(key, table, hub, router, connection)
        self.propagate(connection, hub, self.vnets.prefixes(router), Via((key,)), Source.ATTACHED)

    def teach(self, link: str, table: str, hub: str, router: str, connection: Resource) -> None:
        """The hub programs its table's routes into the network."""
        teller = Speaker(hub, ASN, announces=(table,))
        listener = Speaker(router, 0, learns=self.vnets.learning(router))
        self.made.sessions[f"exchange {link}"] = Session(f"exchange {link}", link, (teller, listener), connection.urn)

    def vpn(self, vpn: Resource) -> None:
        """What the site has is reached over all tunnels of the connection."""
        gateway = self.snapshot.refers(vpn, "gatewayName", vpn.get("gatewayName"), GATEWAY, by=("gatewayName", "name"))
        site = self.snapshot.refers(vpn, "remoteVpnSite", _id(vpn.get("remoteVpnSite")), SITE)
        routing = _mapping(vpn.get("routingConfiguration"))
        table = self.table_key(vpn, _id(routing.get("associatedRouteTable")))
        if gateway is None or site is None or table is None:
            self.made.finding("a VPN connection joins nothing that is known", vpn.urn, "judge all of a hub together")
            return
        hub = table.rsplit("/", 1)[0]
        taught = by_router(self.propagated(vpn))
        ends = HubVpn(gateway, vpn, site, hub, table, tuple(taught.pop(hub, ())))
        if ends.speaks:
            self.tell(vpn, ends, taught)
        links = tuple(sorted(ends.halves(self.made, self.snapshot)))
        space = _mapping(site.get("addressSpace")).get("addressPrefixes") or ()
        self.propagate(vpn, hub, self.made.shared(*space), Via(links), Source.BGP)

    def tell(self, vpn: Resource, ends: HubVpn, taught: Mapping[str, list[str]]) -> None:
        """What it learns is known to the other hubs' tables that it propagates to."""
        for router, tables in taught.items():
            if ends.learns and (link := self.joined(ends.hub, router)):
                told = exchange(link, ends.hub, ends.learns, router, tables, vpn.urn)
                self.made.sessions[told.key] = told

    def propagated(self, source: Resource) -> list[str]:
        """The tables that a connection propagates to: those that are named, or have a label that is named."""
        named = _mapping(_mapping(source.get("routingConfiguration")).get("propagatedRouteTables"))
        direct = {self.table_key(source, _id(each)) for each in named.get("ids") or ()}
        if None in direct:
            self.made.finding("what a connection propagates to is not known", source.urn, "judge all stacks together")
        labelled = {key for label in named.get("labels") or () for key in self.labelled(label)}
        return sorted({*filter(None, direct), *labelled})

    def propagate(self, source: Resource, hub: str, prefixes: Prefixes, way: Via, kind: Source) -> None:
        """Into the hub's own tables; on other hubs by the join with this one.

        A hub keeps what it has itself before what another one brings, and the default route stays on its own hub
        ("About virtual hub routing", 2026-08).
        """
        for key in self.propagated(source):
            router = key.rsplit("/", 1)[0]
            if router == hub:
                self.made.routes(key, [Route(prefixes, way, kind, source.urn)])
            elif (link := self.joined(hub, router)) and (crossing := tuple(p for p in prefixes if p != _ANYWHERE)):
                crossed = Source.PEER if kind is Source.ATTACHED else kind
                remote = Route(self.made.shared(*crossing), Via((link,)), crossed, source.urn, remote=True)
                self.made.routes(key, [remote])

    def joined(self, one: str, other: str) -> str | None:
        first, second = sorted(router.split(" ", 1)[1] for router in (one, other))
        key = names.peering(f"{first}-{second}")
        return key if key in self.made.links else None

    def table_key(self, source: Resource, id_: Any) -> str | None:
        """A table by its id. Before a hub has one, what is made from the hub alone can only mean its default table."""
        if isinstance(id_, str):
            if (found := self.elsewhere.get(id_)) or not id_:
                return found
            hub = self.snapshot.refers(source, "", id_.partition("/hubRouteTables/")[0], HUB)
            if hub and id_.endswith(f"/{_DEFAULT}"):
                return names.table(names.hub(hub.name), ONRAMP)
        table = self.snapshot.refers(source, "routingConfiguration", id_, TABLE)
        hub = self.snapshot.refers(source, "routingConfiguration", NOT_KNOWN, HUB)
        if table or isinstance(id_, str):
            return f"hub {table.name}" if table else None
        some = any(urn for urn in source.depends.get("routingConfiguration", ()) if f"{TABLE}::" in urn)
        return names.table(names.hub(hub.name), ONRAMP) if hub and not some else None

    def labelled(self, label: str) -> Iterator[str]:
        """Tables with a label: as their resources say, and of other stacks' hubs by the label's segment."""
        ours = set()
        for table in self.snapshot.of_type(TABLE):
            ours.add(f"hub {table.name}")
            if label in (table.get("labels") or ()):
                yield f"hub {table.name}"
        segment = ONRAMP if label == "default" else label.removeprefix(_LABEL)
        for key, found in self.made.tables.items():
            if found.kind.startswith("azure hub") and key not in ours and key.endswith(f"/{segment}"):
                yield key


def by_router(tables: Iterable[str]) -> dict[str, list[str]]:
    """Keys of tables, by the router that these are of."""
    found: dict[str, list[str]] = {}
    for key in tables:
        found.setdefault(key.rsplit("/", 1)[0], []).append(key)
    return found


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else NOT_KNOWN


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
