"""Azure's ends of tunnels. They know no inside addresses: what they speak to is told by outside ones."""

from collections.abc import Iterator

from hubspoke.network.convert.made import Half, Made, inside, owner_of
from hubspoke.network.intended import names
from hubspoke.network.intended.parts import TUNNEL_MTU
from hubspoke.network.snapshot import Resource, Snapshot

_MODULE = "azure-native:network:"
VPN_TYPES = tuple(_MODULE + kind for kind in ("VpnGateway", "VpnConnection", "VpnSite"))
_TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
_SLOTS = "ab"  # the gateway's instances 0 and 1


Place = tuple[str, tuple[str, ...], str]  # the router, the tables behind it, and the gateway's URN


def hub_halves(
    made: Made, snapshot: Snapshot, gateway: Resource, site: Resource, hub: str, table: str
) -> Iterator[str]:
    """Leaves the halves of a hub's gateway, two to each link of its site. Returns the tunnels' links."""
    outside = [str(each.get("publicIpAddress", "")) for each in gateway.members("ipConfigurations")]
    for link in site.members("vpnSiteLinks"):
        place, name = (hub, (table,), gateway.urn), str(link.get("name"))
        found = list(halves(made, snapshot, (str(link.get("ipAddress")), name), outside, {gateway.urn}, place))
        if not found:
            made.finding(f"no tunnel at Cloudflare ends at link {name}", site.urn, "deploy both ends")
        yield from found


def halves(
    made: Made, snapshot: Snapshot, far: tuple[str, str], outside: list[str], makers: set[str], place: Place
) -> Iterator[str]:
    """Leaves a half for each tunnel between one of Cloudflare's endpoints, of this address and name, and a gateway.

    `makers` give the gateway its addresses `outside`: before these are known, a tunnel's is the one made from theirs.
    """
    address, name = far
    for tunnel in snapshot.of_type(_TUNNEL):
        if tunnel.known("cloudflareEndpoint") == address and _ends_at(tunnel, makers, outside):
            yield _half(made, tunnel, outside, name, place)


def _ends_at(tunnel: Resource, makers: set[str], outside: list[str]) -> bool:
    if (far := tunnel.known("customerEndpoint")) and far in outside:
        return True
    return not makers.isdisjoint(tunnel.depends.get("customerEndpoint", ()))


def _half(made: Made, tunnel: Resource, outside: list[str], endpoint: str, place: Place) -> str:
    router, tables, origin = place
    key, far = tunnel.known("name", tunnel.name), tunnel.known("customerEndpoint")
    number = outside.index(far) if far and far in outside else _SLOTS.find(key[-1])
    risks = (names.endpoint(endpoint), router, names.gateway(owner_of(router), _SLOTS[number]))
    prefix = inside(tunnel.known("interfaceAddress"))
    own = outside[number] if number < len(outside) else ""
    made.halves[prefix] = Half(
        prefix, router, tables, own, tunnel.known("cloudflareEndpoint"), origin, mtu=TUNNEL_MTU["azure"], risks=risks
    )
    return names.tunnel(key)
