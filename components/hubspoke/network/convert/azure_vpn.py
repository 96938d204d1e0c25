"""Azure's ends of tunnels. They know no inside addresses: what they speak to is told by outside ones.

But for a link's BGP peer, which is Cloudflare's inside address of one of its tunnels: the one that has the session.
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
        for link in self.site.members("vpnSiteLinks"):
            found = [tunnel for tunnel in snapshot.of_type(_TUNNEL) if self._has(tunnel, link)]
            peer = self._peer(link)
            if not found:
                made.finding(f"no tunnel at Cloudflare ends at link {link.get('name')}", self.site.urn,
                             "deploy both ends")  # fmt: skip
            elif peer and not any(_speaks(tunnel, peer) for tunnel in found):
                made.finding(f"no tunnel at Cloudflare has the BGP peer address of link {link.get('name')}",
                             self.site.urn, "put both ends back to the plan")  # fmt: skip
            for tunnel in found:
                yield self._half(made, tunnel, str(link.get("name")), peer if _speaks(tunnel, peer) else {})

    def _peer(self, link: Mapping[str, Any]) -> Mapping[str, Any]:
        """Whom the connection speaks BGP with over a link; nobody if empty.

        Its own link of that name says whether it does. A state keeps these secret as a whole, as they hold keys: the
        site's word counts then.
        """
        links = self.connection.get("vpnLinkConnections")
        own = {each.get("name"): each.get("enableBgp") is True for each in links} if isinstance(links, list) else {}
        return link.get("bgpProperties") or {} if own.get(link.get("name"), links is NOT_KNOWN) else {}

    def _outside(self) -> list[str]:
        return [str(each.get("publicIpAddress", "")) for each in self.gateway.members("ipConfigurations")]

    def _has(self, tunnel: Resource, link: Mapping[str, Any]) -> bool:
        if tunnel.known("cloudflareEndpoint") != link.get("ipAddress"):
            return False
        here = tunnel.known("customerEndpoint") in self._outside()
        return here or self.gateway.urn in tunnel.depends.get("customerEndpoint", ())

    def _half(self, made: Made, tunnel: Resource, endpoint: str, peer: Mapping[str, Any]) -> str:
        key, far, outside = tunnel.known("name", tunnel.name), tunnel.known("customerEndpoint"), self._outside()
        number = outside.index(far) if far in outside else _SLOTS.find(key[-1])
        risks = (names.endpoint(endpoint), self.hub, names.gateway(owner_of(self.hub), _SLOTS[number]))
        prefix = inside(tunnel.known("interfaceAddress"))
        own = outside[number] if number < len(outside) else ""
        made.halves[prefix] = Half(
            prefix, self.hub, (self.table,), own, tunnel.known("cloudflareEndpoint"), self.gateway.urn,
            self._speaker() if peer else None, int(peer.get("asn", 0)), TUNNEL_MTU["azure"], risks,
        )  # fmt: skip
        return names.tunnel(key)

    def _speaker(self) -> Speaker:
        """It announces the table that it is associated with; those that it propagates to learn."""
        asn = (self.gateway.get("bgpSettings") or {}).get("asn", ASN)
        return Speaker(self.hub, int(asn), announces=(self.table,), learns=self.learns)


def _speaks(tunnel: Resource, peer: Mapping[str, Any]) -> bool:
    return str(IPv4Interface(tunnel.known("interfaceAddress")).ip) == peer.get("bgpPeeringAddress")
