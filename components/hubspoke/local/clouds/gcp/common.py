"""What the tables of all of Google Cloud's types share: references, errors, and outputs made alike."""

import base64
import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from ..protocol import CloudError
from ..records import Record
from ..table import Computed, InUse, Reference, Source, Twin, Validation, always
from ..view import View
from .places import LINK_SOURCE, gce_name, id_of, last, link, meant
from .sources import ERRORS

# Class E, which nobody routes (RFC 1112): outside addresses that no other simulated cloud gives.
_OUTSIDE = ipaddress.IPv4Address("241.0.0.0")
_TIME = Source("Compute Engine API, creationTimestamp and labelFingerprint of every resource")
_CONFIG = Source("terraform-provider-google and pulumi-gcp, provider configuration")
GCE_NAME = "1 to 63 lower-case letters, digits and dashes"

TAKEN = Twin("alreadyExists", "The resource '{id}' already exists", ERRORS)


def invalid(field: str, value: Any, why: str) -> CloudError:
    """The refusal of one field's value."""
    return CloudError("invalid", f"Invalid value for field 'resource.{field}': '{value}'. {why}")


def of_same_project(view: View, record: Record) -> bool:
    return record.account == view.scope.account


def anyones(_: View, __: Record) -> bool:
    """Another project's thing may be named: who may use it is a matter of roles, which are not simulated."""
    return True


def refers(property_: str, *types: str, anywhere: bool = False, loose: bool = False) -> Reference:
    """A reference by self link, id or name to something of the project, or of any."""
    shared = anyones if anywhere else of_same_project
    message = "The resource '{id}' was not found"
    return Reference(
        property_, types, "notFound", message, ERRORS, shared=shared, loose=loose,
        named=lambda record, value: meant(types[0], record, value),
    )  # fmt: skip


def used_by(source: Source, *uses: tuple[str, str], noun: str, local: bool = False) -> tuple[InUse, ...]:
    """Rows for what keeps a thing from being deleted."""
    message = f"The {noun} resource '{{id}}' is already being used by '{{user}}'"
    return tuple(
        InUse(type_, property_, "resourceInUseByAnotherResource", message, source, local) for type_, property_ in uses
    )


def target(property_: str, record: Record, type_: str) -> str:
    """The id of what a property names; empty where it names nothing."""
    value = record.inputs.get(property_)
    return meant(type_, record, str(value)) if value else ""


def thing(view: View, type_: str, id_: str) -> Record | None:
    """The thing with this id, wherever it is; compute ids name their project, so there is one."""
    return next(iter(view.anywhere(type_, id_)), None) if id_ else None


def others(draft: Record, records: Iterable[Record]) -> list[Record]:
    """Without the draft itself, also while it is being made for the second time."""
    own = draft.id or id_of(None, draft)
    return [r for r in records if r.key != draft.key and (r.id, r.account) != (own, draft.account)]


def named_like_gce(source: Source) -> Validation:
    return Validation("name", gce_name, source, GCE_NAME)


def number(digits: int = 19) -> Callable[[View, Record], str]:
    """A number that Google assigns, as text."""
    return lambda _, __: str(secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1))


def small_number(_: View, __: Record) -> int:
    """A number that Google assigns, small enough for a double to hold it."""
    return secrets.randbelow(9 * 10**14) + 10**14


def outside(view: View, _: Record) -> str:
    """The next outside address."""
    return str(_OUTSIDE + view.records.next_number("gcp-outside") % 2**24)


def when(_: View, record: Record) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(*parts: Any) -> str:
    """A fingerprint: the same for the same parts."""
    return base64.b64encode(hashlib.sha256(repr(parts).encode()).digest()[:8]).decode()


def labels(view: View, record: Record) -> dict[str, Any]:
    """The labels that a thing has: its own, and the provider's."""
    return {**view.scope.default_tags, **(record.inputs.get("labels") or {})}


def short(property_: str) -> Callable[[View, Record], str]:
    """The name at the end of another property."""
    return lambda _, record: last(record.inputs.get(property_, ""))


def _link(_: View, record: Record) -> str:
    return link(record.id)


COMMON = (
    Computed("project", lambda _, record: record.account, _CONFIG, planned=True),
    Computed("region", lambda _, record: record.region, _CONFIG, planned=True),
    Computed("deletionPolicy", always("DELETE"), _CONFIG, planned=True),
    Computed("selfLink", _link, LINK_SOURCE),
    Computed("creationTimestamp", when, _TIME),
    Computed("pulumiLabels", labels, _CONFIG, planned=True),
    Computed("effectiveLabels", labels, _CONFIG, planned=True),
    Computed("labelFingerprint", lambda view, record: digest(labels(view, record)), _TIME),
)
