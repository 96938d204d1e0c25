"""What proves the lines of Google Cloud's tables: samples of values, attempts that are refused, loose references."""

from collections.abc import Callable
from typing import Any

from hubspoke.local.clouds.gcp import network, router
from hubspoke.local.clouds.gcp import sources as gcp

from tests.local.clouds.attempts import Attempt, Id, creating, first, updating
from tests.local.clouds.fact_bench import World

# What a line says, values that keep to it and values that do not.
SAMPLES: dict[str, tuple[list[Any], list[Any]]] = {
    "1 to 63 lower-case letters, digits and dashes": (["a", "use1-a", "a" * 63], ["A", "1a", "a-", "a_b", "a" * 64]),
    "REGIONAL or GLOBAL": (["REGIONAL", "GLOBAL"], ["global"]),
    "1300 to 8896": ([1300, 8896], [1299, 8897]),
    "LEGACY or STANDARD": (["LEGACY", "STANDARD"], ["NEW"]),
    "before or after the classic firewall": (["BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"], ["NEVER"]),
    "a canonical block of /4 to /29": (["10.0.0.0/8", "10.0.0.0/29"], ["10.0.0.0/30", "10.0.0.1/24", "web"]),
    "a stack of IPv4 or IPv6": (["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"], ["IPV5"]),
    "ACTIVE or BACKUP": (["ACTIVE", "BACKUP"], ["IDLE"]),
    "IPV4_ONLY or IPV4_IPV6": (["IPV4_ONLY", "IPV4_IPV6"], ["IPV6_ONLY"]),
    "INDEPENDENT or CONSENSUS": (["INDEPENDENT", "CONSENSUS"], ["ALONE"]),
    "0 to 65535": ([0, 65535], [-1, 65536]),
    "a private ASN (RFC 6996), or 16550": (
        [64512, 65534, 4200000000, 4294967294, 16550], [64511, 65535, 4199999999, 4294967295, 13335]),
    "DEFAULT or CUSTOM": (["DEFAULT", "CUSTOM"], ["ALL"]),
    "20 to 60": ([20, 60], [19, 61]),
    "a host of a link-local block": (
        ["169.254.240.1/30", "169.254.0.0/31"], ["169.254.240.0/30", "10.0.0.1/30", "169.254.240.1", "web"]),
    "IPV4 or IPV6": (["IPV4", "IPV6"], ["IPV5"]),
    "1 to 4294967295": ([1, 13335, 4294967295], [0, 4294967296]),
    "single, two or four addresses": (
        ["SINGLE_IP_INTERNALLY_REDUNDANT", "TWO_IPS_REDUNDANCY", "FOUR_IPS_REDUNDANCY"], ["THREE_IPS_REDUNDANCY"]),
    "INTERNAL or EXTERNAL": (["INTERNAL", "EXTERNAL"], ["PUBLIC"]),
    "PREMIUM or STANDARD": (["PREMIUM", "STANDARD"], ["BASIC"]),
    "a protocol that is forwarded": (["TCP", "UDP", "ESP", "AH", "SCTP", "ICMP", "L3_DEFAULT"], ["GRE", "udp"]),
    "1 or 2": ([1, 2], [0, 3]),
    "an address of the internet": (["198.41.0.1"], ["10.0.0.1", "169.254.0.1", "172.16.0.1", "127.0.0.1", "web"]),
    "Google's words for a cipher": (["AES-GCM-16-256", "AES-CBC-128"], ["AES256-GCM-16", "aes-gcm-16-256"]),
    "Google's words for an integrity algorithm": (["HMAC-SHA2-256-128", "HMAC-SHA1-96"], ["SHA2-256"]),
    "Google's words for a pseudo-random function": (["PRF-HMAC-SHA2-256"], ["SHA2-256"]),
    "Google's words for a group": (["Group-14", "Group-20"], ["20", "Group-1", "group-20"]),
    "CUSTOM or PRESET": (["CUSTOM", "PRESET"], ["NONE"]),
    "a preset topology": (["MESH", "STAR", "HYBRID_INSPECTION"], ["RING", "star"]),
    "default, center or edge": (["default", "center", "edge"], ["middle"]),
    "ALL_IPV4_RANGES": (["ALL_IPV4_RANGES"], ["10.0.0.0/8"]),
    "INGRESS or EGRESS": (["INGRESS", "EGRESS"], ["IN"]),
    "allow, deny, goto_next or apply_security_profile_group": (
        ["allow", "deny", "goto_next", "apply_security_profile_group"], ["accept"]),
    "0 to 2147483647": ([0, 2147483647], [-1, 2147483648]),
    "ports and ranges of them": (["443", "0", "8000-8080", "65535"], ["65536", "90-80", "http", "-1", "1-"]),
}  # fmt: skip

NET, SUBNET_NET, FREE_NET = Id("g net"), Id("g net2"), Id("g net3")
HA = {
    "vpnGateway": Id("g ha"), "peerExternalGateway": Id("g external"), "router": Id("g router"),
    "sharedSecret": "key", "peerExternalGatewayInterface": 0,
}  # fmt: skip
TWO = {"redundancyType": "TWO_IPS_REDUNDANCY", "interfaces": [{"id": 0, "ipAddress": "198.41.0.1"}]}
PEER = {"router": Id("g router"), "peerAsn": 13335}
TCP = {"layer4Configs": [{"ipProtocol": "tcp"}]}
RULE: dict[str, Any] = {"firewallPolicy": Id("g policy"), "priority": 7, "direction": "INGRESS", "action": "allow"}
RANGES = [{"range": f"10.{i}.0.0/24"} for i in range(201)]


def google(type_: str, **given: Any) -> Attempt:
    return creating(type_, "google", **given)


def interface(label: str) -> Attempt:
    """A tunnel with an interface and no peer yet, besides the two of the world."""

    def make(world: World) -> object:
        outside = {
            "redundancyType": "SINGLE_IP_INTERNALLY_REDUNDANT",
            "interfaces": [{"id": 0, "ipAddress": "198.41.9.1"}],
        }
        gateway = world.make("far", gcp.EXTERNAL_VPN_GATEWAY, world.google, **outside)
        given = {name: world.id(v) if isinstance(v, Id) else v for name, v in HA.items()}
        tunnel = {**given, "peerExternalGateway": gateway, "vpnGatewayInterface": 0}
        world.make("free tunnel", gcp.VPN_TUNNEL, world.google, **tunnel)
        ends = {"router": world.id("g router"), "vpnTunnel": world.id("free tunnel")}
        world.make(label, gcp.ROUTER_INTERFACE, world.google, ipRange="169.254.241.1/30", **ends)
        return world.things[label]

    return make


def peering_on(label: str, **given: Any) -> Attempt:
    """A peer on an interface of the world."""

    def make(world: World) -> object:
        name = world.things[label].outputs["name"]
        return google(gcp.ROUTER_PEER, **{**PEER, "interface": name, **given})(world)

    return make


def many(count: int, type_: str, **given: Any) -> Attempt:
    return lambda world: [google(type_, **given)(world) for _ in range(count)]


def many_peerings(world: World) -> object:
    """One more than a network may have."""
    for i in range(network.PEERINGS + 1):
        far = {"network": FREE_NET, "peerNetwork": f"projects/elsewhere/global/networks/n{i}"}
        google(gcp.NETWORK_PEERING, **far)(world)
    return None


def many_tunnels(world: World) -> object:
    """A spoke of one tunnel more than it may have: what they are does not matter before their number does."""
    gateways = [f"198.41.{i}.1" for i in range(1, 10)]
    uris = []
    for i, address in enumerate(gateways):
        outside = {"redundancyType": "SINGLE_IP_INTERNALLY_REDUNDANT", "interfaces": [{"id": 0, "ipAddress": address}]}
        far = world.make(f"far {i}", gcp.EXTERNAL_VPN_GATEWAY, world.google, **outside)
        given = {name: world.id(v) if isinstance(v, Id) else v for name, v in HA.items()}
        tunnel = {**given, "peerExternalGateway": far, "vpnGatewayInterface": 0}
        uris.append(world.make(f"many {i}", gcp.VPN_TUNNEL, world.google, **tunnel))
    linked = {"siteToSiteDataTransfer": False, "uris": uris}
    return google(gcp.SPOKE, hub=Id("g hub"), location="europe-west1", linkedVpnTunnels=linked)(world)


def overlapping_subnet(world: World) -> object:
    block = {"network": world.id("g net3"), "ipCidrRange": "10.2.0.0/16"}
    return world.make("overlapping", gcp.SUBNETWORK, world.google, **block)


def linked(label: str) -> dict[str, Any]:
    return {"linkedVpcNetwork": {"uri": Id(label)}}


HUB, STAR = {"hub": Id("g hub"), "location": "global"}, {"hub": Id("g star"), "location": "global"}
REFUSED: dict[tuple[str, str], tuple[str, Attempt]] = {
    (gcp.NETWORK, "MEDs are compared in the standard mode only"): ("invalid", google(gcp.NETWORK, bgpAlwaysCompareMed=True)),
    (gcp.SUBNETWORK, "no two ranges of a network overlap"): (
        "invalid", google(gcp.SUBNETWORK, network=NET, ipCidrRange="10.1.0.128/25")),
    (gcp.SUBNETWORK, "no range overlaps one of another network of the same hub"): (
        "invalid", google(gcp.SUBNETWORK, network=SUBNET_NET, ipCidrRange="10.3.0.0/28")),
    (gcp.NETWORK_PEERING, "a network does not peer with itself"): (
        "invalid", google(gcp.NETWORK_PEERING, network=NET, peerNetwork=NET)),
    (gcp.NETWORK_PEERING, f"at most {network.PEERINGS} peerings of a network"): ("quotaExceeded", many_peerings),
    (gcp.ROUTE, "exactly one next hop"): (
        "required", google(gcp.ROUTE, network=NET, destRange="10.9.0.0/16")),
    (gcp.ROUTE, "only a classic tunnel is a next hop"): (
        "invalid", google(gcp.ROUTE, network=NET, destRange="10.9.0.0/16", nextHopVpnTunnel=Id("g tunnel 0"))),
    (gcp.ROUTE, "it leads to nothing that is in a subnetwork"): (
        "invalid",
        google(gcp.ROUTE, network=SUBNET_NET, destRange="10.2.0.0/25", nextHopVpnTunnel=Id("g classic tunnel"))),
    (gcp.ROUTER, f"at most {router.ROUTERS} routers in a network and region"): (
        "quotaExceeded", many(router.ROUTERS, gcp.ROUTER, network=NET, bgp={"asn": 64999})),
    (gcp.ROUTER, "its ASN stays while it has peers"): ("invalid", updating("g router", bgp={"asn": 64515})),
    (gcp.ROUTER, "ranges are advertised in custom mode only"): (
        "invalid", google(gcp.ROUTER, network=NET, bgp={"asn": 64515, "advertisedIpRanges": [{"range": "10.0.0.0/8"}]})),
    (gcp.ROUTER, f"at most {router.ADVERTISED} advertised ranges"): (
        "invalid",
        google(gcp.ROUTER, network=NET, bgp={"asn": 64515, "advertiseMode": "CUSTOM", "advertisedIpRanges": RANGES})),
    (gcp.ROUTER_INTERFACE, "it has a range or leads somewhere"): (
        "required", google(gcp.ROUTER_INTERFACE, router=Id("g router"))),
    (gcp.ROUTER_INTERFACE, "its tunnel is one of the router, and carries no other"): (
        "invalid",
        google(gcp.ROUTER_INTERFACE, router=Id("g router"), vpnTunnel=Id("g tunnel 0"), ipRange="169.254.249.1/30")),
    (gcp.ROUTER_INTERFACE, "no two ranges of a router overlap"): (
        "invalid", google(gcp.ROUTER_INTERFACE, router=Id("g router"), ipRange="169.254.240.2/30")),
    (gcp.ROUTER_PEER, "its ASN is that of no router of the network and region"): (
        "invalid", first(interface("free"), peering_on("free", peerAsn=64513))),
    (gcp.ROUTER_PEER, "its addresses are those of the interface's block"): (
        "invalid", first(interface("free"), peering_on("free", peerIpAddress="169.254.241.6"))),
    (gcp.ROUTER_PEER, "an interface has one peer"): ("invalid", peering_on("g interface 0")),
    (gcp.ROUTER_PEER, "ranges are advertised in custom mode only"): (
        "invalid", first(interface("free"), peering_on("free", advertisedIpRanges=RANGES[:1]))),
    (gcp.ROUTER_PEER, f"at most {router.ADVERTISED} advertised ranges"): (
        "invalid", first(interface("free"), peering_on("free", advertiseMode="CUSTOM", advertisedIpRanges=RANGES))),
    (gcp.ROUTER_PEER, f"at most {router.LEARNED} custom learned ranges"): (
        "invalid", first(interface("free"), peering_on("free", customLearnedIpRanges=RANGES[:11]))),
    (gcp.EXTERNAL_VPN_GATEWAY, "as many interfaces as its redundancy says"): (
        "invalid", google(gcp.EXTERNAL_VPN_GATEWAY, **TWO)),
    (gcp.FORWARDING_RULE, "a VPN gateway takes ESP, UDP 500 and UDP 4500"): (
        "invalid", google(gcp.FORWARDING_RULE, target=Id("g classic"), ipProtocol="TCP", portRange="443")),
    (gcp.VPN_TUNNEL, "one gateway and one key"): ("required", google(gcp.VPN_TUNNEL, sharedSecret="key")),
    (gcp.VPN_TUNNEL, "of an HA gateway it names interface, peer and router"): (
        "invalid", google(gcp.VPN_TUNNEL, vpnGateway=Id("g ha"), vpnGatewayInterface=0, sharedSecret="key",
                          router=Id("g router"))),
    (gcp.VPN_TUNNEL, "its peer's gateway has the interface"): (
        "invalid", google(gcp.VPN_TUNNEL, **{**HA, "vpnGatewayInterface": 0, "peerExternalGatewayInterface": 3})),
    (gcp.VPN_TUNNEL, "its router is in the gateway's network and region"): (
        "invalid", google(gcp.VPN_TUNNEL, vpnGateway=Id("g ha"), vpnGatewayInterface=0, sharedSecret="key",
                          peerGcpGateway=Id("g ha2"), router=Id("g router2"))),
    (gcp.VPN_TUNNEL, "its classic gateway is reached by all three protocols"): (
        "invalid",
        first(lambda w: w.make("bare", gcp.CLASSIC_VPN_GATEWAY, w.google, network=w.id("g net")),
              google(gcp.VPN_TUNNEL, targetVpnGateway=Id("bare"), peerIp="198.41.0.1", sharedSecret="key"))),
    (gcp.VPN_TUNNEL, "no second tunnel between the same ends"): (
        "invalid", google(gcp.VPN_TUNNEL, **HA, vpnGatewayInterface=0)),
    (gcp.GROUP, "its hub's topology has such a group"): ("notFound", google(gcp.GROUP, hub=Id("g hub"), name="edge")),
    (gcp.SPOKE, "it links exactly one thing"): ("invalid", google(gcp.SPOKE, **HUB)),
    (gcp.SPOKE, "its group is one of the hub's"): ("invalid", google(gcp.SPOKE, **STAR, **linked("g net3"))),
    (gcp.SPOKE, "it is where what it links is"): (
        "invalid", google(gcp.SPOKE, hub=Id("g hub"), location="europe-west1", **linked("g net3"))),
    (gcp.SPOKE, "at most 8 tunnels, of HA VPN, in no other spoke and in the hub's project"): ("invalid", many_tunnels),
    (gcp.SPOKE, "a network is a spoke of one hub, once"): (
        "invalid", google(gcp.SPOKE, **STAR, group="edge", **linked("g net2"))),
    (gcp.SPOKE, "no range overlaps one of another network of the hub"): (
        "invalid", first(overlapping_subnet, google(gcp.SPOKE, **HUB, **linked("g net3")))),
    (gcp.FIREWALL_POLICY_RULE, "it says where traffic comes from, or goes to"): (
        "invalid", google(gcp.FIREWALL_POLICY_RULE, **RULE, match=TCP)),
    (gcp.FIREWALL_POLICY_RULE, "what goes to the next level is not logged"): (
        "invalid",
        google(gcp.FIREWALL_POLICY_RULE, **{**RULE, "action": "goto_next"}, enableLogging=True,
               match={**TCP, "srcIpRanges": ["10.0.0.0/8"]})),
    (gcp.FIREWALL_POLICY_ASSOCIATION, "a network has one policy"): (
        "invalid",
        first(lambda w: w.make("policy b", gcp.FIREWALL_POLICY, w.google),
              google(gcp.FIREWALL_POLICY_ASSOCIATION, firewallPolicy=Id("policy b"), attachmentTarget=NET))),
    (gcp.FIREWALL, "it allows or denies"): ("required", google(gcp.FIREWALL, network=NET)),
}  # fmt: skip


def _elsewhere(world: World) -> tuple[str, str]:
    far = "projects/elsewhere/global/networks/n"
    world.make("far peering", gcp.NETWORK_PEERING, world.google, network=world.id("g net"), peerNetwork=far)
    return far, gcp.NETWORK_PEERING


LOOSE: dict[tuple[str, str], Callable[[World], tuple[str, str]]] = {
    (gcp.NETWORK_PEERING, "peerNetwork"): _elsewhere,
}

# What is kept from being deleted: the refusal's code, the label of the thing, and what is done before.
KEPT: dict[tuple[str, str], tuple[str, str, Callable[[World], object]]] = {
    (gcp.ADDRESS, "no forwarding rule leads from it"): (
        "resourceInUseByAnotherResource", "g address", lambda _: None),
}  # fmt: skip
