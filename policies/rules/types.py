"""Type tokens of the resources that rules judge, as in pulumi-aws 7.51, pulumi-azure-native 3.29, pulumi-gcp 9.37 and
pulumi-cloudflare 6.23. Those that carry tunnels are the ones of `hubspoke.plan.changes`."""

# ruff: noqa: F403, F405
from hubspoke.plan.changes.types import *

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
TGW_ROUTE = "aws:ec2transitgateway/route:Route"
TGW_ROUTE_TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
TGW_PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
VPN_ROUTE = "aws:ec2/vpnConnectionRoute:VpnConnectionRoute"
VPC_ROUTE = "aws:ec2/route:Route"
VPC_ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
VIRTUAL_WAN = "azure-native:network:VirtualWan"
NETWORK_SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
SECURITY_RULE = "azure-native:network:SecurityRule"
AZURE_ROUTE_TABLE = "azure-native:network:RouteTable"
AZURE_FLOW_LOG = "azure-native:network:FlowLog"
STORAGE_ACCOUNT = "azure-native:storage:StorageAccount"

FIREWALL = "gcp:compute/firewall:Firewall"
FIREWALL_RULE = "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
GCP_NETWORK = "gcp:compute/network:Network"
NETWORK_PEERING = "gcp:compute/networkPeering:NetworkPeering"
NCC_HUB = "gcp:networkconnectivity/hub:Hub"

# What takes tags on Azure.
TAGGED_AZURE = (
    RESOURCE_GROUP,
    VIRTUAL_WAN,
    VIRTUAL_HUB,
    AZURE_VPN_GATEWAY,
    VPN_SITE,
    VIRTUAL_NETWORK,
    NETWORK_SECURITY_GROUP,
    AZURE_ROUTE_TABLE,
    PUBLIC_ADDRESS,
    VNET_GATEWAY,
    VNET_CONNECTION,
    LOCAL_GATEWAY,
    AZURE_FLOW_LOG,
    STORAGE_ACCOUNT,
)
# What takes labels on Google Cloud. Networks, subnetworks, routers and classic gateways take none.
LABELLED = (
    HA_GATEWAY,
    EXTERNAL_GATEWAY,
    GCP_TUNNEL,
    NCC_HUB,
    NCC_SPOKE,
)
# What takes tags on AWS.
TAGGED = (
    TRANSIT_GATEWAY,
    TGW_ROUTE_TABLE,
    VPC_ATTACHMENT,
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
    CUSTOMER_GATEWAY,
    VPN_CONNECTION,
    "aws:ram/resourceShare:ResourceShare",
    VPC,
    "aws:ec2/subnet:Subnet",
    VPC_ROUTE_TABLE,
    SECURITY_GROUP,
    INGRESS_RULE,
    EGRESS_RULE,
    FLOW_LOG,
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:iam/role:Role",
)
