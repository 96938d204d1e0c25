"""Two Azure subscriptions: a hub with its gateway and a spoke, and a network with a gateway of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hubspoke.local.clouds.azure import sources as azure

if TYPE_CHECKING:
    from tests.local.clouds.fact_bench import World

HUB_GROUP, SPOKE_GROUP = {"resourceGroupName": "hub"}, {"resourceGroupName": "spoke"}
WATCHER_GROUP, WATCHER = {"resourceGroupName": "NetworkWatcherRG"}, "NetworkWatcher_westeurope"
POLICY = {
    "ikeEncryption": "AES256", "ikeIntegrity": "SHA256", "dhGroup": "ECP384", "ipsecEncryption": "AES256",
    "ipsecIntegrity": "SHA256", "pfsGroup": "ECP384", "saLifeTimeSeconds": 28800, "saDataSizeKilobytes": 0,
}  # fmt: skip
RULE: dict[str, Any] = {
    "access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100, "sourceAddressPrefix": "10.0.0.0/8",
    "sourcePortRange": "*", "destinationAddressPrefix": "10.1.0.0/16", "destinationPortRange": "443",
}  # fmt: skip


def space(*prefixes: str) -> dict[str, Any]:
    return {"addressPrefixes": list(prefixes)}


def named(name: str, **given: Any) -> dict[str, Any]:
    """One rule of a security group, or one route of a table."""
    return {"name": name, **given}


def configurations(world: "World", *addresses: str) -> list[dict[str, Any]]:
    """The IP configurations of a gateway in the gateway subnet."""
    return [
        {"name": f"c{number}", "subnet": {"id": world.id("gateway subnet")}, "publicIPAddress": {"id": world.id(label)}}
        for number, label in enumerate(addresses)
    ]


def _groups(world: "World") -> None:
    world.make("hub group", azure.RESOURCE_GROUP, world.azure_hub, location="westeurope", **HUB_GROUP)
    world.make("spoke group", azure.RESOURCE_GROUP, world.azure_spoke, location="westeurope", **SPOKE_GROUP)


def _watcher(world: "World") -> None:
    world.make("watcher group", azure.RESOURCE_GROUP, world.azure_hub, location="westeurope", **WATCHER_GROUP)
    world.make("watcher", azure.NETWORK_WATCHER, world.azure_hub, networkWatcherName=WATCHER, **WATCHER_GROUP)


def _flow_log(world: "World") -> None:
    """Of a subscription's network, in the watcher that Azure made there or that was made before."""
    storage(world, "storage", "flows1")
    world.make("flow log", azure.FLOW_LOG, world.azure_hub, flowLogName="onramp", networkWatcherName=WATCHER,
               targetResourceId=world.id("network"), storageId=world.id("storage"), **WATCHER_GROUP)  # fmt: skip


def storage(world: "World", label: str, name: str, sku: str = "Standard_LRS", **given: Any) -> str:
    account = {"accountName": name, "kind": "StorageV2", "sku": {"name": sku}, **HUB_GROUP, **given}
    return world.make(label, azure.STORAGE_ACCOUNT, world.azure_hub, **account)


def _wan(world: "World") -> None:
    world.make("wan", azure.VIRTUAL_WAN, world.azure_hub, virtualWANName="wan", **HUB_GROUP)
    for label, prefix in (("hub", "10.100.0.0/23"), ("hub2", "10.101.0.0/24")):
        place = {"virtualWan": {"id": world.id("wan")}, "addressPrefix": prefix, **HUB_GROUP}
        world.make(label, azure.VIRTUAL_HUB, world.azure_hub, virtualHubName=label, **place)
    inside = {"virtualHubName": "hub", **HUB_GROUP}
    world.make("hub table", azure.HUB_ROUTE_TABLE, world.azure_hub, routeTableName="prod", **inside)
    world.make("labelled table", azure.HUB_ROUTE_TABLE, world.azure_hub, routeTableName="dev", labels=["dev"], **inside)


def _networks(world: "World") -> None:
    world.make("plain group", azure.SECURITY_GROUP, world.azure_hub, networkSecurityGroupName="plain", **HUB_GROUP)
    world.make("rule", azure.SECURITY_RULE, world.azure_hub, networkSecurityGroupName="plain",
               securityRuleName="web", **{**RULE, **HUB_GROUP})  # fmt: skip
    world.make("plain table", azure.ROUTE_TABLE, world.azure_hub, routeTableName="plain", **HUB_GROUP)
    to = {"addressPrefix": "10.0.0.0/8", "nextHopType": "VirtualNetworkGateway"}
    world.make("route", azure.ROUTE, world.azure_hub, routeTableName="plain", routeName="wan", **to, **HUB_GROUP)
    world.make("network", azure.VIRTUAL_NETWORK, world.azure_hub, virtualNetworkName="onramp",
               addressSpace=space("10.2.0.0/16"), **HUB_GROUP)  # fmt: skip
    inside = {"virtualNetworkName": "onramp", **HUB_GROUP}
    world.make("gateway subnet", azure.SUBNET, world.azure_hub, subnetName="GatewaySubnet",
               addressPrefix="10.2.255.0/27", **inside)  # fmt: skip
    world.make("subnet", azure.SUBNET, world.azure_hub, subnetName="workload", addressPrefix="10.2.0.0/24",
               networkSecurityGroup={"id": world.id("plain group")}, routeTable={"id": world.id("plain table")},
               **inside)  # fmt: skip


def _spoke(world: "World") -> None:
    world.make("spoke network", azure.VIRTUAL_NETWORK, world.azure_spoke, virtualNetworkName="web",
               addressSpace=space("10.3.0.0/16"), **SPOKE_GROUP)  # fmt: skip
    world.make("hub network", azure.VIRTUAL_NETWORK, world.azure_hub, virtualNetworkName="ops",
               addressSpace=space("10.5.0.0/16"), **HUB_GROUP)  # fmt: skip
    inside = {"virtualHubName": "hub", **HUB_GROUP}
    table, other = {"id": world.id("hub table")}, {"id": world.id("labelled table")}
    world.make("plain connection", azure.HUB_CONNECTION, world.azure_hub, connectionName="ops",
               remoteVirtualNetwork={"id": world.id("hub network")}, **inside)  # fmt: skip
    routing = {"associatedRouteTable": table, "propagatedRouteTables": {"labels": ["dev"], "ids": [other]}}
    world.make("spoke connection", azure.HUB_CONNECTION, world.azure_hub, connectionName="web",
               remoteVirtualNetwork={"id": world.id("spoke network")}, routingConfiguration=routing, **inside)  # fmt: skip


def _hub_vpn(world: "World") -> None:
    world.make("hub gateway", azure.VPN_GATEWAY, world.azure_hub, gatewayName="hub",
               virtualHub={"id": world.id("hub")}, **HUB_GROUP)  # fmt: skip
    site(world, "site", "e1")
    site(world, "site2", "e2")
    for label in ("site", "site2"):
        table, other = {"id": world.id("hub table")}, {"id": world.id("labelled table")}
        routing = {"associatedRouteTable": table, "propagatedRouteTables": {"labels": [], "ids": [other]}}
        more = {"routingConfiguration": routing} if label == "site2" else {}
        world.make(f"connection {label}", azure.VPN_CONNECTION, world.azure_hub, connectionName=label,
                   gatewayName="hub", remoteVpnSite={"id": world.id(label)}, vpnLinkConnections=[link(world, label)],
                   **more, **HUB_GROUP)  # fmt: skip


def site(world: "World", label: str, *links: str, **given: Any) -> str:
    ends = [{"name": name, "ipAddress": f"162.159.64.{number}"} for number, name in enumerate(links, 1)]
    place = {"virtualWan": {"id": world.id("wan")}, **HUB_GROUP}
    return world.make(
        label, azure.VPN_SITE, world.azure_hub, vpnSiteName=label, **{**place, "vpnSiteLinks": ends, **given}
    )


def link(world: "World", label: str, **given: Any) -> dict[str, Any]:
    """The connection of a site's first link."""
    name = world.things[label].inputs["vpnSiteLinks"][0]["name"]
    ends = {"name": name, "vpnSiteLink": {"id": f"{world.id(label)}/vpnSiteLinks/{name}"}}
    return {**ends, "sharedKey": "key-of-the-world", "ipsecPolicies": [POLICY], **given}


def _gateway(world: "World") -> None:
    for label in ("address", "address2", "address3"):
        world.make(label, azure.PUBLIC_ADDRESS, world.azure_hub, publicIpAddressName=label, **HUB_GROUP)
    world.make("gateway", azure.NETWORK_GATEWAY, world.azure_hub, virtualNetworkGatewayName="onramp",
               gatewayType="Vpn", ipConfigurations=configurations(world, "address"), **HUB_GROUP)  # fmt: skip
    world.make("local", azure.LOCAL_GATEWAY, world.azure_hub, localNetworkGatewayName="e1",
               gatewayIpAddress="162.159.64.1", localNetworkAddressSpace=space("10.0.0.0/8"), **HUB_GROUP)  # fmt: skip
    world.make("gateway connection", azure.GATEWAY_CONNECTION, world.azure_hub,
               virtualNetworkGatewayConnectionName="e1", connectionType="IPsec", sharedKey="key-of-the-world",
               virtualNetworkGateway1={"id": world.id("gateway")}, localNetworkGateway2={"id": world.id("local")},
               **HUB_GROUP)  # fmt: skip


BUILDERS: tuple[Callable[["World"], None], ...] = (
    _groups, _watcher, _wan, _networks, _spoke, _hub_vpn, _gateway, _flow_log,
)  # fmt: skip
