"""AWS's resources: transit gateways with their tables, VPN connections and attachments, and VPCs."""

from collections.abc import Iterator

from hubspoke.network.convert.aws_vgw import VGW_TYPES, Gateways
from hubspoke.network.convert.aws_vpc import VPC_TYPES, Vpcs
from hubspoke.network.convert.elsewhere import hub_ids
from hubspoke.network.convert.made import Half, Made
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import ATTACHMENT_MTU, TUNNEL_MTU
from hubspoke.network.model import Drop, End, Link, NextHop, Route, Source, Speaker, Unknown, Via
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.plan.model import ONRAMP
from hubspoke.plan.prefixes_taken import prefixes_taken

_TGW = "aws:ec2transitgateway/"
GATEWAY = _TGW + "transitGateway:TransitGateway"
TABLE = _TGW + "routeTable:RouteTable"
ROUTE = _TGW + "route:Route"
ASSOCIATION = _TGW + "routeTableAssociation:RouteTableAssociation"
PROPAGATION = _TGW + "routeTablePropagation:RouteTablePropagation"
ATTACHMENT = _TGW + "vpcAttachment:VpcAttachment"
ACCEPTER = _TGW + "vpcAttachmentAccepter:VpcAttachmentAccepter"
PEERING = _TGW + "peeringAttachment:PeeringAttachment"
PEERING_ACCEPTER = _TGW + "peeringAttachmentAccepter:PeeringAttachmentAccepter"
VPN = "aws:ec2/vpnConnection:VpnConnection"
CUSTOMER = "aws:ec2/customerGateway:CustomerGateway"
ATTACHED = (ATTACHMENT, VPN, PEERING)  # what can be associated, or be a route's target
READ = frozenset({
    GATEWAY, TABLE, ROUTE, ASSOCIATION, PROPAGATION, ATTACHMENT, ACCEPTER, PEERING, PEERING_ACCEPTER, VPN,
    *VGW_TYPES, *VPC_TYPES,
})  # fmt: skip


def convert_aws(made: Made, snapshot: Snapshot) -> None:
    """Halves of tunnels are left for Cloudflare's converter to join."""
    _Aws(made, snapshot).convert()


class _Aws:
    def __init__(self, made: Made, snapshot: Snapshot) -> None:
        self.made, self.snapshot = made, snapshot
        self.elsewhere = hub_ids(snapshot)
        self.associated: dict[str, list[str]] = {}  # tables by attachment's URN
        self.vpcs = Vpcs(made, snapshot, self.elsewhere)
        self.gateways = Gateways(made, snapshot, self.vpcs)
        self.vpns = {vpn.urn: self.inside(vpn) for vpn in snapshot.of_type(VPN)}

    def convert(self) -> None:
        for gateway in self.snapshot.of_type(GATEWAY):
            self.gateway(gateway)
        for table in self.snapshot.of_type(TABLE):
            self.table(table)
        self.join()
        self.vpcs.convert()
        self.gateways.routes(self.vpns)
        for propagation in self.snapshot.of_type(PROPAGATION):
            self.propagate(propagation)
        for route in self.snapshot.of_type(ROUTE):
            self.route(route)

    def join(self) -> None:
        for association in self.snapshot.of_type(ASSOCIATION):
            self.associate(association)
        for attachment in self.snapshot.of_type(ATTACHMENT):
            self.attachment(attachment)
        for peering in self.snapshot.of_type(PEERING):
            self.peering(peering)
        for vpn in self.snapshot.of_type(VPN):
            self.vpn(vpn)

    # Names

    def router(self, source: Resource) -> str:
        found = self.hub_of(source, "transitGatewayId")
        return found or f"transit gateway {source.known('transitGatewayId', 'not known')}"

    def hub_of(self, source: Resource, name: str) -> str | None:
        gateway = self.snapshot.target(source, name, GATEWAY)
        return names.hub(gateway.name) if gateway else self.elsewhere.get(source.known(name))

    def table_key(self, source: Resource) -> str | None:
        table = self.snapshot.target(source, "transitGatewayRouteTableId", TABLE)
        if table or source.get("transitGatewayRouteTableId") is not NOT_KNOWN:
            return f"hub {table.name}" if table else self.elsewhere.get(source.known("transitGatewayRouteTableId"))
        return self.peered_table(source)

    def peered_table(self, source: Resource) -> str | None:
        """The table in the name of a peering's part, as that is made from all of both hubs' outputs together."""
        if "AwsPeering" not in source.parent:
            return None
        _, hub, *rest = source.name.split("/")
        return names.table(names.hub(hub), rest[0] if rest else ONRAMP)

    def attached(self, source: Resource) -> Resource | None:
        """What an attachment id stands for, past its acceptance in the other account."""
        accepted = self.snapshot.target(source, "transitGatewayAttachmentId", ACCEPTER, PEERING_ACCEPTER)
        found = self.snapshot.target(accepted or source, "transitGatewayAttachmentId", ATTACHMENT, PEERING)
        return found or self.vpn_of(source)

    def vpn_of(self, source: Resource) -> Resource | None:
        """A VPN connection's attachment has an id of its own, which is one of its outputs."""
        value = source.get("transitGatewayAttachmentId")
        for vpn in self.snapshot.of_type(VPN):
            if isinstance(value, str) and vpn.get("transitGatewayAttachmentId") == value:
                return vpn
        return self.snapshot.target(source, "transitGatewayAttachmentId", VPN)

    # Gateways and their tables

    def gateway(self, gateway: Resource) -> None:
        for word in ("Association", "Propagation"):
            if gateway.get(f"defaultRouteTable{word}") != "disable":
                self.made.finding(
                    f"attachments get a default {word.lower()} that is in no program", gateway.urn,
                    f"set default_route_table_{word.lower()} to disable",
                )  # fmt: skip

    def table(self, table: Resource) -> None:
        gateway = self.snapshot.target(table, "transitGatewayId", GATEWAY)
        ecmp = gateway is None or gateway.get("vpnEcmpSupport") == "enable"
        self.made.table(f"hub {table.name}", self.router(table), "aws tgw", table.urn, multipath=ecmp)

    def associate(self, association: Resource) -> None:
        attached, table = self.attached(association), self.table_key(association)
        if attached and table:
            self.associated.setdefault(attached.urn, []).append(table)
        else:
            self.made.finding(
                "an association joins nothing that is known", association.urn, "judge all stacks together"
            )

    def attachment(self, attachment: Resource) -> None:
        key = names.attachment(self.snapshot.owner(attachment))
        hub, router = self.router(attachment), self.vpcs.router(attachment)
        at_hub = End(hub, tuple(self.associated.get(attachment.urn, ())))
        ends = End(router, tuple(self.vpcs.tables(router))), at_hub
        self.made.links[key] = Link(key, ends, attachment.urn, ATTACHMENT_MTU["aws"], risks=(hub,))

    def peering(self, peering: Resource) -> None:
        """It is up once the other side has accepted. Each side looks up what arrives in the table associated there."""
        key, tables = names.peering(peering.name), self.associated.get(peering.urn, [])
        named = [self.hub_of(peering, name) for name in ("transitGatewayId", "peerTransitGatewayId")]
        hubs = list(dict.fromkeys([*filter(None, named), *(table.rsplit("/", 1)[0] for table in tables)]))
        accepters = self.snapshot.of_type(PEERING_ACCEPTER)
        if len(hubs) != 2 or all(self.attached(each) is not peering for each in accepters):
            self.made.finding("a peering is not accepted, or joins a gateway that is not known", peering.urn,
                              "accept it, and judge all stacks together")  # fmt: skip
            return
        ends = [End(hub, tuple(table for table in tables if table.rsplit("/", 1)[0] == hub)) for hub in hubs]
        self.made.links[key] = Link(key, (ends[0], ends[1]), peering.urn, ATTACHMENT_MTU["aws"], risks=(key, *hubs))

    # VPN connections

    def inside(self, vpn: Resource) -> tuple[str, ...]:
        return tuple(prefix for n in (1, 2) if (prefix := vpn.known(f"tunnel{n}InsideCidr")))

    def vpn(self, vpn: Resource) -> None:
        if self.gateways.has(vpn):
            self.halves(vpn, *self.gateways.end(vpn))
            return
        hub = self.router(vpn)
        gateway = self.snapshot.target(vpn, "transitGatewayId", GATEWAY)
        asn = int(gateway.get("amazonSideAsn", 64512)) if gateway else 0
        self.halves(vpn, hub, tuple(self.associated.get(vpn.urn, ())), self.speaker(vpn, hub, asn))

    def halves(self, vpn: Resource, router: str, tables: tuple[str, ...], speaker: Speaker) -> None:
        customer = self.snapshot.target(vpn, "customerGatewayId", CUSTOMER)
        risks = (names.endpoint(vpn.name.rsplit("/", 1)[-1]), router)
        for number, prefix in enumerate(self.vpns[vpn.urn], 1):
            self.made.halves[prefix] = Half(
                prefix, router, tables, vpn.known(f"tunnel{number}Address"),
                customer.known("ipAddress") if customer else "", vpn.urn,
                None if vpn.get("staticRoutesOnly") else speaker,
                int(customer.get("bgpAsn", 0)) if customer else 0, TUNNEL_MTU["aws"], risks,
            )  # fmt: skip

    def speaker(self, vpn: Resource, hub: str, asn: int) -> Speaker:
        """It announces the tables it is associated with, and those that it propagates to learn."""
        learns = [
            table for each in self.snapshot.of_type(PROPAGATION)
            if (attached := self.attached(each)) and attached.urn == vpn.urn and (table := self.table_key(each))
        ]  # fmt: skip
        announces, most = tuple(self.associated.get(vpn.urn, ())), prefixes_taken("aws", hub=True)
        return Speaker(hub, asn, announces=announces, learns=tuple(learns), limit=most)

    # Routes

    def propagate(self, propagation: Resource) -> None:
        attached, table = self.attached(propagation), self.table_key(propagation)
        if attached is None or table is None:
            self.made.finding("a propagation joins nothing that is known", propagation.urn, "judge all stacks together")
        elif attached.type == ATTACHMENT and table in self.made.tables:
            way = Via((names.attachment(self.snapshot.owner(attached)),))
            for prefix in self.vpcs.prefixes(self.vpcs.router(attached)):
                self.made.routes(table, [Route(self.made.shared(prefix), way, Source.ATTACHED, propagation.urn)])

    def route(self, route: Resource) -> None:
        table = self.table_key(route)
        if table is None or table not in self.made.tables:
            self.made.finding("a route is in no table that is known", route.urn, "judge all stacks together")
            return
        prefixes = self.made.shared(route.known("destinationCidrBlock"))
        self.made.routes(table, [Route(prefixes, self.target(route), Source.STATIC, route.urn)])

    def target(self, route: Resource) -> NextHop:
        if route.get("blackhole") is True:
            return Drop()
        attached = self.attached(route)
        if attached is None:
            return Unknown("attachment")
        return Via(tuple(self.links(attached)))

    def links(self, attached: Resource) -> Iterator[str]:
        """An attachment's link; a VPN connection's two."""
        if attached.type == ATTACHMENT:
            yield names.attachment(self.snapshot.owner(attached))
        if attached.type == PEERING:
            yield names.peering(attached.name)
        for prefix in self.vpns.get(attached.urn, ()):
            yield self.made.tunnels.get(prefix, f"no tunnel at Cloudflare has {prefix}")
