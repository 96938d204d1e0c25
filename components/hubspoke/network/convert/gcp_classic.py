"""Google's static VPN: Classic VPN gateways, whose tunnels know no inside addresses, and static routes.

A gateway takes tunnels once IKE and ESP are forwarded to it, from the address that the far end speaks to.
"""

from collections.abc import Callable

from hubspoke.network.convert.made import Half, Made, inside, owner_of, router_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import TUNNEL_MTU
from hubspoke.network.model import Internet, NextHop, Route, Source, Unknown, Via
from hubspoke.network.snapshot import Resource, Snapshot

TUNNEL, GATEWAY = "gcp:compute/vPNTunnel:VPNTunnel", "gcp:compute/vPNGateway:VPNGateway"
FORWARDING, ADDRESS = "gcp:compute/forwardingRule:ForwardingRule", "gcp:compute/address:Address"
ROUTE, NETWORK = "gcp:compute/route:Route", "gcp:compute/network:Network"
CLASSIC_TYPES = (GATEWAY, FORWARDING, ROUTE)
_FAR = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
_NEEDED = frozenset({("ESP", ""), ("UDP", "500"), ("UDP", "4500")})  # "Creating a Classic VPN", 2026-08
_ANYWHERE = ["0.0.0.0/0"]
_INTERNET = "default-internet-gateway"
_NOT_READ = ("nextHopIlb", "nextHopInstance", "nextHopIp", "nextHopGateway")


class Classic:
    """The Classic VPN of a snapshot's networks, and their static routes."""

    def __init__(self, made: Made, snapshot: Snapshot, table_of: Callable[[str], str]) -> None:
        self.made, self.snapshot, self.table_of = made, snapshot, table_of
        self.links: dict[str, str] = {}  # by URN of tunnel

    def convert(self) -> None:
        """Leaves a half for each tunnel; and fills a network's tables. What a hub's holds, it exports to its peers."""
        for gateway in self.snapshot.of_type(GATEWAY):
            if (router := router_of(self.snapshot, gateway)).startswith("hub "):
                self.made.table(names.peered(router), router, "gcp network", gateway.urn)
        for tunnel in self.snapshot.of_type(TUNNEL):
            if gateway_ := self._at(tunnel, "targetVpnGateway", GATEWAY):
                self._tunnel(tunnel, gateway_)
        for route in self.snapshot.of_type(ROUTE):
            self._route(route)

    def _at(
        self, source: Resource, name: str, type_: str, by: tuple[str, ...] = ("selfLink", "name")
    ) -> Resource | None:
        return self.snapshot.refers(source, name, source.get(name), type_, by=by)

    # Tunnels

    def _tunnel(self, tunnel: Resource, gateway: Resource) -> None:
        rules = [r for r in self.snapshot.of_type(FORWARDING) if self._at(r, "target", GATEWAY) is gateway]
        ways = {(r.known("ipProtocol"), r.known("portRange").partition("-")[0]) for r in rules}
        if not ways >= _NEEDED:
            self.made.finding("a VPN gateway is not sent IKE and ESP", gateway.urn,
                              "forward ESP and UDP 500 and 4500 to it")  # fmt: skip
            return
        for side in ("local", "remote"):
            if (tunnel.get(f"{side}TrafficSelector") or tunnel.get(f"{side}TrafficSelectors")) != _ANYWHERE:
                self.made.finding(f"what a tunnel's {side} traffic selector lets through is not judged", tunnel.urn,
                                  "select 0.0.0.0/0 and route")  # fmt: skip
        found = [far for far in self.snapshot.of_type(_FAR) if self._meet(tunnel, rules, far)]
        if len(found) == 1:
            self._half(tunnel, gateway, rules[0].known("ipAddress"), found[0])
        else:
            self.made.finding("no one tunnel at Cloudflare ends at this", tunnel.urn, "deploy both ends")

    def _meet(self, tunnel: Resource, rules: list[Resource], far: Resource) -> bool:
        """Whether a tunnel of Cloudflare's is the other end: it speaks to the gateway, which speaks to it."""
        if far.known("cloudflareEndpoint") != tunnel.known("peerIp"):
            return False
        address, end = rules[0].known("ipAddress"), far.known("customerEndpoint")
        if address and end:
            return address == end
        at = self._at(rules[0], "ipAddress", ADDRESS, by=("address",))
        return at is not None and at.urn in far.depends.get("customerEndpoint", ())

    def _half(self, tunnel: Resource, gateway: Resource, own: str, far: Resource) -> None:
        router, prefix = router_of(self.snapshot, gateway), inside(far.known("interfaceAddress"))
        key, owner = far.known("name", far.name), owner_of(router)
        endpoint = key.removeprefix(f"{owner}-").rpartition("-")[0]
        slot = gateway.name.removeprefix(f"{owner}-")
        risks = (names.endpoint(endpoint), router, names.gateway(owner, slot))
        self.made.halves[prefix] = Half(
            prefix, router, (self.table_of(router),), own, tunnel.known("peerIp"), tunnel.urn, mtu=TUNNEL_MTU["gcp"],
            risks=risks,
        )  # fmt: skip
        self.links[tunnel.urn] = names.tunnel(key)

    # Routes

    def _route(self, route: Resource) -> None:
        network = self._at(route, "network", NETWORK)
        if network is None:
            self.made.finding("a route is in no network that is known", route.urn, "judge it with its network")
            return
        if route.get("tags"):
            self.made.finding("a route that only some machines have is not judged", route.urn, "give it to all")
            return
        router = router_of(self.snapshot, network)
        prefixes = self.made.shared(route.known("destRange"))
        hop = self._hop(route)
        made = Route(prefixes, hop, Source.STATIC, route.urn, int(route.get("priority", 1000)))
        self.made.routes(self.table_of(router), [made])
        if names.peered(router) in self.made.tables and not isinstance(hop, Internet):
            self.made.routes(names.peered(router), [made])

    def _hop(self, route: Resource) -> NextHop:
        if route.known("nextHopGateway").endswith(_INTERNET):
            return Internet()
        if (tunnel := self._at(route, "nextHopVpnTunnel", TUNNEL)) and tunnel.urn in self.links:
            return Via((self.links[tunnel.urn],))
        named = next((name for name in _NOT_READ if route.get(name)), "nextHopVpnTunnel")
        self.made.finding(f"where a route's {named} leads is not judged", route.urn, "route to a VPN tunnel")
        return Unknown(named)
