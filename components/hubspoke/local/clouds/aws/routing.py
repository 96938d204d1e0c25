"""Route tables of networks, their routes and their associations with subnets."""

import zlib
from collections.abc import Iterator
from typing import Any

from ..networks import any_cidr, network
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, InUse, Rule, Twin, TypeTable, Validation, immutables
from ..view import View, new_id
from .ram import shared_with_caller
from .sources import (
    ERRORS,
    INTERNET_GATEWAY,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    TGW_VPC_ATTACHMENT,
    TRANSIT_GATEWAY,
    VPC,
    VPN_GATEWAY,
    VPN_GATEWAY_ATTACHMENT,
    VPN_GATEWAY_PROPAGATION,
    api,
    guide,
    provider,
    refers,
)

_ROUTE_FILE = provider("ec2/vpc_route.go")
_TABLE_FILE = provider("ec2/vpc_route_table.go")

_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_TARGETS = (
    "carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
    "networkInterfaceId", "odbNetworkArn", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
)  # fmt: skip
_INLINE_DESTINATIONS = {
    "destinationCidrBlock": "cidrBlock", "destinationIpv6CidrBlock": "ipv6CidrBlock",
    "destinationPrefixListId": "destinationPrefixListId",
}  # fmt: skip
_GATEWAYS = (VPN_GATEWAY, INTERNET_GATEWAY)


def destination(route: Properties) -> str:
    """Where a route leads, whichever property says it, in a route of its own or one within a table."""
    names = (*_DESTINATIONS, *_INLINE_DESTINATIONS.values())
    return next((str(route[n]) for n in names if route.get(n)), "")


def target(route: Properties) -> tuple[str, str]:
    """The property that names a route's next hop, and its value."""
    return next(((n, str(route[n])) for n in _TARGETS if route.get(n)), ("", ""))


def _one_of_each(view: View, draft: Record, _: Record | None) -> None:
    if sum(1 for n in _DESTINATIONS if draft.inputs.get(n)) != 1:
        raise CloudError("InvalidParameterCombination", f"one of {', '.join(_DESTINATIONS)} must be specified")
    if sum(1 for n in _TARGETS if draft.inputs.get(n)) != 1:
        raise CloudError("InvalidParameterCombination", f"one of {', '.join(_TARGETS)} must be specified")
    _lead_somewhere(view, str(draft.inputs["routeTableId"]), [draft.inputs])


def _inline_lead_somewhere(view: View, draft: Record, _: Record | None) -> None:
    routes = draft.inputs.get("routes") or []
    for where in {destination(r) for r in routes}:
        if sum(destination(r) == where for r in routes) > 1:
            raise CloudError("RouteAlreadyExists", f"The route identified by {where} already exists.")
    vpc = view.get(VPC, str(draft.inputs.get("vpcId")))
    for route in routes:
        _route_leads(view, vpc, route)


def _lead_somewhere(view: View, table_id: str, routes: list[Properties]) -> None:
    table = view.get(ROUTE_TABLE, table_id)
    vpc = view.get(VPC, str(table.inputs.get("vpcId"))) if table else None
    for route in routes:
        _route_leads(view, vpc, route)


def _route_leads(view: View, vpc: Record | None, route: Properties) -> None:
    """A gateway must be joined to the network, and no route may cover exactly the network's own block."""
    kind, hop = target(route)
    if vpc is None:
        return
    if kind == "transitGatewayId" and not _attached(view, vpc.id, hop):
        raise CloudError("InvalidTransitGatewayID.NotFound", f"Transit Gateway {hop} was deleted or does not exist.")
    if kind == "gatewayId" and hop != "local" and not joined(view, vpc.id, hop):
        raise CloudError("InvalidGatewayID.NotFound", f"The gateway ID '{hop}' does not exist")
    own, where = network(vpc.inputs.get("cidrBlock")), network(destination(route))
    if own is not None and where is not None and where.subnet_of(own) and kind in ("transitGatewayId", "gatewayId"):
        raise CloudError(
            "InvalidParameterValue",
            f"The destination CIDR block {where} is equal to or more specific than one of this VPC's CIDR blocks. "
            "This route can target only an interface or an instance.",
        )


def _attached(view: View, vpc: str, gateway: str) -> bool:
    attachments = view.referring(vpc, TGW_VPC_ATTACHMENT, "vpcId")
    return any(a.inputs["transitGatewayId"] == gateway and a.outputs.get("state") == "available" for a in attachments)


def joined(view: View, vpc: str, gateway: str) -> bool:
    """Whether an internet or virtual private gateway is attached to a network."""
    found = view.get(_GATEWAYS, gateway)
    if found is None:
        return False
    attachments = view.referring(vpc, VPN_GATEWAY_ATTACHMENT, "vpcId")
    return found.inputs.get("vpcId") == vpc or any(a.inputs["vpnGatewayId"] == gateway for a in attachments)


def route_state(view: View, table_id: str, route: Properties) -> str:
    """ "active", or "blackhole" once what the route leads to is gone."""
    table = view.get(ROUTE_TABLE, table_id)
    kind, hop = target(route)
    vpc = str(table.inputs.get("vpcId")) if table else ""
    if kind == "transitGatewayId":
        return "active" if _attached(view, vpc, hop) else "blackhole"
    if kind == "gatewayId" and hop != "local":
        return "active" if joined(view, vpc, hop) else "blackhole"
    return "active"


def _route_id(_: View, draft: Record) -> str:
    return _id_of(str(draft.inputs["routeTableId"]), destination(draft.inputs))


def _id_of(table: str, where: str) -> str:
    return f"r-{table}{zlib.crc32(where.encode())}"


def _from_import(id_: str) -> str:
    """A route is imported as "<route table>_<destination>"."""
    table, _, where = id_.partition("_")
    return _id_of(table, where) if where else id_


def _not_inline(view: View, draft: Record, before: Record | None) -> None:
    table = view.get(ROUTE_TABLE, str(draft.inputs["routeTableId"]))
    inline = (table.inputs.get("routes") or []) if table else []
    if before is None and any(destination(r) == destination(draft.inputs) for r in inline):
        where = destination(draft.inputs)
        raise CloudError("RouteAlreadyExists", f"The route identified by {where} already exists.")


ROUTE_ROWS = TypeTable(
    ROUTE,
    new_id=_route_id,
    own_id=_from_import,
    twin=Twin("RouteAlreadyExists", "The route identified by {destinationCidrBlock} already exists.", ERRORS),
    immutable=immutables(_ROUTE_FILE, "routeTableId", *_DESTINATIONS),
    references=(
        refers("routeTableId", ROUTE_TABLE),
        refers("transitGatewayId", TRANSIT_GATEWAY, shared=shared_with_caller),
        refers("gatewayId", *_GATEWAYS, loose=True),
    ),
    validations=(Validation("destinationCidrBlock", any_cidr, _ROUTE_FILE, "a canonical block"),),
    rules=(
        Rule("one destination and one next hop, which the network is joined to", _one_of_each, api("CreateRoute")),
        Rule("no second route to one destination", _not_inline, ERRORS),
    ),
    computed=(
        Computed("instanceId", lambda _, __: "", _ROUTE_FILE),
        Computed("instanceOwnerId", lambda _, __: "", _ROUTE_FILE),
        Computed("networkInterfaceId", lambda _, __: "", _ROUTE_FILE),
        Computed("origin", lambda _, __: "CreateRoute", api("DescribeRouteTables")),
        Computed("state", lambda v, r: route_state(v, r.inputs["routeTableId"], r.inputs), api("DescribeRouteTables")),
    ),
)  # fmt: skip


def _all_routes(view: View, record: Record) -> list[Properties]:
    """Routes written in the table and those that are resources of their own; never the local one."""
    separate = [_inline(r.inputs) for r in view.referring(record, ROUTE, "routeTableId")]
    return [*(record.inputs.get("routes") or []), *separate]


def _inline(route: Properties) -> Properties:
    names = {**_INLINE_DESTINATIONS, **{n: n for n in _TARGETS}}
    return {inline: route[name] for name, inline in names.items() if route.get(name)}


def _propagating(view: View, record: Record) -> list[str]:
    """Gateways whose routes the table learns. The learned routes themselves are never shown as the table's."""
    found = view.referring(record, VPN_GATEWAY_PROPAGATION, "routeTableId")
    return [str(r.inputs["vpnGatewayId"]) for r in found]


def _empty(view: View, record: Record) -> None:
    for type_ in (ROUTE, VPN_GATEWAY_PROPAGATION):
        for inner in view.referring(record, type_, "routeTableId"):
            view.records.remove(inner)


ROUTE_TABLE_ROWS = TypeTable(
    ROUTE_TABLE,
    new_id=lambda _, __: new_id("rtb"),
    immutable=immutables(_TABLE_FILE, "vpcId"),
    references=(
        refers("vpcId", VPC),
        refers("routes[*].transitGatewayId", TRANSIT_GATEWAY, shared=shared_with_caller),
        refers("routes[*].gatewayId", *_GATEWAYS, loose=True),
    ),
    rules=(Rule("its routes lead somewhere, and only once to each place", _inline_lead_somewhere, api("CreateRoute")),),
    computed=(
        Computed("routes", _all_routes, _TABLE_FILE, overrides=True),
        Computed("propagatingVgws", _propagating, _TABLE_FILE),
    ),
    in_use=(
        InUse(ROUTE_TABLE_ASSOCIATION, "routeTableId", "DependencyViolation",
              "The routeTable '{id}' has dependencies and cannot be deleted.", api("DeleteRouteTable")),
    ),
    removed=_empty,
    sets=("routes", "propagatingVgws"),
    children=tuple(
        Children(type_, "routeTableId") for type_ in (ROUTE, ROUTE_TABLE_ASSOCIATION, VPN_GATEWAY_PROPAGATION)
    ),
)  # fmt: skip


def _subnet_once(view: View, draft: Record, _: Record | None) -> None:
    for other in _of_subnet(view, draft):
        raise CloudError(
            "Resource.AlreadyAssociated",
            f"the specified association for route table {other.inputs['routeTableId']} conflicts with an existing "
            "association",
        )


def _of_subnet(view: View, draft: Record) -> Iterator[Record]:
    subnet: Any = draft.inputs.get("subnetId")
    if subnet:
        found = view.referring(str(subnet), ROUTE_TABLE_ASSOCIATION, "subnetId")
        yield from (r for r in found if r.key != draft.key)


def _same_network(view: View, draft: Record, _: Record | None) -> None:
    table = view.get(ROUTE_TABLE, str(draft.inputs["routeTableId"]))
    subnet = view.get(SUBNET, str(draft.inputs.get("subnetId")))
    if table and subnet and table.inputs.get("vpcId") != subnet.inputs.get("vpcId"):
        raise CloudError(
            "InvalidParameterValue",
            f"Route table {table.id} and subnet {subnet.id} belong to different networks",
        )


ASSOCIATION_ROWS = TypeTable(
    ROUTE_TABLE_ASSOCIATION,
    new_id=lambda _, __: new_id("rtbassoc"),
    immutable=immutables(provider("ec2/vpc_route_table_association.go"), "subnetId", "gatewayId"),
    references=(refers("routeTableId", ROUTE_TABLE), refers("subnetId", SUBNET)),
    rules=(
        Rule("a subnet has one route table", _subnet_once, ERRORS),
        Rule("subnet and route table are in one network", _same_network, guide("Subnet route tables")),
    ),
)

TABLES = (ROUTE_ROWS, ROUTE_TABLE_ROWS, ASSOCIATION_ROWS)
