"""Azure's ends of tunnels. They know no inside addresses: what they speak to is told by outside ones.

But for a connection's BGP peer, which is Cloudflare's inside address of one of its tunnels: the one with the session.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import Any

from hubspoke.network.convert.made import Half, Made, inside, owner_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import TUNNEL_MTU
from hubspoke.network.model import Speaker
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot

_MODULE = "azure-native:network:"
VPN_TYPES = tuple(_MODULE + kind for kind in ("VpnGateway", "VpnConnection", "VpnSite"))
_TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
_SLOTS = "ab"  # the gateway's instances 0 and 1
ASN = 65515  # of every virtual hub, and of the gateways on it (Virtual WAN FAQ, 2026-08)


@dataclass(frozen=True)
class Ends:
    """A gateway's ends of tunnels: its outside addresses, and the tables behind them.

    `makers` give it its addresses: before these are known, a tunnel's is the one made from theirs.
    """

    router: str
    tables: tuple[str, ...]
    origin: str
    outside: list[str]
    makers: frozenset[str]

    def tunnels(self, snapshot: Snapshot, endpoint: str) -> list[Resource]:
        """Cloudflare's tunnels between one of its endpoints and this gateway."""
        at_endpoint = (each for each in snapshot.of_type(_TUNNEL) if each.known("cloudflareEndpoint") == endpoint)
        return [each for each in at_endpoint if self._has(each)]

    def _has(self, tunnel: Resource) -> bool:
        if (far := tunnel.known("customerEndpoint")) and far in self.outside:
            return True
        return not self.makers.isdisjoint(tunnel.depends.get("customerEndpoint", ()))

    def half(self, made: Made, tunnel: Resource, endpoint: str, speaker: Speaker | None, peer_asn: int) -> str:
        """Leaves the half of a tunnel to an endpoint of this name. Returns the tunnel's link."""
        key, far = tunnel.known("name", tunnel.name), tunnel.known("customerEndpoint")
        number = self.outside.index(far) if far and far in self.outside else _SLOTS.find(key[-1])
        risks = (names.endpoint(endpoint), self.router, names.gateway(owner_of(self.router), _SLOTS[number]))
        prefix = inside(tunnel.known("interfaceAddress"))
        own = self.outside[number] if number < len(self.outside) else ""
        made.halves[prefix] = Half(
            prefix, self.router, self.tables, own, tunnel.known("cloudflareEndpoint"), self.origin, speaker, peer_asn,
            TUNNEL_MTU["azure"], risks,
        )  # fmt: skip
        return names.tunnel(key)


def halves(
    made: Made, ends: Ends, tunnels: list[Resource], endpoint: str, speaker: Speaker, peer: Mapping[str, Any]
) -> Iterator[str]:
    """Leaves the halves of an endpoint's tunnels. The one that has the BGP peer's address, if any, has the session."""
    if peer and tunnels and not any(_speaks(tunnel, peer) for tunnel in tunnels):
        made.finding(f"no tunnel at Cloudflare has the BGP peer address of {endpoint}", ends.origin,
                     "put both ends back to the plan")  # fmt: skip
    for tunnel in tunnels:
        spoken = peer if _speaks(tunnel, peer) else {}
        yield ends.half(made, tunnel, endpoint, speaker if spoken else None, int(spoken.get("asn", 0)))


def _speaks(tunnel: Resource, peer: Mapping[str, Any]) -> bool:
    return str(IPv4Interface(tunnel.known("interfaceAddress")).ip) == peer.get("bgpPeeringAddress")


@dataclass(frozen=True)
class HubVpn:
    """A hub's gateway, its connection to a site, and what that is associated with and propagates to."""

    gateway: Resource
    connection: Resource
    site: Resource
    hub: str
    table: str
    learns: tuple[str, ...]

    def halves(self, made: Made, snapshot: Snapshot) -> Iterator[str]:
        """Leaves the halves of the gateway, two to each link of its site. Returns the tunnels' links."""
        outside = [str(each.get("publicIpAddress", "")) for each in self.gateway.members("ipConfigurations")]
        makers = frozenset({self.gateway.urn})
        ends = Ends(self.hub, (self.table,), self.gateway.urn, outside, makers)
        for link in self.site.members("vpnSiteLinks"):
            name = str(link.get("name"))
            found = ends.tunnels(snapshot, str(link.get("ipAddress")))
            if not found:
                made.finding(f"no tunnel at Cloudflare ends at link {name}", self.site.urn, "deploy both ends")
            yield from halves(made, ends, found, name, self._speaker(), self._peer(link))

    @property
    def speaks(self) -> bool:
        """Whether it learns by BGP over any link."""
        return any(self._peer(link) for link in self.site.members("vpnSiteLinks"))

    def _peer(self, link: Mapping[str, Any]) -> Mapping[str, Any]:
        """Whom the connection speaks BGP with over a link; nobody if empty.

        Its own link of that name says whether it does. A state keeps these secret as a whole, as they hold keys: the
        site's word counts then.
        """
        links = self.connection.get("vpnLinkConnections")
        own = {each.get("name"): each.get("enableBgp") is True for each in links} if isinstance(links, list) else {}
        return link.get("bgpProperties") or {} if own.get(link.get("name"), links is NOT_KNOWN) else {}

    def _speaker(self) -> Speaker:
        """It announces the table that it is associated with; those that it propagates to learn."""
        asn = (self.gateway.get("bgpSettings") or {}).get("asn", ASN)
        return Speaker(self.hub, int(asn), announces=(self.table,), learns=self.learns)
