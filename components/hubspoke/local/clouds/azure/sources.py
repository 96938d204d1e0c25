"""Where the facts about Azure are from, and what its types and ids are called, written once."""

from typing import Any

from ..protocol import CloudError
from ..records import Record
from ..table import READ_ON, AutoName, Immutable, Reference, Source, Twin, TypeTable, immutables
from ..view import View


def api(operation: str) -> Source:
    return Source(f"azure-rest-api-specs, Microsoft.Network 2024-05-01, {operation}")


def storage_api(operation: str) -> Source:
    return Source(f"azure-rest-api-specs, Microsoft.Storage 2024-01-01, {operation}")


def docs(page: str) -> Source:
    return Source(f"Azure documentation, {page}")


def provider(file: str) -> Source:
    return Source(f"pulumi-azure-native, provider/pkg/{file}")


def issue(name: str, date: str = READ_ON) -> Source:
    return Source(f"GitHub, {name}", date)


AUTO_NAMING = provider("provider/provider.go, getDefaultName")
REPLACEMENT = provider("gen/replacement.go; provider/diff.go")
ERRORS = docs("Azure Resource Manager, Common deployment errors")

RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
VIRTUAL_WAN = "azure-native:network:VirtualWan"
VIRTUAL_HUB = "azure-native:network:VirtualHub"
HUB_ROUTE_TABLE = "azure-native:network:HubRouteTable"
VPN_GATEWAY = "azure-native:network:VpnGateway"
VPN_SITE = "azure-native:network:VpnSite"
VPN_CONNECTION = "azure-native:network:VpnConnection"
HUB_CONNECTION = "azure-native:network:HubVirtualNetworkConnection"
VIRTUAL_NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
ROUTE_TABLE = "azure-native:network:RouteTable"
ROUTE = "azure-native:network:Route"
SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup"
SECURITY_RULE = "azure-native:network:SecurityRule"
PUBLIC_ADDRESS = "azure-native:network:PublicIPAddress"
NETWORK_GATEWAY = "azure-native:network:VirtualNetworkGateway"
LOCAL_GATEWAY = "azure-native:network:LocalNetworkGateway"
GATEWAY_CONNECTION = "azure-native:network:VirtualNetworkGatewayConnection"
NETWORK_WATCHER = "azure-native:network:NetworkWatcher"
FLOW_LOG = "azure-native:network:FlowLog"
STORAGE_ACCOUNT = "azure-native:storage:StorageAccount"

# The path of a thing inside its resource group: what ARM calls a collection, and the input that names the thing in it.
PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    VIRTUAL_WAN: (("virtualWans", "virtualWANName"),),
    VIRTUAL_HUB: (("virtualHubs", "virtualHubName"),),
    HUB_ROUTE_TABLE: (("virtualHubs", "virtualHubName"), ("hubRouteTables", "routeTableName")),
    HUB_CONNECTION: (("virtualHubs", "virtualHubName"), ("hubVirtualNetworkConnections", "connectionName")),
    VPN_GATEWAY: (("vpnGateways", "gatewayName"),),
    VPN_CONNECTION: (("vpnGateways", "gatewayName"), ("vpnConnections", "connectionName")),
    VPN_SITE: (("vpnSites", "vpnSiteName"),),
    VIRTUAL_NETWORK: (("virtualNetworks", "virtualNetworkName"),),
    SUBNET: (("virtualNetworks", "virtualNetworkName"), ("subnets", "subnetName")),
    ROUTE_TABLE: (("routeTables", "routeTableName"),),
    ROUTE: (("routeTables", "routeTableName"), ("routes", "routeName")),
    SECURITY_GROUP: (("networkSecurityGroups", "networkSecurityGroupName"),),
    SECURITY_RULE: (
        ("networkSecurityGroups", "networkSecurityGroupName"), ("securityRules", "securityRuleName")),
    PUBLIC_ADDRESS: (("publicIPAddresses", "publicIpAddressName"),),
    NETWORK_GATEWAY: (("virtualNetworkGateways", "virtualNetworkGatewayName"),),
    LOCAL_GATEWAY: (("localNetworkGateways", "localNetworkGatewayName"),),
    GATEWAY_CONNECTION: (("connections", "virtualNetworkGatewayConnectionName"),),
    NETWORK_WATCHER: (("networkWatchers", "networkWatcherName"),),
    FLOW_LOG: (("networkWatchers", "networkWatcherName"), ("flowLogs", "flowLogName")),
    STORAGE_ACCOUNT: (("storageAccounts", "accountName"),),
}  # fmt: skip

EXISTS = Twin("AlreadyExists", "cannot create already existing resource '{id}'", provider("provider/crud/crud.go"))
# Where no source tells Azure's own code for a refusal; the message says what is wrong.
REFUSED = "BadRequest"


def group_id(record: Record, name: Any) -> str:
    """The id of a resource group of the record's subscription."""
    return f"/subscriptions/{record.account}/resourceGroups/{name}"


def namespace(type_: str) -> str:
    """The resource provider of a type, as ARM calls it: Microsoft.Network."""
    return f"Microsoft.{type_.split(':')[1].capitalize()}"


def thing_id(record: Record, *path: tuple[str, Any]) -> str:
    """The id of a thing in the record's resource group, by collection and name."""
    inside = "/".join(f"{collection}/{name}" for collection, name in path)
    return f"{group_id(record, record.inputs.get('resourceGroupName'))}/providers/{namespace(record.type)}/{inside}"


def arm_id(record: Record) -> str:
    """The id that a thing has, or will have, by what it says."""
    if record.type == RESOURCE_GROUP:
        return group_id(record, record.inputs["resourceGroupName"])
    return thing_id(record, *((part, record.inputs.get(name)) for part, name in PATHS[record.type]))


def new_id(_: View, record: Record) -> str:
    return arm_id(record)


def named(type_: str, max_length: int = 80) -> AutoName:
    """How the provider names a thing: with eight digits where it stands alone, by a copy where it is inside another."""
    *parents, (_, name) = PATHS[type_]
    return AutoName(name, max_length, separator="", digits=0 if parents else 8)


def in_group() -> Reference:
    """What all things need: their resource group."""
    return Reference(
        "resourceGroupName", (RESOURCE_GROUP,), "ResourceGroupNotFound",
        "Resource group '{id}' could not be found.", ERRORS, named=group_id,
    )  # fmt: skip


def inside(type_: str) -> Reference:
    """What a thing of a thing needs: its parent, by name."""
    (collection, name), *_ = PATHS[type_]
    return Reference(
        name, tuple(t for t, path in PATHS.items() if path == ((collection, name),)), "ParentResourceNotFound",
        "Can not perform requested operation on nested resource. Parent resource '{id}' not found.", ERRORS,
        named=lambda record, value: thing_id(record, (collection, value)),
    )  # fmt: skip


def refers(property_: str, *types: str, anywhere: bool = False, loose: bool = False) -> Reference:
    """A reference by id. `anywhere` also in another subscription of the tenant."""
    return Reference(
        property_, types, "InvalidResourceReference",
        "Resource {id} was not found. Please make sure that the referenced resource exists, and that both resources "
        "are in the same region.", issue("MicrosoftDocs/azure-docs #81734", "2026-11"),
        shared=(lambda _, __: True) if anywhere else None, loose=loose,
    )  # fmt: skip


def path_immutables(type_: str) -> tuple[Immutable, ...]:
    """A change of anything that is part of a thing's id replaces it."""
    return immutables(REPLACEMENT, "resourceGroupName", *(name for _, name in PATHS[type_]))


def of_group(type_: str) -> TypeTable:
    """What is the same of everything that is named in a resource group, where a type has no more to say of it."""
    return TypeTable(
        type_,
        new_id=new_id,
        regional=False,
        auto_name=named(type_),
        immutable=path_immutables(type_),
        twin=EXISTS,
    )


def refuse(problem: str | None, code: str = REFUSED) -> None:
    """Raises CloudError where there is a problem."""
    if problem is not None:
        raise CloudError(code, problem)


def same(old: Any, new: Any) -> bool:
    """Whether two ids name one thing: ARM's ids mean the same in any case."""
    return str(old or "").lower() == str(new or "").lower()


def place_of(view: View, record: Record) -> str:
    """The region that a thing is in, which is its group's if it does not say; "" if neither does."""
    group = view.anywhere(RESOURCE_GROUP, group_id(record, record.inputs.get("resourceGroupName")))
    said = record.inputs.get("location") or (group[0].inputs.get("location") if group else None)
    return str(said or "").lower().replace(" ", "")


def id_at(value: Any) -> str:
    """The id in a reference such as {"id": ...}; "" where there is none."""
    return str((value or {}).get("id") or "")


def keeps(record: Record, before: Record | None, *properties: str) -> None:
    """Raises CloudError where an update changes what stays for a thing's whole life."""
    for name in properties if before is not None else ():
        old, new = before.inputs.get(name), record.inputs.get(name)  # type: ignore[union-attr]
        if old is not None and not same(old, new):
            raise CloudError(REFUSED, f"{name} of {record.id} cannot change: delete it and create it again")


def named_by(type_: str, id_: str) -> dict[str, str]:
    """What a thing says of its place, read from its id."""
    parts = id_.split("/")
    return {"resourceGroupName": parts[4], **{name: parts[parts.index(part) + 1] for part, name in PATHS[type_]}}
