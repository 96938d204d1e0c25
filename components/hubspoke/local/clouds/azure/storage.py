"""Storage accounts: what flow logs are kept in."""

import re
from datetime import UTC, datetime
from typing import Any

from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Computed, Provisioning, Rule, TypeTable, always, immutables
from ..view import View
from .sources import (
    EXISTS,
    REPLACEMENT,
    STORAGE_ACCOUNT,
    docs,
    in_group,
    named,
    new_id,
    path_immutables,
    place_of,
    storage_api,
)

_GET, _CREATE = storage_api("StorageAccounts_GetProperties"), storage_api("StorageAccounts_Create")
_OVERVIEW = docs("Storage account overview, Storage account name")
_NAME = re.compile(r"[a-z0-9]{3,24}\Z")
_SERVICES = ("blob", "dfs", "file", "queue", "table", "web")


def _well_named(_: View, draft: Record, __: Record | None) -> None:
    name = str(draft.inputs.get("accountName"))
    if not _NAME.match(name):
        raise CloudError(
            "AccountNameInvalid",
            f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in "
            "length and use numbers and lower-case letters only.",
        )


def _name_is_free(view: View, draft: Record, _: Record | None) -> None:
    taken = view.marked(_mark(draft), STORAGE_ACCOUNT)
    if any(other.id != new_id(view, draft) for other in taken):
        name = draft.inputs["accountName"]
        raise CloudError("StorageAccountAlreadyTaken", f"The storage account named {name} is already taken.")


def _mark(record: Record) -> str:
    return f"storage account {record.inputs.get('accountName')}"


def _endpoints(_: View, record: Record) -> Properties:
    return {service: f"https://{record.inputs['accountName']}.{service}.core.windows.net/" for service in _SERVICES}


def _now(view: View, _: Record) -> str:
    return datetime.fromtimestamp(view.records.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sku(_: View, record: Record) -> Any:
    given = record.inputs.get("sku") or {}
    return {**given, "tier": str(given.get("name")).partition("_")[0]}


STORAGE_ROWS = TypeTable(
    STORAGE_ACCOUNT,
    new_id=new_id,
    regional=False,
    auto_name=named(STORAGE_ACCOUNT, 24),
    immutable=(*path_immutables(STORAGE_ACCOUNT), *immutables(REPLACEMENT, "location")),
    references=(in_group(),),
    rules=(
        Rule("its name is 3 to 24 lower-case letters and digits", _well_named, _OVERVIEW),
        Rule("its name is unique everywhere", _name_is_free, _OVERVIEW),
    ),
    computed=(
        Computed("creationTime", _now, _GET, assigned=True),
        Computed("primaryEndpoints", _endpoints, _GET),
        Computed("primaryLocation", place_of, _GET),
        Computed("statusOfPrimary", always("available"), _GET),
        Computed("sku", _sku, _GET, overrides=True),
        Computed("accessTier", always("Hot"), _CREATE),
        Computed("allowBlobPublicAccess", always(False), _CREATE),
        Computed("enableHttpsTrafficOnly", always(True), _CREATE),
        Computed("minimumTlsVersion", always("TLS1_0"), _CREATE),
        Computed("networkRuleSet", always({"bypass": "AzureServices", "defaultAction": "Allow"}), _CREATE),
        Computed("privateEndpointConnections", always([]), _GET),
    ),
    marks=lambda record: (_mark(record),),
    twin=EXISTS,
    provisioning=Provisioning(20, _CREATE),
)

TABLES = (STORAGE_ROWS,)
