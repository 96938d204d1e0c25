"""Customer gateways, VPN connections with their two tunnels, and virtual private gateways."""

import ipaddress
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from ..faults import tunnels_down
from ..networks import address, any_cidr, hosts, one_of, overlapping
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import (
    Children,
    Companion,
    Computed,
    InUse,
    Provisioning,
    Rule,
    Source,
    Twin,
    TypeTable,
    Validation,
    always,
    immutables,
)
from ..view import View, new_id
from . import tunnels
from .places import PARTITION
from .sources import (
    CUSTOMER_GATEWAY,
    ERRORS,
    TGW_VPN_ATTACHMENT,
    TRANSIT_GATEWAY,
    VPN_CONNECTION,
    VPN_CONNECTION_ROUTE,
    VPN_GATEWAY,
    api,
    provider,
    refers,
)
from .transit_gateway import join_default_tables

# RFC 2544's benchmarking range: 65,536 connections' worth of outside addresses that nobody routes.
_OUTSIDE = ipaddress.IPv4Address("198.18.0.0")
_GATEWAY_FILE = provider("ec2/vpnsite_customer_gateway.go")


def asn(value: Any) -> str | None:
    number = int(value)
    return None if 0 <= number <= 4294967295 else f"must be in the range 0 to 4294967295: {value}"


CUSTOMER_GATEWAY_ROWS = TypeTable(
    CUSTOMER_GATEWAY,
    new_id=lambda _, __: new_id("cgw"),
    immutable=immutables(
        _GATEWAY_FILE, "bgpAsn", "bgpAsnExtended", "certificateArn", "deviceName", "ipAddress", "type"),
    validations=(
        Validation("bgpAsn", asn, _GATEWAY_FILE, "0 to 4294967295"),
        Validation("ipAddress", address, _GATEWAY_FILE, "an IPv4 address"),
        Validation("type", one_of("ipsec.1"), _GATEWAY_FILE, "ipsec.1"),
    ),
    in_use=(InUse(VPN_CONNECTION, "customerGatewayId", "IncorrectState", "The customer gateway is in use.",
                  api("DeleteCustomerGateway")),),
)  # fmt: skip


def _one_gateway(_: View, draft: Record, __: Record | None) -> None:
    if bool(draft.inputs.get("transitGatewayId")) and bool(draft.inputs.get("vpnGatewayId")):
        raise CloudError("InvalidParameterCombination", "transitGatewayId conflicts with vpnGatewayId")
    if draft.inputs.get("enableAcceleration") and not draft.inputs.get("transitGatewayId"):
        raise CloudError("InvalidParameterCombination", "enableAcceleration needs transitGatewayId")


def _gateway_of(record: Record) -> str:
    return str(record.inputs.get("transitGatewayId") or record.inputs.get("vpnGatewayId") or "")


def _insides(view: View, draft: Record) -> dict[str, str]:
    """The inside blocks of the gateway's other connections, with the connection that has each."""
    gateway = _gateway_of(draft)
    others = view.referring(gateway, VPN_CONNECTION) if gateway else []
    return {
        str(block): other.id
        for other in others if other.key != draft.key
        for tunnel in tunnels.TUNNELS if (block := other.value(f"{tunnel}InsideCidr"))
    }  # fmt: skip


def _insides_apart(view: View, draft: Record, _: Record | None) -> None:
    first, second = (draft.inputs.get(f"{tunnel}InsideCidr") for tunnel in tunnels.TUNNELS)
    if first and second and overlapping(str(first), [str(second)]):
        raise CloudError("InvalidParameterValue", f"TunnelInsideCidr {first} overlaps with {second}")
    taken = _insides(view, draft)
    for block in filter(None, (first, second)):
        other = overlapping(str(block), taken)
        if other:
            raise CloudError(
                "InvalidParameterValue",
                f"TunnelInsideCidr {block} overlaps with {other} of {taken[other]} on {_gateway_of(draft)}",
            )


def _outside(view: View, _: Record) -> str:
    return str(_OUTSIDE + view.records.next_number("aws-vpn-outside") % 2**17)


def _inside(record: Record, tunnel: str, end: int) -> str:
    block = record.value(f"{tunnel}InsideCidr")
    return hosts(str(block))[end] if block else ""


def _bgp_asn(view: View, record: Record) -> str:
    gateway = next(iter(view.anywhere((TRANSIT_GATEWAY, VPN_GATEWAY), _gateway_of(record))), None)
    return str(gateway.value("amazonSideAsn") or 64512) if gateway else ""


def _stored_apart(record: Record) -> bool:
    """Whether the keys are in Secrets Manager, and so no longer with the VPN service."""
    return record.inputs.get("presharedKeyStorage") == "SecretsManager"


def _withheld(record: Record) -> tuple[str, ...]:
    """The keys themselves: the API answers REDACTED in their place, and the provider keeps what it knows."""
    return tuple(f"{tunnel}PresharedKey" for tunnel in tunnels.TUNNELS) if _stored_apart(record) else ()


def _key_arn(_: View, record: Record) -> str:
    if not _stored_apart(record):
        return ""
    return f"arn:{PARTITION}:secretsmanager:{record.region}:{record.account}:secret:s2svpn!{record.id}"


def _told(view: View, record: Record, tunnel: str) -> dict[str, str]:
    """One tunnel as the connection's configuration file describes it."""
    key = "REDACTED" if _stored_apart(record) else str(record.value(f"{tunnel}PresharedKey") or "")
    return {
        "Address": str(record.value(f"{tunnel}Address") or ""), "PresharedKey": key,
        "vgw": _inside(record, tunnel, 0), "cgw": _inside(record, tunnel, 1), "asn": _bgp_asn(view, record),
    }  # fmt: skip


def _configuration(view: View, record: Record) -> str:
    told = [_told(view, record, tunnel) for tunnel in tunnels.TUNNELS]
    parts = "".join(
        "<ipsec_tunnel><customer_gateway><tunnel_inside_address><ip_address>{cgw}</ip_address></tunnel_inside_address>"
        "</customer_gateway><vpn_gateway><tunnel_outside_address><ip_address>{Address}</ip_address>"
        "</tunnel_outside_address><tunnel_inside_address><ip_address>{vgw}</ip_address></tunnel_inside_address>"
        "<bgp><asn>{asn}</asn><hold_time>30</hold_time></bgp></vpn_gateway>"
        "<ike><pre_shared_key>{PresharedKey}</pre_shared_key></ike></ipsec_tunnel>".format(
            **{name: escape(value) for name, value in tunnel.items()}
        )
        for tunnel in told
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><vpn_connection id="{record.id}">{parts}</vpn_connection>'


def _telemetry(view: View, record: Record) -> list[Properties]:
    down = tunnels_down(view.records.connection, record.id)
    since = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        {
            "acceptedRouteCount": 0, "certificateArn": "", "lastStatusChange": since,
            "outsideIpAddress": record.value(f"{tunnel}Address"), "statusMessage": "",
            "status": "DOWN" if tunnel[-1] in down else "UP",
        }
        for tunnel in tunnels.TUNNELS
    ]  # fmt: skip


def _static_routes(view: View, record: Record) -> list[Properties]:
    found = view.referring(record, VPN_CONNECTION_ROUTE, "vpnConnectionId")
    return [
        {"destinationCidrBlock": r.inputs["destinationCidrBlock"], "source": "Static", "state": "available"}
        for r in found
    ]


def _tunnel_rows(tunnel: str) -> Iterator[Computed]:
    """The outputs of one tunnel."""
    describe = api("DescribeVpnConnections")

    def computed(name: str, value: Callable[[View, Record], Any], source: Source = describe, **more: bool) -> Computed:
        return Computed(f"{tunnel}{name}", value, source, **more)

    yield computed("Address", _outside, assigned=True)
    yield computed("PresharedKey", lambda _, __: tunnels.new_key(), tunnels.OPTIONS, assigned=True)
    yield computed(
        "InsideCidr", lambda v, r: tunnels.free_inside_cidr(set(_insides(v, r))), tunnels.OPTIONS, assigned=True
    )
    yield computed("VgwInsideAddress", lambda _, r: _inside(r, tunnel, 0))
    yield computed("CgwInsideAddress", lambda _, r: _inside(r, tunnel, 1))
    yield computed("BgpAsn", _bgp_asn)
    yield computed("BgpHoldtime", lambda _, __: 30)
    yield computed("InsideIpv6Cidr", lambda _, __: "", tunnels.FILE)
    for name, usual in tunnels.DEFAULTS.items():
        yield computed(name, always(usual), tunnels.OPTIONS)


def _drop_routes(view: View, record: Record) -> None:
    for route in view.referring(record, VPN_CONNECTION_ROUTE, "vpnConnectionId"):
        view.records.remove(route)


def _join(view: View, record: Record, before: Record | None) -> None:
    if before is not None:
        return
    for attachment in view.records.owned(record.key):
        for gateway in view.anywhere(TRANSIT_GATEWAY, str(attachment.inputs["transitGatewayId"])):
            join_default_tables(view, gateway, attachment)


_OPEN = {"localIpv4NetworkCidr": "0.0.0.0/0", "remoteIpv4NetworkCidr": "0.0.0.0/0", "localIpv6NetworkCidr": "",
         "remoteIpv6NetworkCidr": "", "outsideIpAddressType": "PublicIpv4", "tunnelInsideIpVersion": "ipv4",
         "enableAcceleration": False, "staticRoutesOnly": False, "presharedKeyStorage": "Standard",
         "tunnelBandwidth": "standard", "coreNetworkArn": "", "coreNetworkAttachmentArn": "",
         }  # fmt: skip

CONNECTION_ROWS = TypeTable(
    VPN_CONNECTION,
    new_id=lambda _, __: new_id("vpn"),
    immutable=(
        *immutables(tunnels.FILE, "enableAcceleration", "staticRoutesOnly", "tunnelInsideIpVersion", "type"),
        *tunnels.immutable(),
    ),
    references=(
        refers("customerGatewayId", CUSTOMER_GATEWAY), refers("transitGatewayId", TRANSIT_GATEWAY),
        refers("vpnGatewayId", VPN_GATEWAY),
    ),
    validations=(
        Validation("type", one_of("ipsec.1"), tunnels.FILE, "ipsec.1"),
        Validation("presharedKeyStorage", one_of("Standard", "SecretsManager"), api("CreateVpnConnection"),
                   "Standard or SecretsManager"),
        *tunnels.validations(),
    ),
    rules=(
        Rule("at most one of a transit and a virtual private gateway", _one_gateway, tunnels.FILE),
        Rule("inside blocks are unique on a gateway", _insides_apart, tunnels.OPTIONS),
    ),
    computed=(
        *_tunnel_rows("tunnel1"), *_tunnel_rows("tunnel2"),
        *(Computed(name, always(usual), api("CreateVpnConnection")) for name, usual in _OPEN.items()),
        Computed("customerGatewayConfiguration", _configuration, api("DescribeVpnConnections")),
        Computed("vgwTelemetries", _telemetry, api("DescribeVpnConnections")),
        Computed("routes", _static_routes, api("DescribeVpnConnections")),
        Computed("presharedKeyArn", _key_arn, api("DescribeVpnConnections")),
        Computed("transitGatewayAttachmentId", lambda _, __: "", tunnels.FILE, assigned=True),
    ),
    companions=(
        Companion(
            TGW_VPN_ATTACHMENT, "transitGatewayAttachmentId",
            lambda _, r: {"transitGatewayId": r.inputs["transitGatewayId"], "vpnConnectionId": r.id},
            api("CreateVpnConnection"), when=lambda r: bool(r.inputs.get("transitGatewayId"))),
    ),
    effects=_join,
    sets=tunnels.SETS,
    withheld=_withheld,
    children=(Children(VPN_CONNECTION_ROUTE, "vpnConnectionId"),),
    removed=_drop_routes,
    provisioning=Provisioning(200, tunnels.FILE),
)  # fmt: skip


def _static_only(view: View, draft: Record, _: Record | None) -> None:
    connection = view.get(VPN_CONNECTION, str(draft.inputs["vpnConnectionId"]))
    if connection is not None and not connection.inputs.get("staticRoutesOnly"):
        raise CloudError(
            "InvalidParameterCombination", f"{connection.id} speaks BGP: static routes need staticRoutesOnly"
        )


CONNECTION_ROUTE_ROWS = TypeTable(
    VPN_CONNECTION_ROUTE,
    new_id=lambda _, r: f"{r.inputs['destinationCidrBlock']}:{r.inputs['vpnConnectionId']}",
    immutable=immutables(provider("ec2/vpnsite_connection_route.go"), "destinationCidrBlock", "vpnConnectionId"),
    references=(refers("vpnConnectionId", VPN_CONNECTION),),
    validations=(Validation("destinationCidrBlock", any_cidr, api("CreateVpnConnectionRoute"), "a canonical block"),),
    rules=(Rule("only on a static connection", _static_only, api("CreateVpnConnectionRoute")),),
    twin=Twin("RouteAlreadyExists", "The route {destinationCidrBlock} exists on {vpnConnectionId}", ERRORS),
)


TABLES = (CUSTOMER_GATEWAY_ROWS, CONNECTION_ROWS, CONNECTION_ROUTE_ROWS)
