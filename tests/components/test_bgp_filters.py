"""Filters of BGP sessions: Cloudflare learns what an on-ramp owns, and tells it the WAN."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.components.conftest import Lab
    from tests.conftest import World

PROFILE, TUNNEL = "cloudflare:index/magicWanBgpFilterProfile:MagicWanBgpFilterProfile", "MagicWanIpsecTunnel"
ACCOUNT = "3f1c9a7e5b2d4860a1b2c3d4e5f60718"


def profiles(world: "World") -> dict[str, Any]:
    return {r.id: r.inputs for r in world.clouds.records(type_=PROFILE)}


def filters(world: "World") -> set[tuple[str, str]]:
    """The names of the profiles of each tunnel's session, in and out."""
    named = {id_: profile["name"] for id_, profile in profiles(world).items()}
    tunnels = world.clouds.records(type_=f"cloudflare:index/magicWanIpsecTunnel:{TUNNEL}")
    spoken = [tunnel.inputs["bgp"] for tunnel in tunnels if tunnel.inputs.get("bgp")]
    return {(named[bgp["importFilterId"]], named[bgp["exportFilterId"]]) for bgp in spoken}


def hub(lab: "Lab", **changes: Any) -> Any:
    return lambda: lab.hub([lab.aws("network", "210987654321"), lab.cloudflare()], protect=False, **changes)


def test_a_hubs_sessions_are_held_to_its_own_space(lab: "Lab") -> None:
    lab.world.up("lab", hub(lab, routing="bgp", advertised=["10.16.0.0/14", "10.240.0.0/20"]))
    common = {"accountId": ACCOUNT, "matchAction": "allow"}
    assert sorted(profiles(lab.world).values(), key=lambda profile: profile["name"]) == [
        {**common, "name": "use1 export", "description": "export of hub use1",
         "targets": ["10.0.0.0/8+", "192.168.64.0/18+"]},
        {**common, "name": "use1 import", "description": "import of hub use1",
         "targets": ["10.16.0.0/14+", "10.240.0.0/20+"]},
    ]  # fmt: skip
    assert filters(lab.world) == {("use1 import", "use1 export")}
    assert lab.world.up("lab", hub(lab, routing="bgp", advertised=["10.16.0.0/14", "10.240.0.0/20"])).changed == {}
    lab.world.run("destroy", "lab")
    assert profiles(lab.world) == {}


def test_more_space_is_an_update_of_the_profile_and_of_no_tunnel(lab: "Lab") -> None:
    lab.world.up("lab", hub(lab, routing="bgp", advertised=["10.16.0.0/14"]))
    ran = lab.world.up("lab", hub(lab, routing="bgp", advertised=["10.16.0.0/14", "10.240.0.0/20"]))
    assert {urn.rsplit("::", 1)[-1]: op for urn, op in ran.changed.items()} == {"use1/import": "update"}


def test_a_static_hub_has_no_filters(lab: "Lab") -> None:
    lab.world.up("lab", hub(lab, routing="static", advertised=["10.16.0.0/14"]))
    assert profiles(lab.world) == {}


def test_an_on_ramps_sessions_are_held_to_its_network(lab: "Lab") -> None:
    lab.world.up("lab", lambda: lab.onramp([lab.aws("apps", "321098765432"), lab.cloudflare()], routing="bgp"))
    assert {profile["name"]: profile["targets"] for profile in profiles(lab.world).values()} == {
        "branch import": ["10.16.32.0/20+"],
        "branch export": ["10.0.0.0/8+", "192.168.64.0/18+"],
    }


def test_hubs_of_the_example_own_their_pools(deployed: "World") -> None:
    imports = {p["name"]: p["targets"] for p in profiles(deployed).values() if p["name"].endswith("import")}
    wan = deployed.paths.wan.read_text()
    assert imports
    assert all(target.removesuffix("+") in wan for targets in imports.values() for target in targets)
    assert {name for name, _ in filters(deployed)} == set(imports)
