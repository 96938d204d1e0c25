"""A WAN on Google Cloud, whole: brought up, left alone, changed, put back and taken away in the simulated clouds."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.local.clouds.cloudflare.magic_wan import TUNNEL as CLOUDFLARE_TUNNEL
from hubspoke.local.clouds.gcp import sources as gcp

if TYPE_CHECKING:
    from tests.conftest import Ran, World

STACKS = ("network", "data", "lab")  # hubs first
NET, REGION = "projects/atlas-data/global/networks/ingest", "europe-west4"


@pytest.fixture(scope="session")
def deployed_atlas(tmp_path_factory: pytest.TempPathFactory, plain_environment: None) -> "World":  # noqa: ARG001
    from tests.conftest import make_world

    world = make_world(tmp_path_factory.mktemp("atlas") / "project")
    world.take_intent(Path(__file__).parent / "gcp_wan.yaml")
    adopted = {"name": "ingest", "autoCreateSubnetworks": False}
    net = world.clouds.create("atlas-data", "", gcp.NETWORK, adopted)
    block = {"name": "pipelines", "network": net.id, "ipCidrRange": "10.7.0.0/22"}
    world.clouds.create("atlas-data", REGION, gcp.SUBNETWORK, block)
    up(world)
    return world


@pytest.fixture
def atlas(deployed_atlas: "World", tmp_path: Path) -> "World":
    return deployed_atlas.copy_to(tmp_path / "project")


def up(world: "World") -> "dict[str, Ran]":
    return {stack: world.up(stack) for stack in STACKS}


def changed(runs: "dict[str, Ran]") -> dict[str, str]:
    return {urn.split("::", 2)[2]: op for ran in runs.values() for urn, op in ran.changed.items()}


def short(changes: dict[str, str]) -> dict[str, str]:
    """By type and name: "VPNTunnel euw4-e1-a". However many steps a replacement takes, it is one."""
    replacing = ("create-replacement", "delete-replaced")
    return {
        f"{key.split('::')[0].rsplit(':', 1)[-1]} {key.split('::')[1]}": "replace" if op in replacing else op
        for key, op in changes.items()
    }


@pytest.mark.parametrize("stack", STACKS)
def test_the_urns_are_those_kept(deployed_atlas: "World", stack: str, golden: Callable[[str, str], None]) -> None:
    golden(f"urns/gcp-{stack}.txt", "".join(f"{urn}\n" for urn in sorted(deployed_atlas.resources(stack))))


def test_nothing_is_left_to_do(atlas: "World") -> None:
    assert changed(up(atlas)) == {}
    assert changed({stack: atlas.run("refresh", stack) for stack in STACKS}) == {}
    assert changed({stack: atlas.run("preview", stack) for stack in STACKS}) == {}


def test_both_ends_of_every_tunnel_agree(deployed_atlas: "World") -> None:
    """Outside addresses, inside addresses, keys and AS numbers, as the two clouds hold them."""
    from hubspoke.plan import load_plan

    clouds = deployed_atlas.clouds
    far = {t.inputs["name"]: t.inputs for t in clouds.records(type_=CLOUDFLARE_TUNNEL)}
    near = {name(t): t for t in clouds.records(type_=gcp.VPN_TUNNEL)}
    peers = {name(p): (p.inputs, clouds.outputs(p)) for p in clouds.records(type_=gcp.ROUTER_PEER)}
    plan = load_plan(deployed_atlas.paths.wan, deployed_atlas.paths.lock)
    sites: list[Any] = [s for account in plan.accounts for s in (*account.hubs, *account.onramps)]
    planned = {t.key: (site, c, t) for site in sites for c in site.connections for t in c.tunnels}
    assert set(far) == set(near) == set(planned)
    assert set(peers) == {key for key, (site, _, _) in planned.items() if site.routing == "bgp"}
    for key, (site, connection, tunnel) in planned.items():
        outputs = clouds.outputs(near[key])
        assert outputs["peerIp"] == far[key]["cloudflareEndpoint"] == connection.endpoint
        assert outside(clouds, near[key]) == far[key]["customerEndpoint"]
        assert near[key].inputs["sharedSecret"] == far[key]["psk"]
        assert far[key]["interfaceAddress"] == f"{tunnel.cloudflare_address}/30"
        if site.routing == "bgp":
            given, told = peers[key]
            assert (told["ipAddress"], told["peerIpAddress"]) == (tunnel.cloud_address, tunnel.cloudflare_address)
            assert (given["peerAsn"], far[key]["bgp"]["customerAsn"]) == (13335, site.asn)
    addresses = [(t["customerEndpoint"], t["cloudflareEndpoint"]) for t in far.values()]
    assert len(set(addresses)) == len(addresses)


def name(record: Any) -> str:
    return str(record.inputs["name"]).rsplit("-", 1)[0]


def outside(clouds: Any, tunnel: Any) -> str:
    """The address that the tunnel's gateway has at the interface, or as a classic one."""
    from hubspoke.local.clouds.gcp.places import last

    gateway = tunnel.inputs.get("vpnGateway")
    if gateway is None:
        target = tunnel.inputs["targetVpnGateway"]
        rules = [r for r in clouds.records(type_=gcp.FORWARDING_RULE) if r.inputs["target"] == target]
        (found,) = {r.inputs["ipAddress"] for r in rules}
        return str(found)
    (made,) = [g for g in clouds.records(type_=gcp.HA_VPN_GATEWAY) if g.inputs["name"] == last(gateway)]
    return str(made.value("vpnInterfaces")[tunnel.inputs["vpnGatewayInterface"]]["ipAddress"])


def test_every_network_is_attached(deployed_atlas: "World") -> None:
    """Spokes of the star are accepted in their groups, across projects; those of the static hub are peered."""
    clouds = deployed_atlas.clouds
    spokes = {name(s): clouds.outputs(s) for s in clouds.records(type_=gcp.SPOKE)}
    groups = {key: told["group"].rsplit("/", 1)[1] for key, told in spokes.items()}
    assert groups == {
        "lake": "edge", "ingest": "edge", "models": "edge", "reports": "center", "own": "center",
        **{f"euw4-{end}": "center" for end in ("e1-a", "e1-b", "e2-a", "e2-b")},
    }  # fmt: skip
    assert {told["state"] for told in spokes.values()} == {"ACTIVE"}
    peerings = {name(p): clouds.outputs(p)["state"] for p in clouds.records(type_=gcp.NETWORK_PEERING)}
    assert peerings == dict.fromkeys(("orders", "orders-hub", "invoices", "invoices-hub"), "ACTIVE")


def test_no_key_is_told(deployed_atlas: "World") -> None:
    keys = {t.inputs["psk"] for t in deployed_atlas.clouds.records(type_=CLOUDFLARE_TUNNEL)}
    assert len(keys) == 16
    for path in deployed_atlas.paths.state.rglob("*"):
        text = path.read_text() if path.is_file() else ""
        assert [key for key in keys if key in text or key[1:] in text] == [], path


def test_a_spoke_comes_and_goes(atlas: "World") -> None:
    """In the middle of the file: everything else stays as it is, but for the rule at its flow's other end."""
    before = {stack: atlas.resources(stack) for stack in STACKS}
    files = {path: path.read_bytes() for path in (atlas.paths.wan, atlas.paths.lock)}

    def add(wan: Any) -> None:
        spoke = {"account": "data", "hub": "euw4", "segment": "prod", "size": 24}
        wan["spokes"].insert(2, "metrics", spoke)
        wan["flows"]["metrics-orders"] = {"from": "metrics", "to": "orders", "protocol": "tcp", "port": 9100}

    atlas.change_intent(add)
    made = changed(up(atlas))
    assert set(made.values()) == {"create"}
    others = {key.split("::")[1] for key in made if not key.split("::")[1].startswith("metrics")}
    assert others == {"orders-ingress-metrics-orders-metrics"}
    now = {stack: atlas.resources(stack) for stack in STACKS}
    for stack in STACKS:
        kept = {urn: r for urn, r in before[stack].items() if "pulumi:Stack" not in urn}
        loosened = {urn: {k: v for k, v in r.items() if k != "dependencies"} for urn, r in kept.items()}
        assert {u: {k: v for k, v in now[stack][u].items() if k != "dependencies"} for u in kept} == loosened

    for path, text in files.items():
        path.write_bytes(text)
    assert changed(up(atlas)) == dict.fromkeys(made, "delete")


def test_one_tunnels_key_is_renewed_and_the_others_carry_on(atlas: "World") -> None:
    """A tunnel cannot be changed: its session and its place on the hub are replaced with it, and no other's."""
    atlas.change_intent(lambda wan: wan["hubs"]["euw4"].update({"psk_epochs": {"e2-b": 2}}))
    found = short(changed(up(atlas)))
    assert found == {
        "RandomPassword euw4-e2-b": "replace", "VPNTunnel euw4-e2-b": "replace",
        "RouterInterface euw4-e2-b": "replace", "RouterPeer euw4-e2-b": "replace", "Spoke euw4-e2-b": "replace",
        "MagicWanIpsecTunnel euw4-e2-b": "update",
    }  # fmt: skip
    assert changed(up(atlas)) == {}


def test_a_classic_tunnels_key_is_renewed(atlas: "World") -> None:
    atlas.change_intent(lambda wan: wan["hubs"]["use4"].update({"psk_epochs": {"e1-a": 2}}))
    found = short(changed(up(atlas)))
    assert {op for key, op in found.items() if not key.startswith("Magic")} == {"replace"}
    assert {key.split(" ")[1][:9] for key in found} == {"use4-e1-a"}
    assert changed(up(atlas)) == {}


EDITS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a filter opened": (gcp.FIREWALL_POLICY_RULE, "rest", {"action": "allow"}),
    "a hub's router that advertises less": (gcp.ROUTER, "euw4", {"bgp.advertisedIpRanges": []}),
    "a session shut down": (gcp.ROUTER_PEER, "euw4-e1-a", {"enable": False}),
    "a peering without routes": (gcp.NETWORK_PEERING, "orders", {"importCustomRoutes": False}),
    "a guest shut out": (gcp.GROUP, "edge", {"autoAccept.autoAcceptProjects": []}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_console_change_is_found_and_put_back(atlas: "World", edit: str) -> None:
    type_, key, changes = EDITS[edit]
    urns = [
        (s, u)
        for s in STACKS
        for u, r in atlas.resources(s).items()
        if r["type"] == type_ and key in u.rsplit("::", 1)[1]
    ]
    stack, urn = urns[0]
    record = atlas.resources(stack)[urn]
    before = atlas.clouds.get(record["id"], type_).inputs
    atlas.clouds.edit(record["id"], changes, type_=type_)
    assert atlas.run("refresh", stack).changed == {urn: "update"}
    assert atlas.up(stack).changed == {urn: "update"}
    assert atlas.clouds.get(record["id"], type_).inputs == before


def test_a_route_deleted_in_the_console_comes_back(atlas: "World") -> None:
    urn = next(u for u, r in atlas.resources("network").items() if r["type"] == gcp.ROUTE)
    atlas.clouds.delete(atlas.resources("network")[urn]["id"], type_=gcp.ROUTE)
    atlas.run("refresh", "network")
    assert atlas.up("network").changed == {urn: "create"}


def test_everything_goes_and_what_was_there_before_stays(atlas: "World") -> None:
    for stack in reversed(STACKS):
        atlas.run("destroy", stack)
    left = {(r.type, r.id) for r in atlas.clouds.records()}
    subnet = "projects/atlas-data/regions/europe-west4/subnetworks/pipelines"
    assert left == {(gcp.NETWORK, NET), (gcp.SUBNETWORK, subnet)}


def test_what_is_adopted_can_be_seeded(world: "World") -> None:
    """As `hubspoke sim seed` does: the network and its subnets, with the ids that the intent gives, once."""
    from hubspoke.operate.seed import seed
    from hubspoke.plan import load_plan

    world.take_intent(Path(__file__).parent / "gcp_wan.yaml")
    plan = load_plan(world.paths.wan, world.paths.lock)
    subnet = "projects/atlas-data/regions/europe-west4/subnetworks/pipelines"
    made = seed(plan, world.clouds)
    assert [(r.type, r.id, r.account) for r in made] == [
        (gcp.NETWORK, NET, "atlas-data"),
        (gcp.SUBNETWORK, subnet, "atlas-data"),
    ]
    assert made[1].inputs["ipCidrRange"] == "10.7.0.0/28"
    assert seed(plan, world.clouds) == []


@pytest.mark.parametrize("key", ["euw4-e2-b", "use4-e1-a"])
def test_a_tunnel_goes_down_at_both_ends(atlas: "World", key: str) -> None:
    """Named by either end, the same tunnel, and no other."""
    from hubspoke.local.clouds.tunnel_ends import down_faults

    clouds = atlas.clouds
    (near,) = [t for t in clouds.records(type_=gcp.VPN_TUNNEL) if name(t) == key]
    (far,) = [t for t in clouds.records(type_=CLOUDFLARE_TUNNEL) if t.inputs["name"] == key]
    faults = down_faults(clouds, near.id)
    assert {(cloud, fault.id) for cloud, fault in faults} == {("gcp", near.id), ("cloudflare", far.id)}
    assert set(faults) == set(down_faults(clouds, far.id))
    for cloud, fault in faults:
        clouds.add_fault(cloud, fault)
    told = {name(t): clouds.outputs(t)["detailedStatus"] for t in clouds.records(type_=gcp.VPN_TUNNEL)}
    assert [k for k, status in told.items() if status != "Tunnel is up and running."] == [key]
