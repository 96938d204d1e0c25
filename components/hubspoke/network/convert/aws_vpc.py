"""AWS's networks: VPCs, their route tables, and their security groups."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hubspoke.network.convert.aws_acl import ACL_TYPES, Acls
from hubspoke.network.convert.aws_rules import EGRESS, GROUP, INGRESS, rules_of
from hubspoke.network.convert.made import Made
from hubspoke.network.intended import names
from hubspoke.network.model import Deliver, Endpoint, Internet, NextHop, Route, Source, Unknown, Via
from hubspoke.network.snapshot import Resource, Snapshot

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
PROPAGATION = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
_GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
VPC_TYPES = (PROPAGATION, VPC, SUBNET, TABLE, ROUTE, ASSOCIATION, GROUP, INGRESS, EGRESS, *ACL_TYPES)
# Targets of a route that lead out of the network, by the property that names them.
_OUT = ("natGatewayId", "egressOnlyGatewayId", "carrierGatewayId")
_NOT_READ = ("networkInterfaceId", "vpcPeeringConnectionId", "vpcEndpointId", "localGatewayId", "coreNetworkArn")


class Vpcs:
    """The VPCs of a snapshot by router."""

    def __init__(self, made: Made, snapshot: Snapshot, elsewhere: Mapping[str, str]) -> None:
        self.made, self.snapshot, self.elsewhere = made, snapshot, elsewhere
        self._routers = {vpc.urn: self._named(vpc) for vpc in snapshot.of_type(VPC)}
        self._prefixes = {self._routers[vpc.urn]: tuple(_prefixes(vpc)) for vpc in snapshot.of_type(VPC)}
        self._tables: dict[str, dict[str, str]] = {router: {} for router in self._routers.values()}
        self._key_of: dict[str, str] = {}  # tables' keys by URN of table or route
        for table in snapshot.of_type(TABLE):
            self._know(table, self.router(table), self._short(table))
        for route in snapshot.of_type(ROUTE):
            if not self._table_of(route):
                self._know(route, self._named(route), _part(route.name))
        for propagation in snapshot.of_type(PROPAGATION):
            if not self._table_of(propagation):
                self._know(propagation, self._named(propagation), _part(propagation.name))

    def _named(self, resource: Resource) -> str:
        """A router's name, from the component that the resource is part of."""
        owner = self.snapshot.owner(resource)
        return names.onramp(owner) if "OnRamp" in resource.parent.split("::")[-2:][0] else names.spoke(owner)

    def _know(self, resource: Resource, router: str, key: str) -> None:
        name = names.table(router, key)
        self._key_of[resource.urn] = name
        self._tables.setdefault(router, {})[name] = resource.urn

    def _short(self, table: Resource) -> str:
        """The component's one table has its name; others have a part of their own in theirs."""
        return "main" if table.name == self.snapshot.owner(table) else table.name.split("/", 1)[-1]

    def _table_of(self, route: Resource) -> Resource | None:
        return self.snapshot.target(route, "routeTableId", TABLE)

    def router(self, source: Resource) -> str:
        """The router of the VPC that a resource is in."""
        vpc = self.snapshot.target(source, "vpcId", VPC)
        return self._routers[vpc.urn] if vpc else self._named(source)

    def tables(self, router: str) -> list[str]:
        """Keys of the tables of a VPC."""
        return list(self._tables.get(router, ()))

    def propagated(self, propagation: Resource) -> str:
        """The table that a gateway's routes are propagated to."""
        table = self._table_of(propagation)
        return self._key_of[table.urn if table else propagation.urn]

    def prefixes(self, router: str) -> tuple[str, ...]:
        """The prefixes of a VPC."""
        return self._prefixes.get(router, ())

    def convert(self) -> None:
        """Tables, filters and endpoints; attachments must be there already."""
        acls = Acls(self.made, self.snapshot, self.router)
        for router, tables in self._tables.items():
            prefixes = self.made.shared(*self.prefixes(router))
            owner = router.split(" ", 1)[1]
            for key, urn in tables.items():
                self.made.table(key, router, "aws vpc", urn)
                self.made.routes(key, [Route(prefixes, Deliver(owner), Source.LOCAL, urn)])
            self._endpoint(router, owner, acls)
        for table in self.snapshot.of_type(TABLE):
            self.made.routes(self._key_of[table.urn], self._inline(table))
        for route in self.snapshot.of_type(ROUTE):
            owner_table = self._table_of(route)
            key = self._key_of[owner_table.urn if owner_table else route.urn]
            self.made.routes(key, self._route(route, key.rsplit("/", 1)[0], route.get))

    def _endpoint(self, router: str, owner: str, acls: Acls) -> None:
        origin = next((urn for urn, name in self._routers.items() if name == router), router)
        into, out = names.inbound(router), names.outbound(router)
        link = self.made.links.get(names.attachment(owner))
        at_hub = link.far(router) if link else None
        segment = at_hub.tables[0].rsplit("/", 1)[-1] if at_hub and at_hub.tables else ""
        risks = (at_hub.router if at_hub else router,)
        prefixes = self.made.shared(*self.prefixes(router))
        tables = tuple(self.tables(router))
        acl_in, acl_out = acls.filters(router, prefixes)
        self.made.endpoints[owner] = Endpoint(
            owner, segment, prefixes, tables, origin, (into, *acl_in), (out, *acl_out), risks
        )
        self.made.rules(into, (), origin)
        self.made.rules(out, (), origin)
        for group in self.snapshot.of_type(GROUP):
            if self.router(group) == router:
                self._group(group, into, out)

    def _group(self, group: Resource, into: str, out: str) -> None:
        """Any group may be on any interface: what one of them lets in, some workload does."""
        found: dict[Literal["in", "out"], str] = {"in": into, "out": out}
        for way, key in found.items():
            self.made.rules(key, rules_of(self.made, self.snapshot, group, way), group.urn)

    # Routes

    def _inline(self, table: Resource) -> Iterator[Route]:
        for listed in table.get("routes", ()):
            if listed.get("cidrBlock"):
                renamed = {**listed, "destinationCidrBlock": listed["cidrBlock"]}
                yield from self._route(table, self.router(table), renamed.get)

    def _route(self, route: Resource, router: str, get: Any) -> Iterator[Route]:
        prefix = get("destinationCidrBlock")
        if not isinstance(prefix, str):
            self.made.finding("a route's destination is no plain prefix", route.urn, "name prefixes")
            return
        yield Route(self.made.shared(prefix), self._target(route, router, get), Source.STATIC, route.urn)

    def _target(self, route: Resource, router: str, get: Any) -> NextHop:
        if get("transitGatewayId"):
            return self._to_hub(route, router)
        gateway = get("gatewayId")
        if gateway == "local":
            return Deliver(router.split(" ", 1)[1])
        if (isinstance(gateway, str) and gateway.startswith("igw-")) or any(map(get, _OUT)):
            return Internet()
        named = next((name for name in _NOT_READ if get(name)), "target")
        self.made.finding(f"where a route's {named} leads is not judged", route.urn, "route to the hub")
        return Unknown(named)

    def _to_hub(self, route: Resource, router: str) -> NextHop:
        """Over the attachment of this VPC to that gateway; without one the route is a black hole."""
        key = names.attachment(router.split(" ", 1)[1])
        link = self.made.links.get(key)
        if link is None:
            return Unknown("attachment")
        gateway = self.snapshot.target(route, "transitGatewayId", _GATEWAY)
        hub = names.hub(gateway.name) if gateway else self.elsewhere.get(route.known("transitGatewayId"))
        if hub is None:
            return Unknown("transit gateway")
        return Via((key,)) if link.far(router).router == hub else Via((f"no attachment to {hub}",))


def _part(name: str) -> str:
    """The table's key in the name of a route of an adopted network: "web/private/10.0.0.0/8"."""
    parts = name.split("/")
    return parts[1] if len(parts) > 1 else name


def _prefixes(vpc: Resource) -> Iterator[str]:
    value = vpc.get("cidrBlock")
    if isinstance(value, str):
        yield value
