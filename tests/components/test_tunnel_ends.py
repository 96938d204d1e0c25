"""Both ends of every tunnel of the example, as the two clouds hold them, agree."""

from collections import Counter
from ipaddress import IPv4Network, ip_interface
from typing import TYPE_CHECKING, Any

from hubspoke.plan import load_plan

if TYPE_CHECKING:
    from tests.components.conftest import Lab
    from tests.conftest import World

VPN, GATEWAY = "aws:ec2/vpnConnection:VpnConnection", "aws:ec2/customerGateway:CustomerGateway"
TRANSIT_GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"


def cloud_ends(world: "World") -> dict[str, dict[str, Any]]:
    """What AWS holds of each tunnel, by its outside address."""
    clouds, found = world.clouds, {}
    gateways = {r.id: r.inputs for r in clouds.records(type_=GATEWAY)}
    hubs = {r.id: r.inputs for r in clouds.records(type_=TRANSIT_GATEWAY)}
    for record in clouds.records(type_=VPN):
        vpn, hub = clouds.outputs(record), hubs[record.inputs["transitGatewayId"]]
        peer = gateways[record.inputs["customerGatewayId"]]
        for n in ("1", "2"):
            found[vpn[f"tunnel{n}Address"]] = {
                "inside": vpn[f"tunnel{n}InsideCidr"],
                "cloud": vpn[f"tunnel{n}VgwInsideAddress"],
                "cloudflare": vpn[f"tunnel{n}CgwInsideAddress"],
                "psk": vpn[f"tunnel{n}PresharedKey"],
                "endpoint": peer["ipAddress"],
                "peer_asn": int(peer["bgpAsn"]),
                "asn": hub["amazonSideAsn"],
                "bgp": not record.inputs["staticRoutesOnly"],
            }
    return found


def cloudflare_ends(world: "World") -> dict[str, dict[str, Any]]:
    """What Cloudflare holds of each tunnel, in the same words, by the other end's outside address."""
    return {r.inputs["customerEndpoint"]: r.inputs for r in world.clouds.records(type_=TUNNEL)}


def test_both_ends_of_every_tunnel_agree(deployed: "World") -> None:
    ours, theirs = cloud_ends(deployed), cloudflare_ends(deployed)
    assert len(ours) == 8
    assert ours.keys() == theirs.keys()
    for address, cloud in ours.items():
        far = theirs[address]
        inside = ip_interface(far["interfaceAddress"])
        assert cloud == {
            "inside": str(inside.network),
            "cloud": str(inside.network[1]),
            "cloudflare": str(inside.ip),
            "psk": far["psk"],
            "endpoint": far["cloudflareEndpoint"],
            "peer_asn": 13335,
            "asn": far["bgp"]["customerAsn"] if far.get("bgp") else cloud["asn"],
            "bgp": bool(far.get("bgp")),
        }


def test_no_two_tunnels_share_addresses_keys_or_a_pair_of_outside_addresses(deployed: "World") -> None:
    ours = cloud_ends(deployed)
    for what in ("inside", "psk"):
        assert set(Counter(end[what] for end in ours.values()).values()) == {1}, what
    pairs = [(address, end["endpoint"]) for address, end in ours.items()]
    assert len(set(pairs)) == len(pairs)
    assert all(IPv4Network(end["inside"]).subnet_of(IPv4Network("169.254.240.0/20")) for end in ours.values())
    assert all(len(end["psk"]) == 41 and end["psk"].isalnum() for end in ours.values())


def test_every_prefix_of_a_static_hub_has_a_route_over_each_of_its_tunnels(deployed: "World") -> None:
    plan = load_plan(deployed.paths.wan, deployed.paths.lock)
    hubs = {hub.key: hub for account in plan.accounts for hub in account.hubs}
    spokes = [spoke for account in plan.accounts for spoke in account.spokes]
    expected = {
        (spoke.cidr, tunnel.cloud_address)
        for spoke in spokes
        if hubs[spoke.hub].routing == "static"
        for connection in hubs[spoke.hub].connections
        for tunnel in connection.tunnels
    }
    routes = deployed.clouds.records(type_="cloudflare:index/magicWanStaticRoute:MagicWanStaticRoute")
    assert len(expected) == 12
    assert Counter((r.inputs["prefix"], r.inputs["nexthop"]) for r in routes) == Counter(expected)


def test_a_new_epoch_renews_the_keys_at_both_ends_and_nothing_else(lab: "Lab") -> None:
    def program(epoch: int) -> Any:
        epochs = dict.fromkeys(("use1-e1-a", "use1-e1-b", "use1-e2-a", "use1-e2-b"), epoch)
        return lambda: lab.hub([lab.aws("network", "210987654321"), lab.cloudflare()], epochs)

    lab.world.up("lab", program(1))
    before = cloud_ends(lab.world)
    ran = lab.world.up("lab", program(2))
    after = cloud_ends(lab.world)
    assert before.keys() == after.keys(), "the gateways' addresses stay"
    assert not {end["psk"] for end in before.values()} & {end["psk"] for end in after.values()}
    assert {a: e["psk"] for a, e in after.items()} == {a: e["psk"] for a, e in cloudflare_ends(lab.world).items()}
    kinds = Counter((urn.split("$")[-1].split("::")[0].rsplit(":", 1)[-1], op) for urn, op in ran.changed.items())
    assert {kind for kind, _ in kinds} == {"RandomPassword", "VpnConnection", "MagicWanIpsecTunnel"}
    assert kinds["VpnConnection", "update"] == 2
    assert kinds["MagicWanIpsecTunnel", "update"] == 4


def test_one_tunnels_epoch_renews_its_key_and_leaves_the_others(lab: "Lab") -> None:
    def program(epochs: dict[str, float]) -> Any:
        return lambda: lab.hub([lab.aws("network", "210987654321"), lab.cloudflare()], epochs)

    lab.world.up("lab", program({}))
    before = cloud_ends(lab.world)
    ran = lab.world.up("lab", program({"use1-e2-b": 2}))
    after = cloud_ends(lab.world)
    assert len([address for address in before if before[address]["psk"] != after[address]["psk"]]) == 1
    changed = {(urn.split("$")[-1].split("::")[0].rsplit(":", 1)[-1], urn.rsplit("::", 1)[-1]) for urn in ran.changed}
    assert changed == {
        ("RandomPassword", "use1-e2-b"),
        ("VpnConnection", "use1/e2"),
        ("MagicWanIpsecTunnel", "use1-e2-b"),
    }
