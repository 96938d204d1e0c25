"""Azure's ends of tunnels. They know no inside addresses: what they speak to is told by outside ones."""

from collections.abc import Iterator
from typing import Any

from hubspoke.network.convert.made import Half, Made, inside, owner_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import TUNNEL_MTU
from hubspoke.network.snapshot import Resource, Snapshot

_MODULE = "azure-native:network:"
VPN_TYPES = tuple(_MODULE + kind for kind in ("VpnGateway", "VpnConnection", "VpnSite"))
_TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
_SLOTS = "ab"  # the gateway's instances 0 and 1


def hub_halves(
    made: Made, snapshot: Snapshot, gateway: Resource, site: Resource, hub: str, table: str
) -> Iterator[str]:
    """Leaves the halves of a hub's gateway, two to each link of its site. Returns the tunnels' links."""
    outside = [str(each.get("publicIpAddress", "")) for each in gateway.members("ipConfigurations")]
    for link in site.members("vpnSiteLinks"):
        found = [
            tunnel for tunnel in snapshot.of_type(_TUNNEL)
            if tunnel.known("cloudflareEndpoint") == link.get("ipAddress")
            and _ends_at(tunnel, gateway, outside)
        ]  # fmt: skip
        if not found:
            made.finding(f"no tunnel at Cloudflare ends at link {link.get('name')}", site.urn, "deploy both ends")
        for tunnel in found:
            yield _half(made, tunnel, outside, str(link.get("name")), (hub, (table,), gateway.urn))


def _ends_at(tunnel: Resource, gateway: Resource, outside: list[str]) -> bool:
    if tunnel.known("customerEndpoint") in outside:
        return True
    return gateway.urn in tunnel.depends.get("customerEndpoint", ())


def _half(made: Made, tunnel: Resource, outside: list[str], endpoint: str, place: tuple[str, Any, str]) -> str:
    router, tables, origin = place
    key, far = tunnel.known("name", tunnel.name), tunnel.known("customerEndpoint")
    number = outside.index(far) if far in outside else _SLOTS.find(key[-1])
    risks = (names.endpoint(endpoint), router, names.gateway(owner_of(router), _SLOTS[number]))
    prefix = inside(tunnel.known("interfaceAddress"))
    own = outside[number] if number < len(outside) else ""
    made.halves[prefix] = Half(
        prefix, router, tables, own, tunnel.known("cloudflareEndpoint"), origin, mtu=TUNNEL_MTU["azure"], risks=risks
    )
    return names.tunnel(key)
