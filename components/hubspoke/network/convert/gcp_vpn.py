"""Google's ends of tunnels: HA VPN, and BGP over it."""

from collections.abc import Callable
from dataclasses import replace

from hubspoke.network.convert.made import Half, Made, inside, owner_of, router_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import TUNNEL_MTU
from hubspoke.network.model import Speaker
from hubspoke.network.snapshot import Resource, Snapshot
from hubspoke.plan.prefixes_taken import prefixes_taken

TUNNEL, GATEWAY = "gcp:compute/vPNTunnel:VPNTunnel", "gcp:compute/haVpnGateway:HaVpnGateway"
FAR = "gcp:compute/externalVpnGateway:ExternalVpnGateway"
ROUTER, PEER = "gcp:compute/router:Router", "gcp:compute/routerPeer:RouterPeer"
INTERFACE = "gcp:compute/routerInterface:RouterInterface"
_TAKES = prefixes_taken("gcp", hub=True)  # and so does the router of a single network
VPN_TYPES = (TUNNEL, GATEWAY, FAR, ROUTER, PEER, INTERFACE)


class Vpns:
    """The HA VPN of a snapshot's networks."""

    def __init__(self, made: Made, snapshot: Snapshot, table_of: Callable[[str], str]) -> None:
        self.made, self.snapshot, self.table_of = made, snapshot, table_of
        self.regions: dict[str, str] = {}  # of the routers that teach a network, by its table

    def convert(self) -> None:
        """Leaves a half for each tunnel."""
        for interface in self.snapshot.of_type(INTERFACE):
            tunnel = self._at(interface, "vpnTunnel", TUNNEL)
            peer = next(
                (p for p in self.snapshot.of_type(PEER) if self._at(p, "interface", INTERFACE) is interface), None
            )
            router = self._at(interface, "router", ROUTER)
            gateway = self._at(tunnel, "vpnGateway", GATEWAY) if tunnel else None
            far = self._at(tunnel, "peerExternalGateway", FAR) if tunnel else None
            if tunnel and peer and router and gateway and far:
                self._half(interface, tunnel, peer, router, gateway, far)
            else:
                self.made.finding("a router's interface is not whole: a tunnel, its gateways, and a peer",
                                  interface.urn, "deploy all of it")  # fmt: skip

    def _at(self, source: Resource, name: str, type_: str) -> Resource | None:
        return self.snapshot.refers(source, name, source.get(name), type_, by=("selfLink", "name"))

    def _half(
        self, interface: Resource, tunnel: Resource, peer: Resource, router: Resource, gateway: Resource, far: Resource
    ) -> None:
        part, number = router_of(self.snapshot, gateway), int(tunnel.get("vpnGatewayInterface", 0))
        bgp, table = router.get("bgp") or {}, self.table_of(part)
        told = self.made.shared(*(str(each["range"]) for each in bgp.get("advertisedIpRanges") or ()))
        outside = {int(i["id"]): str(i.get("ipAddress", "")) for i in gateway.members("vpnInterfaces")}
        ends = {int(i["id"]): str(i["ipAddress"]) for i in far.members("interfaces")}
        risks = (
            names.endpoint(far.name.removeprefix(f"{owner_of(part)}-")), part,
            names.gateway(owner_of(part), "ab"[number]),
        )  # fmt: skip
        self._learns(table, router)
        prefix = inside(interface.known("ipRange"))
        if bgp.get("advertiseMode") != "CUSTOM" or peer.get("advertiseMode") == "CUSTOM":
            self.made.finding("what a session advertises is not its router's list", peer.urn, "leave it to the router")
        self.made.halves[prefix] = Half(
            prefix, part, (table,), outside.get(number, ""),
            ends.get(int(tunnel.get("peerExternalGatewayInterface", 0)), ""), tunnel.urn,
            Speaker(part, int(bgp.get("asn", 0)), prefixes=told, learns=(table,), limit=_TAKES),
            int(peer.get("peerAsn", 0)), TUNNEL_MTU["gcp"], risks,
        )  # fmt: skip

    def _learns(self, table: str, router: Resource) -> None:
        """A network takes so many prefixes from its routers in a region; its table here is that of one region."""
        if (region := router.known("region")) and self.regions.setdefault(table, region) != region:
            self.made.finding("a network's routers in several regions are not judged", router.urn,
                              "give each region a network of its own")  # fmt: skip
        if table in self.made.tables:
            self.made.tables[table] = replace(self.made.tables[table], quota=self.made.quota)
