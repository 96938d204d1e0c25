"""What a preview and a policy are not told, taken as the Plan says it. An export tells it all, and is left as it is.

Neither is shown what a program only reads: other stacks' outputs, and networks that are adopted. So the id of a hub in
another stack is taken to be the one that the spokes on it use (one for each hub, or it stays unknown), or a made-up one
where that hub is not up yet; and an adopted network is taken to have the prefix that the intent gives it. Judging all
stacks together needs neither.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hubspoke.network.convert.aws import ACCEPTER, ASSOCIATION, ATTACHMENT, GATEWAY, PROPAGATION, TABLE
from hubspoke.network.convert.aws_acl import ACL, DEFAULT
from hubspoke.network.convert.aws_acl import RULE as ACL_RULE
from hubspoke.network.convert.aws_rules import EGRESS, GROUP, INGRESS
from hubspoke.network.convert.aws_vpc import ROUTE, VPC
from hubspoke.network.convert.aws_vpc import TABLE as VPC_TABLE
from hubspoke.network.convert.elsewhere import REFERENCE, hub_ids
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.network.told_hubs import with_hubs
from hubspoke.network.told_onramps import with_onramps
from hubspoke.plan.model import Plan, SpokePlan

# Lists that a cloud fills in, by type and property: what is in them as resources, and how those refer to the whole.
_COMPUTED: Mapping[tuple[str, str], tuple[str, str]] = {
    (VPC_TABLE, "routes"): (ROUTE, "routeTableId"),
    (GROUP, "ingress"): (INGRESS, "securityGroupId"),
    (GROUP, "egress"): (EGRESS, "securityGroupId"),
    **{(acl, way): (ACL_RULE, "networkAclId") for acl in (ACL, DEFAULT) for way in ("ingress", "egress")},
}


def as_told(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """The snapshot with what it was not told."""
    return with_onramps(with_hubs(_with_hubs(_with_adopted(_once(snapshot), plan), plan), plan), plan)


def _spoke(plan: Plan, snapshot: Snapshot, resource: Resource) -> SpokePlan | None:
    """The spoke of AWS that a resource is part of."""
    spoke = plan.spoke.get(snapshot.owner(resource))
    return spoke if spoke and spoke.cloud == "aws" else None


# Lists that a cloud fills in


def _once(snapshot: Snapshot) -> Snapshot:
    """Without the lists' entries that are resources of their own, and without lists that are yet to be filled in."""
    listed = {key for key, _ in _COMPUTED}
    return Snapshot(tuple(_own(r, snapshot) if r.type in listed else r for r in snapshot.resources))


def _own(resource: Resource, snapshot: Snapshot) -> Resource:
    outputs = dict(resource.outputs)
    for (kind, name), (member, refers) in _COMPUTED.items():
        value = outputs.get(name)
        if kind != resource.type or name in resource.inputs:
            continue
        if value is NOT_KNOWN and not _made_here(resource, name, snapshot):
            del outputs[name]
        elif isinstance(value, list):
            apart = [
                _said(each) for each in snapshot.of_type(member) if snapshot.target(each, refers, kind) is resource
            ]
            outputs[name] = [each for each in value if not isinstance(each, Mapping) or _entry(each) not in apart]
    return replace(resource, outputs=outputs)


def _said(resource: Resource) -> tuple[Any, ...]:
    prefix = resource.get("destinationCidrBlock") or resource.get("cidrIpv4")
    return prefix, resource.get("transitGatewayId") or "", *map(resource.get, ("ipProtocol", "fromPort", "toPort"))


def _entry(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """A list's entry, in the words of the resource that it would be."""
    blocks = entry.get("cidrBlocks") or [entry.get("cidrBlock")]
    prefix = blocks[0] if len(blocks) == 1 else tuple(blocks)
    return prefix, entry.get("transitGatewayId") or "", *map(entry.get, ("protocol", "fromPort", "toPort"))


# Networks that are adopted


def _with_adopted(snapshot: Snapshot, plan: Plan) -> Snapshot:
    there = {vpc.id for vpc in snapshot.of_type(VPC)}
    added = tuple(
        Resource(f"{attachment.urn}#vpc::{spoke.key}", VPC, spoke.adopted.network,
                 outputs={"cidrBlock": spoke.cidr}, parent=attachment.parent)
        for attachment in snapshot.of_type(ATTACHMENT)
        if (spoke := _spoke(plan, snapshot, attachment)) and spoke.adopted
        and attachment.get("vpcId") == spoke.adopted.network and spoke.adopted.network not in there
    )  # fmt: skip
    return Snapshot(snapshot.resources + added)


# Hubs in other stacks


def _with_hubs(snapshot: Snapshot, plan: Plan) -> Snapshot:
    used = tuple(_used(snapshot, plan))
    ids: dict[tuple[str, str], set[str]] = {place: set() for _, _, place, _ in used}
    for _, _, place, id_ in used:
        ids[place] |= {id_} - {""}
    ids = {place: found or {f"(hub {'/'.join(place).rstrip('/')})"} for place, found in ids.items()}
    everywhere = [id_ for found in ids.values() for id_ in found]
    known = {place: next(iter(found)) for place, found in ids.items() if len(found) == 1}
    known = {place: id_ for place, id_ in known.items() if everywhere.count(id_) == 1}
    changes: dict[str, dict[str, str]] = {}
    for urn, name, place, id_ in used:
        if not id_ and place in known:
            changes.setdefault(urn, {})[name] = known[place]
    told = tuple(_with(resource, changes.get(resource.urn, {})) for resource in snapshot.resources)
    return Snapshot((*told, *_references(known)))


Used = tuple[str, str, tuple[str, str], str]  # URN, property, (hub, table or ""), id or "" where it is not known


def _used(snapshot: Snapshot, plan: Plan) -> Iterator[Used]:
    """What spokes refer to that is a hub's, and in none of the stacks at hand."""
    here = {each.id for each in snapshot.of_type(GATEWAY, TABLE) if each.id} | set(hub_ids(snapshot))
    for resource in snapshot.of_type(ATTACHMENT, ACCEPTER, ASSOCIATION, PROPAGATION, ROUTE):
        spoke = _spoke(plan, snapshot, resource)
        for name in ("transitGatewayId", "transitGatewayRouteTableId"):
            value = resource.get(name)
            if spoke is None or value in (None, "") or value in here or _made_here(resource, name, snapshot):
                continue
            table = _table(resource, spoke) if name == "transitGatewayRouteTableId" else ""
            yield resource.urn, name, (spoke.hub, table), value if isinstance(value, str) else ""


def _made_here(resource: Resource, name: str, snapshot: Snapshot) -> bool:
    return any(urn in snapshot.by_urn for urn in resource.depends.get(name, ()))


def _table(resource: Resource, spoke: SpokePlan) -> str:
    """A spoke is associated with its segment's table, and propagates to those that its resources' names end in."""
    return resource.name.rsplit("/", 1)[-1] if resource.type == PROPAGATION else spoke.segment


def _with(resource: Resource, known: Mapping[str, str]) -> Resource:
    return replace(resource, outputs={**resource.outputs, **known}) if known else resource


def _references(known: Mapping[tuple[str, str], str]) -> Iterator[Resource]:
    """The ids as another stack would export them."""
    hubs: dict[str, dict[str, Any]] = {}
    for (hub, table), id_ in known.items():
        exported = hubs.setdefault(hub, {"route_tables": {}})
        if table:
            exported["route_tables"][table] = id_
        else:
            exported["transit_gateway_id"] = id_
    if hubs:
        yield Resource("urn:pulumi:plan", REFERENCE, outputs={"outputs": {"hubs": hubs}})
