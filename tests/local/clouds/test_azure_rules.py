"""What the simulated Azure does beside refusing: names, ids, parts written inside a thing, states, tunnels, look-ups."""

from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds import testing
from hubspoke.local.clouds.azure import sources as azure
from hubspoke.local.clouds.cloudflare.magic_wan import TUNNEL
from hubspoke.local.clouds.faults import FaultKind
from hubspoke.local.clouds.packages import package
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.sim import Simulation
from hubspoke.local.clouds.tunnel_ends import down_faults

from tests.local.clouds.azure_world import HUB_GROUP, RULE, link, named, site
from tests.local.clouds.fact_bench import AZURE_HUB, CF, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, "azure-native")


def test_ids_are_those_of_the_resource_manager(world: World) -> None:
    group = f"/subscriptions/{AZURE_HUB}/resourceGroups/hub"
    network = f"{group}/providers/Microsoft.Network"
    assert world.id("hub group") == group
    assert world.id("hub") == f"{network}/virtualHubs/hub"
    assert world.id("hub table") == f"{network}/virtualHubs/hub/hubRouteTables/prod"
    assert world.id("subnet") == f"{network}/virtualNetworks/onramp/subnets/workload"


def test_a_name_has_eight_digits_where_a_thing_stands_alone_and_is_a_copy_inside_another(world: World) -> None:
    network = world.azure_hub.create(
        azure.VIRTUAL_NETWORK, addressSpace={"addressPrefixes": ["10.40.0.0/16"]}, **HUB_GROUP
    )
    name = str(network.outputs["name"])
    assert (name[:-8].startswith("r"), len(name[-8:]), int(name[-8:], 16) >= 0) == (True, 8, True)
    subnet = world.azure_hub.create(azure.SUBNET, virtualNetworkName=name, addressPrefix="10.40.0.0/24", **HUB_GROUP)
    assert subnet.outputs["name"] in {f"r{number}" for number in range(100)}


def test_what_is_part_of_the_id_survives_a_refresh_and_comes_back_with_an_import(world: World) -> None:
    made = world.things["subnet"]
    assert world.azure_hub.seen(made).inputs == made.inputs
    imported = world.azure_hub.provider.read(testing.urn(made.type, "x"), made.type, made.id, None, None)
    assert imported is not None
    parents = {n: imported.inputs[n] for n in ("resourceGroupName", "virtualNetworkName", "subnetName")}
    assert parents == {"resourceGroupName": "hub", "virtualNetworkName": "onramp", "subnetName": "workload"}


def test_a_regions_watcher_comes_with_the_first_network_there_and_stays(world: World) -> None:
    def watchers() -> list[str]:
        records = world.simulation.records(type_=azure.NETWORK_WATCHER)
        return sorted(r.id.rpartition("/")[2] for r in records if r.account == AZURE_HUB)

    def network(name: str, **given: Any) -> testing.Made:
        space = {"addressPrefixes": ["10.40.0.0/16"]}
        return world.azure_hub.create(
            azure.VIRTUAL_NETWORK, virtualNetworkName=name, addressSpace=space, **HUB_GROUP, **given
        )

    assert watchers() == ["NetworkWatcher_westeurope"]
    first, _ = network("a", location="North Europe"), network("b", location="northeurope")
    assert watchers() == ["NetworkWatcher_northeurope", "NetworkWatcher_westeurope"]
    world.azure_hub.delete(first)
    assert watchers() == ["NetworkWatcher_northeurope", "NetworkWatcher_westeurope"]


def test_flow_logs_go_with_their_watcher(world: World) -> None:
    world.azure_hub.delete(world.things["watcher"])
    assert world.simulation.records(type_=azure.FLOW_LOG) == []


def test_another_subscriptions_thing_is_read_by_its_id(world: World) -> None:
    made = world.things["spoke network"]
    found = world.azure_hub.provider.read(testing.urn(made.type, "x"), made.type, made.id, None, None)
    assert found is not None
    assert found.outputs["name"] == "web"


def test_connections_written_inside_a_gateway_end_all_others(world: World) -> None:
    """The trap of Azure/ResourceModules #4313; leaving the list out keeps them, as the provider reads them first."""
    gateway = world.things["hub gateway"]
    gateway = world.azure_hub.update(gateway, vpnGatewayScaleUnit=2)
    assert len(world.simulation.records(type_=azure.VPN_CONNECTION)) == 2
    world.azure_hub.update(gateway, connections=[{"name": "site"}])
    assert [r.inputs["connectionName"] for r in world.simulation.records(type_=azure.VPN_CONNECTION)] == ["site"]


def test_rules_written_inside_a_group_end_those_that_stand_alone(world: World) -> None:
    group = world.things["plain group"]
    assert [r["name"] for r in world.azure_hub.seen(group).outputs["securityRules"]] == ["web"]
    world.azure_hub.update(group, securityRules=[named("other", **RULE)])
    assert world.simulation.records(type_=azure.SECURITY_RULE) == []


def test_a_hub_is_there_before_its_router_is(tmp_path: Path) -> None:
    world = World(tmp_path, "azure-native", scale=1.0)
    made = world.things["hub2"]
    assert (made.outputs["provisioningState"], made.outputs["routingState"]) == ("Succeeded", "Provisioning")
    world.clock.sleep(600)
    assert world.azure_hub.seen(made).outputs["routingState"] == "Provisioned"


def test_keys_are_never_read_back(world: World) -> None:
    for label in ("connection site", "gateway connection"):
        made = world.things[label]
        state = world.azure_hub.seen(made)
        assert state.inputs == made.inputs, "and so do not differ"
        links: list[Any] = state.outputs.get("vpnLinkConnections", [])
        assert not [link for link in links if "sharedKey" in link]


def test_a_groups_deletion_takes_all_in_it_along(world: World) -> None:
    world.simulation.delete(world.id("spoke connection"), force=True)
    world.azure_spoke.delete(world.things["spoke group"])
    assert not [r for r in world.simulation.records(cloud="azure-native") if "resourceGroups/spoke" in r.id]


@pytest.mark.parametrize(
    ("function", "args", "name"),
    [
        ("network:getVirtualNetwork", {"virtualNetworkName": "onramp"}, "onramp"),
        ("network:getSubnet", {"virtualNetworkName": "onramp", "subnetName": "workload"}, "workload"),
        ("network:getVpnGateway", {"gatewayName": "hub"}, "hub"),
        ("network:getHubRouteTable", {"virtualHubName": "hub", "routeTableName": "defaultRouteTable"},
         "defaultRouteTable"),
        ("resources:getResourceGroup", {}, "hub"),
    ],
)  # fmt: skip
def test_things_are_looked_up(world: World, function: str, args: dict[str, str], name: str) -> None:
    provider = world.azure_hub.provider
    assert provider.invoke(f"azure-native:{function}", {**HUB_GROUP, **args})["name"] == name
    with pytest.raises(CloudError, match=r"^ResourceNotFound: "):
        provider.invoke(f"azure-native:{function}", {**args, "resourceGroupName": "none"})


def test_who_asks_is_the_client(world: World) -> None:
    found = world.azure_hub.provider.invoke("azure-native:authorization:getClientConfig", {})
    assert found["subscriptionId"] == AZURE_HUB


def test_a_subscription_is_a_uuid(tmp_path: Path) -> None:
    with pytest.raises(CloudError, match=r"^InvalidSubscriptionId: "):
        testing.azure_account(tmp_path, "my-subscription", "westeurope")


def test_types_without_a_table_work_by_their_class(world: World) -> None:
    type_ = "azure-native:network:NatGateway"
    made = world.azure_hub.create(type_, **HUB_GROUP)
    assert made.outputs["provisioningState"] == "Succeeded"
    assert made.id.endswith(f"/natGateways/{made.outputs['name']}")
    assert world.azure_hub.seen(made).inputs == made.inputs
    assert package("azure-native").table(type_).references == ()


def _cloudflare_tunnel(world: World, name: str, endpoint: str, outside: str, inside: str) -> str:
    return world.make(name, TUNNEL, world.cloudflare, accountId=CF, name=name, cloudflareEndpoint=endpoint,
                      customerEndpoint=outside, interfaceAddress=inside)  # fmt: skip


def _down(clouds: Simulation, id_: str, slot: str | None = None) -> set[tuple[str, str | None, str | None]]:
    return {(cloud, fault.id, fault.action) for cloud, fault in down_faults(clouds, id_, slot)}


def bgp(address: str, asn: int | None = 13335) -> dict[str, Any]:
    return {"asn": asn, "bgpPeeringAddress": address} if asn else {"bgpPeeringAddress": address}


@pytest.mark.parametrize(
    ("own", "peer", "why"),
    [
        pytest.param((), bgp("172.31.255.1"), "", id="a private peer"),
        pytest.param((), bgp("169.254.240.2"), "no custom BGP address to speak with", id="a link-local peer"),
        pytest.param(("169.254.21.5",), bgp("169.254.21.6"), "", id="a link-local peer of a link-local address"),
        pytest.param((), bgp("172.31.255.1", None), "BGP settings are an asn", id="a peer without an ASN"),
        pytest.param((), bgp("162.159.64.1"), "is the device's public one", id="the device itself"),
        pytest.param((), None, "has no BGP settings", id="a link without settings"),
    ],
)
def test_a_hub_speaks_bgp_with_a_peer_that_it_can_reach(
    world: World, own: tuple[str, ...], peer: dict[str, Any] | None, why: str
) -> None:
    if own:
        speaking = [{"ipconfigurationId": "Instance0", "customBgpIpAddresses": list(own)}]
        gateway = world.things["hub gateway"]
        settings = {"bgpSettings": {"asn": 65515, "bgpPeeringAddresses": speaking}}
        world.things["hub gateway"] = world.account(gateway).update(gateway, **settings)

    def connect() -> None:
        site(world, "site3", vpnSiteLinks=[{"name": "e1", "ipAddress": "162.159.64.1", "bgpProperties": peer}])
        world.make("connection site3", azure.VPN_CONNECTION, world.azure_hub, connectionName="site3",
                   gatewayName="hub", remoteVpnSite={"id": world.id("site3")},
                   vpnLinkConnections=[link(world, "site3", enableBgp=True)], **HUB_GROUP)  # fmt: skip

    if why:
        with pytest.raises(CloudError, match=why):
            connect()
    else:
        connect()


def test_a_tunnel_is_down_at_both_ends(world: World) -> None:
    first, second = (c["publicIpAddress"] for c in world.things["hub gateway"].outputs["ipConfigurations"])
    address = str(world.things["address"].outputs["ipAddress"])
    a = _cloudflare_tunnel(world, "a", "162.159.64.1", first, "10.99.0.0/31")
    b = _cloudflare_tunnel(world, "b", "162.159.64.1", second, "10.99.0.2/31")
    c = _cloudflare_tunnel(world, "c", "162.159.64.1", address, "10.99.0.4/31")
    d = _cloudflare_tunnel(world, "d", "162.159.66.1", address, "10.99.0.6/31")
    vpn, other = world.id("connection site"), world.id("gateway connection")
    clouds = world.simulation
    assert _down(clouds, vpn, "1") == {("azure-native", vpn, "1"), ("cloudflare", a, None)}
    assert ("azure-native", vpn, "2") in _down(clouds, b)
    assert _down(clouds, other) == {("azure-native", other, "1"), ("cloudflare", c, None)}
    assert _down(clouds, d) == {("cloudflare", d, None)}, "that connection is to another endpoint"
    for cloud, fault in down_faults(clouds, vpn):
        assert fault.kind is FaultKind.TUNNEL_DOWN
        clouds.add_fault(cloud, fault)
    assert world.azure_hub.seen(world.things["connection site"]).outputs["connectionStatus"] == "NotConnected"
    assert world.azure_hub.seen(world.things["connection site2"]).outputs["connectionStatus"] == "Connected"
