"""Route tables of subnets, and their routes."""

from dataclasses import replace
from typing import Any

from ..networks import any_cidr
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, InUse, Rule, always
from ..view import View
from . import inline
from .sources import (
    ERRORS,
    REFUSED,
    ROUTE,
    ROUTE_TABLE,
    SUBNET,
    api,
    docs,
    in_group,
    inside,
    new_id,
    of_group,
)

_HOPS = ("VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None")
_ROUTES = docs("Virtual network traffic routing, Custom routes")


def _check_route(route: Properties) -> None:
    prefix, hop = route.get("addressPrefix"), route.get("nextHopType")
    if hop not in _HOPS:
        raise CloudError(REFUSED, f"nextHopType is one of {', '.join(_HOPS)}, not {hop}")
    if prefix and any_cidr(prefix) is not None and not str(prefix).isalpha():  # a service tag stands for its prefixes
        raise CloudError("InvalidCIDRNotation", f"The address prefix {prefix} has an invalid CIDR notation.")
    if bool(route.get("nextHopIpAddress")) is not (hop == "VirtualAppliance"):
        raise CloudError(REFUSED, "nextHopIpAddress is given for the next hop VirtualAppliance, and for no other")


def _check_routes(_: View, draft: Record, __: Record | None) -> None:
    for route in draft.inputs.get("routes") or []:
        _check_route(route)


def _check_one(_: View, draft: Record, __: Record | None) -> None:
    _check_route(draft.inputs)


def _one_per_prefix(view: View, draft: Record, _: Record | None) -> None:
    table = new_id(view, draft).rpartition("/routes/")[0]
    for other in view.referring(table, ROUTE, "routeTableName"):
        if other.inputs.get("addressPrefix") == draft.inputs.get("addressPrefix") and other.id != new_id(view, draft):
            raise CloudError("RouteConflict", f"{other.id} has the prefix {draft.inputs.get('addressPrefix')} already")


def users(property_: str) -> Any:
    """The subnets that use a route table or a security group."""
    return lambda view, record: [{"id": r.id} for r in view.referring(record, SUBNET, property_)]


TABLE_ROWS = replace(
    of_group(ROUTE_TABLE),
    references=(in_group(),),
    rules=(Rule("its routes make sense", _check_routes, _ROUTES),),
    computed=(
        Computed("subnets", users("routeTable.id"), api("RouteTables_Get")),
        Computed("disableBgpRoutePropagation", always(False), api("RouteTables_Get")),
        Computed(
            "routes", inline.told(ROUTE, "addressPrefix", "nextHopType", "nextHopIpAddress"), api("RouteTables_Get")),
    ),
    in_use=(
        InUse(SUBNET, "routeTable.id", "InUseRouteTableCannotBeDeleted",
              "Route table {id} is in use by {user} and cannot be deleted.", ERRORS),
    ),
    effects=inline.wins("routes", ROUTE),
    removed=inline.drop(ROUTE),
    children=(Children(ROUTE, "routeTableName"),),
)  # fmt: skip

ROUTE_ROWS = replace(
    of_group(ROUTE),
    references=(in_group(), inside(ROUTE)),
    rules=(
        Rule("it makes sense", _check_one, _ROUTES),
        Rule("no second one with its prefix", _one_per_prefix, _ROUTES),
    ),
    computed=(Computed("hasBgpOverride", always(False), api("Routes_Get")),),
)

TABLES = (TABLE_ROWS, ROUTE_ROWS)
