"""Azure's single on-ramps: VPN gateways in a network of their own, and the connections that end there.

A gateway knows a prefix by the local network gateway of one connection, which has a tunnel to each of the gateway's
instances. What it knows is programmed into the network's subnets, unless their route table has that switched off.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from hubspoke.network.convert.azure_vpn import ASN, Ends, halves
from hubspoke.network.convert.made import Made, router_of
from hubspoke.network.model import Drop, NextHop, Prefixes, PrefixFilter, Speaker, Via
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot

_MODULE = "azure-native:network:"
GATEWAY, FAR = _MODULE + "VirtualNetworkGateway", _MODULE + "LocalNetworkGateway"
CONNECTION, ADDRESS = _MODULE + "VirtualNetworkGatewayConnection", _MODULE + "PublicIPAddress"
GATEWAY_TYPES = (GATEWAY, FAR, CONNECTION)


@dataclass(frozen=True)
class Way:
    """What one connection of a gateway leads to, and over which tunnels."""

    prefixes: Prefixes
    links: tuple[str, ...]
    origin: str
    speaks: bool  # whether it learns more by BGP


@dataclass(frozen=True)
class Behind:
    """What is behind a gateway: the table that stands for what arrives, the network, and who learns what by BGP."""

    table: tuple[str, ...]
    prefixes: Prefixes
    learns: tuple[str, ...]
    takes: PrefixFilter | None


class VnetGateways:
    """The VPN gateways of a snapshot."""

    def __init__(self, made: Made, snapshot: Snapshot) -> None:
        self.made, self.snapshot = made, snapshot

    def ways(self, behind: Callable[[str], Behind]) -> dict[str, list[Way]]:
        """The ways of each router's gateway, as they are without BGP. Leaves a half for each tunnel."""
        found: dict[str, list[Way]] = {}
        for gateway in self.snapshot.of_type(GATEWAY):
            self._check(gateway, {"gatewayType": "Vpn", "vpnType": "RouteBased"})
            found.setdefault(router_of(self.snapshot, gateway), [])
        for connection in self.snapshot.of_type(CONNECTION):
            ends = self._ends(connection)
            if ends is None:
                self.made.finding("a connection joins nothing that is known", connection.urn, "judge both ends of it")
                continue
            router = router_of(self.snapshot, ends[0])
            found[router].append(self._way(connection, *ends, router, behind(router)))
        return found

    def _ends(self, connection: Resource) -> tuple[Resource, Resource] | None:
        self._check(connection, {"connectionType": "IPsec", "usePolicyBasedTrafficSelectors": False})
        gateway, far = (
            self.snapshot.refers(connection, name, _id(connection.get(name)), type_)
            for name, type_ in (("virtualNetworkGateway1", GATEWAY), ("localNetworkGateway2", FAR))
        )
        return (gateway, far) if gateway and far else None

    def _check(self, resource: Resource, read: Mapping[str, Any]) -> None:
        for name, value in read.items():
            if resource.get(name, value) != value:
                self.made.finding(f"{name} {resource.get(name)} of a gateway's part is not judged", resource.urn,
                                  f"set it to {value}")  # fmt: skip

    def _way(self, connection: Resource, gateway: Resource, far: Resource, router: str, behind: Behind) -> Way:
        space = far.get("localNetworkAddressSpace")
        prefixes = space.get("addressPrefixes") or () if isinstance(space, Mapping) else ()
        addresses = self._addresses(gateway)
        makers = frozenset(each.urn for each in addresses if each)
        ends = Ends(
            router, behind.table, gateway.urn, [each.known("ipAddress") if each else "" for each in addresses], makers
        )
        tunnels, name = ends.tunnels(self.snapshot, far.known("gatewayIpAddress")), connection.name.rsplit("/", 1)[-1]
        if not tunnels:
            self.made.finding(f"no tunnel at Cloudflare ends at connection {name}", connection.urn, "deploy both ends")
        peer = _peer(gateway, connection, far)
        links = sorted(halves(self.made, ends, tunnels, name, _speaker(gateway, router, behind), peer))
        return Way(self.made.shared(*prefixes), tuple(links), connection.urn, bool(peer))

    def _addresses(self, gateway: Resource) -> list[Resource | None]:
        """The public addresses of its instances, in order; as they are made, where they are not told apart yet."""
        ids = [_id(each.get("publicIPAddress")) for each in gateway.members("ipConfigurations")]
        if all(isinstance(id_, str) for id_ in ids):
            return [self.snapshot.refers(gateway, "", id_, ADDRESS) for id_ in ids]
        urns = gateway.depends.get("ipConfigurations", ())
        made_from = (self.snapshot.by_urn.get(urn) for urn in urns)
        found = [each for each in made_from if each and each.type == ADDRESS]
        return [*sorted(found, key=lambda each: each.name)]


def _peer(gateway: Resource, connection: Resource, far: Resource) -> Mapping[str, Any]:
    """Whom a connection speaks BGP with: nobody unless both it and its gateway do."""
    spoken = gateway.get("enableBgp") is True and connection.get("enableBgp") is True
    settings = far.get("bgpSettings")
    return settings if spoken and isinstance(settings, Mapping) else {}


def _speaker(gateway: Resource, router: str, behind: Behind) -> Speaker:
    settings = gateway.get("bgpSettings")
    asn = settings.get("asn", ASN) if isinstance(settings, Mapping) else ASN
    return Speaker(router, int(asn), prefixes=behind.prefixes, learns=behind.learns, imports=behind.takes)


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else NOT_KNOWN


def by_gateway(made: Made, prefix: str, ways: list[Way]) -> Iterator[tuple[Prefixes, NextHop]]:
    """What becomes of a prefix that a route sends to the gateway, as that looks up the longest one it knows."""
    whole = IPv4Network(prefix)
    known = [(IPv4Network(each), way) for way in ways for each in way.prefixes]
    around = [(net.prefixlen, way.links) for net, way in known if whole.subnet_of(net)]
    yield made.shared(prefix), Via(max(around)[1]) if around else Drop("no connection of the gateway has it")
    for net, way in known:
        if net != whole and net.subnet_of(whole):
            yield made.shared(str(net)), Via(way.links)
