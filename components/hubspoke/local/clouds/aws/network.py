"""Networks and subnets."""

from ..networks import cidr_between, network, one_of, overlapping
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import (
    Companion,
    Computed,
    InUse,
    Provisioning,
    Rule,
    TypeTable,
    Validation,
    defaults,
    immutables,
)
from ..view import View, new_id
from .places import ZONES_SOURCE, zone_id, zones
from .sources import (
    ERRORS,
    FLOW_LOG,
    INSTANCE,
    INTERNET_GATEWAY,
    NETWORK_ACL,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    TGW_VPC_ATTACHMENT,
    VPC,
    VPN_GATEWAY,
    VPN_GATEWAY_ATTACHMENT,
    api,
    guide,
    provider,
    refers,
)

_VPC_FILE = provider("ec2/vpc_.go")
_SUBNET_FILE = provider("ec2/vpc_subnet.go")


def _vpc_uses(*uses: tuple[str, str]) -> tuple[InUse, ...]:
    message = "The vpc '{id}' has dependencies and cannot be deleted."
    return tuple(InUse(type_, prop, "DependencyViolation", message, api("DeleteVpc")) for type_, prop in uses)


def _in_vpc(_: View, record: Record) -> Properties:
    return {"vpcId": record.id}


def _default_group(_: View, record: Record) -> Properties:
    return {"vpcId": record.id, "name": "default", "description": "default VPC security group"}


VPC_TABLE = TypeTable(
    VPC,
    new_id=lambda _, __: new_id("vpc"),
    defaults=defaults(_VPC_FILE, enableDnsSupport=True, instanceTenancy="default"),
    immutable=immutables(_VPC_FILE, "cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    validations=(
        Validation("cidrBlock", cidr_between(16, 28), _VPC_FILE, "a canonical block of /16 to /28"),
        Validation("instanceTenancy", one_of("default", "dedicated"), _VPC_FILE, "default or dedicated"),
    ),
    computed=(
        Computed("enableDnsHostnames", lambda _, __: False, api("ModifyVpcAttribute")),
        Computed("enableNetworkAddressUsageMetrics", lambda _, __: False, api("ModifyVpcAttribute")),
        Computed("dhcpOptionsId", lambda _, __: new_id("dopt"), api("CreateVpc"), assigned=True),
        Computed("ipv6AssociationId", lambda _, __: "", _VPC_FILE),
        Computed("ipv6CidrBlock", lambda _, __: "", _VPC_FILE),
        Computed("ipv6CidrBlockNetworkBorderGroup", lambda _, __: "", _VPC_FILE),
        Computed("defaultRouteTableId", lambda _, r: r.outputs.get("mainRouteTableId"), guide("Route tables")),
    ),
    companions=(
        Companion(ROUTE_TABLE, "mainRouteTableId", _in_vpc, guide("Route tables")),
        Companion(SECURITY_GROUP, "defaultSecurityGroupId", _default_group, guide("Default security groups")),
        Companion(NETWORK_ACL, "defaultNetworkAclId", _in_vpc, guide("Network ACLs")),
    ),
    in_use=_vpc_uses(
        (SUBNET, "vpcId"), (TGW_VPC_ATTACHMENT, "vpcId"), (ROUTE_TABLE, "vpcId"), (SECURITY_GROUP, "vpcId"),
        (VPN_GATEWAY, "vpcId"), (VPN_GATEWAY_ATTACHMENT, "vpcId"), (INTERNET_GATEWAY, "vpcId"),
        (NETWORK_ACL, "vpcId"),
    ),
    provisioning=Provisioning(3, _VPC_FILE),
)  # fmt: skip


def _inside_vpc(view: View, draft: Record, _: Record | None) -> None:
    vpc = view.get(VPC, draft.inputs["vpcId"])
    whole, mine = network(vpc.inputs.get("cidrBlock")) if vpc else None, network(draft.inputs.get("cidrBlock"))
    if whole is not None and (mine is None or not mine.subnet_of(whole)):
        raise CloudError("InvalidSubnet.Range", f"The CIDR '{draft.inputs.get('cidrBlock')}' is invalid.")


def _apart(view: View, draft: Record, _: Record | None) -> None:
    others = [r for r in view.referring(draft.inputs["vpcId"], SUBNET, "vpcId") if r.id != draft.id]
    cidr = draft.inputs.get("cidrBlock", "")
    if overlapping(cidr, (str(r.inputs.get("cidrBlock")) for r in others)):
        raise CloudError("InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet")


def _real_zone(_: View, draft: Record, __: Record | None) -> None:
    zone, known = draft.inputs.get("availabilityZone"), zones(draft.region)
    if zone is not None and zone not in known:
        raise CloudError(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the "
            f"following availability zones: {', '.join(known)}.",
        )


def zone_of(record: Record) -> str:
    """The availability zone of a subnet."""
    return str(record.value("availabilityZone"))


SUBNET_TABLE = TypeTable(
    SUBNET,
    new_id=lambda _, __: new_id("subnet"),
    defaults=defaults(
        _SUBNET_FILE, assignIpv6AddressOnCreation=False, enableDns64=False, ipv6Native=False,
        enableResourceNameDnsARecordOnLaunch=False, enableResourceNameDnsAaaaRecordOnLaunch=False,
        mapPublicIpOnLaunch=False,
    ),
    immutable=immutables(
        _SUBNET_FILE, "vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"),
    references=(refers("vpcId", VPC),),
    validations=(
        Validation("cidrBlock", cidr_between(16, 28), api("CreateSubnet"), "a canonical block of /16 to /28"),
    ),
    rules=(
        Rule("its block lies in the network's", _inside_vpc, ERRORS),
        Rule("no two subnets of a network overlap", _apart, ERRORS),
        Rule("its zone is one of the region's", _real_zone, api("CreateSubnet")),
    ),
    computed=(
        Computed("availabilityZone", lambda _, r: zones(r.region)[0], api("CreateSubnet"), assigned=True),
        Computed("availabilityZoneId", lambda _, r: zone_id(zone_of(r)), ZONES_SOURCE),
        Computed("privateDnsHostnameTypeOnLaunch", lambda _, __: "ip-name", api("CreateSubnet")),
        Computed("ipv6CidrBlock", lambda _, __: "", _SUBNET_FILE),
        Computed("ipv6CidrBlockAssociationId", lambda _, __: "", _SUBNET_FILE),
    ),
    in_use=tuple(
        InUse(type_, prop, "DependencyViolation", "The subnet '{id}' has dependencies and cannot be deleted.",
              api("DeleteSubnet"))
        for type_, prop in ((TGW_VPC_ATTACHMENT, "subnetIds"), (INSTANCE, "subnetId"))
    ),
    provisioning=Provisioning(2, _SUBNET_FILE),
)  # fmt: skip

INTERNET_GATEWAY_TABLE = TypeTable(
    INTERNET_GATEWAY, new_id=lambda _, __: new_id("igw"), references=(refers("vpcId", VPC),),
)  # fmt: skip


def _one_target(_: View, draft: Record, __: Record | None) -> None:
    targets = [n for n in _LOGGED if draft.inputs.get(n)]
    if len(targets) != 1:
        raise CloudError("InvalidParameterCombination", f"exactly one of {', '.join(_LOGGED)} is needed")


_LOGGED = ("vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId")
_FLOW_FILE = provider("ec2/vpc_flow_log.go")

FLOW_LOG_TABLE = TypeTable(
    FLOW_LOG,
    new_id=lambda _, __: new_id("fl"),
    defaults=defaults(_FLOW_FILE, logDestinationType="cloud-watch-logs", maxAggregationInterval=600),
    immutable=immutables(
        _FLOW_FILE, *_LOGGED, "iamRoleArn", "logDestination", "logDestinationType", "logFormat",
        "maxAggregationInterval", "trafficType", "destinationOptions", "deliverCrossAccountRole"),
    references=(refers("vpcId", VPC), refers("subnetId", SUBNET)),
    validations=(
        Validation("maxAggregationInterval", one_of(60, 600), _FLOW_FILE, "60 or 600"),
        Validation("trafficType", one_of("ACCEPT", "ALL", "REJECT"), _FLOW_FILE, "ACCEPT, ALL or REJECT"),
    ),
    rules=(Rule("it logs exactly one thing", _one_target, api("CreateFlowLogs")),),
    computed=(
        Computed("logFormat", lambda _, __: _FORMAT, guide("Flow log records")),
        Computed("logDestination", lambda _, __: "", _FLOW_FILE),
    ),
)  # fmt: skip

_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)

TABLES = (VPC_TABLE, SUBNET_TABLE, INTERNET_GATEWAY_TABLE, FLOW_LOG_TABLE)
