"""Virtual WANs, their hubs, and the hubs' route tables."""

from typing import Any

from ..networks import cidr_between, overlapping
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Companion, Computed, InUse, Provisioning, Rule, TypeTable, always
from ..view import View
from .places import nth_host
from .sources import (
    EXISTS,
    HUB_CONNECTION,
    HUB_ROUTE_TABLE,
    REFUSED,
    VIRTUAL_HUB,
    VIRTUAL_WAN,
    VPN_CONNECTION,
    VPN_GATEWAY,
    VPN_SITE,
    api,
    docs,
    id_at,
    in_group,
    inside,
    issue,
    keeps,
    named,
    new_id,
    path_immutables,
    refers,
    refuse,
)

_FAQ = docs("Virtual WAN FAQ")
_ROUTING = docs("Virtual WAN, About virtual hub routing")
ASSOCIATED = "routingConfiguration.associatedRouteTable.id"
PROPAGATED = "routingConfiguration.propagatedRouteTables.ids[*].id"
BUILT_IN = {"defaultRouteTable": "default", "noneRouteTable": "none"}


def _ids(type_: str, property_: str) -> Any:
    return lambda view, record: [{"id": r.id} for r in view.referring(record, type_, property_)]


WAN_ROWS = TypeTable(
    VIRTUAL_WAN,
    new_id=new_id,
    regional=False,
    auto_name=named(VIRTUAL_WAN),
    immutable=path_immutables(VIRTUAL_WAN),
    references=(in_group(),),
    computed=(
        Computed("virtualHubs", _ids(VIRTUAL_HUB, "virtualWan.id"), api("VirtualWans_Get")),
        Computed("vpnSites", _ids(VPN_SITE, "virtualWan.id"), api("VirtualWans_Get")),
        Computed("allowBranchToBranchTraffic", always(True), docs("Virtual WAN, About virtual hub settings")),
        Computed("disableVpnEncryption", always(False), api("VirtualWans_Get")),
        Computed("office365LocalBreakoutCategory", always("None"), api("VirtualWans_Get")),
    ),
    in_use=tuple(
        InUse(type_, "virtualWan.id", "InUseVirtualWanCannotBeDeleted",
              "Cannot proceed with the operation because Virtual WAN has references. The WAN is referenced by {user}.",
              issue("Azure/ResourceModules #455"))
        for type_ in (VIRTUAL_HUB, VPN_SITE)
    ),
    children=(Children(VIRTUAL_HUB, "virtualWan.id"), Children(VPN_SITE, "virtualWan.id")),
    twin=EXISTS,
    provisioning=Provisioning(10, api("VirtualWans_CreateOrUpdate")),
)  # fmt: skip


def _has_prefix(_: View, draft: Record, __: Record | None) -> None:
    if not draft.inputs.get("addressPrefix"):
        raise CloudError(
            "AddressPrefixStringCannotBeNullOrEmpty",
            f"Address prefix string for resource {draft.inputs['virtualHubName']} cannot be null or empty.",
        )


def _wide_enough(_: View, draft: Record, __: Record | None) -> None:
    prefix = draft.inputs.get("addressPrefix")
    if prefix:
        refuse(cidr_between(1, 24)(prefix))


def _hubs_apart(view: View, draft: Record, _: Record | None) -> None:
    me = new_id(view, draft)
    others = [r for r in view.referring(id_at(draft.inputs.get("virtualWan")), VIRTUAL_HUB) if r.id != me]
    taken = {str(r.inputs.get("addressPrefix")): r.id for r in others}
    clash = overlapping(str(draft.inputs.get("addressPrefix")), taken)
    refuse(f"{draft.inputs.get('addressPrefix')} overlaps {clash} of {taken[clash]}" if clash else None)


def _stays(_: View, draft: Record, before: Record | None) -> None:
    keeps(draft, before, "addressPrefix", "location")
    if before is not None and before.inputs.get("virtualWan"):
        old, new = id_at(before.inputs.get("virtualWan")), id_at(draft.inputs.get("virtualWan"))
        refuse(None if old.lower() == new.lower() else f"{draft.id} cannot move to another Virtual WAN")


def _routing_state(view: View, record: Record) -> str:
    """The hub is there before its router is: half of the time again."""
    ready = record.ready_at + (record.ready_at - record.created) / 2
    return "Provisioned" if view.records.now() >= ready else "Provisioning"


def _router_ips(_: View, record: Record) -> list[str]:
    prefix = record.inputs.get("addressPrefix")
    return [nth_host(prefix, 68), nth_host(prefix, 69)] if prefix else []


def _gateway_id(view: View, record: Record) -> Properties | None:
    found = view.referring(record, VPN_GATEWAY, "virtualHub.id")
    return {"id": found[0].id} if found else None


def _table(name: str) -> Companion:
    def inputs(_: View, record: Record) -> Properties:
        place = {key: record.inputs[key] for key in ("resourceGroupName", "virtualHubName")}
        return {**place, "routeTableName": name, "labels": [BUILT_IN[name]], "routes": []}

    return Companion(HUB_ROUTE_TABLE, name, inputs, _ROUTING)


def _drop_tables(view: View, record: Record) -> None:
    for table in view.referring(record, HUB_ROUTE_TABLE, "virtualHubName"):
        view.records.remove(table)


HUB_ROWS = TypeTable(
    VIRTUAL_HUB,
    new_id=new_id,
    regional=False,
    auto_name=named(VIRTUAL_HUB),
    immutable=path_immutables(VIRTUAL_HUB),
    references=(in_group(), refers("virtualWan.id", VIRTUAL_WAN)),
    rules=(
        Rule("it has a prefix", _has_prefix, issue("hashicorp/terraform-provider-azurerm #22207")),
        Rule("its prefix is a canonical block of /24 or shorter", _wide_enough, _FAQ),
        Rule("the hubs of a WAN do not overlap", _hubs_apart, _FAQ),
        Rule("its prefix, region and WAN stay", _stays, issue("Azure/azure-powershell #19568")),
    ),
    computed=(
        Computed("routingState", _routing_state, issue("Azure/azure-rest-api-specs #10391")),
        Computed("virtualRouterAsn", always(65515), _FAQ),
        Computed("virtualRouterIps", _router_ips, api("VirtualHubs_Get")),
        Computed("virtualRouterAutoScaleConfiguration", always({"minCapacity": 2}), _FAQ),
        Computed("sku", always("Standard"), api("VirtualHubs_Get")),
        Computed("hubRoutingPreference", always("ExpressRoute"), docs("Virtual WAN, About hub routing preference")),
        Computed("allowBranchToBranchTraffic", always(False), api("VirtualHubs_Get")),
        Computed("vpnGateway", _gateway_id, api("VirtualHubs_Get"), overrides=True),
    ),
    companions=tuple(_table(name) for name in BUILT_IN),
    in_use=tuple(
        InUse(type_, property_, "CannotDeleteVirtualHubWhenItIsInUse",
              "Cannot delete virtual hub {id}. The hub is in use by {user}.",
              docs("Azure Verified Modules, avm-ptn-alz-connectivity-virtual-wan, retry"))
        for type_, property_ in ((VPN_GATEWAY, "virtualHub.id"), (HUB_CONNECTION, "virtualHubName"))
    ),
    removed=_drop_tables,
    children=(Children(HUB_ROUTE_TABLE, "virtualHubName"), Children(HUB_CONNECTION, "virtualHubName")),
    twin=EXISTS,
    provisioning=Provisioning(600, docs("Virtual WAN, Create a site-to-site connection")),
)  # fmt: skip


def _routes_lead_somewhere(view: View, draft: Record, _: Record | None) -> None:
    for route in draft.inputs.get("routes") or []:
        if route.get("nextHopType") != "ResourceId" or route.get("destinationType") not in _DESTINATIONS:
            raise CloudError(REFUSED, f"route {route.get('name')}: nextHopType is ResourceId, destinationType one of "
                                      f"{', '.join(_DESTINATIONS)}")  # fmt: skip
        if not view.anywhere(_HOPS, str(route.get("nextHop"))):
            raise CloudError("InvalidResourceReference", f"route {route.get('name')}: {route.get('nextHop')} not found")


_DESTINATIONS = ("CIDR", "ResourceId", "Service")
_HOPS = (HUB_CONNECTION, VPN_CONNECTION)


def connections(view: View, table: Record, property_: str) -> list[str]:
    """The connections that use a table in one way, by id."""
    return [record.id for record in view.referring(table, (HUB_CONNECTION, VPN_CONNECTION), property_)]


def _propagating(view: View, table: Record) -> list[str]:
    """Those that name the table, and those of its hub that name one of its labels."""
    labels = set(table.inputs.get("labels") or [])
    hub = table.id.rpartition("/hubRouteTables/")[0]
    everywhere = [*view.referring(hub, HUB_CONNECTION, "virtualHubName"), *_branches(view, hub)]
    spoken = (r.id for r in everywhere if labels & set(_labels(r)))
    return sorted({*connections(view, table, PROPAGATED), *spoken})


def _branches(view: View, hub: str) -> list[Record]:
    gateways = view.referring(hub, VPN_GATEWAY, "virtualHub.id")
    return [r for gateway in gateways for r in view.referring(gateway, VPN_CONNECTION, "gatewayName")]


def _labels(record: Record) -> list[str]:
    tables = (record.inputs.get("routingConfiguration") or {}).get("propagatedRouteTables") or {}
    return list(tables.get("labels") or [])


ROUTE_TABLE_ROWS = TypeTable(
    HUB_ROUTE_TABLE,
    new_id=new_id,
    regional=False,
    auto_name=named(HUB_ROUTE_TABLE),
    immutable=path_immutables(HUB_ROUTE_TABLE),
    references=(in_group(), inside(HUB_ROUTE_TABLE)),
    rules=(Rule("its routes lead to connections", _routes_lead_somewhere, _ROUTING),),
    computed=(
        Computed("associatedConnections", lambda v, r: connections(v, r, ASSOCIATED), api("HubRouteTables_Get")),
        Computed("propagatingConnections", _propagating, api("HubRouteTables_Get")),
        Computed("labels", always([]), api("HubRouteTables_Get")),
        Computed("routes", always([]), api("HubRouteTables_Get")),
    ),
    in_use=tuple(
        InUse(type_, property_, REFUSED, "{id} is in use by {user}", _ROUTING)
        for type_ in (HUB_CONNECTION, VPN_CONNECTION) for property_ in (ASSOCIATED, PROPAGATED)
    ),
    sets=("labels",),
    twin=EXISTS,
    provisioning=Provisioning(60, api("HubRouteTables_CreateOrUpdate")),
)  # fmt: skip

TABLES = (WAN_ROWS, HUB_ROWS, ROUTE_TABLE_ROWS)
