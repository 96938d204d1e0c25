"""Transit gateways and the attachments of networks to them."""

from typing import Any

from ..networks import one_of
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import (
    Children,
    Companion,
    Computed,
    Immutable,
    InUse,
    Provisioning,
    Rule,
    Source,
    TypeTable,
    Validation,
    defaults,
    immutables,
)
from ..view import View, new_id
from .network import zone_of
from .ram import shared_with_caller
from .sources import (
    ERRORS,
    SUBNET,
    TGW_ACCEPTER,
    TGW_ASSOCIATION,
    TGW_PEERING,
    TGW_PEERING_ACCEPTER,
    TGW_PROPAGATION,
    TGW_ROUTE_TABLE,
    TGW_VPC_ATTACHMENT,
    TGW_VPN_ATTACHMENT,
    TRANSIT_GATEWAY,
    VPC,
    VPN_CONNECTION,
    api,
    provider,
    refers,
)

_TGW_FILE = provider("ec2/transitgateway_.go")
_ATTACHMENT_FILE = provider("ec2/transitgateway_vpc_attachment.go")
_CREATE = api("CreateTransitGateway")
_GUIDE = Source("AWS Transit Gateway guide, Transit gateway VPC attachments")
_SWITCHES = (
    "autoAcceptSharedAttachments", "defaultRouteTableAssociation", "defaultRouteTablePropagation", "dnsSupport",
    "multicastSupport", "securityGroupReferencingSupport", "vpnEcmpSupport",
)  # fmt: skip
_ON_OFF = one_of("enable", "disable")


def _private_asn(value: Any) -> str | None:
    number = int(value)
    if 64512 <= number <= 65534 or 4200000000 <= number <= 4294967294:
        return None
    return f"expected to be in the range (64512 - 65534) or (4200000000 - 4294967294), got {number}"


def _no_peers_ask(view: View, draft: Record, before: Record | None) -> None:
    if before is None or draft.inputs.get("amazonSideAsn") == before.inputs.get("amazonSideAsn"):
        return
    if view.referring(draft, TGW_VPN_ATTACHMENT, "transitGatewayId"):
        raise CloudError(
            "IncorrectState", f"{draft.id}: the ASN cannot change while there are attachments with BGP sessions"
        )


def _of_gateway(_: View, record: Record) -> Properties:
    return {"transitGatewayId": record.id}


def _default_table(name: str) -> Any:
    """The default table's id, where the gateway has one for this purpose."""

    def value(view: View, record: Record) -> Any:
        owned = [r for r in view.records.owned(record.key) if r.type == TGW_ROUTE_TABLE]
        return owned[0].id if owned and record.inputs.get(name) == "enable" else None

    return value


TGW_ROWS = TypeTable(
    TRANSIT_GATEWAY,
    new_id=lambda _, __: new_id("tgw"),
    defaults=defaults(
        _TGW_FILE, amazonSideAsn=64512, autoAcceptSharedAttachments="disable", defaultRouteTableAssociation="enable",
        defaultRouteTablePropagation="enable", dnsSupport="enable", multicastSupport="disable",
        securityGroupReferencingSupport="disable", vpnEcmpSupport="enable",
    ),
    immutable=(
        *immutables(_TGW_FILE, "multicastSupport"),
        *(Immutable(name, _TGW_FILE, lambda old, new: (old, new) == ("disable", "enable"), "enabling it replaces it")
          for name in ("defaultRouteTableAssociation", "defaultRouteTablePropagation")),
    ),
    validations=(
        Validation("amazonSideAsn", _private_asn, _TGW_FILE, "64512-65534 or 4200000000-4294967294"),
        *(Validation(name, _ON_OFF, _TGW_FILE, "enable or disable") for name in _SWITCHES),
    ),
    rules=(Rule("its ASN stays while BGP attachments exist", _no_peers_ask, api("ModifyTransitGateway")),),
    computed=(
        Computed("associationDefaultRouteTableId", _default_table("defaultRouteTableAssociation"), _CREATE),
        Computed("propagationDefaultRouteTableId", _default_table("defaultRouteTablePropagation"), _CREATE),
        Computed("encryptionSupport", lambda _, __: "disable", api("CreateTransitGateway")),
    ),
    companions=(
        Companion(TGW_ROUTE_TABLE, "defaultTable", _of_gateway, api("CreateTransitGateway"),
                  when=lambda r: "enable" in (r.inputs.get("defaultRouteTableAssociation"),
                                              r.inputs.get("defaultRouteTablePropagation"))),
    ),
    in_use=tuple(
        InUse(type_, end, "IncorrectState",
              "{id} has non-deleted Transit Gateway Attachments: {user}.", api("DeleteTransitGateway"))
        for type_, end in (
            (TGW_VPC_ATTACHMENT, "transitGatewayId"), (TGW_VPN_ATTACHMENT, "transitGatewayId"),
            (TGW_PEERING, "transitGatewayId"), (TGW_PEERING, "peerTransitGatewayId"),
        )
    ),
    removed=lambda view, r: _drop(view, view.referring(r, TGW_ROUTE_TABLE, "transitGatewayId")),
    sets=("transitGatewayCidrBlocks",),
    children=tuple(
        Children(type_, "transitGatewayId")
        for type_ in (TGW_ROUTE_TABLE, TGW_VPC_ATTACHMENT, TGW_PEERING, VPN_CONNECTION)
    ),
    provisioning=Provisioning(90, _TGW_FILE),
)  # fmt: skip


def _drop(view: View, records: list[Record]) -> None:
    for record in records:
        view.records.remove(record)


def _one_per_network(view: View, draft: Record, before: Record | None) -> None:
    if before is not None:
        return
    for other in view.referring(str(draft.inputs["vpcId"]), TGW_VPC_ATTACHMENT, "vpcId"):
        if other.inputs["transitGatewayId"] == draft.inputs["transitGatewayId"]:
            raise CloudError(
                "DuplicateTransitGatewayAttachment",
                f"{draft.inputs['transitGatewayId']} has non-deleted Transit Gateway Attachments with same VPC ID.",
            )


def _subnets_fit(view: View, draft: Record, _: Record | None) -> None:
    subnets = [s for id_ in draft.inputs["subnetIds"] if (s := view.get(SUBNET, str(id_)))]
    if not subnets:
        raise CloudError("InvalidParameterValue", "An attachment needs at least one subnet.")
    if any(s.inputs.get("vpcId") != draft.inputs["vpcId"] for s in subnets):
        stray = next(s.id for s in subnets if s.inputs.get("vpcId") != draft.inputs["vpcId"])
        raise CloudError(
            "InvalidSubnetID.NotFound", f"The subnet ID '{stray}' does not exist in {draft.inputs['vpcId']}"
        )
    if len({zone_of(s) for s in subnets}) < len(subnets):
        raise CloudError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")


def gateway_of(view: View, draft: Record) -> Record | None:
    return next(iter(view.anywhere(TRANSIT_GATEWAY, str(draft.inputs["transitGatewayId"]))), None)


def attachment_state(attachment: Record) -> str:
    """The state that any attachment is in. A peering waits for acceptance, its asker's own gateway or not."""
    usual = "pendingAcceptance" if attachment.type == TGW_PEERING else "available"
    return str(attachment.outputs.get("state", usual))


def _first_state(view: View, draft: Record) -> str:
    gateway = gateway_of(view, draft)
    own = gateway is None or gateway.account == draft.account
    auto = gateway is not None and gateway.inputs.get("autoAcceptSharedAttachments") == "enable"
    return "available" if own or auto else "pendingAcceptance"


def _join_defaults(view: View, record: Record, before: Record | None) -> None:
    """A gateway with default tables associates and propagates what is attached to it, unless told not to."""
    gateway = gateway_of(view, record)
    if before is not None or gateway is None or record.outputs.get("state") != "available":
        return
    join_default_tables(view, gateway, record)


def join_default_tables(view: View, gateway: Record, attachment: Record) -> None:
    """Puts an attachment into its gateway's default tables, where both sides want that."""
    table = next((r for r in view.records.owned(gateway.key) if r.type == TGW_ROUTE_TABLE), None)
    wishes = (("defaultRouteTableAssociation", TGW_ASSOCIATION), ("defaultRouteTablePropagation", TGW_PROPAGATION))
    for theirs, type_ in wishes:
        ours = f"transitGateway{theirs[0].upper()}{theirs[1:]}"
        if table is None or gateway.inputs.get(theirs) != "enable" or attachment.inputs.get(ours) is False:
            continue
        inputs = {"transitGatewayAttachmentId": attachment.id, "transitGatewayRouteTableId": table.id}
        view.records.insert(
            Record(gateway.account, gateway.region, type_, f"{table.id}_{attachment.id}", inputs,
                   owner=attachment.key, created=attachment.created),
            inputs.items(),
        )  # fmt: skip


def _in_default(type_: str) -> Any:
    def value(view: View, record: Record) -> bool:
        found = view.referring(record, type_, "transitGatewayAttachmentId")
        tables = [t for r in found for t in view.anywhere(TGW_ROUTE_TABLE, str(r.inputs["transitGatewayRouteTableId"]))]
        return any(t.owner is not None for t in tables)

    return value


def leave_tables(view: View, record: Record) -> None:
    """What an attachment takes with it. Routes to it stay, and become blackholes."""
    for type_ in (TGW_ASSOCIATION, TGW_PROPAGATION, TGW_ACCEPTER, TGW_PEERING_ACCEPTER):
        _drop(view, view.referring(record, type_, "transitGatewayAttachmentId"))


ATTACHMENT_ROWS = TypeTable(
    TGW_VPC_ATTACHMENT,
    new_id=lambda _, __: new_id("tgw-attach"),
    defaults=defaults(_ATTACHMENT_FILE, applianceModeSupport="disable", dnsSupport="enable", ipv6Support="disable"),
    immutable=immutables(_ATTACHMENT_FILE, "vpcId", "transitGatewayId"),
    references=(
        refers("vpcId", VPC), refers("subnetIds", SUBNET),
        refers("transitGatewayId", TRANSIT_GATEWAY, shared=shared_with_caller),
    ),
    validations=tuple(
        Validation(name, _ON_OFF, _ATTACHMENT_FILE, "enable or disable")
        for name in ("applianceModeSupport", "dnsSupport", "ipv6Support", "securityGroupReferencingSupport")
    ),
    rules=(
        Rule("one attachment for a network and gateway", _one_per_network, ERRORS),
        Rule("its subnets are the network's, one in a zone", _subnets_fit, ERRORS),
    ),
    computed=(
        Computed("state", _first_state, _GUIDE, assigned=True),
        Computed("securityGroupReferencingSupport", lambda _, __: "disable", api("CreateTransitGatewayVpcAttachment")),
        Computed("transitGatewayDefaultRouteTableAssociation", _in_default(TGW_ASSOCIATION), _ATTACHMENT_FILE),
        Computed("transitGatewayDefaultRouteTablePropagation", _in_default(TGW_PROPAGATION), _ATTACHMENT_FILE),
        Computed("vpcOwnerId", lambda _, r: r.account, api("CreateTransitGatewayVpcAttachment")),
    ),
    effects=_join_defaults,
    removed=leave_tables,
    sets=("subnetIds",),
    provisioning=Provisioning(60, _ATTACHMENT_FILE),
)  # fmt: skip


TABLES = (TGW_ROWS, ATTACHMENT_ROWS)
