"""Azure's hub and on-ramp where they speak BGP with Cloudflare: what they make, and what becomes of it."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.clouds.azure import sources as azure
from hubspoke.local.clouds.cloudflare.magic_wan import PROFILE, ROUTE, TUNNEL
from hubspoke.local.engine import EngineError

from tests.components import azure_lab as made
from tests.components.conftest import label
from tests.components.test_azure_children import both_ends, text

if TYPE_CHECKING:
    from tests.components.conftest import Lab

Golden = Callable[[str, str], None]
Program = Callable[[], object]
HUB = {**made.speaking("weu1"), "advertised": ["10.64.0.0/14"]}
ONRAMP = {**made.speaking("lab1"), "asn": 64520, "cloudflare_routes": []}


def hub(lab: "Lab", **changes: Any) -> Program:
    return lambda: made.hub([made.provider("network", made.HUB), lab.cloudflare()], **{**HUB, **changes})


def onramp(lab: "Lab", **changes: Any) -> Program:
    return lambda: made.onramp([made.provider("apps", made.SPOKE), lab.cloudflare()], **{**ONRAMP, **changes})


def everything(lab: "Lab", **changes: Any) -> Program:
    """A hub with a spoke, and an on-ramp."""

    def program() -> None:
        network, apps, cloudflare = (
            made.provider("network", made.HUB), made.provider("apps", made.SPOKE), lab.cloudflare()
        )  # fmt: skip
        hub_ = made.hub([network, cloudflare], **{**HUB, "protect": False, **changes})
        made.spoke(hub_, [apps, cloudflare], network, cloudflare_routes=[])
        made.onramp([apps, cloudflare], **ONRAMP, protect=False)

    return program


def test_a_hub(lab: "Lab", golden: Golden) -> None:
    golden("golden/azure-hub-bgp.json", text(lab.children(hub(lab))))


def test_an_onramp(lab: "Lab", golden: Golden) -> None:
    golden("golden/azure-onramp-bgp.json", text(lab.children(onramp(lab))))


def test_every_link_speaks_over_one_of_its_tunnels_each_on_another_instance(lab: "Lab") -> None:
    """Both sides of every session agree: addresses, ASNs, and that there is one."""
    lab.world.up("lab", everything(lab))
    records = lab.world.clouds.records
    tunnels = {t.inputs["name"]: t.inputs for t in records(type_=TUNNEL)}
    asns = {name: tunnel["bgp"]["customerAsn"] for name, tunnel in tunnels.items() if tunnel.get("bgp")}
    assert asns == {"weu1-e1-a": 65515, "weu1-e2-b": 65515, "lab1-e1-a": 64520, "lab1-e2-b": 64520}
    (gateway,), (own,) = records(type_=azure.VPN_GATEWAY), records(type_=azure.NETWORK_GATEWAY)
    settings = [lab.world.clouds.outputs(each)["bgpSettings"] for each in (gateway, own)]
    assert [(each["asn"], each["bgpPeeringAddress"]) for each in settings] == [
        (65515, "10.100.0.4,10.100.0.5"), (64520, "10.80.15.228,10.80.15.229"),
    ]  # fmt: skip

    far = {name: tunnels[name]["interfaceAddress"].partition("/")[0] for name in asns}
    (site,) = records(type_=azure.VPN_SITE)
    spoken = {f"weu1-{link['name']}": link["bgpProperties"] for link in site.inputs["vpnSiteLinks"]}
    locals_ = records(type_=azure.LOCAL_GATEWAY)
    spoken |= {str(local.id.rpartition("/")[2]): local.inputs["bgpSettings"] for local in locals_}
    peers = {name: (each["asn"], each["bgpPeeringAddress"]) for name, each in spoken.items()}
    assert peers == {name[:-2]: (13335, address) for name, address in far.items()}
    (connection,) = records(type_=azure.VPN_CONNECTION)
    speaking = [link["enableBgp"] for link in connection.inputs["vpnLinkConnections"]]
    assert speaking + [c.inputs["enableBgp"] for c in records(type_=azure.GATEWAY_CONNECTION)] == [True] * 4


def test_both_ends_of_every_tunnel_agree(lab: "Lab") -> None:
    """Azure has a route of its own to a BGP peer; answers to the other tunnels' health checks need one."""
    lab.world.up("lab", everything(lab))
    ends, by_place = both_ends(lab)
    for place, tunnel in by_place.items():
        inside = tunnel["interfaceAddress"].partition("/")[0]
        assert (f"{inside}/32" in ends[place]["space"]) != bool(tunnel.get("bgp"))
        assert tunnel["healthCheck"]["target"] == {"saved": place[1]}
    assert not {"10.0.0.0/8", "192.168.64.0/18"} & {prefix for end in ends.values() for prefix in end["space"]}


def test_cloudflare_learns_what_is_their_own_and_tells_the_wan(lab: "Lab") -> None:
    lab.world.up("lab", everything(lab))
    profiles = {r.inputs["name"]: r.inputs["targets"] for r in lab.world.clouds.records(type_=PROFILE)}
    wan = ["10.0.0.0/8+", "192.168.64.0/18+"]
    assert profiles == {
        "weu1 import": ["10.64.0.0/14+"], "weu1 export": wan, "lab1 import": ["10.80.0.0/20+"], "lab1 export": wan,
    }  # fmt: skip
    assert lab.world.clouds.records(type_=ROUTE) == []


def test_up_again_refreshed_edited_put_back_and_destroyed(lab: "Lab") -> None:
    """Azure fills in the gateways' own peer addresses, which is no change."""
    world, program = lab.world, everything(lab)
    before = world.held()
    world.up("lab", program)
    held = world.held()
    assert world.up("lab", program).changed == {}
    assert world.run("refresh", "lab").changed == {}
    assert world.up("lab", program).changed == {}

    (site,) = world.clouds.records(type_=azure.VPN_SITE)
    world.clouds.edit(site.id, {"vpnSiteLinks[0].bgpProperties.bgpPeeringAddress": "172.31.255.99"})
    (local,) = [r for r in world.clouds.records(type_=azure.LOCAL_GATEWAY) if r.id.endswith("lab1-e2")]
    world.clouds.edit(local.id, {"bgpSettings.asn": 64999})
    (tunnel,) = [r for r in world.clouds.records(type_=TUNNEL) if r.inputs["name"] == "weu1-e2-b"]
    world.clouds.edit(tunnel.id, {"bgp.customerAsn": 64999})
    assert Counter(world.run("refresh", "lab").changed.values()) == {"update": 3}
    assert Counter(world.up("lab", program).changed.values()) == {"update": 3}
    assert world.held() == held

    world.run("destroy", "lab")
    assert {key: value for key, value in world.held().items() if key in before} == before
    assert not [r for r in world.clouds.records() if r.type in (TUNNEL, PROFILE, azure.VPN_GATEWAY)]


def test_a_static_hub_comes_to_speak_bgp_by_another_connection(lab: "Lab") -> None:
    """Azure does not change the flag of a connection: a protected one refuses, in a preview already."""
    static: dict[str, Any] = {"routing": "static", "connections": made.connections("weu1")}
    lab.world.up("lab", hub(lab, **static))
    with pytest.raises(EngineError, match="protect"):
        lab.world.run("preview", "lab", program=hub(lab))
    lab.world.up("lab", hub(lab, **static, protect=False))
    ran = lab.world.up("lab", hub(lab, protect=False))
    changed = {(label(urn).split(":")[-1], op) for urn, op in ran.changed.items()}
    assert changed == {
        ("VpnSite weu1/cloudflare", "update"),
        ("VpnConnection weu1/cloudflare", "create-replacement"),
        ("MagicWanBgpFilterProfile weu1/import", "create"),
        ("MagicWanBgpFilterProfile weu1/export", "create"),
        *((f"MagicWanIpsecTunnel weu1-{key}", "update") for key in ("e1-a", "e1-b", "e2-a", "e2-b")),
    }


def test_a_hub_comes_back_to_static_routing(lab: "Lab") -> None:
    static: dict[str, Any] = {"routing": "static", "connections": made.connections("weu1"), "protect": False}
    lab.world.up("lab", hub(lab, **static))
    held = lab.world.held()
    lab.world.up("lab", hub(lab, protect=False))
    lab.world.up("lab", hub(lab, **static))
    assert lab.world.held() == held
    assert lab.world.up("lab", hub(lab, **static)).changed == {}


def test_with_static_routing_nothing_is_said_of_bgp(lab: "Lab") -> None:
    lab.world.up("lab", hub(lab, routing="static", connections=made.connections("weu1")))
    (site,) = lab.world.clouds.records(type_=azure.VPN_SITE)
    assert not [link for link in site.inputs["vpnSiteLinks"] if "bgpProperties" in link]
    assert lab.world.clouds.records(type_=PROFILE) == []


def test_an_onramp_comes_to_static_routing_and_back_in_place(lab: "Lab") -> None:
    """Its connections stay: Azure changes the flag of a network's own gateway, and of its connections."""
    routes = made.routes("lab1", "10.80.0.0/20")
    static = {"routing": "static", "connections": made.connections("lab1"), "cloudflare_routes": routes, "asn": 65515}
    lab.world.up("lab", onramp(lab))
    speaking = lab.world.held()
    gone = lab.world.up("lab", onramp(lab, **static))
    assert Counter(gone.changed.values()) == {"update": 9, "delete": 2, "create": 4}
    assert lab.world.up("lab", onramp(lab, **static)).changed == {}
    back = lab.world.up("lab", onramp(lab))
    assert Counter(back.changed.values()) == {"update": 9, "delete": 4, "create": 2}
    assert {key for key in lab.world.held() if key[0] != PROFILE} == {key for key in speaking if key[0] != PROFILE}
