"""Exactly what each of Azure's components makes, and what becomes of it: up, again, edited, put back, destroyed."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.azure.flow_log import account_name
from hubspoke.local.clouds.azure import sources as azure
from hubspoke.local.clouds.cloudflare.magic_wan import ROUTE, TUNNEL
from hubspoke.local.engine import EngineError

from tests.components import azure_lab as made

if TYPE_CHECKING:
    from tests.components.conftest import Lab

Golden = Callable[[str, str], None]
Program = Callable[[], object]
Ends = dict[tuple[str, str], dict[str, Any]]  # by Cloudflare's and Azure's outside address


def text(children: dict[str, Any], without: tuple[str, ...] = ()) -> str:
    """What was made, without some components, which have golden files of their own."""
    gone = {key for key in children if key in without}
    while more := {k for k, child in children.items() if child.get("parent") in gone} - gone:
        gone |= more
    kept = {key: child for key, child in children.items() if key not in gone}
    return json.dumps(kept, indent=1, sort_keys=True) + "\n"


HUB = ("hubspoke:index:AzureHub weu1", "hubspoke:index:AzureWan network")


def test_a_hub(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        made.hub([made.provider("network", made.HUB), lab.cloudflare()])

    golden("golden/azure-hub.json", text(lab.children(program)))


def test_a_new_network_in_another_subscription(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        network, apps, cloudflare = (
            made.provider("network", made.HUB),
            made.provider("apps", made.SPOKE),
            lab.cloudflare(),
        )
        made.spoke(made.hub([network, cloudflare]), [apps, cloudflare], network)

    golden("golden/azure-spoke-new.json", text(lab.children(program), HUB))


def test_an_adopted_network(lab: "Lab", golden: Golden) -> None:
    adopted = made.furnish(lab.world.clouds)
    del adopted["subnets"]["gateway"]
    before = lab.world.held()

    def program() -> None:
        providers = [made.provider("network", made.HUB), lab.cloudflare()]
        apps = [made.provider("apps", made.SPOKE), providers[1]]
        made.spoke(made.hub(providers), apps, providers[0], subnets=[], adopted=adopted, cidr="10.8.0.0/20")

    golden("golden/azure-spoke-adopted.json", text(lab.children(program), HUB))
    assert {key: value for key, value in lab.world.held().items() if key in before} == before


def test_an_onramp(lab: "Lab", golden: Golden) -> None:
    def program() -> None:
        made.onramp([made.provider("apps", made.SPOKE), lab.cloudflare()])

    golden("golden/azure-onramp-new.json", text(lab.children(program)))


def test_an_onramp_in_an_adopted_network(lab: "Lab", golden: Golden) -> None:
    adopted = made.furnish(lab.world.clouds)
    before = lab.world.held()

    def program() -> None:
        providers = [made.provider("apps", made.SPOKE), lab.cloudflare()]
        made.onramp(providers, subnets=[], adopted=adopted, cidr="10.8.0.0/20", wan_prefixes=["0.0.0.0/0"])

    golden("golden/azure-onramp-adopted.json", text(lab.children(program)))
    assert {key: value for key, value in lab.world.held().items() if key in before} == before


def everything(lab: "Lab", **hub: Any) -> Program:
    """A hub, two spokes and an on-ramp."""

    def program() -> None:
        network, apps, cloudflare = (
            made.provider("network", made.HUB),
            made.provider("apps", made.SPOKE),
            lab.cloudflare(),
        )
        hub_ = made.hub([network, cloudflare], protect=False, **hub)
        made.spoke(hub_, [apps, cloudflare], network)
        made.onramp([apps, cloudflare], protect=False)

    return program


def test_up_again_refreshed_edited_put_back_and_destroyed(lab: "Lab") -> None:
    world, program = lab.world, everything(lab)
    before = world.held()
    world.up("lab", program)
    held = world.held()
    assert world.up("lab", program).changed == {}
    assert world.run("refresh", "lab").changed == {}

    (table,) = [r for r in world.clouds.records(type_=azure.ROUTE_TABLE) if r.id.endswith("/web")]
    world.clouds.edit(table.id, {"disableBgpRoutePropagation": True})
    (group,) = [r for r in world.clouds.records(type_=azure.SECURITY_GROUP) if r.id.endswith("/web-wan")]
    opened = {**group.inputs["securityRules"][0], "name": "by-hand", "priority": 200}
    world.clouds.edit(group.id, {f"securityRules[{len(group.inputs['securityRules'])}]": opened})
    assert set(world.run("refresh", "lab").changed.values()) == {"update"}
    assert Counter(world.up("lab", program).changed.values()) == {"update": 2}
    assert world.held() == held

    world.run("destroy", "lab")
    left = world.held()
    assert {key: left.pop(key) for key in before} == before
    groups = f"/subscriptions/{made.SPOKE}/resourceGroups/NetworkWatcherRG"
    watcher = f"{groups}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope"
    assert set(left) == {(azure.RESOURCE_GROUP, groups), (azure.NETWORK_WATCHER, watcher)}, "Azure made them"


@pytest.mark.parametrize(
    ("key", "starts"), [("web", "web"), ("web-eu", "webeu"), ("customer-data-platform", "customerdat")]
)
def test_a_storage_accounts_name_is_one_that_azure_takes_and_stays(key: str, starts: str) -> None:
    group = f"/subscriptions/{made.SPOKE}/resourceGroups/hubspoke-spoke-{key}"
    name = account_name(key, group)
    assert re.fullmatch(rf"{starts}[0-9a-f]{{13}}", name)
    assert len(name) <= 24
    assert account_name(key, group.upper()) == name, "ids mean the same in any case"
    assert account_name(key, group.replace(made.SPOKE, made.HUB)) != name


def test_what_is_protected_refuses_to_go(lab: "Lab") -> None:
    lab.world.up("lab", lambda: made.hub([made.provider("network", made.HUB), lab.cloudflare()]))
    with pytest.raises(EngineError, match="protect"):
        lab.world.run("destroy", "lab")
    assert len(lab.world.clouds.records(type_=azure.VPN_GATEWAY)) == 1


def test_a_hub_whose_prefix_changes_is_refused_in_a_preview(lab: "Lab") -> None:
    def program(prefix: str) -> Program:
        return lambda: made.hub([made.provider("network", made.HUB), lab.cloudflare()], prefix=prefix)

    lab.world.up("lab", program("10.100.0.0/23"))
    with pytest.raises(EngineError, match="protect"):
        lab.world.run("preview", "lab", program=program("10.102.0.0/23"))


def azure_ends(lab: "Lab") -> Ends:
    """Azure's ends, by Cloudflare's and Azure's outside address."""
    records = lab.world.clouds.records
    sites = {r.id: r for r in records(type_=azure.VPN_SITE)}
    gateways = {r.id: r for r in records(type_=azure.VPN_GATEWAY)}
    found = {}
    for connection in records(type_=azure.VPN_CONNECTION):
        site = sites[connection.inputs["remoteVpnSite"]["id"]]
        far = {end["name"]: end["ipAddress"] for end in site.inputs["vpnSiteLinks"]}
        gateway = gateways[connection.id.rpartition("/vpnConnections/")[0]]
        for link in connection.inputs["vpnLinkConnections"]:
            for instance in gateway.outputs["ipConfigurations"]:
                place = far[link["vpnSiteLink"]["id"].rpartition("/")[2]], instance["publicIpAddress"]
                found[place] = {"psk": link["sharedKey"], "space": site.inputs["addressSpace"]["addressPrefixes"]}
    return {**found, **_onramp_ends(lab)}


def _onramp_ends(lab: "Lab") -> dict[tuple[str, str], dict[str, Any]]:
    records = lab.world.clouds.records
    things = {r.id: r for r in records(cloud="azure-native")}
    found = {}
    for connection in records(type_=azure.GATEWAY_CONNECTION):
        local = things[connection.inputs["localNetworkGateway2"]["id"]]
        gateway = things[connection.inputs["virtualNetworkGateway1"]["id"]]
        for configuration in gateway.inputs["ipConfigurations"]:
            outside = things[configuration["publicIPAddress"]["id"]].value("ipAddress")
            space = local.inputs["localNetworkAddressSpace"]["addressPrefixes"]
            found[local.inputs["gatewayIpAddress"], outside] = {"psk": connection.inputs["sharedKey"], "space": space}
    return found


def both_ends(lab: "Lab") -> tuple[Ends, Ends]:
    """Azure's ends and Cloudflare's, by the addresses that they speak between: as many of each, with the same keys."""
    ends, tunnels = azure_ends(lab), lab.world.clouds.records(type_=TUNNEL)
    by_place = {(t.inputs["cloudflareEndpoint"], t.inputs["customerEndpoint"]): t.inputs for t in tunnels}
    assert len(by_place) == len(tunnels) == 8
    assert {place: end["psk"] for place, end in ends.items()} == {place: t["psk"] for place, t in by_place.items()}
    return ends, by_place


def test_both_ends_of_every_tunnel_agree(lab: "Lab") -> None:
    lab.world.up("lab", everything(lab))
    ends, by_place = both_ends(lab)
    for place, tunnel in by_place.items():
        inside = tunnel["interfaceAddress"].partition("/")[0]
        assert f"{inside}/32" in ends[place]["space"], "Azure sends answers into the tunnel"
        assert tunnel["healthCheck"]["target"] == {"saved": place[1]}
        assert (tunnel["healthCheck"]["type"], tunnel["healthCheck"]["direction"]) == ("reply", "bidirectional")
    nexthops = Counter(r.inputs["nexthop"] for r in lab.world.clouds.records(type_=ROUTE))
    assert nexthops == Counter(f"169.254.240.{last}" for last in (16, 18, 20, 22, 32, 34, 36, 38))


def test_a_new_epoch_renews_one_connections_key_at_both_ends(lab: "Lab") -> None:
    def program(epochs: dict[str, int]) -> Program:
        return lambda: made.hub([made.provider("network", made.HUB), lab.cloudflare()], epochs)

    lab.world.up("lab", program({}))
    before = {place: end["psk"] for place, end in azure_ends(lab).items()}
    ran = lab.world.up("lab", program({"e2": 2}))
    after = {place: end["psk"] for place, end in azure_ends(lab).items()}
    assert {place[0] for place in before if before[place] != after[place]} == {"162.159.66.41"}
    tunnels = lab.world.clouds.records(type_=TUNNEL)
    assert {(t.inputs["cloudflareEndpoint"], t.inputs["customerEndpoint"]): t.inputs["psk"] for t in tunnels} == after
    changed = Counter(urn.rsplit("::", 1)[-1] for urn in ran.changed)
    assert set(changed) == {"weu1/e2", "weu1/cloudflare", "weu1-e2-a", "weu1-e2-b"}


def test_keys_are_secret_in_the_state(lab: "Lab") -> None:
    lab.world.up("lab", everything(lab))
    keys = {end["psk"] for end in azure_ends(lab).values()}
    assert len(keys) == 4
    written = json.dumps(list(lab.world.resources("lab").values()))
    assert not [key for key in keys if key in written]
