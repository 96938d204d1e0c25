"""Virtual private gateways: the end of a VPN connection in a network without a transit gateway."""

from ..protocol import CloudError
from ..records import Record
from ..table import Children, Computed, InUse, Rule, TypeTable, Validation, immutables
from ..view import View, new_id
from .routing import joined
from .sources import (
    ERRORS,
    ROUTE_TABLE,
    VPC,
    VPN_CONNECTION,
    VPN_GATEWAY,
    VPN_GATEWAY_ATTACHMENT,
    VPN_GATEWAY_PROPAGATION,
    api,
    provider,
    refers,
)
from .vpn import asn


def _one_network(view: View, draft: Record, _: Record | None) -> None:
    """A network has one virtual private gateway, and a gateway one network."""
    vpc, gateway = draft.inputs.get("vpcId"), draft.inputs.get("vpnGatewayId") or draft.id
    if not vpc:
        return
    for other in view.referring(str(vpc), (VPN_GATEWAY, VPN_GATEWAY_ATTACHMENT), "vpcId"):
        if other.key != draft.key and (other.inputs.get("vpnGatewayId") or other.id) != gateway:
            raise CloudError(
                "VpnGatewayAttachmentLimitExceeded", f"The maximum number of attachments has been reached for {vpc}"
            )
    for other in view.referring(str(gateway), VPN_GATEWAY_ATTACHMENT, "vpnGatewayId") if gateway else []:
        if other.key != draft.key:
            raise CloudError(
                "VpnGatewayAttachmentLimitExceeded", f"{gateway} is attached to {other.inputs['vpcId']} already"
            )


_VGW_FILE = provider("ec2/vpnsite_gateway.go")


def _attached_to(view: View, record: Record) -> str:
    found = view.referring(record, VPN_GATEWAY_ATTACHMENT, "vpnGatewayId")
    return str(found[0].inputs["vpcId"]) if found else ""


def _stop_propagating(view: View, record: Record) -> None:
    for propagation in view.referring(record, VPN_GATEWAY_PROPAGATION, "vpnGatewayId"):
        view.records.remove(propagation)


GATEWAY_ROWS = TypeTable(
    VPN_GATEWAY,
    new_id=lambda _, __: new_id("vgw"),
    immutable=immutables(_VGW_FILE, "amazonSideAsn", "availabilityZone"),
    references=(refers("vpcId", VPC),),
    validations=(Validation("amazonSideAsn", asn, _VGW_FILE, "0 to 4294967295"),),
    rules=(Rule("one gateway for a network", _one_network, ERRORS),),
    computed=(
        Computed("amazonSideAsn", lambda _, __: "64512", api("CreateVpnGateway")),
        Computed("vpcId", _attached_to, _VGW_FILE),
    ),
    in_use=tuple(
        InUse(type_, "vpnGatewayId", "IncorrectState", "The vpnGateway '{id}' is in use.", api("DeleteVpnGateway"))
        for type_ in (VPN_CONNECTION, VPN_GATEWAY_ATTACHMENT)
    ),
    removed=_stop_propagating,
    children=tuple(Children(type_, "vpnGatewayId") for type_ in (VPN_CONNECTION, VPN_GATEWAY_PROPAGATION)),
)  # fmt: skip

GATEWAY_ATTACHMENT_ROWS = TypeTable(
    VPN_GATEWAY_ATTACHMENT,
    new_id=lambda _, r: f"vpn-attachment-{r.inputs['vpcId']}-{r.inputs['vpnGatewayId']}",
    immutable=immutables(provider("ec2/vpnsite_gateway_attachment.go"), "vpcId", "vpnGatewayId"),
    references=(refers("vpcId", VPC), refers("vpnGatewayId", VPN_GATEWAY)),
    rules=(Rule("one network, one gateway", _one_network, ERRORS),),
)


def _attached(view: View, draft: Record, _: Record | None) -> None:
    table = view.get(ROUTE_TABLE, str(draft.inputs["routeTableId"]))
    gateway = str(draft.inputs["vpnGatewayId"])
    if table is not None and not joined(view, str(table.inputs["vpcId"]), gateway):
        raise CloudError("Gateway.NotAttached", f"resource {gateway} is not attached to {table.inputs['vpcId']}")


PROPAGATION_ROWS = TypeTable(
    VPN_GATEWAY_PROPAGATION,
    new_id=lambda _, r: f"{r.inputs['vpnGatewayId']}_{r.inputs['routeTableId']}",
    immutable=immutables(provider("ec2/vpnsite_gateway_route_propagation.go"), "routeTableId", "vpnGatewayId"),
    references=(refers("routeTableId", ROUTE_TABLE), refers("vpnGatewayId", VPN_GATEWAY)),
    rules=(Rule("the gateway is attached to the table's network", _attached, ERRORS),),
)

TABLES = (GATEWAY_ROWS, GATEWAY_ATTACHMENT_ROWS, PROPAGATION_ROWS)
