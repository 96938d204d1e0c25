"""Google Cloud's part of the world: two projects, with at least one of every type that has a table."""

from typing import TYPE_CHECKING, Any

from hubspoke.local.clouds.gcp import sources as gcp

if TYPE_CHECKING:
    from tests.local.clouds.fact_bench import World

PROJECT, GUEST = "wan-network", "wan-apps"
REGION = "europe-west1"


def build(world: "World") -> None:
    for part in (_networks, _ha, _classic, _hub, _peerings, _firewalls):
        part(world)


def _networks(world: "World") -> None:
    for label in ("g net", "g net2", "g net3"):
        world.make(label, gcp.NETWORK, world.google)
    for label, net, cidr in (("g subnet", "g net", "10.1.0.0/24"), ("g subnet2", "g net2", "10.2.0.0/24")):
        world.make(label, gcp.SUBNETWORK, world.google, network=world.id(net), ipCidrRange=cidr)
    world.make("g guest net", gcp.NETWORK, world.google_guest)
    block = {"network": world.id("g guest net"), "ipCidrRange": "10.3.0.0/24"}
    world.make("g guest subnet", gcp.SUBNETWORK, world.google_guest, **block)


def _ha(world: "World") -> None:
    """An HA gateway with a session over each of two tunnels to one gateway outside, and one to another of Google's."""
    net = {"network": world.id("g net")}
    router = world.make("g router", gcp.ROUTER, world.google, bgp={"asn": 64513}, **net)
    gateway = world.make("g ha", gcp.HA_VPN_GATEWAY, world.google, **net)
    outside = {"redundancyType": "SINGLE_IP_INTERNALLY_REDUNDANT", "interfaces": [{"id": 0, "ipAddress": "198.41.0.1"}]}
    peer = world.make("g external", gcp.EXTERNAL_VPN_GATEWAY, world.google, **outside)
    ends = {"vpnGateway": gateway, "peerExternalGateway": peer, "peerExternalGatewayInterface": 0, "router": router}
    for i in range(2):
        key = {"sharedSecret": f"key-{i}", "vpnGatewayInterface": i}
        world.make(f"g tunnel {i}", gcp.VPN_TUNNEL, world.google, **key, **ends)
        session(world, i, router)
    twin = {"network": world.id("g net2")}
    far = world.make("g ha2", gcp.HA_VPN_GATEWAY, world.google, **twin)
    router2 = world.make("g router2", gcp.ROUTER, world.google, bgp={"asn": 64514}, **twin)
    own = {"vpnGateway": far, "vpnGatewayInterface": 0, "router": router2, "peerGcpGateway": gateway}
    world.make("g tunnel to google", gcp.VPN_TUNNEL, world.google, sharedSecret="key", **own)


def session(world: "World", i: int, router: str) -> None:
    block = {"ipRange": f"169.254.240.{4 * i + 1}/30", "vpnTunnel": world.id(f"g tunnel {i}")}
    world.make(f"g interface {i}", gcp.ROUTER_INTERFACE, world.google, router=router, **block)
    name = world.things[f"g interface {i}"].outputs["name"]
    world.make(f"g peer {i}", gcp.ROUTER_PEER, world.google, router=router, interface=name, peerAsn=13335)


def _classic(world: "World") -> None:
    """A classic gateway with its address, its forwarding rules, a tunnel and a route into it."""
    gateway = world.make("g classic", gcp.CLASSIC_VPN_GATEWAY, world.google, network=world.id("g net2"))
    world.make("g address", gcp.ADDRESS, world.google)
    world.make("g rule any", gcp.FORWARDING_RULE, world.google)
    number = world.things["g address"].outputs["address"]
    for protocol, port in (("ESP", None), ("UDP", "500"), ("UDP", "4500")):
        given = {"ipProtocol": protocol, "ipAddress": number, "target": gateway}
        ports = {} if port is None else {"portRange": port}
        world.make(f"g rule {protocol} {port}", gcp.FORWARDING_RULE, world.google, **given, **ports)
    tunnel = {"targetVpnGateway": gateway, "peerIp": "198.41.0.1", "sharedSecret": "key"}
    world.make("g classic tunnel", gcp.VPN_TUNNEL, world.google, **tunnel)
    way = {"network": world.id("g net2"), "destRange": "10.9.0.0/16", "nextHopVpnTunnel": world.id("g classic tunnel")}
    world.make("g route", gcp.ROUTE, world.google, **way)


def _hub(world: "World") -> None:
    """A mesh that the guest's project is let into, and a star."""
    hub = world.make("g hub", gcp.HUB, world.google)
    group = {"hub": hub, "name": "default", "autoAccept": {"autoAcceptProjects": [GUEST]}}
    world.make("g group", gcp.GROUP, world.google, **group)
    uris = [world.id(f"g tunnel {i}") for i in range(2)]
    tunnels = {"siteToSiteDataTransfer": False, "uris": uris}
    for label, location, linked in (
        ("g spoke", "global", {"linkedVpcNetwork": {"uri": world.id("g net2")}}),
        ("g hybrid spoke", REGION, {"linkedVpnTunnels": tunnels}),
    ):
        given: dict[str, Any] = {"hub": hub, "location": location, **linked}
        world.make(label, gcp.SPOKE, world.google, **given)
    guest = {"linkedVpcNetwork": {"uri": world.id("g guest net")}}
    world.make("g guest spoke", gcp.SPOKE, world.google_guest, hub=hub, location="global", **guest)
    world.make("g star", gcp.HUB, world.google, presetTopology="STAR")


def _peerings(world: "World") -> None:
    ends = {"network": world.id("g net2"), "peerNetwork": world.id("g net3")}
    world.make("g peering", gcp.NETWORK_PEERING, world.google, **ends)


def _firewalls(world: "World") -> None:
    policy = world.make("g policy", gcp.FIREWALL_POLICY, world.google)
    match = {"srcIpRanges": ["10.0.0.0/8"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["443", "8443"]}]}
    rule = {"firewallPolicy": policy, "priority": 100, "direction": "INGRESS", "action": "allow", "match": match}
    world.make("g policy rule", gcp.FIREWALL_POLICY_RULE, world.google, **rule)
    ends = {"firewallPolicy": policy, "attachmentTarget": world.id("g net")}
    world.make("g association", gcp.FIREWALL_POLICY_ASSOCIATION, world.google, **ends)
    allowed = {"allows": [{"protocol": "tcp", "ports": ["22"]}], "sourceRanges": ["10.0.0.0/8"]}
    world.make("g firewall", gcp.FIREWALL, world.google, network=world.id("g net"), **allowed)
