"""A transit gateway's route tables: their routes, and which attachments use and feed them."""

from typing import Any

from ..networks import any_cidr
from ..protocol import CloudError
from ..records import Record
from ..table import (
    Children,
    Computed,
    InUse,
    Provisioning,
    Rule,
    Source,
    Twin,
    TypeTable,
    Validation,
    defaults,
    immutables,
)
from ..view import View, new_id
from .ram import shared_with_caller
from .sources import (
    ATTACHMENTS,
    ERRORS,
    PEERING_GUIDE,
    TGW_ASSOCIATION,
    TGW_PEERING,
    TGW_PROPAGATION,
    TGW_ROUTE,
    TGW_ROUTE_TABLE,
    TGW_VPC_ATTACHMENT,
    TGW_VPN_ATTACHMENT,
    TRANSIT_GATEWAY,
    api,
    provider,
    refers,
)
from .transit_gateway import attachment_state, leave_tables

_GUIDE = Source("AWS Transit Gateway guide, Transit gateway route tables")
_KIND = {TGW_VPC_ATTACHMENT: "vpc", TGW_VPN_ATTACHMENT: "vpn"}


def ends(attachment: Record) -> tuple[str, ...]:
    """The gateways that it is attached to: one, or a peering's two."""
    names = ("transitGatewayId", "peerTransitGatewayId")
    return tuple(str(attachment.inputs[name]) for name in names if attachment.inputs.get(name))


def _to_callers_gateway(view: View, attachment: Record) -> bool:
    """Another account's attachment can be named by the account that owns the gateway."""
    return any(view.owns(gateway) for id_ in ends(attachment) for gateway in view.anywhere(TRANSIT_GATEWAY, id_))


def _attachment_ref(property_: str) -> Any:
    return refers(property_, TGW_VPC_ATTACHMENT, *ATTACHMENTS[1:], shared=_to_callers_gateway)


def _attachment(view: View, record: Record) -> Record | None:
    id_ = record.inputs.get("transitGatewayAttachmentId")
    return next(iter(view.anywhere(ATTACHMENTS, str(id_))), None) if id_ else None


def _one_gateway(view: View, draft: Record, _: Record | None) -> None:
    """Table and attachment belong to one gateway, and the attachment is in use."""
    attachment = _attachment(view, draft)
    table = view.get(TGW_ROUTE_TABLE, str(draft.inputs["transitGatewayRouteTableId"]))
    if attachment is None or table is None:
        return
    if table.inputs["transitGatewayId"] not in ends(attachment):
        raise CloudError(
            "InvalidTransitGatewayAttachmentID.NotFound",
            f"Transit Gateway Attachment {attachment.id} was deleted or does not exist.",
        )
    if attachment_state(attachment) != "available":
        raise CloudError("IncorrectState", f"{attachment.id} is in invalid state")


def _with_id(record: Record, *properties: str) -> str:
    return "_".join(str(record.inputs[name]) for name in properties)


def _resource_id(view: View, record: Record) -> str:
    attachment = _attachment(view, record)
    if attachment is None:
        return ""
    if attachment.type == TGW_PEERING:
        table = view.get(TGW_ROUTE_TABLE, str(record.inputs["transitGatewayRouteTableId"]))
        return next((end for end in ends(attachment) if table and end != table.inputs["transitGatewayId"]), "")
    return str(attachment.inputs.get("vpcId") or attachment.inputs.get("vpnConnectionId") or "")


def _resource_type(view: View, record: Record) -> str:
    attachment = _attachment(view, record)
    return _KIND.get(attachment.type, "peering") if attachment else ""


_TABLE_FILE = provider("ec2/transitgateway_route_table.go")


def _owners_only(view: View, draft: Record, _: Record | None) -> None:
    id_ = str(draft.inputs["transitGatewayId"])
    if view.get(TRANSIT_GATEWAY, id_) is None:
        raise CloudError("InvalidTransitGatewayID.NotFound", f"Transit Gateway {id_} was deleted or does not exist.")


def _empty(view: View, record: Record) -> None:
    """A table takes its routes and propagations with it."""
    for type_ in (TGW_ROUTE, TGW_PROPAGATION):
        for inner in view.referring(record, type_, "transitGatewayRouteTableId"):
            view.records.remove(inner)


TABLE_ROWS = TypeTable(
    TGW_ROUTE_TABLE,
    new_id=lambda _, __: new_id("tgw-rtb"),
    immutable=immutables(_TABLE_FILE, "transitGatewayId"),
    references=(refers("transitGatewayId", TRANSIT_GATEWAY, shared=shared_with_caller),),
    rules=(Rule("only the gateway's owner makes tables", _owners_only, api("CreateTransitGatewayRouteTable")),),
    computed=(
        *(Computed(name, lambda _, r: r.owner is not None, api("DescribeTransitGatewayRouteTables"))
          for name in ("defaultAssociationRouteTable", "defaultPropagationRouteTable")),
    ),
    in_use=(
        InUse(TGW_ASSOCIATION, "transitGatewayRouteTableId", "IncorrectState",
              "{id} has associated attachments: {user}", api("DeleteTransitGatewayRouteTable")),
    ),
    removed=_empty,
    children=tuple(
        Children(type_, "transitGatewayRouteTableId") for type_ in (TGW_ROUTE, TGW_ASSOCIATION, TGW_PROPAGATION)
    ),
    provisioning=Provisioning(30, _TABLE_FILE),
)  # fmt: skip


def _somewhere_or_nowhere(_: View, draft: Record, __: Record | None) -> None:
    blackhole, attachment = draft.inputs.get("blackhole"), draft.inputs.get("transitGatewayAttachmentId")
    if bool(blackhole) == bool(attachment):
        raise CloudError(
            "InvalidParameterCombination", "a route leads to an attachment or is a blackhole: one of the two"
        )


_ROUTE_FILE = provider("ec2/transitgateway_route.go")

ROUTE_ROWS = TypeTable(
    TGW_ROUTE,
    new_id=lambda _, r: _with_id(r, "transitGatewayRouteTableId", "destinationCidrBlock"),
    defaults=defaults(_ROUTE_FILE, blackhole=False),
    immutable=immutables(
        _ROUTE_FILE, "blackhole", "destinationCidrBlock", "transitGatewayAttachmentId", "transitGatewayRouteTableId"),
    references=(refers("transitGatewayRouteTableId", TGW_ROUTE_TABLE), _attachment_ref("transitGatewayAttachmentId")),
    validations=(Validation("destinationCidrBlock", any_cidr, _ROUTE_FILE, "a canonical block"),),
    rules=(
        Rule("an attachment or a blackhole", _somewhere_or_nowhere, api("CreateTransitGatewayRoute")),
        Rule("the attachment is one of the table's gateway, and available", _one_gateway, ERRORS),
    ),
    twin=Twin("RouteAlreadyExists", "{destinationCidrBlock} already exists in {transitGatewayRouteTableId}.", ERRORS),
)  # fmt: skip


def _not_elsewhere(view: View, draft: Record, before: Record | None) -> None:
    if before is not None:
        return
    id_ = str(draft.inputs["transitGatewayAttachmentId"])
    found = view.referring(id_, TGW_ASSOCIATION, "transitGatewayAttachmentId")
    for other in filter(view.owns, found):  # a peering has one association at either end
        if not draft.inputs.get("replaceExistingAssociation"):
            raise CloudError(
                "Resource.AlreadyAssociated",
                f"Transit Gateway Attachment {id_} is already associated to a route table.",
            )
        view.records.remove(other)
        view.records.note(view.scope.actor, "delete", other)


_ASSOCIATION_FILE = provider("ec2/transitgateway_route_table_association.go")

ASSOCIATION_ROWS = TypeTable(
    TGW_ASSOCIATION,
    new_id=lambda _, r: _with_id(r, "transitGatewayRouteTableId", "transitGatewayAttachmentId"),
    immutable=immutables(_ASSOCIATION_FILE, "transitGatewayAttachmentId", "transitGatewayRouteTableId"),
    references=(refers("transitGatewayRouteTableId", TGW_ROUTE_TABLE), _attachment_ref("transitGatewayAttachmentId")),
    rules=(
        Rule("the attachment is one of the table's gateway, and available", _one_gateway, ERRORS),
        Rule("an attachment is associated with one table", _not_elsewhere, ERRORS),
    ),
    computed=(
        Computed("resourceId", _resource_id, api("AssociateTransitGatewayRouteTable")),
        Computed("resourceType", _resource_type, api("AssociateTransitGatewayRouteTable")),
    ),
    provisioning=Provisioning(15, _ASSOCIATION_FILE),
)

_PROPAGATION_FILE = provider("ec2/transitgateway_route_table_propagation.go")


def _no_peering(view: View, draft: Record, _: Record | None) -> None:
    attachment = _attachment(view, draft)
    if attachment is not None and attachment.type == TGW_PEERING:
        raise CloudError("UnsupportedOperation", f"{attachment.id} is a peering attachment, which propagates no routes")


PROPAGATION_ROWS = TypeTable(
    TGW_PROPAGATION,
    new_id=lambda _, r: _with_id(r, "transitGatewayRouteTableId", "transitGatewayAttachmentId"),
    immutable=immutables(_PROPAGATION_FILE, "transitGatewayAttachmentId", "transitGatewayRouteTableId"),
    references=(refers("transitGatewayRouteTableId", TGW_ROUTE_TABLE), _attachment_ref("transitGatewayAttachmentId")),
    rules=(
        Rule("the attachment is one of the table's gateway, and available", _one_gateway, ERRORS),
        Rule("a peering propagates no routes", _no_peering, PEERING_GUIDE),
    ),
    twin=Twin(
        "TransitGatewayRouteTablePropagation.Duplicate",
        "Propagation of {transitGatewayAttachmentId} to {transitGatewayRouteTableId} is enabled already", ERRORS),
    computed=(
        Computed("resourceId", _resource_id, api("EnableTransitGatewayRouteTablePropagation")),
        Computed("resourceType", _resource_type, api("EnableTransitGatewayRouteTablePropagation")),
    ),
)  # fmt: skip

VPN_ATTACHMENT_ROWS = TypeTable(
    TGW_VPN_ATTACHMENT,
    new_id=lambda _, __: new_id("tgw-attach"),
    references=(refers("transitGatewayId", TRANSIT_GATEWAY),),
    computed=(Computed("state", lambda _, __: "available", _GUIDE, assigned=True),),
    removed=leave_tables,
    hidden=True,
)

TABLES = (TABLE_ROWS, ROUTE_ROWS, ASSOCIATION_ROWS, PROPAGATION_ROWS, VPN_ATTACHMENT_ROWS)
