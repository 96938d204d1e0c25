"""Network watchers, one for each region of a subscription, and the flow logs in them."""

from dataclasses import replace
from typing import Any

from ..lifecycle import create_record
from ..protocol import CloudError
from ..records import Record
from ..table import Computed, Provisioning, Rule, TypeTable, always, immutables
from ..view import Scope, View
from . import inline
from .sources import (
    EXISTS,
    FLOW_LOG,
    NETWORK_WATCHER,
    REFUSED,
    REPLACEMENT,
    RESOURCE_GROUP,
    SECURITY_GROUP,
    STORAGE_ACCOUNT,
    SUBNET,
    VIRTUAL_NETWORK,
    api,
    docs,
    group_id,
    in_group,
    inside,
    issue,
    named,
    new_id,
    path_immutables,
    place_of,
    refers,
    refuse,
)

_GROUP = "NetworkWatcherRG"
_LOGS = docs("Network Watcher, Virtual network flow logs")
_RETIRED = docs("Network Watcher, Migrate to virtual network flow logs; terraform-provider-azurerm flow log resource")


def enable(view: View, network: Record, _: Record | None) -> None:
    """Azure makes a region's watcher by itself where a network is created or updated, in a group that it makes too
    (Azure documentation, Network Watcher, Enable or disable Network Watcher, 2026-11).
    """
    from ..packages import package

    place, tables = place_of(view, network), package("azure-native").table
    if not place or _of_region(view, place):
        return
    own = replace(view, scope=Scope(network.account, place, "Microsoft.Network"))
    inputs = {"resourceGroupName": _GROUP, "location": place}
    if view.get(RESOURCE_GROUP, group_id(network, _GROUP)) is None:
        create_record(own, tables, RESOURCE_GROUP, inputs)
    create_record(own, tables, NETWORK_WATCHER, {**inputs, "networkWatcherName": f"NetworkWatcher_{place}"})


def _of_region(view: View, place: str) -> list[Record]:
    return [record for record in view.all(NETWORK_WATCHER) if place_of(view, record) == place]


def _only_one(view: View, draft: Record, _: Record | None) -> None:
    if any(other.id != new_id(view, draft) for other in _of_region(view, place_of(view, draft))):
        raise CloudError(
            "NetworkWatcherCountLimitReached",
            "Cannot create more than 1 network watchers for this subscription in this region.",
        )


WATCHER_ROWS = TypeTable(
    NETWORK_WATCHER,
    new_id=new_id,
    regional=False,
    auto_name=named(NETWORK_WATCHER),
    immutable=(*path_immutables(NETWORK_WATCHER), *immutables(REPLACEMENT, "location")),
    references=(in_group(),),
    rules=(Rule("one for a region of a subscription", _only_one, issue("pulumi/pulumi-azure-native #2091")),),
    removed=inline.drop(FLOW_LOG),
    twin=EXISTS,
)


def _network_of(id_: Any) -> str:
    """The id of the network that a flow log's target is, or is inside."""
    return str(id_).partition("/subnets/")[0]


def _not_of_a_group(_: View, draft: Record, before: Record | None) -> None:
    target = str(draft.inputs.get("targetResourceId"))
    if before is None and "/networkSecurityGroups/" in target:
        refuse(f"{target}: flow logs of security groups are no longer made; log its virtual network")


def _one_region(view: View, draft: Record, _: Record | None) -> None:
    watcher = new_id(view, draft).rpartition("/flowLogs/")[0]
    network, storage = _network_of(draft.inputs.get("targetResourceId")), str(draft.inputs.get("storageId"))
    types = (NETWORK_WATCHER, STORAGE_ACCOUNT, VIRTUAL_NETWORK, SECURITY_GROUP)
    found = {id_: place_of(view, r) for id_ in (watcher, network, storage) for r in view.anywhere(types, id_)}
    if len(set(found.values())) > 1:
        told = ", ".join(f"{id_} in {place}" for id_, place in found.items())
        raise CloudError(REFUSED, f"a flow log's watcher, target and storage are in one region: {told}")


def _standard_storage(view: View, draft: Record, _: Record | None) -> None:
    for account in view.anywhere(STORAGE_ACCOUNT, str(draft.inputs.get("storageId"))):
        premium = str((account.inputs.get("sku") or {}).get("name")).startswith("Premium")
        refuse(f"{account.id} is a premium storage account, which keeps no flow logs" if premium else None)


def _target_guid(view: View, record: Record) -> Any:
    found = view.anywhere((VIRTUAL_NETWORK, SECURITY_GROUP), _network_of(record.inputs.get("targetResourceId")))
    return found[0].value("resourceGuid") if found else None


FLOW_LOG_ROWS = TypeTable(
    FLOW_LOG,
    new_id=new_id,
    regional=False,
    auto_name=named(FLOW_LOG),
    immutable=(*path_immutables(FLOW_LOG), *immutables(REPLACEMENT, "location")),
    references=(
        in_group(), inside(FLOW_LOG), refers("storageId", STORAGE_ACCOUNT, anywhere=True),
        refers("targetResourceId", VIRTUAL_NETWORK, SUBNET, SECURITY_GROUP),
    ),
    rules=(
        Rule("no new one for a security group", _not_of_a_group, _RETIRED),
        Rule("its watcher, target and storage are in one region", _one_region, _LOGS),
        Rule("its storage is standard", _standard_storage, _LOGS),
    ),
    computed=(
        Computed("targetResourceGuid", _target_guid, api("FlowLogs_Get")),
        Computed("retentionPolicy", always({"days": 0, "enabled": False}), api("FlowLogs_Get")),
    ),
    twin=EXISTS,
    provisioning=Provisioning(5, api("FlowLogs_CreateOrUpdate")),
)  # fmt: skip

TABLES = (WATCHER_ROWS, FLOW_LOG_ROWS)
