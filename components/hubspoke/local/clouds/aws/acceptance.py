"""Acceptance of another account's attachment by the owner of the transit gateway."""

from dataclasses import replace

from ..protocol import CloudError
from ..records import Record
from ..table import Computed, Rule, TypeTable, defaults, immutables
from ..view import View
from .sources import TGW_ACCEPTER, TGW_VPC_ATTACHMENT, api, provider, refers
from .transit_gateway import gateway_of, join_default_tables, leave_tables


def _not_found(id_: str) -> CloudError:
    message = f"Transit Gateway Attachment {id_} was deleted or does not exist."
    return CloudError("InvalidTransitGatewayAttachmentID.NotFound", message)


def _theirs(view: View, record: Record) -> Record:
    found = view.anywhere(TGW_VPC_ATTACHMENT, str(record.inputs["transitGatewayAttachmentId"]))
    if not found:
        raise _not_found(str(record.inputs["transitGatewayAttachmentId"]))
    return found[0]


def _may_accept(view: View, draft: Record, before: Record | None) -> None:
    attachment = _theirs(view, draft)
    gateway = gateway_of(view, attachment)
    if gateway is None or not view.owns(gateway):
        raise _not_found(attachment.id)
    if before is None and attachment.outputs.get("state") != "pendingAcceptance":
        raise CloudError("IncorrectState", f"{attachment.id} is in invalid state")


def _accept(view: View, record: Record, before: Record | None) -> None:
    if before is not None:
        return
    attachment = _theirs(view, record)
    taken = replace(attachment, outputs={**attachment.outputs, "state": "available"})
    view.records.restate(taken)
    gateway = gateway_of(view, attachment)
    if gateway is not None:
        join_default_tables(view, gateway, replace(taken, inputs={**attachment.inputs, **record.inputs}))


def _reject(view: View, record: Record) -> None:
    """Undoing an acceptance deletes the attachment, as the provider does."""
    for attachment in view.anywhere(TGW_VPC_ATTACHMENT, record.id):
        leave_tables(view, attachment)
        view.records.remove(attachment)
        view.records.note(view.scope.actor, "delete", attachment)


_ACCEPTER_FILE = provider("ec2/transitgateway_vpc_attachment_accepter.go")
_ACCEPT = api("AcceptTransitGatewayVpcAttachment")
_MIRRORED = ("applianceModeSupport", "dnsSupport", "ipv6Support", "subnetIds", "transitGatewayId", "vpcId")


def _group_support(view: View, record: Record) -> str:
    return str(_theirs(view, record).value("securityGroupReferencingSupport") or "disable")


def _mirrored(name: str) -> Computed:
    return Computed(name, lambda v, r: _theirs(v, r).value(name), _ACCEPTER_FILE)


ACCEPTER_ROWS = TypeTable(
    TGW_ACCEPTER,
    new_id=lambda _, r: str(r.inputs["transitGatewayAttachmentId"]),
    defaults=defaults(
        _ACCEPTER_FILE, transitGatewayDefaultRouteTableAssociation=True,
        transitGatewayDefaultRouteTablePropagation=True),
    immutable=immutables(_ACCEPTER_FILE, "transitGatewayAttachmentId"),
    rules=(Rule("the attachment waits, and is to the caller's gateway", _may_accept, _ACCEPT),),
    computed=(
        *(_mirrored(name) for name in _MIRRORED),
        Computed("securityGroupReferencingSupport", _group_support, _ACCEPTER_FILE),
        Computed("vpcOwnerId", lambda v, r: _theirs(v, r).account, _ACCEPTER_FILE),
    ),
    references=(refers("transitGatewayAttachmentId", TGW_VPC_ATTACHMENT, loose=True),),
    effects=_accept,
    removed=_reject,
)  # fmt: skip

TABLES = (ACCEPTER_ROWS,)
