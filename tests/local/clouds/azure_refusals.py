"""What Azure refuses: for each line of its tables, one attempt and the code that it is refused with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hubspoke.local.clouds.azure import sources as azure

from tests.local.clouds.azure_world import (
    HUB_GROUP,
    POLICY,
    RULE,
    SPOKE_GROUP,
    WATCHER,
    WATCHER_GROUP,
    configurations,
    link,
    named,
    site,
    space,
    storage,
)

if TYPE_CHECKING:
    from tests.local.clouds.fact_bench import World

Attempt = Callable[["World"], object]
BAD = azure.REFUSED
Given = dict[str, Any]


def creating(type_: str, given: Callable[["World"], Given] | Given) -> Attempt:
    """Creates a thing in the hub's subscription and group, under a name that nothing has."""
    name = azure.PATHS[type_][-1][1]

    def attempt(world: "World") -> object:
        inputs = given(world) if callable(given) else given
        return world.azure_hub.create(type_, **{**HUB_GROUP, name: "other", **inputs})

    return attempt


def updating(label: str, given: Callable[["World"], Given] | Given) -> Attempt:
    def attempt(world: "World") -> object:
        made = world.things[label]
        return world.account(made).update(made, **(given(world) if callable(given) else given))

    return attempt


def ref(world: "World", label: str) -> dict[str, str]:
    return {"id": world.id(label)}


def _policy(**changes: Any) -> list[dict[str, Any]]:
    return [{**POLICY, **changes}]


def _network(cidr: str) -> Given:
    return {"addressSpace": space(cidr)}


def _hub(**given: Any) -> Callable[["World"], Given]:
    return lambda world: {"virtualWan": ref(world, "wan"), "addressPrefix": "10.102.0.0/24", **given}


def _to(hub: str, label: str, **given: Any) -> Callable[["World"], Given]:
    """The connection of a network to a hub."""
    return lambda world: {"virtualHubName": hub, "remoteVirtualNetwork": ref(world, label), **given}


def _overlapping(world: "World") -> Given:
    world.make("clash", azure.VIRTUAL_NETWORK, world.azure_hub, virtualNetworkName="clash",
               **{**HUB_GROUP, **_network("10.3.128.0/17")})  # fmt: skip
    return _to("hub", "clash")(world)


def _foreign_table(world: "World") -> Given:
    return {
        "routingConfiguration": {"associatedRouteTable": {"id": f"{world.id('hub2')}/hubRouteTables/noneRouteTable"}}
    }


def _free(world: "World") -> Given:
    """A network that is connected to nothing, so that only the table is wrong."""
    world.make("free", azure.VIRTUAL_NETWORK, world.azure_hub, virtualNetworkName="free",
               **{**HUB_GROUP, **_network("10.9.0.0/16")})  # fmt: skip
    return _to("hub", "free", **_foreign_table(world))(world)


def _connection(site_label: str, **link_given: Any) -> Callable[["World"], Given]:
    def given(world: "World") -> Given:
        if site_label not in world.things:
            site(world, site_label, "e1")
        ends = {"gatewayName": "hub", "remoteVpnSite": ref(world, site_label)}
        return {**ends, "vpnLinkConnections": [link(world, site_label, **link_given)]}

    return given


def _strange_link(world: "World") -> Given:
    return _connection("site3", vpnSiteLink={"id": f"{world.id('site')}/vpnSiteLinks/e1"})(world)


def _other_wan(world: "World") -> Given:
    world.make("wan2", azure.VIRTUAL_WAN, world.azure_hub, virtualWANName="wan2", **HUB_GROUP)
    site(world, "site4", "e1", virtualWan=ref(world, "wan2"))
    return _connection("site4")(world)


def _foreign_table_for_branches(world: "World") -> Given:
    return {**_connection("site5")(world), **_foreign_table(world)}


def _link(**given: Any) -> Callable[["World"], Given]:
    end = {"name": "e1", "ipAddress": "162.159.64.9", **given}
    return lambda world: {"virtualWan": ref(world, "wan"), "vpnSiteLinks": [end]}


def _many_links(world: "World") -> Given:
    ends = [{"name": f"e{n}", "ipAddress": f"162.159.64.{n}"} for n in range(1, 6)]
    return {**_link()(world), "vpnSiteLinks": ends}


def _gateway(*addresses: str, subnet: str = "", **given: Any) -> Callable[["World"], Given]:
    def inputs(world: "World") -> Given:
        found = configurations(world, *addresses)
        for configuration in found if subnet else ():
            configuration["subnet"] = ref(world, subnet)
        return {"gatewayType": "Vpn", "ipConfigurations": found, **given}

    return inputs


def _gateway_subnet(world: "World", label: str, network: str, cidr: str) -> None:
    world.make(label, azure.SUBNET, world.azure_hub, virtualNetworkName=network, subnetName="GatewaySubnet",
               addressPrefix=cidr, **HUB_GROUP)  # fmt: skip


def _small_subnet(world: "World") -> Given:
    _free(world)
    _gateway_subnet(world, "small", "free", "10.9.0.0/28")
    return _gateway("address2", subnet="small")(world)


def _spokes_subnet(world: "World") -> Given:
    _gateway_subnet(world, "spoke's", "ops", "10.5.0.0/27")
    return _gateway("address2", subnet="spoke's")(world)


def _speaking_from(address: str) -> Given:
    peer = {"ipconfigurationId": "Instance0", "customBgpIpAddresses": [address]}
    return {"bgpSettings": {"asn": 65515, "bgpPeeringAddresses": [peer]}}


def _between(**given: Any) -> Callable[["World"], Given]:
    def inputs(world: "World") -> Given:
        ends = {"virtualNetworkGateway1": ref(world, "gateway"), "localNetworkGateway2": ref(world, "local")}
        return {"connectionType": "IPsec", "sharedKey": "key-of-the-world", **ends, **given}

    return inputs


def _elsewhere(world: "World") -> Given:
    world.make(
        "far table", azure.ROUTE_TABLE, world.azure_hub, routeTableName="far", location="northeurope", **HUB_GROUP
    )
    return {"virtualNetworkName": "onramp", "addressPrefix": "10.2.9.0/24", "routeTable": ref(world, "far table")}


def _log(target: str = "network", **account: Any) -> Callable[["World"], Given]:
    """A second flow log, which is kept in an account of its own where that is to be another one."""

    def given(world: "World") -> Given:
        kept = storage(world, "storage2", "flows2", **account) if account else world.id("storage")
        place = {"networkWatcherName": WATCHER, **WATCHER_GROUP}
        return {"targetResourceId": world.id(target), "storageId": kept, **place}

    return given


def _taken(world: "World") -> object:
    """The name of an account of another subscription."""
    given = {"accountName": "flows1", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, **SPOKE_GROUP}
    return world.azure_spoke.create(azure.STORAGE_ACCOUNT, **given)


_ROUTE: Given = {"addressPrefix": "10.4.0.0/16", "nextHopType": "VirtualAppliance"}  # without the appliance's address
_IN = {"virtualNetworkName": "onramp"}
_SPACE = {"gatewayIpAddress": "162.159.64.2", "localNetworkAddressSpace": space("0.0.0.0/0")}

REFUSED: dict[tuple[str, str], tuple[str, Attempt]] = {
    (azure.RESOURCE_GROUP, "it has a location"): (
        "LocationRequired", lambda w: w.azure_hub.provider.create("", azure.RESOURCE_GROUP, {"resourceGroupName": "x"},
                                                                  preview=False, timeout=0.0)),
    (azure.VIRTUAL_NETWORK, "it has an address space"): (BAD, creating(azure.VIRTUAL_NETWORK, {})),
    (azure.VIRTUAL_NETWORK, "its prefixes are canonical blocks"): (
        "InvalidCIDRNotation", creating(azure.VIRTUAL_NETWORK, _network("10.4.0.1/16"))),
    (azure.VIRTUAL_NETWORK, "its parts stand alone"): (
        BAD, creating(azure.VIRTUAL_NETWORK, {**_network("10.4.0.0/16"), "subnets": [{"name": "a"}]})),
    (azure.VIRTUAL_NETWORK, "its address space stays while a hub is connected or a subnet needs it"): (
        BAD, updating("spoke network", _network("10.33.0.0/16"))),
    (azure.SUBNET, "its block lies in the network's, /29 or shorter"): (
        "NetcfgSubnetRangeOutsideVnet", creating(azure.SUBNET, {**_IN, "addressPrefix": "10.9.0.0/24"})),
    (azure.SUBNET, "no two subnets of a network overlap"): (
        "NetcfgSubnetRangesOverlap", creating(azure.SUBNET, {**_IN, "addressPrefix": "10.2.0.128/25"})),
    (azure.SUBNET, "what it uses is in its region"): ("InvalidResourceReference", creating(azure.SUBNET, _elsewhere)),
    (azure.ROUTE_TABLE, "its routes make sense"): (
        BAD, creating(azure.ROUTE_TABLE, {"routes": [named("x", **_ROUTE)]})),
    (azure.ROUTE, "it makes sense"): (BAD, creating(azure.ROUTE, {"routeTableName": "plain", **_ROUTE})),
    (azure.ROUTE, "no second one with its prefix"): (
        "RouteConflict",
        creating(azure.ROUTE, {"routeTableName": "plain", "addressPrefix": "10.0.0.0/8", "nextHopType": "None"})),
    (azure.SECURITY_GROUP, "its rules make sense"): (
        BAD, creating(azure.SECURITY_GROUP, {"securityRules": [named("x", **{**RULE, "protocol": "tcp"})]})),
    (azure.SECURITY_GROUP, "a priority once in a direction"): (
        "SecurityRuleConflict",
        creating(azure.SECURITY_GROUP, {"securityRules": [named("x", **RULE), named("y", **RULE)]})),
    (azure.SECURITY_RULE, "it makes sense"): (
        "SecurityRuleInvalidPriority",
        creating(azure.SECURITY_RULE, {**RULE, "networkSecurityGroupName": "plain", "priority": 99})),
    (azure.SECURITY_RULE, "its priority is its own in its direction"): (
        "SecurityRuleConflict", creating(azure.SECURITY_RULE, {**RULE, "networkSecurityGroupName": "plain"})),
    (azure.VIRTUAL_HUB, "it has a prefix"): (
        "AddressPrefixStringCannotBeNullOrEmpty", creating(azure.VIRTUAL_HUB, _hub(addressPrefix=None))),
    (azure.VIRTUAL_HUB, "its prefix is a canonical block of /24 or shorter"): (
        BAD, creating(azure.VIRTUAL_HUB, _hub(addressPrefix="10.102.0.0/25"))),
    (azure.VIRTUAL_HUB, "the hubs of a WAN do not overlap"): (
        BAD, creating(azure.VIRTUAL_HUB, _hub(addressPrefix="10.100.1.0/24"))),
    (azure.VIRTUAL_HUB, "its prefix, region and WAN stay"): (BAD, updating("hub2", {"addressPrefix": "10.103.0.0/24"})),
    (azure.HUB_ROUTE_TABLE, "its routes lead to connections"): (
        "InvalidResourceReference",
        creating(azure.HUB_ROUTE_TABLE, {"virtualHubName": "hub", "routes": [
            named("x", destinationType="CIDR", destinations=["10.0.0.0/8"], nextHopType="ResourceId", nextHop="/no")]})),
    (azure.HUB_CONNECTION, "a network is connected to one hub, once"): (
        BAD, creating(azure.HUB_CONNECTION, _to("hub2", "spoke network"))),
    (azure.HUB_CONNECTION, "its network stays"): (
        BAD, updating("plain connection", lambda w: (_free(w), {"remoteVirtualNetwork": ref(w, "free")})[1])),
    (azure.HUB_CONNECTION, "the network has no gateway of its own"): (
        BAD, creating(azure.HUB_CONNECTION, _to("hub", "network"))),
    (azure.HUB_CONNECTION, "no overlap with the hub or its other networks"): (
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", creating(azure.HUB_CONNECTION, _overlapping)),
    (azure.HUB_CONNECTION, "its tables are the hub's"): (BAD, creating(azure.HUB_CONNECTION, _free)),
    (azure.VPN_GATEWAY, "one for a hub"): (
        BAD, creating(azure.VPN_GATEWAY, lambda w: {"virtualHub": ref(w, "hub")})),
    (azure.VPN_GATEWAY, "its ASN is 65515"): (
        BAD, creating(azure.VPN_GATEWAY, lambda w: {"virtualHub": ref(w, "hub2"), "bgpSettings": {"asn": 65000}})),
    (azure.VPN_GATEWAY, "its own BGP addresses are link-local ones of Azure's"): (
        BAD, creating(azure.VPN_GATEWAY, lambda w: {"virtualHub": ref(w, "hub2"), **_speaking_from("169.254.23.1")})),
    (azure.VPN_GATEWAY, "1 to 40 scale units"): (
        BAD, creating(azure.VPN_GATEWAY, lambda w: {"virtualHub": ref(w, "hub2"), "vpnGatewayScaleUnit": 41})),
    (azure.VPN_GATEWAY, "its hub and routing preference stay"): (
        BAD, updating("hub gateway", lambda w: {"virtualHub": ref(w, "hub2")})),
    (azure.VPN_SITE, "each link leads to one place"): (BAD, creating(azure.VPN_SITE, _link(fqdn="vpn.example.com"))),
    (azure.VPN_SITE, "at most 4 links, named apart"): (BAD, creating(azure.VPN_SITE, _many_links)),
    (azure.VPN_SITE, "no reserved ASN at the far end"): (
        BAD, creating(azure.VPN_SITE, _link(bgpProperties={"asn": 65517, "bgpPeeringAddress": "10.0.0.1"}))),
    (azure.VPN_SITE, "its BGP peers have an ASN and an address inside the tunnel"): (
        BAD, creating(azure.VPN_SITE, _link(bgpProperties={"asn": 13335, "bgpPeeringAddress": "162.159.64.9"}))),
    (azure.VPN_SITE, "its address space is canonical blocks"): (
        BAD, creating(azure.VPN_SITE, lambda w: {**_link()(w), "addressSpace": space("10.0.0.1/8")})),
    (azure.VPN_CONNECTION, "site and hub are of one WAN"): (BAD, creating(azure.VPN_CONNECTION, _other_wan)),
    (azure.VPN_CONNECTION, "a site is connected to a gateway once"): (
        BAD, creating(azure.VPN_CONNECTION, _connection("site"))),
    (azure.VPN_CONNECTION, "its links are the site's, each once"): (
        "InvalidResourceReference", creating(azure.VPN_CONNECTION, _strange_link)),
    (azure.VPN_CONNECTION, "BGP is spoken at both ends"): (
        BAD, creating(azure.VPN_CONNECTION, _connection("site3", enableBgp=True))),
    (azure.VPN_CONNECTION, "its IPsec policies are Azure's"): (
        BAD, creating(azure.VPN_CONNECTION, _connection("site3", ipsecPolicies=_policy(ipsecEncryption="GCMAES256")))),
    (azure.VPN_CONNECTION, "its tables are the hub's"): (
        BAD, creating(azure.VPN_CONNECTION, _foreign_table_for_branches)),
    (azure.VPN_CONNECTION, "its site stays"): (
        BAD, updating("connection site", lambda w: {
            name: value for name, value in _connection("site3")(w).items() if name != "gatewayName"})),
    (azure.NETWORK_GATEWAY, "it is in the gateway subnet"): (
        BAD, creating(azure.NETWORK_GATEWAY, _gateway("address2", subnet="subnet"))),
    (azure.NETWORK_GATEWAY, "the gateway subnet is /27 or larger"): (
        BAD, creating(azure.NETWORK_GATEWAY, _small_subnet)),
    (azure.NETWORK_GATEWAY, "one for a network"): (BAD, creating(azure.NETWORK_GATEWAY, _gateway("address2"))),
    (azure.NETWORK_GATEWAY, "its network is connected to no hub"): (
        BAD, creating(azure.NETWORK_GATEWAY, _spokes_subnet)),
    (azure.NETWORK_GATEWAY, "an address for each instance"): (BAD, updating("gateway", {"activeActive": True})),
    (azure.NETWORK_GATEWAY, "no reserved ASN but the default"): (
        BAD, updating("gateway", {"bgpSettings": {"asn": 65517}})),
    (azure.NETWORK_GATEWAY, "its own BGP addresses are link-local ones of Azure's"): (
        BAD, updating("gateway", _speaking_from("169.254.240.1"))),
    (azure.NETWORK_GATEWAY, "its type and region stay"): (BAD, updating("gateway", {"gatewayType": "ExpressRoute"})),
    (azure.LOCAL_GATEWAY, "it is in one place"): (
        BAD, creating(azure.LOCAL_GATEWAY, {"gatewayIpAddress": "162.159.64.2", "fqdn": "vpn.example.com"})),
    (azure.LOCAL_GATEWAY, "its address space is canonical blocks, not the default route"): (
        BAD, creating(azure.LOCAL_GATEWAY, _SPACE)),
    (azure.LOCAL_GATEWAY, "no reserved ASN"): (
        BAD, creating(azure.LOCAL_GATEWAY, {
            "gatewayIpAddress": "162.159.64.2", "bgpSettings": {"asn": 65515, "bgpPeeringAddress": "172.31.255.1"}})),
    (azure.LOCAL_GATEWAY, "its BGP peer has an ASN and an address inside the tunnel"): (
        BAD, creating(azure.LOCAL_GATEWAY, {"gatewayIpAddress": "162.159.64.2", "bgpSettings": {"asn": 13335}})),
    (azure.GATEWAY_CONNECTION, "it has both ends"): (
        BAD, creating(azure.GATEWAY_CONNECTION, _between(localNetworkGateway2=None))),
    (azure.GATEWAY_CONNECTION, "BGP is spoken at both ends"): (
        BAD, creating(azure.GATEWAY_CONNECTION, _between(enableBgp=True))),
    (azure.GATEWAY_CONNECTION, "its IPsec policies are Azure's"): (
        BAD, creating(azure.GATEWAY_CONNECTION, _between(ipsecPolicies=_policy(saLifeTimeSeconds=299)))),
    (azure.GATEWAY_CONNECTION, "its ends stay"): (BAD, updating("gateway connection", {"connectionType": "Vnet2Vnet"})),
    (azure.NETWORK_WATCHER, "one for a region of a subscription"): (
        "NetworkWatcherCountLimitReached", creating(azure.NETWORK_WATCHER, {})),
    (azure.FLOW_LOG, "no new one for a security group"): (BAD, creating(azure.FLOW_LOG, _log("plain group"))),
    (azure.FLOW_LOG, "its watcher, target and storage are in one region"): (
        BAD, creating(azure.FLOW_LOG, _log(location="northeurope"))),
    (azure.FLOW_LOG, "its storage is standard"): (BAD, creating(azure.FLOW_LOG, _log(sku="Premium_LRS"))),
    (azure.STORAGE_ACCOUNT, "its name is 3 to 24 lower-case letters and digits"): (
        "AccountNameInvalid",
        creating(azure.STORAGE_ACCOUNT, {"accountName": "my-flows", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})),
    (azure.STORAGE_ACCOUNT, "its name is unique everywhere"): ("StorageAccountAlreadyTaken", _taken),
}  # fmt: skip

# Type and line, the code, the thing that is to be deleted, and what must be so before.
KEPT: dict[tuple[str, str], tuple[str, str, Attempt]] = {
    (azure.RESOURCE_GROUP, "nothing in it is in use from outside"): (
        "ResourceGroupDeletionBlocked", "spoke group", lambda _: None),
    (azure.VIRTUAL_NETWORK, "none of its subnets is in use"): (
        "InUseSubnetCannotBeDeleted", "network", lambda _: None),
}  # fmt: skip
