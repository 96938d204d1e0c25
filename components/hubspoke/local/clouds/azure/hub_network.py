"""Connections of virtual networks to hubs, and the routing configuration that all of a hub's connections have."""

from typing import Any

from ..networks import overlapping
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Computed, Provisioning, Reference, Rule, TypeTable, always
from ..view import View, values_at
from .network import prefixes
from .sources import (
    EXISTS,
    HUB_CONNECTION,
    HUB_ROUTE_TABLE,
    NETWORK_GATEWAY,
    SUBNET,
    VIRTUAL_HUB,
    VIRTUAL_NETWORK,
    api,
    docs,
    id_at,
    in_group,
    inside,
    named,
    new_id,
    path_immutables,
    refers,
    refuse,
)
from .wan import ASSOCIATED, PROPAGATED

_FAQ = docs("Virtual WAN FAQ")
_ROUTING = docs("Virtual WAN, About virtual hub routing")


def table_references() -> tuple[Reference, ...]:
    """What a routing configuration names."""
    return refers(ASSOCIATED, HUB_ROUTE_TABLE), refers(PROPAGATED, HUB_ROUTE_TABLE)


def routing(hub: str, given: Any) -> Properties:
    """A routing configuration with what Azure fills in: the default table, and no static routes."""
    default = {"id": f"{hub}/hubRouteTables/defaultRouteTable"}
    given = given or {}
    propagated = given.get("propagatedRouteTables") or {"labels": ["default"], "ids": [default]}
    return {
        **given,
        "associatedRouteTable": given.get("associatedRouteTable") or default,
        "propagatedRouteTables": {"labels": [], "ids": [], **propagated},
        "vnetRoutes": given.get("vnetRoutes") or {"staticRoutes": []},
    }


def tables_of_hub(hub: str, draft: Record) -> None:
    """Raises CloudError where a connection uses another hub's table."""
    for property_ in (ASSOCIATED, PROPAGATED):
        for table in values_at(draft.inputs, property_):
            inside_ = str(table).startswith(f"{hub}/hubRouteTables/")
            refuse(None if inside_ else f"{table} is not a route table of {hub}")


def hub_of(record: Record) -> str:
    """The id of the hub that a connection's id is inside."""
    return record.id.rpartition("/hubVirtualNetworkConnections/")[0]


def _hub_and_network(view: View, draft: Record) -> tuple[str, str, Record | None]:
    hub = new_id(view, draft).rpartition("/hubVirtualNetworkConnections/")[0]
    id_ = id_at(draft.inputs.get("remoteVirtualNetwork"))
    return hub, id_, next(iter(view.anywhere(VIRTUAL_NETWORK, id_)), None)


def _others(view: View, draft: Record, target: str, property_: str) -> list[Record]:
    me = new_id(view, draft)
    return [r for r in view.referring(target, HUB_CONNECTION, property_) if r.id != me]


def _one_hub(view: View, draft: Record, _: Record | None) -> None:
    id_ = _hub_and_network(view, draft)[1]
    others = _others(view, draft, id_, "remoteVirtualNetwork.id")
    refuse(f"{id_} is connected already, by {others[0].id}" if others else None)


def _stays(_: View, draft: Record, before: Record | None) -> None:
    if before is not None:
        old, new = (id_at(r.inputs.get("remoteVirtualNetwork")) for r in (before, draft))
        refuse(None if old.lower() == new.lower() else f"{draft.id} cannot be moved to another network")


def _no_gateway(view: View, draft: Record, _: Record | None) -> None:
    id_ = _hub_and_network(view, draft)[1]
    for subnet in view.referring(id_, SUBNET, "virtualNetworkName"):
        users = view.referring(subnet, NETWORK_GATEWAY, "ipConfigurations[*].subnet.id")
        refuse(f"{id_} has a gateway of its own, {users[0].id}" if users else None)


def _apart(view: View, draft: Record, _: Record | None) -> None:
    hub, _id, mine = _hub_and_network(view, draft)
    taken = {str(h.inputs.get("addressPrefix")): h.id for h in view.anywhere(VIRTUAL_HUB, hub)}
    for other in _others(view, draft, hub, "virtualHubName"):
        id_ = id_at(other.inputs.get("remoteVirtualNetwork"))
        taken |= {cidr: id_ for r in view.anywhere(VIRTUAL_NETWORK, id_) for cidr in prefixes(r)}
    for cidr in prefixes(mine) if mine else ():
        clash = overlapping(cidr, taken)
        if clash:
            raise CloudError(
                "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", f"{cidr} overlaps {clash} of {taken[clash]} on {hub}"
            )


def _own_tables(view: View, draft: Record, _: Record | None) -> None:
    tables_of_hub(_hub_and_network(view, draft)[0], draft)


def _routing(_: View, record: Record) -> Properties:
    return routing(hub_of(record), record.inputs.get("routingConfiguration"))


CONNECTION_ROWS = TypeTable(
    HUB_CONNECTION,
    new_id=new_id,
    regional=False,
    auto_name=named(HUB_CONNECTION),
    immutable=path_immutables(HUB_CONNECTION),
    references=(
        in_group(), inside(HUB_CONNECTION), refers("remoteVirtualNetwork.id", VIRTUAL_NETWORK, anywhere=True),
        *table_references(),
    ),
    rules=(
        Rule("a network is connected to one hub, once", _one_hub, _FAQ),
        Rule("its network stays", _stays, docs("terraform-provider-azurerm, virtual_hub_connection")),
        Rule("the network has no gateway of its own", _no_gateway, _FAQ),
        Rule("no overlap with the hub or its other networks", _apart, _FAQ),
        Rule("its tables are the hub's", _own_tables, _ROUTING),
    ),
    computed=(
        Computed("routingConfiguration", _routing, _ROUTING, overrides=True),
        Computed("enableInternetSecurity", always(False), api("HubVirtualNetworkConnections_Get")),
        Computed("allowHubToRemoteVnetTransit", always(True), api("HubVirtualNetworkConnections_Get")),
        Computed("allowRemoteVnetToUseHubVnetGateways", always(True), api("HubVirtualNetworkConnections_Get")),
    ),
    twin=EXISTS,
    provisioning=Provisioning(120, api("HubVirtualNetworkConnections_CreateOrUpdate")),
)  # fmt: skip

TABLES = (CONNECTION_ROWS,)
