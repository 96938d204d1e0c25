"""What previews of Azure's and Google's spokes are not told: hubs in other stacks, and networks that are adopted.

An Azure table's id says itself whose it is. A Google hub's is taken to be that of the hub that the plan gives its
spokes, if all of them use one. Where a hub is not up yet, its ids are made up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hubspoke.network.convert.azure import CONNECTION
from hubspoke.network.convert.azure import HUB as AZURE_HUB
from hubspoke.network.convert.azure_vnet import VNET
from hubspoke.network.convert.elsewhere import REFERENCE
from hubspoke.network.convert.gcp import HUB as GOOGLE_HUB
from hubspoke.network.convert.gcp import NETWORK, SPOKE
from hubspoke.network.snapshot import Resource, Snapshot
from hubspoke.plan.model import ONRAMP, HubPlan, Plan, SpokePlan

Exports = dict[str, dict[str, Any]]  # by hub, as its stack would export it
_TABLES, _DEFAULT = "/hubRouteTables/", "defaultRouteTable"


def with_hubs(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """The snapshot with what its Azure and Google spokes were not told."""
    told = _Told(snapshot, plan)
    resources = tuple(told.resource(resource) for resource in snapshot.resources)
    return Snapshot((*resources, *told.networks(), *told.references()))


class _Told:
    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self._snapshot = snapshot
        self._spokes = {spoke.key: spoke for account in plan.accounts for spoke in account.spokes}
        self._hubs = {hub.key: hub for account in plan.accounts for hub in account.hubs}
        self._tables: dict[str, dict[str, str]] = {}
        self._google: dict[str, set[str]] = {}

    def spoke_of(self, resource: Resource) -> SpokePlan | None:
        """The spoke that attaches a network with this resource to a hub in another stack."""
        hubs = {CONNECTION: (AZURE_HUB, "azure"), SPOKE: (GOOGLE_HUB, "gcp")}
        type_, cloud = hubs.get(resource.type, ("", ""))
        spoke = self._spokes.get(self._snapshot.owner(resource))
        if spoke is None or spoke.cloud != cloud or any(hub.name == spoke.hub for hub in self._snapshot.of_type(type_)):
            return None
        return spoke

    def resource(self, resource: Resource) -> Resource:
        spoke = self.spoke_of(resource)
        if spoke is None:
            return resource
        told = self._connected(resource, spoke) if resource.type == CONNECTION else self._linked(resource, spoke)
        return replace(resource, outputs={**resource.outputs, **told})

    # Azure

    def _connected(self, connection: Resource, spoke: SpokePlan) -> dict[str, Any]:
        routing = _mapping(connection.get("routingConfiguration"))
        reached = _mapping(routing.get("propagatedRouteTables"))
        tables = {
            "associatedRouteTable": {"id": self._table(routing.get("associatedRouteTable"), spoke.hub, spoke.segment)},
            "propagatedRouteTables": {
                **reached,
                "ids": [{"id": self._table(each, spoke.hub, ONRAMP)} for each in _members(reached.get("ids"))],
            },
        }
        return {"routingConfiguration": {**routing, **tables}}

    def _table(self, table: Any, hub: str, key: str) -> str:
        id_ = _mapping(table).get("id")
        if isinstance(id_, str):
            named, _, table_name = id_.partition(_TABLES)
            hub, key = named.rsplit("/", 1)[-1], ONRAMP if table_name == _DEFAULT else table_name
        else:
            id_ = f"(hub {hub}/{key})"
        self._tables.setdefault(hub, {})[key] = id_
        return id_

    # Google

    def _linked(self, attached: Resource, spoke: SpokePlan) -> dict[str, Any]:
        hub, group = attached.get("hub"), attached.get("group")
        id_ = hub if isinstance(hub, str) else f"(hub {spoke.hub})"
        self._google.setdefault(spoke.hub, set()).add(id_)
        return {"hub": id_, "group": group if isinstance(group, str) else _group(self._hubs[spoke.hub], spoke.segment)}

    # Both

    def networks(self) -> Iterator[Resource]:
        """Networks that are adopted, with the prefix that the intent gives them."""
        there = {network.id for network in self._snapshot.of_type(VNET, NETWORK)}
        for resource in self._snapshot.of_type(CONNECTION, SPOKE):
            spoke = self.spoke_of(resource)
            if not spoke or not spoke.adopted or spoke.adopted.network in there:
                continue
            made: dict[str, Any] = {"addressSpace": {"addressPrefixes": [spoke.cidr]}}
            if resource.type == SPOKE:
                made = {"selfLink": _mapping(resource.get("linkedVpcNetwork")).get("uri")}
            type_ = VNET if resource.type == CONNECTION else NETWORK
            yield Resource(
                f"{resource.urn}#network", type_, spoke.adopted.network, outputs=made, parent=resource.parent
            )

    def references(self) -> Iterator[Resource]:
        """The ids as other stacks would export them."""
        hubs: Exports = {hub: {"route_tables": tables} for hub, tables in self._tables.items()}
        everywhere = [id_ for ids in self._google.values() for id_ in ids]
        for hub, ids in self._google.items():
            if len(ids) == 1 and everywhere.count(id_ := next(iter(ids))) == 1:
                groups = {table.key: _group(self._hubs[hub], table.key) for table in self._hubs[hub].segments}
                hubs[hub] = {"hub_id": id_, "groups": groups}
        if hubs:
            yield Resource("urn:pulumi:plan#hubs", REFERENCE, outputs={"outputs": {"hubs": hubs}})


def _group(hub: HubPlan, segment: str) -> str:
    """The group of a segment's spokes, as the last part of its id."""
    if hub.topology == "mesh":
        return "groups/default"
    return "groups/center" if segment in hub.center else "groups/edge"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _members(value: Any) -> list[Any]:
    """A list; that of one thing, not known, where the list itself is not known."""
    return value if isinstance(value, list) else [{}]
