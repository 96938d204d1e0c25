"""Type tokens of the resources that rules judge, as in pulumi-aws 7.51 and pulumi-cloudflare 6.23."""

TRANSIT_GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
VPN_CONNECTION = "aws:ec2/vpnConnection:VpnConnection"
CUSTOMER_GATEWAY = "aws:ec2/customerGateway:CustomerGateway"
VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
CLOUDFLARE_TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"

# Everything the WAN makes on AWS that takes tags.
TAGGED = (
    TRANSIT_GATEWAY,
    "aws:ec2transitgateway/routeTable:RouteTable",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
    CUSTOMER_GATEWAY,
    VPN_CONNECTION,
    "aws:ram/resourceShare:ResourceShare",
    VPC,
    "aws:ec2/subnet:Subnet",
    "aws:ec2/routeTable:RouteTable",
    SECURITY_GROUP,
    INGRESS_RULE,
    EGRESS_RULE,
    FLOW_LOG,
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:iam/role:Role",
)
