"""Where the facts about AWS are from, written once."""

from collections.abc import Callable
from typing import Any

from ..records import Record
from ..table import Reference, Source
from ..view import View


def api(operation: str) -> Source:
    return Source(f"Amazon EC2 API Reference, {operation}")


def ram_api(operation: str) -> Source:
    return Source(f"AWS RAM API Reference, {operation}")


def guide(page: str) -> Source:
    return Source(f"Amazon VPC documentation, {page}")


def provider(file: str) -> Source:
    return Source(f"terraform-provider-aws, internal/service/{file}")


ERRORS = Source("Amazon EC2 API Reference, Error codes")
PEERING_GUIDE = Source("AWS Transit Gateway guide, Transit gateway peering attachments", "2026-11")

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
NETWORK_ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ACL_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
INSTANCE = "aws:ec2/instance:Instance"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
CUSTOMER_GATEWAY = "aws:ec2/customerGateway:CustomerGateway"
VPN_CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
VPN_CONNECTION_ROUTE = "aws:ec2/vpnConnectionRoute:VpnConnectionRoute"
VPN_GATEWAY = "aws:ec2/vpnGateway:VpnGateway"
VPN_GATEWAY_ATTACHMENT = "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment"
VPN_GATEWAY_PROPAGATION = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
TRANSIT_GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
TGW_ROUTE_TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
TGW_ROUTE = "aws:ec2transitgateway/route:Route"
TGW_VPC_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
TGW_VPN_ATTACHMENT = "aws:ec2transitgateway/vpnAttachment:VpnAttachment"  # no Pulumi resource of its own
TGW_PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
TGW_PEERING_ACCEPTER = "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter"
TGW_ACCEPTER = "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter"
TGW_ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
TGW_PROPAGATION = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
RESOURCE_SHARE = "aws:ram/resourceShare:ResourceShare"
RESOURCE_ASSOCIATION = "aws:ram/resourceAssociation:ResourceAssociation"
PRINCIPAL_ASSOCIATION = "aws:ram/principalAssociation:PrincipalAssociation"
SHARE_ACCEPTER = "aws:ram/resourceShareAccepter:ResourceShareAccepter"
BUCKET = "aws:s3/bucket:Bucket"

ATTACHMENTS = (TGW_VPC_ATTACHMENT, TGW_VPN_ATTACHMENT, TGW_PEERING)

_NOUNS = {
    VPC: ("InvalidVpcID.NotFound", "The vpc ID '{id}' does not exist"),
    SUBNET: ("InvalidSubnetID.NotFound", "The subnet ID '{id}' does not exist"),
    ROUTE_TABLE: ("InvalidRouteTableID.NotFound", "The routeTable ID '{id}' does not exist"),
    SECURITY_GROUP: ("InvalidGroup.NotFound", "The security group '{id}' does not exist"),
    CUSTOMER_GATEWAY: ("InvalidCustomerGatewayID.NotFound", "The customerGateway ID '{id}' does not exist"),
    VPN_CONNECTION: ("InvalidVpnConnectionID.NotFound", "The vpnConnection ID '{id}' does not exist"),
    VPN_GATEWAY: ("InvalidVpnGatewayID.NotFound", "The vpnGateway ID '{id}' does not exist"),
    TRANSIT_GATEWAY: (
        "InvalidTransitGatewayID.NotFound", "Transit Gateway {id} was deleted or does not exist."),
    TGW_ROUTE_TABLE: (
        "InvalidRouteTableID.NotFound", "Transit Gateway Route Table {id} was deleted or does not exist."),
    TGW_VPC_ATTACHMENT: (
        "InvalidTransitGatewayAttachmentID.NotFound",
        "Transit Gateway Attachment {id} was deleted or does not exist."),
}  # fmt: skip


def refers(
    property_: str, *types: str, shared: Callable[[View, Record], bool] | None = None, loose: bool = False,
    key: Callable[[str], str] = str,
) -> Reference:  # fmt: skip
    """A reference with the error that EC2 gives when it names nothing."""
    code, message = _NOUNS.get(types[0], ("InvalidParameterValue", "'{id}' does not exist"))
    return Reference(property_, types, code, message, ERRORS, shared=shared, loose=loose, key=key)


def text(value: Any) -> str:
    """A value as a string, nothing as an empty one."""
    return "" if value is None else str(value)
