"""What a cloud refuses: one attempt per line, refused by it, and let through where the line is untrue."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.cloudflare import firewall as fw
from hubspoke.local.clouds.cloudflare import magic_wan as cf
from hubspoke.local.clouds.protocol import CloudError

from tests.local.clouds import azure_refusals, gcp_facts
from tests.local.clouds.attempts import Attempt, Id, creating, first, updating
from tests.local.clouds.fact_bench import CF, SPOKE, Line, World, cloud_of, lines, proven

VPC, SUBNET, GROUP = Id("vpc"), Id("subnet"), Id("group")
HALF = {"transitGatewayRouteTableId": Id("table tgw"), "transitGatewayAttachmentId": Id("attachment tgw2")}
TUNNEL = {"accountId": CF, "name": "other", "interfaceAddress": "10.99.1.0/31", "cloudflareEndpoint": "192.0.2.9",
          "customerEndpoint": "198.51.100.7"}  # fmt: skip
GRE = {"accountId": CF, "name": "other", "interfaceAddress": "10.99.1.2/31", "customerGreEndpoint": "198.51.100.2",
       "cloudflareGreEndpoint": "192.0.2.9"}  # fmt: skip
CF_ROUTE = {"accountId": CF, "prefix": "10.1.0.0/16", "nexthop": "10.99.0.1", "priority": 100}
ENTRY = {"protocol": "tcp", "cidrBlock": "10.0.0.0/8", "fromPort": 22, "toPort": 22}
INLINE: dict[str, Any] = {**ENTRY, "ruleNo": 100, "action": "allow"}
RULE: dict[str, Any] = {"securityGroupId": GROUP, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}


def peering(type_: str) -> dict[tuple[str, str], tuple[str, Attempt]]:
    """The rules of either direction's security group rules."""
    two = {**RULE, "cidrIpv4": "10.0.0.0/8", "cidrIpv6": "fd00::/64"}
    portless = {"securityGroupId": GROUP, "ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/8"}
    same = {**RULE, "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"}
    return {
        (type_, "exactly one peer"): ("InvalidParameterCombination", creating(type_, **two)),
        (type_, "ports as the protocol wants them"): ("InvalidParameterValue", creating(type_, **portless)),
        (type_, "no two equal rules in a group"): ("InvalidPermission.Duplicate", creating(type_, **same)),
    }


def elsewhere(type_: str, **more: Any) -> tuple[str, Attempt]:
    """A table of one gateway and an attachment of another."""
    return "InvalidTransitGatewayAttachmentID.NotFound", creating(type_, **HALF, **more)


ONE_GATEWAY = "the attachment is one of the table's gateway, and available"
REFUSED: dict[tuple[str, str], tuple[str, Attempt]] = {
    (aws.SUBNET, "its block lies in the network's"): (
        "InvalidSubnet.Range", creating(aws.SUBNET, vpcId=VPC, cidrBlock="10.4.0.0/24")),
    (aws.SUBNET, "no two subnets of a network overlap"): (
        "InvalidSubnet.Conflict", creating(aws.SUBNET, vpcId=VPC, cidrBlock="10.1.0.128/25")),
    (aws.SUBNET, "its zone is one of the region's"): (
        "InvalidParameterValue",
        creating(aws.SUBNET, vpcId=VPC, cidrBlock="10.1.9.0/24", availabilityZone="eu-west-1d")),
    (aws.FLOW_LOG, "it logs exactly one thing"): (
        "InvalidParameterCombination", creating(aws.FLOW_LOG, vpcId=VPC, subnetId=SUBNET, trafficType="ALL")),
    (aws.ROUTE, "one destination and one next hop, which the network is joined to"): (
        "InvalidTransitGatewayID.NotFound",
        creating(aws.ROUTE, routeTableId=Id("rtb"), destinationCidrBlock="10.8.0.0/16", transitGatewayId=Id("tgw2"))),
    (aws.ROUTE, "no second route to one destination"): (
        "RouteAlreadyExists",
        first(
            lambda w: w.make("inline", aws.ROUTE_TABLE, vpcId=w.id("vpc"), routes=[
                {"cidrBlock": "10.8.0.0/16", "transitGatewayId": w.id("tgw")}]),
            creating(aws.ROUTE, routeTableId=Id("inline"), destinationCidrBlock="10.8.0.0/16",
                     transitGatewayId=Id("tgw")))),
    (aws.ROUTE_TABLE, "its routes lead somewhere, and only once to each place"): (
        "RouteAlreadyExists",
        lambda w: w.hub.create(aws.ROUTE_TABLE, vpcId=w.id("vpc"), routes=[
            {"cidrBlock": "10.8.0.0/16", "transitGatewayId": w.id("tgw")}] * 2)),
    (aws.ROUTE_TABLE_ASSOCIATION, "a subnet has one route table"): (
        "Resource.AlreadyAssociated",
        first(lambda w: w.make("rtb b", aws.ROUTE_TABLE, vpcId=w.id("vpc")),
              creating(aws.ROUTE_TABLE_ASSOCIATION, routeTableId=Id("rtb b"), subnetId=SUBNET))),
    (aws.ROUTE_TABLE_ASSOCIATION, "subnet and route table are in one network"): (
        "InvalidParameterValue",
        creating(aws.ROUTE_TABLE_ASSOCIATION, routeTableId=Id("rtb"), subnetId=Id("subnet2"))),
    (aws.SECURITY_GROUP, "names are unique in a network"): (
        "InvalidGroup.Duplicate", creating(aws.SECURITY_GROUP, vpcId=VPC, name="default")),
    (aws.NETWORK_ACL, "a number is given once in each direction"): (
        "NetworkAclEntryAlreadyExists",
        creating(aws.NETWORK_ACL, vpcId=VPC, ingress=[INLINE, {**INLINE, "action": "deny"}], egress=[INLINE])),
    (aws.DEFAULT_ACL, "a number is given once in each direction"): (
        "NetworkAclEntryAlreadyExists",
        updating("default acl", ingress=[INLINE], egress=[INLINE, {**INLINE, "action": "deny"}])),
    (aws.ACL_RULE, "no second rule of one number"): (
        "NetworkAclEntryAlreadyExists",
        first(updating("default acl", ingress=[INLINE]),
              lambda w: w.hub.create(aws.ACL_RULE, networkAclId=w.id("default acl"), ruleNumber=100,
                                     ruleAction="deny", **ENTRY))),
    (aws.ACL_ASSOCIATION, "ACL and subnet are in one network"): (
        "InvalidParameterValue",
        creating(aws.ACL_ASSOCIATION, networkAclId=Id("acl"), subnetId=Id("subnet2"))),
    **peering(aws.INGRESS_RULE), **peering(aws.EGRESS_RULE),
    (aws.TRANSIT_GATEWAY, "its ASN stays while BGP attachments exist"): (
        "IncorrectState", updating("tgw", amazonSideAsn=64513)),
    (aws.TGW_VPC_ATTACHMENT, "one attachment for a network and gateway"): (
        "DuplicateTransitGatewayAttachment",
        creating(aws.TGW_VPC_ATTACHMENT, vpcId=VPC, subnetIds=[Id("subnet b")], transitGatewayId=Id("tgw"))),
    (aws.TGW_VPC_ATTACHMENT, "its subnets are the network's, one in a zone"): (
        "InvalidSubnetID.NotFound",
        creating(aws.TGW_VPC_ATTACHMENT, vpcId=VPC, subnetIds=[Id("subnet2")], transitGatewayId=Id("tgw2"))),
    (aws.TGW_ACCEPTER, "the attachment waits, and is to the caller's gateway"): (
        "IncorrectState", creating(aws.TGW_ACCEPTER, transitGatewayAttachmentId=Id("attachment tgw2"))),
    (aws.TGW_PEERING, "the other gateway is where it is said to be"): (
        "UnexpectedState",
        creating(aws.TGW_PEERING, transitGatewayId=Id("tgw2"), peerTransitGatewayId=Id("far tgw"),
                 peerRegion="eu-west-2")),
    (aws.TGW_PEERING, "one peering between two gateways"): (
        "DuplicateTransitGatewayAttachment",
        creating(aws.TGW_PEERING, transitGatewayId=Id("tgw"), peerTransitGatewayId=Id("far tgw"),
                 peerRegion="eu-central-1")),
    (aws.TGW_PEERING_ACCEPTER, "the peering is with the caller's gateway"): (
        "InvalidTransitGatewayAttachmentID.NotFound",
        first(lambda w: w.make("second", aws.TGW_PEERING, transitGatewayId=w.id("tgw2"), peerRegion="eu-central-1",
                               peerTransitGatewayId=w.id("far tgw")),
              creating(aws.TGW_PEERING_ACCEPTER, transitGatewayAttachmentId=Id("second")))),
    (aws.TGW_PEERING_ACCEPTER, "it was asked for from another region"): (
        "InvalidParameterValue", creating(aws.TGW_PEERING_ACCEPTER, transitGatewayAttachmentId=Id("near peering"))),
    (aws.TGW_PEERING_ACCEPTER, "the peering waits"): (
        "IncorrectState",
        creating(aws.TGW_PEERING_ACCEPTER, transitGatewayAttachmentId=Id("peering"), region="eu-central-1")),
    (aws.TGW_PROPAGATION, "a peering propagates no routes"): (
        "UnsupportedOperation",
        creating(aws.TGW_PROPAGATION, transitGatewayRouteTableId=Id("table tgw"),
                 transitGatewayAttachmentId=Id("peering"))),
    (aws.VPN_GATEWAY_PROPAGATION, "the gateway is attached to the table's network"): (
        "Gateway.NotAttached",
        creating(aws.VPN_GATEWAY_PROPAGATION, routeTableId=Id("rtb"), vpnGatewayId=Id("vgw2"))),
    (aws.TGW_ROUTE_TABLE, "only the gateway's owner makes tables"): (
        "InvalidTransitGatewayID.NotFound", creating(aws.TGW_ROUTE_TABLE, "spoke", transitGatewayId=Id("tgw2"))),
    (aws.TGW_ROUTE, "an attachment or a blackhole"): (
        "InvalidParameterCombination",
        creating(aws.TGW_ROUTE, transitGatewayRouteTableId=Id("table tgw2"), destinationCidrBlock="10.8.0.0/16")),
    (aws.TGW_ROUTE, ONE_GATEWAY): elsewhere(aws.TGW_ROUTE, destinationCidrBlock="10.8.0.0/16"),
    (aws.TGW_ASSOCIATION, ONE_GATEWAY): elsewhere(aws.TGW_ASSOCIATION, replaceExistingAssociation=True),
    (aws.TGW_PROPAGATION, ONE_GATEWAY): elsewhere(aws.TGW_PROPAGATION),
    (aws.TGW_ASSOCIATION, "an attachment is associated with one table"): (
        "Resource.AlreadyAssociated",
        creating(aws.TGW_ASSOCIATION, transitGatewayRouteTableId=Id("table tgw"),
                 transitGatewayAttachmentId=Id("attachment tgw"))),
    (aws.VPN_CONNECTION, "at most one of a transit and a virtual private gateway"): (
        "InvalidParameterCombination",
        creating(aws.VPN_CONNECTION, type="ipsec.1", customerGatewayId=Id("cgw"), transitGatewayId=Id("tgw"),
                 vpnGatewayId=Id("vgw"))),
    (aws.VPN_CONNECTION, "inside blocks are unique on a gateway"): (
        "InvalidParameterValue",
        creating(aws.VPN_CONNECTION, type="ipsec.1", customerGatewayId=Id("cgw"), transitGatewayId=Id("tgw2"),
                 tunnel1InsideCidr="169.254.9.0/30", tunnel2InsideCidr="169.254.9.0/30")),
    (aws.VPN_CONNECTION_ROUTE, "only on a static connection"): (
        "InvalidParameterCombination",
        creating(aws.VPN_CONNECTION_ROUTE, vpnConnectionId=Id("vpn"), destinationCidrBlock="10.7.0.0/16")),
    (aws.VPN_GATEWAY, "one gateway for a network"): (
        "VpnGatewayAttachmentLimitExceeded", creating(aws.VPN_GATEWAY, vpcId=Id("vpc2"))),
    (aws.VPN_GATEWAY_ATTACHMENT, "one network, one gateway"): (
        "VpnGatewayAttachmentLimitExceeded",
        first(lambda w: w.make("vgw3", aws.VPN_GATEWAY),
              creating(aws.VPN_GATEWAY_ATTACHMENT, vpcId=VPC, vpnGatewayId=Id("vgw3")))),
    (aws.RESOURCE_ASSOCIATION, "what is shared exists and is the caller's"): (
        "UnknownResourceException",
        creating(aws.RESOURCE_ASSOCIATION, resourceShareArn=Id("share"),
                 resourceArn=f"arn:aws:ec2:eu-west-1:{SPOKE}:transit-gateway/tgw-0")),
    (aws.SHARE_ACCEPTER, "there is an invitation"): (
        "ResourceShareInvitationNotFound",
        first(
            lambda w: w.make("inner share", aws.RESOURCE_SHARE, name="inner"),
            lambda w: w.hub.create(
                aws.PRINCIPAL_ASSOCIATION, resourceShareArn=w.id("inner share"), principal=SPOKE),
            creating(aws.SHARE_ACCEPTER, "spoke", shareArn=Id("inner share")))),
    (aws.INSTANCE, "it says what to launch"): ("MissingParameter", creating(aws.INSTANCE, ami="ami-1")),
    (aws.BUCKET, "bucket names are unique everywhere"): (
        "BucketAlreadyExists", creating(aws.BUCKET, "spoke", bucket="ledgers")),
    (cf.TUNNEL, "its name is unique in the account"): (
        "400 Bad Request", creating(cf.TUNNEL, "cloudflare", **{**TUNNEL, "name": "gre"})),
    (cf.TUNNEL, "interface networks do not overlap"): (
        "400 Bad Request", creating(cf.TUNNEL, "cloudflare", **{**TUNNEL, "interfaceAddress": "10.99.0.1/30"})),
    (cf.TUNNEL, "the pair of endpoints is unique, so that IKE can tell tunnels apart"): (
        "400 Bad Request", creating(cf.TUNNEL, "cloudflare", **{**TUNNEL, "customerEndpoint": "198.51.100.1"})),
    (cf.TUNNEL, "its filter profiles exist"): (
        "400 Bad Request",
        creating(cf.TUNNEL, "cloudflare", **TUNNEL, bgp={"customerAsn": 64513, "importFilterId": "none"})),
    (cf.GRE_TUNNEL, "its name is unique in the account"): (
        "400 Bad Request", creating(cf.GRE_TUNNEL, "cloudflare", **{**GRE, "name": "web"})),
    (cf.GRE_TUNNEL, "interface networks do not overlap"): (
        "400 Bad Request", creating(cf.GRE_TUNNEL, "cloudflare", **{**GRE, "interfaceAddress": "10.99.0.1/30"})),
    (cf.ROUTE, "its next hop is the far side of a tunnel"): (
        "400 Bad Request", creating(cf.ROUTE, "cloudflare", **{**CF_ROUTE, "nexthop": "10.99.0.0"})),
    (fw.LIST, "its name is unique in the account"): (
        "400 Bad Request", creating(fw.LIST, "cloudflare", accountId=CF, kind="ip", name="prod")),
    (fw.ITEM, "no second item equal to it in its list"): (
        "400 Bad Request", creating(fw.ITEM, "cloudflare", accountId=CF, listId=Id("list"), ip="10.1.0.0/16")),
    (fw.RULESET, "the lists that it speaks of exist"): (
        "400 Bad Request", updating("ruleset", rules=[{"action": "block", "expression": "ip.dst in $shared"}])),
    (fw.RULESET, "one root ruleset for a phase of an account"): (
        "400 Bad Request", creating(fw.RULESET, "cloudflare", accountId=CF, kind="root", phase="magic_transit", name="b")),
    (fw.RULESET, "its firewall rules block, skip the rest, log or execute"): (
        "400 Bad Request", updating("ruleset", rules=[{"action": "skip", "expression": "ip.src in $prod"}])),
    (fw.RULESET, "at most 200 firewall rules, unless more are agreed"): (
        "400 Bad Request", updating("ruleset", rules=[{"action": "block", "expression": "ip.src in $prod"}] * 201)),
    (cf.ROUTE, "no second route equal to it"): ("400 Bad Request", creating(cf.ROUTE, "cloudflare", **CF_ROUTE)),
    **azure_refusals.REFUSED,
    **gcp_facts.REFUSED,
}  # fmt: skip


@pytest.mark.parametrize("line", lines("rule"), ids=str)
def test_it_is_refused(tmp_path: Path, line: Line) -> None:
    assert (line.fact.type, line.row.says) in REFUSED, f"nothing here attempts what this line refuses: {line}"
    code, attempt = REFUSED[line.fact.type, line.row.says]
    count = iter(range(2))

    def proof(_: Line) -> None:
        world = World(tmp_path / str(next(count)), cloud_of(line))
        before = world.simulation.records()
        with pytest.raises(CloudError, match=f"^{code}: "):
            attempt(world)
        assert {r.key for r in before} <= {r.key for r in world.simulation.records()}

    proven(line, proof)


def test_nothing_is_attempted_that_no_line_refuses() -> None:
    assert set(REFUSED) == {(line.fact.type, line.row.says) for line in lines("rule")}


def _filtered(world: World) -> None:
    bgp = {"customerAsn": 64512, "importFilterId": world.id("profile")}
    world.cloudflare.update(world.things["tunnel"], bgp=bgp)


KEPT: dict[tuple[str, str], tuple[str, str, Callable[[World], object]]] = {
    (fw.LIST, "no ruleset uses it"): ("400 Bad Request", "list", lambda _: None),
    (cf.PROFILE, "no tunnel's session is filtered by it"): ("400 Bad Request", "profile", _filtered),
    **azure_refusals.KEPT,
    **gcp_facts.KEPT,
}


@pytest.mark.parametrize("line", lines("deletion"), ids=str)
def test_its_deletion_is_refused(tmp_path: Path, line: Line) -> None:
    code, label, prepare = KEPT[line.fact.type, line.row.says]
    count = iter(range(2))

    def proof(_: Line) -> None:
        world = World(tmp_path / str(next(count)), cloud_of(line))
        prepare(world)
        made = world.things[label]
        with pytest.raises(CloudError, match=f"^{code}: "):
            world.account(made).delete(made)
        assert world.account(made).read(made) is not None

    proven(line, proof)
