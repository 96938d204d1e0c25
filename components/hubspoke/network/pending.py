"""Previews of stacks whose hubs are not up yet: ids that nobody has are taken as the Plan means them.

What is taken so is judged again once the hubs are up, before anything is changed. Only what refers to a hub in a
pending stack is taken; all else that is not known stays so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hubspoke.network.convert.elsewhere import REFERENCE
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.plan.model import ONRAMP, HubPlan, Plan, SpokePlan

_ASSOCIATION = "routeTableAssociation:RouteTableAssociation"
_PROPAGATION = "routeTablePropagation:RouteTablePropagation"


@dataclass(frozen=True)
class _Hub:
    """A hub that is not there yet, and the ids it is given meanwhile."""

    plan: HubPlan

    @property
    def gateway(self) -> str:
        return f"(hub {self.plan.key})"

    def table(self, key: str) -> str:
        return f"(hub {self.plan.key}/{key})"

    def exported(self) -> dict[str, Any]:
        keys = [*(segment.key for segment in self.plan.segments), ONRAMP]
        return {"transit_gateway_id": self.gateway, "route_tables": {key: self.table(key) for key in keys}}


def with_pending_hubs(snapshot: Snapshot, plan: Plan, pending: Iterable[str]) -> Snapshot:
    """The snapshot with ids in place of those of AWS hubs in the pending stacks, as those stacks will export them."""
    gone = set(pending)
    hubs = {h.key: _Hub(h) for a in plan.accounts if a.key in gone for h in a.hubs if h.cloud == "aws"}
    spokes = {s.key: s for account in plan.accounts for s in account.spokes if s.hub in hubs}
    if not hubs:
        return snapshot
    exported = {"hubs": {key: hub.exported() for key, hub in hubs.items()}}
    told = Resource("urn:pulumi:pending", REFERENCE, outputs={"outputs": exported})
    return Snapshot((*(_taken(each, snapshot, hubs, spokes) for each in snapshot.resources), told))


def _taken(
    resource: Resource, snapshot: Snapshot, hubs: Mapping[str, _Hub], spokes: Mapping[str, SpokePlan]
) -> Resource:
    spoke = spokes.get(snapshot.owner(resource))
    if spoke is None or not resource.type.startswith("aws:ec2"):
        return resource
    ids: dict[str, Callable[[], str]] = {
        "transitGatewayId": lambda: hubs[spoke.hub].gateway,
        "transitGatewayRouteTableId": lambda: hubs[spoke.hub].table(_table(resource, spoke)),
    }
    found = {name: ids[name]() for name in ids if _open(resource, name)}
    outputs = {name: value for name, value in resource.outputs.items() if name not in found}
    return replace(resource, inputs={**resource.inputs, **found}, outputs=outputs) if found else resource


def _open(resource: Resource, name: str) -> bool:
    """Whether a property is there, not known, and made from nothing in this stack."""
    return NOT_KNOWN in _values(resource, name) and not resource.depends.get(name)


def _values(resource: Resource, name: str) -> Iterator[Any]:
    yield from (values[name] for values in (resource.outputs, resource.inputs) if name in values)


def _table(resource: Resource, spoke: SpokePlan) -> str:
    """A spoke is associated with its segment's table, and propagates to the tables that its resources' names end in."""
    if resource.type.endswith(_PROPAGATION):
        return resource.name.rsplit("/", 1)[-1]
    assert resource.type.endswith(_ASSOCIATION), resource.type
    return spoke.segment
