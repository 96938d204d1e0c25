"""The tables line by line, a world in which each line matters, and the same world with one line untrue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.clock import SkippingClock
from hubspoke.local.clouds.cloudflare import firewall as fw
from hubspoke.local.clouds.cloudflare import magic_wan as cf
from hubspoke.local.clouds.packages import STORED, package
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.table import Fact, TypeTable
from hubspoke.local.clouds.testing import (
    CloudAccount,
    Made,
    Refused,
    aws_account,
    azure_account,
    cloudflare_account,
    gcp_project,
)
from hubspoke.local.clouds.values import parse_path

from tests.local.clouds import azure_world, gcp_world

HUB, SPOKE, CF = "111111111111", "222222222222", "c" * 32
AZURE_HUB, AZURE_SPOKE = "11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"
_FIELDS = {
    "immutable": "immutable", "default": "defaults", "reference": "references", "validity": "validations",
    "rule": "rules", "computed": "computed", "in use": "in_use", "deletion": "deletion_rules",
    "companion": "companions", "unique": "twin", "provisioning": "provisioning",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row, with what it says to people."""

    fact: Fact
    row: Any

    def __str__(self) -> str:
        return self.fact.name


def lines(kind: str) -> list[Line]:
    """All rows of a kind, of all clouds."""
    return [line for name in STORED for table in package(name).own_tables() for line in _lines(table, kind)]


def _lines(table: TypeTable, kind: str) -> Iterator[Line]:
    rows = getattr(table, _FIELDS[kind])
    rows = rows if isinstance(rows, tuple) else () if rows is None else (rows,)
    said = [fact for fact in table.facts() if fact.kind == kind]
    yield from (Line(fact, row) for fact, row in zip(said, rows, strict=True))


_UNTRUE: dict[str, Callable[[Any], Any]] = {
    "default": lambda row: replace(row, value="untrue" if isinstance(row.value, str) else int(row.value) + 1),
    "reference": lambda row: replace(row, code="Untrue", loose=False),
    "validity": lambda row: replace(row, problem=lambda _: None),
    "rule": lambda row: replace(row, check=lambda *_: None),
    "computed": lambda row: replace(row, value=lambda *_: "untrue", overrides=True),
    "unique": lambda row: replace(row, code="Untrue"),
    "provisioning": lambda row: replace(row, seconds=row.seconds + 1),
    "deletion": lambda row: replace(row, check=lambda *_: None),
}  # the others are left out


@contextmanager
def untrue(line: Line) -> Iterator[None]:
    """The clouds as they would be if the line said something else, or nothing."""
    type_, kind = line.fact.type, line.fact.kind
    whole = package(type_.split(":")[0])
    true = whole.table(type_)
    whole._completed[type_] = replace(true, **{_FIELDS[kind]: _changed(getattr(true, _FIELDS[kind]), line, kind)})
    try:
        yield
    finally:
        whole._completed[type_] = true


def _changed(rows: Any, line: Line, kind: str) -> Any:
    if not isinstance(rows, tuple):
        return _UNTRUE[kind](rows)
    if kind not in _UNTRUE:
        return tuple(row for row in rows if row is not line.row)
    return tuple(_UNTRUE[kind](row) if row is line.row else row for row in rows)


def proven(line: Line, proof: Callable[[Line], None]) -> None:
    """A proof holds, and would not if the line were untrue: it fails, or the world cannot even be made."""
    proof(line)
    failed = (AssertionError, pytest.fail.Exception, CloudError, Refused, TypeError, ValueError)
    with untrue(line), pytest.raises(failed):
        proof(line)


def cloud_of(line: Line) -> str:
    """The package that a line speaks of."""
    return line.fact.type.split(":")[0]


def placed(path: str, value: Any, *, listed: bool = False) -> dict[str, Any]:
    """Properties with a value at a path such as bgp.customerAsn or routes[*].gatewayId."""
    found: Any = [value] if listed else value
    for step in reversed(parse_path(path)):
        found = [found] if step == "*" else {step: found}
    return dict(found)


@dataclass
class World:
    """Two accounts of a cloud, and one at Cloudflare, with at least one of every type that has a table.

    Things are by label; of a type with computed outputs, the first has nothing set that need not be.
    """

    folder: Path
    cloud: str = "aws"
    scale: float = 0.0
    clock: SkippingClock = field(default_factory=SkippingClock)
    things: dict[str, Made] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hub, self.spoke = (
            aws_account(self.folder, account, "eu-west-1", scale=self.scale, clock=self.clock)
            for account in (HUB, SPOKE)
        )
        self.azure_hub, self.azure_spoke = (
            azure_account(self.folder, subscription, "westeurope", scale=self.scale, clock=self.clock)
            for subscription in (AZURE_HUB, AZURE_SPOKE)
        )
        self.cloudflare = cloudflare_account(self.folder)
        self.simulation = Simulation(self.folder)
        self.google, self.google_guest = (
            gcp_project(self.folder, project, gcp_world.REGION, scale=self.scale, clock=self.clock)
            for project in (gcp_world.PROJECT, gcp_world.GUEST)
        )
        for build in _BUILDERS[self.cloud]:
            build(self)

    def make(self, label: str, type_: str, account: CloudAccount | None = None, /, **inputs: Any) -> str:
        """Makes a thing and gives its id."""
        self.things[label] = (account or self.hub).create(type_, **inputs)
        return self.things[label].id

    def id(self, label: str) -> str:
        return self.things[label].id

    def first(self, type_: str) -> Made:
        """The first thing of a type. Raises StopIteration if the world has none."""
        return next(made for made in self.things.values() if made.type == type_)

    def account(self, made: Made) -> CloudAccount:
        (place,) = {r.account for r in self.simulation.records(type_=made.type) if r.id == made.id}
        return {
            HUB: self.hub, SPOKE: self.spoke, CF: self.cloudflare, AZURE_HUB: self.azure_hub,
            AZURE_SPOKE: self.azure_spoke, gcp_world.PROJECT: self.google, gcp_world.GUEST: self.google_guest,
        }[place]  # fmt: skip

    def made(self, type_: str, id_: str) -> Made:
        return next(made for made in self.things.values() if (made.type, made.id) == (type_, id_))


def _networks(world: World) -> None:
    for label, cidr in (("vpc", "10.1.0.0/16"), ("vpc2", "10.2.0.0/16")):
        world.make(label, aws.VPC, cidrBlock=cidr)
    world.make("subnet", aws.SUBNET, vpcId=world.id("vpc"), cidrBlock="10.1.0.0/24")
    world.make("subnet b", aws.SUBNET, vpcId=world.id("vpc"), cidrBlock="10.1.1.0/24", availabilityZone="eu-west-1b")
    world.make("subnet2", aws.SUBNET, vpcId=world.id("vpc2"), cidrBlock="10.2.0.0/24")
    world.make("igw", aws.INTERNET_GATEWAY, vpcId=world.id("vpc"))
    world.make("flow log", aws.FLOW_LOG, vpcId=world.id("vpc"), trafficType="ALL")


def _acls(world: World) -> None:
    """An ACL with a rule and a subnet that are resources of their own, and the one a network came with."""
    acl = world.make("acl", aws.NETWORK_ACL, vpcId=world.id("vpc"))
    web = {"ruleNumber": 100, "ruleAction": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443}
    world.make("acl rule", aws.ACL_RULE, networkAclId=acl, cidrBlock="10.0.0.0/8", **web)
    world.make("acl association", aws.ACL_ASSOCIATION, networkAclId=acl, subnetId=world.id("subnet"))
    default = world.things["vpc"].outputs.get("defaultNetworkAclId")
    world.make("default acl", aws.DEFAULT_ACL, defaultNetworkAclId=default)


def _gateways(world: World) -> None:
    """A gateway with default tables, and one without."""
    world.make("tgw", aws.TRANSIT_GATEWAY)
    off = {"defaultRouteTableAssociation": "disable", "defaultRouteTablePropagation": "disable"}
    world.make("tgw2", aws.TRANSIT_GATEWAY, **off)
    for gateway, vpc, subnet in (("tgw", "vpc", "subnet"), ("tgw2", "vpc2", "subnet2")):
        ids = {"transitGatewayId": world.id(gateway), "vpcId": world.id(vpc), "subnetIds": [world.id(subnet)]}
        world.make(f"attachment {gateway}", aws.TGW_VPC_ATTACHMENT, **ids)
        world.make(f"table {gateway}", aws.TGW_ROUTE_TABLE, transitGatewayId=world.id(gateway))
    both = {
        "transitGatewayRouteTableId": world.id("table tgw2"),
        "transitGatewayAttachmentId": world.id("attachment tgw2"),
    }
    world.make("association", aws.TGW_ASSOCIATION, **both)
    world.make("propagation", aws.TGW_PROPAGATION, **both)
    world.make("tgw route", aws.TGW_ROUTE, destinationCidrBlock="10.9.0.0/16", **both)
    world.make("rtb", aws.ROUTE_TABLE, vpcId=world.id("vpc"))
    to_gateway = {"destinationCidrBlock": "172.16.0.0/12", "transitGatewayId": world.id("tgw")}
    world.make("route", aws.ROUTE, routeTableId=world.id("rtb"), **to_gateway)
    world.make(
        "rtb association", aws.ROUTE_TABLE_ASSOCIATION, routeTableId=world.id("rtb"), subnetId=world.id("subnet")
    )


def _connections(world: World) -> None:
    world.make("cgw", aws.CUSTOMER_GATEWAY, type="ipsec.1", ipAddress="192.0.2.1", bgpAsn="64620")
    common = {"type": "ipsec.1", "customerGatewayId": world.id("cgw")}
    world.make("vpn", aws.VPN_CONNECTION, transitGatewayId=world.id("tgw"), **common)
    world.make("vgw", aws.VPN_GATEWAY)
    world.make("vgw2", aws.VPN_GATEWAY, vpcId=world.id("vpc2"))
    world.make("vgw attachment", aws.VPN_GATEWAY_ATTACHMENT, vpcId=world.id("vpc"), vpnGatewayId=world.id("vgw"))
    world.make("static vpn", aws.VPN_CONNECTION, vpnGatewayId=world.id("vgw"), staticRoutesOnly=True, **common)
    route = {"vpnConnectionId": world.id("static vpn"), "destinationCidrBlock": "10.7.0.0/16"}
    world.make("vpn route", aws.VPN_CONNECTION_ROUTE, **route)
    both = {"vpnGatewayId": world.id("vgw"), "routeTableId": world.id("rtb")}
    world.make("vgw propagation", aws.VPN_GATEWAY_PROPAGATION, **both)


def _peerings(world: World) -> None:
    """A peering of two regions' gateways; and one that waits, of one region's."""
    far = {"region": "eu-central-1"}
    world.make("far tgw", aws.TRANSIT_GATEWAY, amazonSideAsn=64600, **far)
    world.make("far table", aws.TGW_ROUTE_TABLE, transitGatewayId=world.id("far tgw"), **far)
    ends = {"transitGatewayId": world.id("tgw"), "peerTransitGatewayId": world.id("far tgw")}
    peering = world.make("peering", aws.TGW_PEERING, peerRegion="eu-central-1", **ends)
    world.make("peering accepter", aws.TGW_PEERING_ACCEPTER, transitGatewayAttachmentId=peering, **far)
    near = {"transitGatewayId": world.id("tgw"), "peerTransitGatewayId": world.id("tgw2")}
    world.make("near peering", aws.TGW_PEERING, peerRegion="eu-west-1", **near)


def _sharing(world: World) -> None:
    """The gateway without default tables is shared, and used, across accounts."""
    share = world.make("share", aws.RESOURCE_SHARE, name="wan", allowExternalPrincipals=True)
    gateway = world.things["tgw2"].outputs["arn"]
    world.make("shared gateway", aws.RESOURCE_ASSOCIATION, resourceShareArn=share, resourceArn=gateway)
    world.make("shared with", aws.PRINCIPAL_ASSOCIATION, resourceShareArn=share, principal=SPOKE)
    world.make("share accepter", aws.SHARE_ACCEPTER, world.spoke, shareArn=share)
    vpc = world.make("spoke vpc", aws.VPC, world.spoke, cidrBlock="10.3.0.0/16")
    subnet = world.make("spoke subnet", aws.SUBNET, world.spoke, vpcId=vpc, cidrBlock="10.3.0.0/24")
    ids = {"vpcId": vpc, "subnetIds": [subnet], "transitGatewayId": world.id("tgw2")}
    attachment = world.make("spoke attachment", aws.TGW_VPC_ATTACHMENT, world.spoke, **ids)
    world.make("accepter", aws.TGW_ACCEPTER, transitGatewayAttachmentId=attachment)


def _security(world: World) -> None:
    world.make("group", aws.SECURITY_GROUP, vpcId=world.id("vpc"))
    world.make("peer group", aws.SECURITY_GROUP, vpcId=world.id("vpc"))
    for label, type_ in (("ingress", aws.INGRESS_RULE), ("egress", aws.EGRESS_RULE)):
        common = {"securityGroupId": world.id("group"), "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
        world.make(label, type_, cidrIpv4="10.0.0.0/8", **common)
        world.make(f"{label} peer", type_, referencedSecurityGroupId=world.id("peer group"), **common)
    machine = {"ami": "ami-1", "instanceType": "t3.micro", "subnetId": world.id("subnet")}
    world.make("machine", aws.INSTANCE, **machine)
    world.make("guarded machine", aws.INSTANCE, vpcSecurityGroupIds=[world.id("peer group")], **machine)


def _others(world: World) -> None:
    world.make("log group", aws.LOG_GROUP, name="flows")
    world.make("role", aws.ROLE, assumeRolePolicy="{}")
    world.make("role policy", aws.ROLE_POLICY, role=world.id("role"), policy="{}")
    world.make("bucket", aws.BUCKET, bucket="ledgers")


def _cloudflare(world: World) -> None:
    ends = {"cloudflareEndpoint": "192.0.2.9", "customerEndpoint": "198.51.100.1"}
    tunnel = {"accountId": CF, "name": "web", "interfaceAddress": "10.99.0.0/31", **ends}
    world.make("tunnel", cf.TUNNEL, world.cloudflare, **tunnel)
    gre = {"customerGreEndpoint": "198.51.100.2", "cloudflareGreEndpoint": "192.0.2.9"}
    world.make("gre", cf.GRE_TUNNEL, world.cloudflare, accountId=CF, name="gre", interfaceAddress="10.99.0.2/31", **gre)
    route = {"accountId": CF, "prefix": "10.1.0.0/16", "nexthop": "10.99.0.1", "priority": 100}
    world.make("cf route", cf.ROUTE, world.cloudflare, **route)
    named = world.make("list", fw.LIST, world.cloudflare, accountId=CF, kind="ip", name="prod")
    world.make("item", fw.ITEM, world.cloudflare, accountId=CF, listId=named, ip="10.1.0.0/16")
    rules = [{"action": "block", "expression": "ip.src in $prod"}]
    ruleset = {"accountId": CF, "kind": "root", "phase": "magic_transit", "name": "wan", "rules": rules}
    world.make("ruleset", fw.RULESET, world.cloudflare, **ruleset)
    world.make("profile", cf.PROFILE, world.cloudflare, accountId=CF, name="wan", matchAction="allow", targets=[])


_BUILDERS: dict[str, tuple[Callable[[World], None], ...]] = {
    "aws": (_networks, _acls, _gateways, _connections, _peerings, _sharing, _security, _others),
    "azure-native": azure_world.BUILDERS,
    "gcp": (gcp_world.build,),
    "cloudflare": (_cloudflare,),
}
