"""What previews of Azure's and Google's spokes are not told: hubs that are not up yet or in other stacks, and networks
that are adopted.

An Azure table's id says itself whose it is. A Google hub's is taken to be that of the hub that the plan gives its
spokes, if all of them use one. Where a hub is not up yet, its ids are made up: in its own stack, for what is made from
the very hub and table that the plan says, and nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hubspoke.network.convert.azure import CONNECTION
from hubspoke.network.convert.azure import HUB as AZURE_HUB
from hubspoke.network.convert.azure import TABLE as AZURE_TABLE
from hubspoke.network.convert.azure_vnet import VNET
from hubspoke.network.convert.elsewhere import REFERENCE
from hubspoke.network.convert.gcp import HUB as GOOGLE_HUB
from hubspoke.network.convert.gcp import NETWORK, SPOKE, SUBNET
from hubspoke.network.convert.gcp_peering import PEERING
from hubspoke.network.snapshot import Resource, Snapshot
from hubspoke.plan.groups import group_of
from hubspoke.plan.model import ONRAMP, Plan, SpokePlan

Exports = dict[str, dict[str, Any]]  # by hub, as its stack would export it
_TABLES, _DEFAULT = "/hubRouteTables/", "defaultRouteTable"
_CLOUDS = {CONNECTION: "azure", SPOKE: "gcp", PEERING: "gcp"}  # of what attaches a network to a hub


def with_hubs(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """The snapshot with what its Azure and Google spokes were not told."""
    told = _Told(snapshot, plan)
    resources = tuple(told.resource(resource) for resource in snapshot.resources)
    return Snapshot((*resources, *told.networks(), *told.references()))


class _Told:
    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self._snapshot = snapshot
        self._spokes = plan.spoke
        self._hubs = {hub.key: hub for account in plan.accounts for hub in account.hubs}
        self._here = {r.parent.rsplit("::", 1)[-1] for r in snapshot.of_type(AZURE_HUB, GOOGLE_HUB, NETWORK)
                      if "Hub" in r.parent}  # fmt: skip
        hubs = list(snapshot.of_type(GOOGLE_HUB, NETWORK))
        self._ids_here = {id_ for r in hubs for id_ in (r.id, r.known("id"), r.known("selfLink"))}
        self._tables: dict[str, dict[str, str]] = {}
        self._google: dict[str, set[str]] = {}
        self._transit: dict[str, set[str]] = {}

    def spoke_of(self, resource: Resource) -> SpokePlan | None:
        """The spoke that attaches a network to a hub with this resource."""
        spoke = self._spokes.get(self._snapshot.owner(resource))
        return spoke if spoke and spoke.cloud == _CLOUDS.get(resource.type) else None

    def resource(self, resource: Resource) -> Resource:
        spoke = self.spoke_of(resource)
        if spoke is None:
            return resource
        told = {CONNECTION: self._connected, SPOKE: self._linked, PEERING: self._peered}[resource.type]
        return replace(resource, outputs={**resource.outputs, **told(resource, spoke)})

    def _made_up(self, source: Resource, name: str, hub: str, part: tuple[str, str], key: str = "") -> str | None:
        """An id for a hub's part, by type and name, that has none: of a hub in this stack if it is made from that."""
        made_from = (self._snapshot.by_urn.get(urn) for urn in source.depends.get(name, ()))
        known = hub not in self._here or any(each and (each.type, each.name) == part for each in made_from)
        return f"(hub {hub}{key and f'/{key}'})" if known else None

    # Azure

    def _connected(self, connection: Resource, spoke: SpokePlan) -> dict[str, Any]:
        routing = _mapping(connection.get("routingConfiguration"))
        reached = _mapping(routing.get("propagatedRouteTables"))
        ids = [self._table(connection, each, spoke.hub, ONRAMP) for each in _members(reached.get("ids"))]
        tables = {
            "associatedRouteTable": self._table(
                connection, routing.get("associatedRouteTable"), spoke.hub, spoke.segment
            ),
            "propagatedRouteTables": {**reached, "ids": ids},
        }
        return {"routingConfiguration": {**routing, **tables}}

    def _table(self, connection: Resource, table: Any, hub: str, key: str) -> Any:
        id_ = _mapping(table).get("id")
        if isinstance(id_, str):
            named, _, table_name = id_.partition(_TABLES)
            hub, key = named.rsplit("/", 1)[-1], ONRAMP if table_name == _DEFAULT else table_name
            if hub in self._here:
                return table
        else:
            part = (AZURE_HUB, hub) if key == ONRAMP else (AZURE_TABLE, f"{hub}/{key}")
            id_ = self._made_up(connection, "routingConfiguration", hub, part, key)
        if id_ is None:
            return table
        self._tables.setdefault(hub, {})[key] = id_
        return {"id": id_}

    # Google

    def _linked(self, attached: Resource, spoke: SpokePlan) -> dict[str, Any]:
        hub, group = attached.get("hub"), attached.get("group")
        id_ = hub if isinstance(hub, str) else self._made_up(attached, "hub", spoke.hub, (GOOGLE_HUB, spoke.hub))
        if id_ is None:
            return {}
        self._google.setdefault(spoke.hub, set()).update({id_} - self._ids_here)
        planned = f"groups/{group_of(self._hubs[spoke.hub], spoke.segment)}"
        return {"hub": id_, "group": group if isinstance(group, str) else planned}

    def _peered(self, side: Resource, spoke: SpokePlan) -> dict[str, Any]:
        """Of the two sides, the hub's has its name."""
        name = "network" if side.name.endswith("-hub") else "peerNetwork"
        link = side.get(name)
        id_ = link if isinstance(link, str) else self._made_up(side, name, spoke.hub, (NETWORK, spoke.hub))
        if id_ is None:
            return {}
        self._transit.setdefault(spoke.hub, set()).update({id_} - self._ids_here)
        return {name: id_}

    # Both

    def networks(self) -> Iterator[Resource]:
        """Networks that are adopted, with the prefix that the intent gives them."""
        there = {network.id for network in self._snapshot.of_type(VNET, NETWORK)}
        for resource in self._snapshot.of_type(CONNECTION, SPOKE, PEERING):
            spoke = self.spoke_of(resource)
            if not spoke or not spoke.adopted or resource.name.endswith("-hub"):
                continue
            urn, network, parent = f"{resource.urn}#network", spoke.adopted.network, resource.parent
            if resource.type == PEERING:  # its subnetworks are all that it exchanges
                told = {"network": network, "ipCidrRange": spoke.cidr}
                yield Resource(f"{urn}/subnet", SUBNET, f"{network}#subnet", outputs=told, parent=parent)
            if network not in there:
                link = resource.get("network") or _mapping(resource.get("linkedVpcNetwork")).get("uri")
                made = {"addressSpace": {"addressPrefixes": [spoke.cidr]}, "selfLink": link}
                yield Resource(
                    urn, VNET if resource.type == CONNECTION else NETWORK, network, outputs=made, parent=parent
                )

    def references(self) -> Iterator[Resource]:
        """The ids as other stacks would export them."""
        hubs: Exports = {hub: {"route_tables": tables} for hub, tables in self._tables.items()}
        for hub in self._google:
            groups = {table.key: f"groups/{group_of(self._hubs[hub], table.key)}" for table in self._hubs[hub].segments}
            hubs[hub] = {"groups": groups}
        for name, ids in (("hub_id", self._google), ("network", self._transit)):
            for hub, id_ in _single(ids):
                hubs.setdefault(hub, {})[name] = id_
        if hubs:
            yield Resource("urn:pulumi:plan#hubs", REFERENCE, outputs={"outputs": {"hubs": hubs}})


def _single(ids: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Hubs of which one id is known, that is no other hub's."""
    everywhere = [id_ for found in ids.values() for id_ in found]
    for hub, found in ids.items():
        if len(found) == 1 and everywhere.count(id_ := next(iter(found))) == 1:
            yield hub, id_


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _members(value: Any) -> list[Any]:
    """A list; that of one thing, not known, where the list itself is not known."""
    return value if isinstance(value, list) else [{}]
