"""Resource groups: what holds everything else, and takes it along when it goes."""

from ..protocol import CloudError
from ..records import Record
from ..table import AutoName, Computed, Rule, TypeTable, always, immutables
from ..view import View
from .sources import EXISTS, REPLACEMENT, RESOURCE_GROUP, docs, new_id

_GROUPS = docs("Azure Resource Manager, Delete resource group and resources")
_DEFINITION = docs("Azure Resource Manager, Template reference, resourceGroups")


def contents(view: View, group: Record) -> list[Record]:
    """What is in a resource group, oldest first."""
    return view.records.referring(group.id, (), "resourceGroupName")


def _located(_: View, draft: Record, __: Record | None) -> None:
    if not draft.inputs.get("location"):
        raise CloudError("LocationRequired", "The location property is required for this definition.")


def _nothing_used_from_outside(view: View, group: Record, _: Record | None) -> None:
    from ..packages import package

    inner = contents(view, group)
    keys = {record.key for record in inner}
    for record in inner:
        for use in package("azure-native").table(record.type).in_use:
            outside = [r for r in view.referring(record, use.type, use.property) if r.key not in keys]
            if outside and outside[0].owner not in keys:
                raise CloudError(
                    "ResourceGroupDeletionBlocked",
                    f"Deletion of resource group '{group.inputs['resourceGroupName']}' failed as {record.id} could not "
                    f"be deleted: it is in use by {outside[0].id}",
                )


def _empty(view: View, group: Record) -> None:
    for record in contents(view, group):
        view.records.remove(record)
        view.records.note(view.scope.actor, "delete", record)


GROUP_ROWS = TypeTable(
    RESOURCE_GROUP,
    new_id=new_id,
    regional=False,
    auto_name=AutoName("resourceGroupName", 90, separator="", digits=8),
    immutable=immutables(REPLACEMENT, "resourceGroupName", "location"),
    rules=(Rule("it has a location", _located, _DEFINITION),),
    computed=(Computed("properties", always({"provisioningState": "Succeeded"}), _DEFINITION),),
    deletion_rules=(Rule("nothing in it is in use from outside", _nothing_used_from_outside, _GROUPS),),
    removed=_empty,
    twin=EXISTS,
)

TABLES = (GROUP_ROWS,)
