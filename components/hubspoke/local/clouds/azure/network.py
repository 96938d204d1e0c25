"""Virtual networks and their subnets."""

import ipaddress
from typing import Any

from ..networks import any_cidr, network, overlapping
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Computed, InUse, Provisioning, Rule, TypeTable, always, immutables
from ..view import View
from . import inline, watcher
from .sources import (
    ERRORS,
    EXISTS,
    HUB_CONNECTION,
    NETWORK_GATEWAY,
    REFUSED,
    REPLACEMENT,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    VIRTUAL_NETWORK,
    api,
    docs,
    in_group,
    inside,
    issue,
    named,
    new_id,
    path_immutables,
    refers,
)

GATEWAY_SUBNET = "GatewaySubnet"
_RESIZE = docs("Virtual WAN FAQ; Resize a peered virtual network")


def prefixes(record: Record) -> list[str]:
    """The address space of a network."""
    return [str(p) for p in (record.inputs.get("addressSpace") or {}).get("addressPrefixes") or []]


def subnet_prefix(record: Record) -> str:
    return str(record.inputs.get("addressPrefix") or next(iter(record.inputs.get("addressPrefixes") or []), ""))


def _canonical(_: View, draft: Record, __: Record | None) -> None:
    for cidr in prefixes(draft):
        if any_cidr(cidr) is not None:
            raise CloudError("InvalidCIDRNotation", f"The address prefix {cidr} has an invalid CIDR notation.")


def _has_space(_: View, draft: Record, __: Record | None) -> None:
    if not prefixes(draft):
        raise CloudError(REFUSED, f"{draft.inputs['virtualNetworkName']} has no address space")


def _subnets_stand_alone(_: View, draft: Record, __: Record | None) -> None:
    if draft.inputs.get("subnets") or draft.inputs.get("virtualNetworkPeerings"):
        raise CloudError(REFUSED, "subnets and peerings inside a network are not simulated: make them stand alone")


def _space_stays_where_used(view: View, draft: Record, before: Record | None) -> None:
    if before is None or sorted(prefixes(draft)) == sorted(prefixes(before)):
        return
    if view.referring(before, HUB_CONNECTION, "remoteVirtualNetwork.id"):
        raise CloudError(REFUSED, f"{draft.id} is connected to a hub: disconnect it to change its address space")
    gone = set(prefixes(before)) - set(prefixes(draft))
    for subnet in inline.parts(view, before, SUBNET):
        if overlapping(subnet_prefix(subnet), gone):
            raise CloudError("InUsePrefixCannotBeDeleted", f"IP prefix of {subnet.id} is in use and cannot be deleted.")


_IN_USE = (
    "Subnet {id} is in use by {user} and cannot be deleted. In order to delete the subnet, delete all the resources "
    "within the subnet. See aka.ms/deletesubnet."
)
_IN_USE_SOURCE = issue("microsoft/nav-arm-templates #161; kubernetes-sigs/cluster-api-provider-azure #172", "2026-11")


def _subnets_in_use(view: View, record: Record, _: Record | None) -> None:
    for subnet in inline.parts(view, record, SUBNET):
        users = view.referring(subnet, NETWORK_GATEWAY, "ipConfigurations[*].subnet.id")
        if users:
            raise CloudError("InUseSubnetCannotBeDeleted", _IN_USE.format(id=subnet.id, user=users[0].id))


NETWORK_ROWS = TypeTable(
    VIRTUAL_NETWORK,
    new_id=new_id,
    regional=False,
    auto_name=named(VIRTUAL_NETWORK, 64),
    immutable=(*path_immutables(VIRTUAL_NETWORK), *immutables(REPLACEMENT, "location")),
    references=(in_group(),),
    rules=(
        Rule("it has an address space", _has_space, api("VirtualNetworks_CreateOrUpdate")),
        Rule("its prefixes are canonical blocks", _canonical, ERRORS),
        Rule("its parts stand alone", _subnets_stand_alone, inline.SOURCE),
        Rule("its address space stays while a hub is connected or a subnet needs it", _space_stays_where_used, _RESIZE),
    ),
    computed=(
        Computed("subnets", inline.told(SUBNET, "addressPrefix"), api("VirtualNetworks_Get")),
        Computed("virtualNetworkPeerings", always([]), api("VirtualNetworks_Get")),
        Computed("enableDdosProtection", always(False), api("VirtualNetworks_Get")),
        Computed("privateEndpointVNetPolicies", always("Disabled"), api("VirtualNetworks_Get")),
    ),
    in_use=(
        InUse(HUB_CONNECTION, "remoteVirtualNetwork.id", REFUSED, "{id} is connected to a hub by {user}",
              docs("Virtual WAN FAQ")),
    ),
    deletion_rules=(Rule("none of its subnets is in use", _subnets_in_use, _IN_USE_SOURCE),),
    effects=watcher.enable,
    removed=inline.drop(SUBNET),
    twin=EXISTS,
    provisioning=Provisioning(5, api("VirtualNetworks_CreateOrUpdate")),
)  # fmt: skip


def network_of(view: View, subnet: Record) -> Record | None:
    """The network that a subnet is in."""
    return next(iter(view.anywhere(VIRTUAL_NETWORK, subnet_parent(subnet.id or new_id(view, subnet)))), None)


_RANGES = issue("MicrosoftDocs/azure-docs #123869; Azure/azure-cli #10917", "2026-11")


def subnet_parent(subnet_id: str) -> str:
    """The id of the network that a subnet's id is inside."""
    return subnet_id.rpartition("/subnets/")[0]


def _inside_network(view: View, draft: Record, _: Record | None) -> None:
    parent, mine = network_of(view, draft), network(subnet_prefix(draft))
    space = [found for cidr in prefixes(parent) if (found := network(cidr))] if parent else []
    name, whole_name = draft.inputs["subnetName"], draft.inputs["virtualNetworkName"]
    if mine is None or mine.prefixlen > 29:
        raise CloudError("NetcfgInvalidSubnet", f"Subnet '{name}' is not valid in virtual network '{whole_name}'.")
    if not any(mine.subnet_of(whole) for whole in space):
        raise CloudError(
            "NetcfgSubnetRangeOutsideVnet",
            f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of virtual "
            f"network '{whole_name}'.",
        )


def _apart(view: View, draft: Record, _: Record | None) -> None:
    me, parent = new_id(view, draft), network_of(view, draft)
    others = [r for r in inline.parts(view, parent, SUBNET) if r.id != me] if parent else []
    if overlapping(subnet_prefix(draft), map(subnet_prefix, others)):
        raise CloudError(
            "NetcfgSubnetRangesOverlap",
            f"Subnet '{draft.inputs['subnetName']}' is not valid because its IP address range overlaps with that of an "
            f"existing subnet in virtual network '{draft.inputs['virtualNetworkName']}'.",
        )


def _own_region(view: View, draft: Record, _: Record | None) -> None:
    """A route table or security group is of its subnet's region."""
    parent = network_of(view, draft)
    for name, type_ in (("routeTable", ROUTE_TABLE), ("networkSecurityGroup", SECURITY_GROUP)):
        found = view.anywhere(type_, str((draft.inputs.get(name) or {}).get("id")))
        if parent and found and _place(found[0]) not in ("", _place(parent)):
            raise CloudError("InvalidResourceReference", f"{found[0].id} is not in the region of {parent.id}.")


def _place(record: Record) -> str:
    return str(record.inputs.get("location") or "").lower().replace(" ", "")


def usable(cidr: str) -> int:
    """How many addresses a block has."""
    return ipaddress.IPv4Network(cidr).num_addresses


def _purpose(_: View, record: Record) -> Any:
    return "" if record.id.rpartition("/")[2] != GATEWAY_SUBNET else "VirtualNetworkGateway"


def _configurations(view: View, record: Record) -> list[Properties]:
    users = view.referring(record, NETWORK_GATEWAY, "ipConfigurations[*].subnet.id")
    return [{"id": f"{user.id}/ipConfigurations/{c['name']}"} for user in users
            for c in user.inputs.get("ipConfigurations") or []]  # fmt: skip


SUBNET_ROWS = TypeTable(
    SUBNET,
    new_id=new_id,
    regional=False,
    auto_name=named(SUBNET),
    immutable=path_immutables(SUBNET),
    references=(
        in_group(), inside(SUBNET), refers("networkSecurityGroup.id", SECURITY_GROUP),
        refers("routeTable.id", ROUTE_TABLE),
    ),
    rules=(
        Rule("its block lies in the network's, /29 or shorter", _inside_network, _RANGES),
        Rule("no two subnets of a network overlap", _apart, _RANGES),
        Rule("what it uses is in its region", _own_region, ERRORS),
    ),
    computed=(
        Computed("ipConfigurations", _configurations, api("Subnets_Get")),
        Computed("purpose", _purpose, api("Subnets_Get")),
        Computed("privateLinkServiceNetworkPolicies", always("Enabled"), api("Subnets_Get")),
        Computed("delegations", always([]), api("Subnets_Get")),
    ),
    in_use=(
        InUse(NETWORK_GATEWAY, "ipConfigurations[*].subnet.id", "InUseSubnetCannotBeDeleted",
              _IN_USE, _IN_USE_SOURCE),
    ),
    twin=EXISTS,
)  # fmt: skip

TABLES = (NETWORK_ROWS, SUBNET_ROWS)
