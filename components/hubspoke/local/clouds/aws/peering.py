"""Peerings of transit gateways: asked for from one, accepted by the other's owner.

Between regions both ends have one id, and so it is here. Within a region the far end has an id of its own, which
nothing gives to the one who asked (terraform-provider-aws #38027): such a peering can be asked for and not accepted.
"""

from dataclasses import replace
from typing import Any

from ..protocol import CloudError
from ..records import Record
from ..table import Computed, Rule, Source, TypeTable, immutables
from ..view import View, new_id
from .sources import (
    PEERING_GUIDE,
    TGW_PEERING,
    TGW_PEERING_ACCEPTER,
    TRANSIT_GATEWAY,
    api,
    provider,
    refers,
)
from .transit_gateway import attachment_state, leave_tables

_FILE = provider("ec2/transitgateway_peering_attachment.go")
_ACCEPTER_FILE = provider("ec2/transitgateway_peering_attachment_accepter.go")
_QUOTAS = Source("AWS Transit Gateway guide, Quotas", "2026-11")
_SAME_REGION = Source("terraform-provider-aws #25617 and #38027", "2026-11")
_ACCEPT = api("AcceptTransitGatewayPeeringAttachment")


def _peer_account(_: View, record: Record) -> str:
    return str(record.inputs.get("peerAccountId") or record.account)


def _peer_exists(view: View, draft: Record, before: Record | None) -> None:
    """AWS takes the request, and it fails: what the provider says of that."""
    place = (_peer_account(view, draft), draft.inputs["peerRegion"])
    found = view.anywhere(TRANSIT_GATEWAY, str(draft.inputs["peerTransitGatewayId"]))
    if before is None and not any((gateway.account, gateway.region) == place for gateway in found):
        raise CloudError("UnexpectedState", "unexpected state 'failed', wanted target 'available, pendingAcceptance'")


def _one_for_a_pair(view: View, draft: Record, before: Record | None) -> None:
    pair = {draft.inputs["transitGatewayId"], draft.inputs["peerTransitGatewayId"]}
    others = view.referring(str(draft.inputs["transitGatewayId"]), TGW_PEERING) if before is None else []
    for other in others:
        if {other.inputs["transitGatewayId"], other.inputs["peerTransitGatewayId"]} == pair:
            one, two = sorted(pair)
            raise CloudError("DuplicateTransitGatewayAttachment", f"{one} and {two} have a peering: {other.id}")


PEERING_ROWS = TypeTable(
    TGW_PEERING,
    new_id=lambda _, __: new_id("tgw-attach"),
    immutable=immutables(
        _FILE, "options", "peerAccountId", "peerRegion", "peerTransitGatewayId", "transitGatewayId"),
    references=(
        refers("transitGatewayId", TRANSIT_GATEWAY),  # a shared gateway is not available for peering
        refers("peerTransitGatewayId", TRANSIT_GATEWAY, loose=True),
    ),
    rules=(
        Rule("the other gateway is where it is said to be", _peer_exists, _FILE),
        Rule("one peering between two gateways", _one_for_a_pair, _QUOTAS),
    ),
    computed=(
        Computed("peerAccountId", _peer_account, _FILE),
        Computed("state", lambda _, r: attachment_state(r), PEERING_GUIDE),
    ),
    removed=leave_tables,
)  # fmt: skip


def _not_found(id_: str) -> CloudError:
    message = f"Transit Gateway Attachment {id_} was deleted or does not exist."
    return CloudError("InvalidTransitGatewayAttachmentID.NotFound", message)


def _asked(view: View, record: Record) -> Record:
    """The peering that is accepted."""
    found = view.anywhere(TGW_PEERING, str(record.inputs["transitGatewayAttachmentId"]))
    if not found:
        raise _not_found(str(record.inputs["transitGatewayAttachmentId"]))
    return found[0]


def _callers_to_accept(view: View, draft: Record, _: Record | None) -> None:
    asked = _asked(view, draft)
    if view.get(TRANSIT_GATEWAY, str(asked.inputs["peerTransitGatewayId"])) is None:
        raise _not_found(asked.id)


def _from_elsewhere(view: View, draft: Record, _: Record | None) -> None:
    asked = _asked(view, draft)
    if asked.region == asked.inputs["peerRegion"]:
        message = f"Cannot accept {asked.id} as the source of the peering request."
        raise CloudError("InvalidParameterValue", message)


def _waiting(view: View, draft: Record, before: Record | None) -> None:
    asked = _asked(view, draft)
    if before is None and attachment_state(asked) != "pendingAcceptance":
        raise CloudError("IncorrectState", f"{asked.id} is in invalid state")


def _accept(view: View, record: Record, before: Record | None) -> None:
    if before is None:
        asked = _asked(view, record)
        view.records.restate(replace(asked, outputs={**asked.outputs, "state": "available"}))


def _withdraw(view: View, record: Record) -> None:
    """Undoing an acceptance deletes the peering, as the provider does."""
    for asked in view.anywhere(TGW_PEERING, record.id):
        leave_tables(view, asked)
        view.records.remove(asked)
        view.records.note(view.scope.actor, "delete", asked)


def _of_asker(name: str, value: Any) -> Computed:
    return Computed(name, lambda view, record: value(_asked(view, record)), _ACCEPTER_FILE)


ACCEPTER_ROWS = TypeTable(
    TGW_PEERING_ACCEPTER,
    new_id=lambda _, r: str(r.inputs["transitGatewayAttachmentId"]),
    immutable=immutables(_ACCEPTER_FILE, "transitGatewayAttachmentId"),
    rules=(
        Rule("the peering is with the caller's gateway", _callers_to_accept, _ACCEPT),
        Rule("it was asked for from another region", _from_elsewhere, _SAME_REGION),
        Rule("the peering waits", _waiting, _ACCEPT),
    ),
    computed=(
        _of_asker("peerAccountId", lambda asked: asked.account),
        _of_asker("peerRegion", lambda asked: asked.region),
        _of_asker("peerTransitGatewayId", lambda asked: asked.inputs["transitGatewayId"]),
        _of_asker("transitGatewayId", lambda asked: asked.inputs["peerTransitGatewayId"]),
    ),
    references=(refers("transitGatewayAttachmentId", TGW_PEERING, loose=True),),
    effects=_accept,
    removed=_withdraw,
)  # fmt: skip

TABLES = (PEERING_ROWS, ACCEPTER_ROWS)
