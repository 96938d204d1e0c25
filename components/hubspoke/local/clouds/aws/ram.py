"""Resource Access Manager: who may see another account's transit gateway.

Within an organisation a share is seen at once; with `allowExternalPrincipals` the other account must accept it first.
That is how the simulation tells the two: a share that admits outsiders is taken to be with outsiders.
"""

import secrets
import uuid
from typing import Any

from ..protocol import CloudError
from ..records import Record
from ..table import Computed, Rule, Source, Twin, TypeTable, defaults, immutables
from ..view import View
from .places import arn, arn_id
from .sources import (
    PRINCIPAL_ASSOCIATION,
    RESOURCE_ASSOCIATION,
    RESOURCE_SHARE,
    SHARE_ACCEPTER,
    TRANSIT_GATEWAY,
    provider,
    ram_api,
    refers,
)

_GUIDE = Source("AWS RAM User Guide, Sharing your resources")


def shared_with_caller(view: View, record: Record) -> bool:
    """Whether another account's thing, in the caller's region, is shared with the caller's account."""
    if record.region != view.scope.region:
        return False
    shares = {r.inputs["resourceShareArn"] for r in view.referring(arn(record), RESOURCE_ASSOCIATION, "resourceArn")}
    return any(_open_to(view, str(share)) for share in shares)


def _open_to(view: View, share_arn: str) -> bool:
    share = next(iter(view.anywhere(RESOURCE_SHARE, share_arn)), None)
    if share is None or not invited(view, share):
        return False
    return not needs_acceptance(share) or accepted(view, share_arn, view.scope.account)


def _principal_mark(record: Record) -> list[str]:
    """An account's number means that account; an organisation or unit means every account here."""
    principal = str(record.inputs["principal"])
    who = "everyone" if principal.startswith("arn:aws:organizations::") else principal
    return [f"{record.inputs['resourceShareArn']} with {who}"]


def invited(view: View, share: Record) -> bool:
    """Whether a share is with the caller's account."""
    who = (view.scope.account, "everyone")
    return any(view.marked(f"{share.id} with {account}", PRINCIPAL_ASSOCIATION) for account in who)


def needs_acceptance(share: Record) -> bool:
    """Whether the accounts a share is with are outside the owner's organisation."""
    return bool(share.inputs.get("allowExternalPrincipals"))


def accepted(view: View, share_arn: str, account: str) -> bool:
    """Whether an account has accepted a share."""
    return bool(view.marked(f"{share_arn} accepted by {account}", SHARE_ACCEPTER))


SHARE_ROWS = TypeTable(
    RESOURCE_SHARE,
    new_id=lambda view, _: f"arn:aws:ram:{view.scope.region}:{view.scope.account}:resource-share/{uuid.uuid4()}",
    defaults=defaults(provider("ram/resource_share.go"), allowExternalPrincipals=False),
    computed=(
        Computed("arn", lambda _, r: r.id, ram_api("CreateResourceShare")),
        Computed("permissionArns", lambda _, __: [], ram_api("CreateResourceShare")),
        Computed("resourceShareConfiguration", lambda _, __: None, ram_api("CreateResourceShare")),
    ),
    sets=("permissionArns",),
)  # fmt: skip


def _exists(view: View, draft: Record, _: Record | None) -> None:
    wanted = str(draft.inputs["resourceArn"])
    mine = [r for r in view.anywhere((), arn_id(wanted)) if r.account == view.scope.account]
    if ":transit-gateway/" in wanted and not mine:
        raise CloudError("UnknownResourceException", f"Resource {wanted} could not be found.")


def _share_ref(property_: str) -> Any:
    reference = refers(property_, RESOURCE_SHARE, shared=invited)
    code = "UnknownResourceException"
    return type(reference)(
        property_, reference.types, code, "ResourceShare {id} could not be found.", ram_api("AssociateResourceShare"),
        shared=invited,
    )  # fmt: skip


RESOURCE_ROWS = TypeTable(
    RESOURCE_ASSOCIATION,
    new_id=lambda _, r: f"{r.inputs['resourceShareArn']},{r.inputs['resourceArn']}",
    immutable=immutables(provider("ram/resource_association.go"), "resourceArn", "resourceShareArn"),
    references=(_share_ref("resourceShareArn"), refers("resourceArn", TRANSIT_GATEWAY, loose=True)),
    rules=(Rule("what is shared exists and is the caller's", _exists, ram_api("AssociateResourceShare")),),
    twin=Twin("ResourceShareAssociationAlreadyExists", "{resourceArn} is in the share already", _GUIDE),
)

PRINCIPAL_ROWS = TypeTable(
    PRINCIPAL_ASSOCIATION,
    new_id=lambda _, r: f"{r.inputs['resourceShareArn']},{r.inputs['principal']}",
    immutable=immutables(provider("ram/principal_association.go"), "principal", "resourceShareArn"),
    references=(_share_ref("resourceShareArn"),),
    marks=_principal_mark,
    twin=Twin("PrincipalAssociationAlreadyExists", "{principal} is in the share already", _GUIDE),
)


def _invitation(view: View, draft: Record, _: Record | None) -> None:
    share_arn = str(draft.inputs["shareArn"])
    share = next(iter(view.anywhere(RESOURCE_SHARE, share_arn)), None)
    if share is None or not needs_acceptance(share) or not invited(view, share):
        raise CloudError(
            "ResourceShareInvitationNotFound",
            f"No RAM Resource Share ({share_arn}) invitation found; within an organisation a share needs no acceptance",
        )


def _share(view: View, record: Record) -> Record:
    return view.anywhere(RESOURCE_SHARE, str(record.inputs["shareArn"]))[0]


def _resources(view: View, record: Record) -> list[str]:
    found = view.referring(str(record.inputs["shareArn"]), RESOURCE_ASSOCIATION, "resourceShareArn")
    return [str(r.inputs["resourceArn"]) for r in found]


_ACCEPTER_FILE = provider("ram/resource_share_accepter.go")
_ACCEPT = ram_api("AcceptResourceShareInvitation")

ACCEPTER_ROWS = TypeTable(
    SHARE_ACCEPTER,
    new_id=lambda _, r: str(r.inputs["shareArn"]),
    immutable=immutables(_ACCEPTER_FILE, "shareArn"),
    references=(_share_ref("shareArn"),),
    marks=lambda r: [f"{r.inputs['shareArn']} accepted by {r.account}"],
    rules=(Rule("there is an invitation", _invitation, _ACCEPT),),
    computed=(
        Computed("invitationArn", lambda _, r: _invitation_arn(r), _ACCEPT, assigned=True),
        Computed("receiverAccountId", lambda _, r: r.account, _ACCEPT),
        Computed("senderAccountId", lambda v, r: _share(v, r).account, _ACCEPT),
        Computed("shareId", lambda _, r: "rs-" + arn_id(str(r.inputs["shareArn"])), _ACCEPTER_FILE),
        Computed("shareName", lambda v, r: _share(v, r).inputs.get("name"), _ACCEPT),
        Computed("status", lambda _, __: "ACTIVE", _ACCEPT),
        Computed("resources", _resources, _ACCEPTER_FILE),
    ),
)  # fmt: skip


def _invitation_arn(record: Record) -> str:
    _, _, _, region, account, _ = str(record.inputs["shareArn"]).split(":")
    return f"arn:aws:ram:{region}:{account}:resource-share-invitation/{secrets.token_hex(8)}"


TABLES = (SHARE_ROWS, RESOURCE_ROWS, PRINCIPAL_ROWS, ACCEPTER_ROWS)
