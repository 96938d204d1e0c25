"""What other stacks hold, as far as this one was told: ids by name, from the outputs that it refers to."""

from collections.abc import Iterator, Mapping
from typing import Any

from hubspoke.network.intended import names
from hubspoke.network.snapshot import Snapshot

REFERENCE = "pulumi:pulumi:StackReference"


def hub_ids(snapshot: Snapshot) -> dict[str, str]:
    """Keys of routers and tables of hubs, by the ids that their stacks export: "tgw-0995..." is "hub euc1"."""
    found: dict[str, str] = {}
    for hub, exported in _exported(snapshot):
        found |= dict(_ids(names.hub(hub), exported))
    return found


def hub_groups(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """By router of a Google hub, the groups of its segments: "center" and "edge", or "default"."""
    return {
        names.hub(hub): {segment: str(group).rsplit("/", 1)[-1] for segment, group in exported["groups"].items()}
        for hub, exported in _exported(snapshot)
        if isinstance(exported.get("groups"), Mapping)
    }


def _exported(snapshot: Snapshot) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for reference in snapshot.of_type(REFERENCE):
        outputs = reference.get("outputs")
        hubs = outputs.get("hubs") if isinstance(outputs, Mapping) else None
        yield from ((hub, exported) for hub, exported in (hubs or {}).items() if isinstance(exported, Mapping))


def _ids(router: str, exported: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tables = exported.get("route_tables")
    if isinstance(tables, Mapping):
        yield from ((str(id_), names.table(router, key)) for key, id_ in tables.items())
    yield from (
        (str(value), router)
        for key, value in exported.items()
        if value and isinstance(value, str) and (key.endswith("_id") or key == "network")
    )
