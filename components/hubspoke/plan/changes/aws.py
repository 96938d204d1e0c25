"""AWS: what may change while in use."""

from ipaddress import ip_address, ip_network

from hubspoke.plan.changes import types
from hubspoke.plan.changes.model import Change, ChangeRule, Condition, Effect, Touch, always

_PROVIDER = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/"
_TGW = f"{_PROVIDER}transitgateway_.go"
_VPN = f"{_PROVIDER}vpnsite_connection.go"
_MODIFY_TGW = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyTransitGatewayOptions.html"
_ENDPOINTS = "https://docs.aws.amazon.com/vpn/latest/s2svpn/endpoint-replacements.html"
_LZA = "https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/"
_SUBNETS = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/327"
_DATE = "2026-08"

_ONE_BY_ONE = "change one tunnel, wait until it is up, then the next"
_SECOND_WAY = "add a connection under a new key, let it come up, and remove this one in a run of its own"


def _has_vpn(change: Change) -> bool:
    """Whether the gateway has VPN attachments."""
    gateways = (each.get("transitGatewayId") for each in change.state.of_type(types.VPN_CONNECTION))
    return change.resource.id in gateways


def _block_in_use(change: Change) -> bool:
    """Whether a tunnel's outside address is of a block that goes. A whole property that is unknown may hold any."""
    old = [each for each in _listed(change.resource.get("transitGatewayCidrBlocks")) if isinstance(each, str)]
    kept = _listed(change.new)
    gone = [ip_network(each, strict=False) for each in old if each not in kept]
    connections = change.state.of_type(types.VPN_CONNECTION)
    addresses = [each.get(f"tunnel{slot}Address") for each in connections for slot in (1, 2)]
    return any(ip_address(each) in block for each in addresses if isinstance(each, str) for block in gone)


def _two_in_one_zone(change: Change) -> bool:
    """Whether two of the wanted subnets are of one zone, as far as they are recorded."""
    found = [change.state.find(types.AWS_SUBNET, each) for each in _listed(change.new)]
    zones = [each.get("availabilityZone") for each in found if each]
    return len(zones) > len(set(zones))


def _enabled(change: Change) -> bool:
    return (change.old, change.new) == ("disable", "enable")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _gateway(
    path: str, effect: Effect, why: str, remedy: str, source: str, *, touches: Touch = Touch.NONE,
    when: Condition = always,
) -> ChangeRule:  # fmt: skip
    return ChangeRule(types.TRANSIT_GATEWAY, path, effect, why, remedy, source, _DATE, touches, when)


def _connection(path: str, effect: Effect, why: str, remedy: str, source: str, touches: Touch) -> ChangeRule:
    return ChangeRule(types.VPN_CONNECTION, path, effect, why, remedy, source, _DATE, touches)


_NEW_CONNECTION = "a new connection takes its place, with other outside addresses; both tunnels are down meanwhile"
_BOTH_DOWN = "AWS makes the endpoints of both tunnels anew; both are down meanwhile"
_DEFAULT_TABLE = "new attachments join, or no longer join, the default table: segments change without a word"

RULES = (
    _gateway(
        "amazonSideAsn", Effect.REFUSED,
        "AWS does not change the ASN of a transit gateway that has VPN attachments",
        "keep the ASN; to change it make a second hub and move the spokes to it", _MODIFY_TGW, when=_has_vpn,
    ),
    _gateway("amazonSideAsn", Effect.IN_PLACE, "no VPN is attached", "", _MODIFY_TGW),
    *(
        _gateway(
            name, Effect.REPLACES, "the provider replaces the gateway when this is enabled again: every network goes",
            'leave it at "disable"; associate and propagate each attachment by itself', _TGW, when=_enabled,
            touches=Touch.ALL,
        )
        for name in ("defaultRouteTableAssociation", "defaultRouteTablePropagation")
    ),
    *(
        _gateway(name, Effect.IN_PLACE, _DEFAULT_TABLE, "", _TGW)
        for name in ("defaultRouteTableAssociation", "defaultRouteTablePropagation")
    ),
    _gateway(
        "multicastSupport", Effect.REPLACES, "the provider replaces the gateway: every network goes",
        "make a second hub and move the spokes to it", _TGW, touches=Touch.ALL,
    ),
    _gateway(
        "transitGatewayCidrBlocks*", Effect.REFUSED, "AWS does not take a block away that a VPN has its addresses of",
        "remove the VPN connections of that block first, in a run of their own", f"{_LZA}326", when=_block_in_use,
    ),
    _connection(
        "tunnel?InsideCidr", Effect.REPLACES, _NEW_CONNECTION,
        "keep the inside addresses (wan.lock holds them); " + _SECOND_WAY, _VPN, Touch.ALL,
    ),
    *(
        _connection(name, Effect.REPLACES, _NEW_CONNECTION, _SECOND_WAY, _VPN, Touch.ALL)
        for name in ("tunnel?InsideIpv6Cidr", "staticRoutesOnly", "enableAcceleration", "tunnelInsideIpVersion", "type")
    ),
    *(
        _connection(
            f"tunnel{number}*", Effect.INTERRUPTS, "AWS changes one tunnel a call, and that tunnel is down meanwhile",
            _ONE_BY_ONE, _ENDPOINTS, touches,
        )
        for number, touches in ((1, Touch.FIRST), (2, Touch.SECOND))
    ),
    *(
        _connection(name, Effect.INTERRUPTS, _BOTH_DOWN, _SECOND_WAY, _ENDPOINTS, Touch.ALL)
        for name in ("customerGatewayId", "transitGatewayId", "vpnGatewayId", "localIp*", "remoteIp*")
    ),
    *(
        ChangeRule(
            types.CUSTOMER_GATEWAY, name, Effect.REPLACES,
            "a new gateway is made first, then its connections move to it: both tunnels of each are down meanwhile",
            "make a customer gateway and a connection under a new key, and remove the old ones in a run of their own",
            f"{_PROVIDER}vpnsite_customer_gateway.go", _DATE, Touch.ALL,
        )
        for name in ("bgpAsn*", "ipAddress", "type", "certificateArn", "deviceName")
    ),
    ChangeRule(
        types.VPC_ATTACHMENT, "subnetIds*", Effect.REFUSED, "AWS takes no two subnets of one zone in an attachment",
        "name one subnet for each zone", _SUBNETS, _DATE, when=_two_in_one_zone,
    ),
    ChangeRule(
        types.VPC_ATTACHMENT, "subnetIds*", Effect.IN_PLACE, "subnets are added and taken away one zone at a time",
        "", _SUBNETS, _DATE,
    ),
    *(
        ChangeRule(
            types.VPC_ATTACHMENT, name, Effect.REPLACES,
            "the old attachment goes before the new one comes: the spoke is cut off meanwhile",
            "move the spoke in a quiet hour, or make a second spoke and move its workloads",
            "https://github.com/pulumi/pulumi-aws/issues/2137", _DATE,
        )
        for name in ("vpcId", "transitGatewayId")
    ),
    *(
        ChangeRule(
            types.TGW_ASSOCIATION, name, Effect.REPLACES,
            "an attachment has one association: it belongs to no segment from the old one's end to the new one's start",
            "move one attachment at a time", f"{_LZA}175", _DATE, Touch.NONE,
        )
        for name in ("transitGatewayAttachmentId", "transitGatewayRouteTableId")
    ),
)  # fmt: skip
