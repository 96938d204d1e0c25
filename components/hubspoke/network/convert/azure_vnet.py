"""Azure's networks: VNets, the routes of their subnets, and their security groups."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from hubspoke.network.convert.azure_gateway import Behind, Way, by_gateway
from hubspoke.network.convert.azure_rules import GROUP, filter_of
from hubspoke.network.convert.made import Made, owner_of, router_of
from hubspoke.network.intended import names
from hubspoke.network.model import (
    Deliver,
    Drop,
    Endpoint,
    Filter,
    Internet,
    NextHop,
    Prefixes,
    PrefixFilter,
    Route,
    Source,
    Unknown,
    Via,
)
from hubspoke.network.snapshot import Resource, Snapshot

_MODULE = "azure-native:network:"
VNET, SUBNET = _MODULE + "VirtualNetwork", _MODULE + "Subnet"
TABLE, ROUTE = _MODULE + "RouteTable", _MODULE + "Route"
VNET_TYPES = (VNET, SUBNET, TABLE, ROUTE, GROUP)
_GATEWAYS = "GatewaySubnet"


class Vnets:
    """The VNets of a snapshot by router."""

    def __init__(self, made: Made, snapshot: Snapshot) -> None:
        self.made, self.snapshot = made, snapshot
        self.vnets = {router_of(snapshot, vnet): vnet for vnet in snapshot.of_type(VNET)}
        self._tables: dict[str, dict[str, str]] = {router: {} for router in self.vnets}
        for route in snapshot.of_type(ROUTE):
            table = names.table(router_of(snapshot, route), route.name.split("/")[1])
            self._tables.setdefault(router_of(snapshot, route), {})[table] = route.urn
        for router, vnet in self.vnets.items():
            self._tables[router] = self._tables[router] or {names.table(router, "main"): vnet.urn}

    def of(self, source: Resource, name: str, value: Any) -> Resource | None:
        """The VNet that a property refers to."""
        return self.snapshot.refers(source, name, value, VNET, by=("virtualNetworkName",))

    def tables(self, router: str) -> tuple[str, ...]:
        """Keys of the tables of a VNet. One stands for all subnets: they have the same routes."""
        return tuple(self._tables.get(router, ()))

    def learning(self, router: str) -> tuple[str, ...]:
        """Those of its tables that take a gateway's routes: none where that is switched off for all of it."""
        off = any(t.get("disableBgpRoutePropagation") is True for t in self._own(TABLE, router))
        return () if off else self.tables(router)

    def prefixes(self, router: str) -> Prefixes:
        """The address space of a VNet."""
        space = self.vnets[router].get("addressSpace") if router in self.vnets else None
        listed = space.get("addressPrefixes", ()) if isinstance(space, Mapping) else ()
        return self.made.shared(*(prefix for prefix in listed if isinstance(prefix, str)))

    def _own(self, type_: str, router: str) -> Iterator[Resource]:
        return (each for each in self.snapshot.of_type(type_) if router_of(self.snapshot, each) == router)

    def convert(self, ways: Mapping[str, list[Way]]) -> None:
        """Tables, filters and endpoints. Links must be there already; `ways` are those of gateways, by router."""
        for router, vnet in self.vnets.items():
            local = Route(self.prefixes(router), Deliver(owner_of(router)), Source.LOCAL, vnet.urn)
            for key, urn in self._tables[router].items():
                self.made.table(key, router, "azure subnet", urn)
                self.made.routes(key, [local, *self._inline(router, ways.get(router))])
            for key in self._programmed(router):
                taken = (Route(way.prefixes, Via(way.links), Source.BGP, way.origin) for way in ways.get(router, ()))
                self.made.routes(key, taken)
            self._endpoint(router, vnet)
        for route in self.snapshot.of_type(ROUTE):
            router = router_of(self.snapshot, route)
            if router in self.vnets:
                key = names.table(router, route.name.split("/")[1])
                self.made.routes(key, self._route(route, router, route.get, ways.get(router)))
            else:
                self.made.finding("a route is in no table that is known", route.urn, "judge it with its network")
        for subnet in self.snapshot.of_type(SUBNET):
            self._subnet(subnet)

    def behind(self, router: str) -> Behind:
        """What is behind a network's own gateway. In an adopted network's tables its BGP counts for what their routes
        send to it, and nothing else."""
        tables, prefixes = self.tables(router), self.prefixes(router)
        first = tuple(sorted(tables)[:1])
        if not self._is_routed(router):
            return Behind(first, prefixes, self.learning(router), None)
        sent: dict[str, set[str]] = {table: set() for table in tables}
        for route in self._own(ROUTE, router):
            if route.get("nextHopType") == "VirtualNetworkGateway":
                sent[names.table(router, route.name.split("/")[1])].add(route.known("addressPrefix"))
        same = {frozenset(each) for each in sent.values()}
        if len(same) > 1:
            self.made.finding("tables of a network send different prefixes to its gateway", self.vnets[router].urn,
                              "give all of them the same routes")  # fmt: skip
        takes = PrefixFilter("allow", self.made.shared(*sorted(set().union(*same), key=IPv4Network)))
        return Behind(first, prefixes, tables, takes)

    def _is_routed(self, router: str) -> bool:
        """Whether the tables are an adopted network's, and have routes to its gateway."""
        return any(self._own(ROUTE, router)) and not any(self._own(TABLE, router))

    def _programmed(self, router: str) -> tuple[str, ...]:
        """Tables that take the routes of the network's own gateway. Of an adopted table it is its owner's to say, and
        the routes that are put there suffice."""
        return () if self._is_routed(router) else self.learning(router)

    def _endpoint(self, router: str, vnet: Resource) -> None:
        owner = owner_of(router)
        link = self.made.links.get(names.attachment(owner))
        at_hub = link.far(router) if link else None
        segment = at_hub.tables[0].rsplit("/", 1)[-1] if at_hub and at_hub.tables else ""
        into, out = names.inbound(router), names.outbound(router)
        self.made.endpoints[owner] = Endpoint(
            owner, segment, self.prefixes(router), self.tables(router), vnet.urn, (into,), (out,),
            (at_hub.router if at_hub else router,),
        )  # fmt: skip
        group = next(self._own(GROUP, router), None)
        if group is None:
            self.made.filters.update({key: Filter(key, (), vnet.urn, "allow") for key in (into, out)})
        else:
            self.made.filters[into] = filter_of(self.made, group, "Inbound", into)
            self.made.filters[out] = filter_of(self.made, group, "Outbound", out)

    def _subnet(self, subnet: Resource) -> None:
        """A new network's filter and table are on all its subnets; who owns an adopted one puts them on those."""
        if subnet.known("subnetName") == _GATEWAYS:
            if subnet.get("routeTable") or subnet.get("networkSecurityGroup"):
                self.made.finding("what a gateway's subnet has of its own is not judged", subnet.urn,
                                  "take its route table and security group off")  # fmt: skip
            return
        for name, type_, word in (("networkSecurityGroup", GROUP, "security group"), ("routeTable", TABLE, "table")):
            named = subnet.get(name)
            value = named.get("id") if isinstance(named, Mapping) else None
            found = self.snapshot.refers(subnet, name, value, type_) if named else None
            if found is None or router_of(self.snapshot, found) != router_of(self.snapshot, subnet):
                self.made.finding(
                    f"a subnet does not have the {word} of its network", subnet.urn, f"put the {word} on it"
                )

    # Routes

    def _inline(self, router: str, ways: list[Way] | None) -> Iterator[Route]:
        for table in self._own(TABLE, router):
            for listed in table.get("routes") or ():
                yield from self._route(table, router, listed.get, ways)

    def _route(self, route: Resource, router: str, get: Any, ways: list[Way] | None) -> Iterator[Route]:
        prefix = get("addressPrefix")
        try:
            prefixes = self.made.shared(prefix)
        except ValueError:
            self.made.finding("a route's destination is no plain prefix", route.urn, "name prefixes")
            return
        kind = str(get("nextHopType"))
        if kind == "VirtualNetworkGateway" and any(way.speaks for way in ways or ()):
            if route.type != ROUTE:  # those of adopted tables count by the session, see `behind`
                self.made.finding("what a gateway with BGP makes of a route is not judged", route.urn,
                                  "leave it to what the gateway programs")  # fmt: skip
                yield Route(prefixes, Unknown(kind), Source.STATIC, route.urn)
        elif kind == "VirtualNetworkGateway" and ways is not None:
            for part, hop in by_gateway(self.made, prefixes[0], ways):
                yield Route(part, hop, Source.STATIC, route.urn)
        else:
            yield Route(prefixes, self._target(route, router, kind), Source.STATIC, route.urn)

    def _target(self, route: Resource, router: str, kind: str) -> NextHop:
        known: dict[str, NextHop] = {
            "VnetLocal": Deliver(owner_of(router)), "Internet": Internet(), "None": Drop(),
            "VirtualNetworkGateway": Drop("the network has no gateway"),
        }  # fmt: skip
        if kind in known:
            return known[kind]
        self.made.finding(f"where a route's next hop {kind} leads is not judged", route.urn, "route to the hub")
        return Unknown(kind)
