"""Azure: what may change while in use. azure-native's own table names no Virtual WAN type (pulumi-azure-native #577):
its preview says "update" where the cloud then refuses, or cuts connections."""

from hubspoke.plan.changes import types
from hubspoke.plan.changes.model import Change, ChangeRule, Effect, Touch

_PROVIDER = "https://github.com/hashicorp/terraform-provider-azurerm/blob/main/internal/services/network/"
_HUB = "https://github.com/Azure/azure-powershell/issues/19568"
_FAQ = "https://learn.microsoft.com/en-us/azure/virtual-wan/virtual-wan-faq"
_DATE = "2026-08"

_NEW_HUB = "make a second hub and move the spokes to it, then remove this one"
_NEW_GATEWAY = "a new gateway takes its place, with other addresses: all tunnels of the hub are down meanwhile"
_NEW_CONNECTION = "a new connection takes its place: its tunnels are down meanwhile"
_ONE_LINK = "change one link, wait until both its tunnels are up, then the next"
_SECOND_WAY = "add a connection under a new key, let it come up, and remove this one in a run of its own"
_OTHER_PEER = "BGP is spoken with another peer over it, or no more: the session is set up anew, the tunnels stay"
_RENEGOTIATES = "both tunnels of the link negotiate anew, and are down meanwhile"


def _connected(change: Change) -> bool:
    """Whether a virtual hub has the network as a spoke."""
    networks = (each.get("remoteVirtualNetwork.id") for each in change.state.of_type(types.HUB_CONNECTION))
    return any(change.state.find(types.VIRTUAL_NETWORK, each) is change.resource for each in networks)


_REPLACED = {
    types.VIRTUAL_HUB: ("virtualWan*", "sku", "location", "virtualHubName", "resourceGroupName"),
    types.AZURE_VPN_GATEWAY: (
        "bgpSettings.asn", "isRoutingPreferenceInternet", "virtualHub*", "location", "gatewayName", "resourceGroupName",
    ),
    types.VNET_GATEWAY: (
        "gatewayType", "vpnType", "vpnGatewayGeneration", "location", "ipConfigurations*", "resourceGroupName",
        "virtualNetworkGatewayName",
    ),
}  # fmt: skip
_CONNECTION_REPLACED = {
    types.AZURE_CONNECTION: (
        "remoteVpnSite*", "gatewayName", "connectionName", "resourceGroupName", "enableBgp",
    ),
    types.VNET_CONNECTION: (
        "virtualNetworkGateway1*", "localNetworkGateway2*", "connectionType", "location", "resourceGroupName",
        "virtualNetworkGatewayConnectionName", "connectionProtocol",
    ),
}  # fmt: skip

RULES = (
    *(
        ChangeRule(
            types.VIRTUAL_HUB, name, Effect.REFUSED,
            f"Azure does not change the {words} of a virtual hub: it must be deleted and made again",
            _NEW_HUB, _HUB, _DATE,
        )
        for name, words in (("addressPrefix", "prefix"), ("virtualRouterAsn", "router's ASN"))
    ),
    *(
        ChangeRule(kind, name, Effect.REPLACES, _NEW_GATEWAY, _NEW_HUB, f"{_PROVIDER}{file}", _DATE, Touch.ALL)
        for kind, file in (
            (types.VIRTUAL_HUB, "virtual_hub_resource.go"),
            (types.AZURE_VPN_GATEWAY, "vpn_gateway_resource.go"),
            (types.VNET_GATEWAY, "virtual_network_gateway_resource.go"),
        )
        for name in _REPLACED[kind]
    ),
    ChangeRule(
        types.AZURE_VPN_GATEWAY, "connections*", Effect.REFUSED,
        "Azure deletes every connection that a gateway's own list leaves out",
        "leave `connections` of the gateway unset; connections are resources of their own",
        "https://github.com/Azure/ResourceModules/pull/4313", _DATE,
    ),
    ChangeRule(
        types.AZURE_VPN_GATEWAY, "vpnGatewayScaleUnit", Effect.IN_PLACE, "instances are resized, not made anew", "",
        f"{_PROVIDER}vpn_gateway_resource.go", _DATE,
    ),
    *(
        ChangeRule(
            kind, "bgpSettings*", Effect.INTERRUPTS, "all BGP sessions of the gateway are set up anew",
            "change it in a quiet hour", f"{_PROVIDER}{file}", _DATE, Touch.ALL,
        )
        for kind, file in (
            (types.AZURE_VPN_GATEWAY, "vpn_gateway_resource.go"),
            (types.VNET_GATEWAY, "virtual_network_gateway_resource.go"),
        )
    ),
    ChangeRule(
        types.VNET_GATEWAY, "activeActive", Effect.INTERRUPTS, "the gateway is rebuilt with more or fewer instances",
        "decide it when the gateway is made", f"{_PROVIDER}virtual_network_gateway_resource.go", _DATE, Touch.ALL,
    ),
    ChangeRule(
        types.VNET_GATEWAY, "sku*", Effect.INTERRUPTS, "the instances are resized one after the other, tunnels drop",
        "change it in a quiet hour", f"{_PROVIDER}virtual_network_gateway_resource.go", _DATE, Touch.ALL,
    ),
    *(
        ChangeRule(
            types.AZURE_CONNECTION, f"vpnLinkConnections.*.{name}", Effect.REPLACES, _NEW_CONNECTION, _SECOND_WAY,
            f"{_PROVIDER}vpn_gateway_connection_resource.go", _DATE, Touch.MEMBER,
        )
        for name in ("vpnSiteLink*", "enableBgp", "name")
    ),
    ChangeRule(
        types.AZURE_CONNECTION, "vpnLinkConnections.*.routingWeight", Effect.IN_PLACE, "routes are weighed anew", "",
        f"{_PROVIDER}vpn_gateway_connection_resource.go", _DATE,
    ),
    ChangeRule(
        types.AZURE_CONNECTION, "vpnLinkConnections.*", Effect.INTERRUPTS, _RENEGOTIATES, _ONE_LINK,
        f"{_PROVIDER}vpn_gateway_connection_resource.go", _DATE, Touch.MEMBER,
    ),
    ChangeRule(
        types.AZURE_CONNECTION, "vpnLinkConnections", Effect.INTERRUPTS,
        "links come or go: a request that names other links renegotiates the connection", _SECOND_WAY,
        f"{_PROVIDER}vpn_gateway_connection_resource.go", _DATE, Touch.ALL,
    ),
    *(
        ChangeRule(kind, name, Effect.REPLACES, _NEW_CONNECTION, _SECOND_WAY, f"{_PROVIDER}{file}", _DATE, Touch.ALL)
        for kind, file in (
            (types.AZURE_CONNECTION, "vpn_gateway_connection_resource.go"),
            (types.VNET_CONNECTION, "virtual_network_gateway_connection_resource.go"),
        )
        for name in _CONNECTION_REPLACED[kind]
    ),
    ChangeRule(
        types.AZURE_CONNECTION, "routingConfiguration*", Effect.IN_PLACE,
        "another route table decides from then on: routes change, tunnels stay", "", _FAQ, _DATE,
    ),
    *(
        ChangeRule(
            kind, name, Effect.INTERRUPTS, "its tunnels negotiate anew, and are down meanwhile", _SECOND_WAY,
            f"{_PROVIDER}{file}", _DATE, Touch.ALL,
        )
        for kind, file in (
            (types.AZURE_CONNECTION, "vpn_gateway_connection_resource.go"),
            (types.VNET_CONNECTION, "virtual_network_gateway_connection_resource.go"),
        )
        for name in (
            "sharedKey", "ipsecPolicies*", "dpdTimeoutSeconds", "connectionMode", "usePolicyBasedTrafficSelectors",
            "trafficSelectorPolicies*", "useLocalAzureIpAddress", "vpnConnectionProtocolType",
        )
    ),
    ChangeRule(
        types.VNET_CONNECTION, "enableBgp", Effect.INTERRUPTS, "routes are exchanged in another way from then on",
        _SECOND_WAY, f"{_PROVIDER}virtual_network_gateway_connection_resource.go", _DATE, Touch.ALL,
    ),
    ChangeRule(
        types.VPN_SITE, "vpnSiteLinks.*.bgpProperties*", Effect.INTERRUPTS, _OTHER_PEER, _ONE_LINK,
        f"{_PROVIDER}vpn_site_resource.go", _DATE, Touch.MEMBER,
    ),
    ChangeRule(
        types.LOCAL_GATEWAY, "bgpSettings*", Effect.INTERRUPTS, _OTHER_PEER, _ONE_LINK,
        f"{_PROVIDER}local_network_gateway_resource.go", _DATE, Touch.ALL,
    ),
    ChangeRule(
        types.VNET_GATEWAY, "enableBgp", Effect.INTERRUPTS, "the gateway's connections exchange routes in another way",
        "change it in a quiet hour", f"{_PROVIDER}virtual_network_gateway_resource.go", _DATE, Touch.ALL,
    ),
    ChangeRule(
        types.VPN_SITE, "vpnSiteLinks*", Effect.INTERRUPTS, "the far end's address changes under its connections",
        "add a link or a site under a new key, and remove the old one in a run of its own",
        f"{_PROVIDER}vpn_site_resource.go", _DATE, Touch.ALL,
    ),
    ChangeRule(
        types.LOCAL_GATEWAY, "gatewayIpAddress", Effect.INTERRUPTS,
        "the far end's address changes under its connection", _SECOND_WAY,
        f"{_PROVIDER}local_network_gateway_resource.go", _DATE, Touch.ALL,
    ),
    *(
        ChangeRule(
            types.PUBLIC_ADDRESS, name, Effect.REFUSED, "Azure does not replace an address that a gateway has",
            "make a second gateway with other addresses", f"{_PROVIDER}public_ip_resource.go", _DATE, Touch.ALL,
        )
        for name in ("publicIPAllocationMethod", "sku*", "location", "publicIPAddressVersion", "zones*")
    ),
    ChangeRule(
        types.VIRTUAL_NETWORK, "addressSpace*", Effect.REFUSED,
        "the address space of a network that is connected to a virtual hub does not change",
        "remove the spoke's connection in one run, change the network and connect it again in the next", _FAQ, "2022",
        when=_connected,
    ),
)  # fmt: skip
