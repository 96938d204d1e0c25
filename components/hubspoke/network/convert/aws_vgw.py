"""AWS's single on-ramps: VPN connections that end at the virtual private gateway of one VPC."""

from collections.abc import Iterator, Mapping

from hubspoke.network.convert.aws_vpc import PROPAGATION, Vpcs
from hubspoke.network.convert.made import Made
from hubspoke.network.model import Route, Source, Speaker, Via
from hubspoke.network.snapshot import NOT_KNOWN, Resource, Snapshot
from hubspoke.plan.prefixes_taken import prefixes_taken

GATEWAY = "aws:ec2/vpnGateway:VpnGateway"
ROUTE = "aws:ec2/vpnConnectionRoute:VpnConnectionRoute"
VPN = "aws:ec2/vpnConnection:VpnConnection"
VGW_TYPES = (GATEWAY, ROUTE)


class Gateways:
    """The virtual private gateways of a snapshot."""

    def __init__(self, made: Made, snapshot: Snapshot, vpcs: Vpcs) -> None:
        self.made, self.snapshot, self.vpcs = made, snapshot, vpcs

    def has(self, vpn: Resource) -> bool:
        """Whether a connection ends at one of them."""
        return self._of(vpn) is not None

    def end(self, vpn: Resource) -> tuple[str, tuple[str, ...], Speaker]:
        """Where a connection ends: the router, the table that stands for what arrives there, and who speaks."""
        gateway = self._of(vpn)
        assert gateway
        router = self.vpcs.router(gateway)
        told = self.made.shared(*self.vpcs.prefixes(router))
        asn = gateway.get("amazonSideAsn")
        number = 0 if asn in (None, NOT_KNOWN) else int(asn)
        most = prefixes_taken("aws", hub=False)
        speaker = Speaker(router, number, prefixes=told, learns=tuple(self._taking(gateway)), limit=most)
        return router, tuple(sorted(self.vpcs.tables(router))[:1]), speaker

    def routes(self, vpns: Mapping[str, tuple[str, ...]]) -> None:
        """Static routes of the connections, in the tables that they are propagated to; one way over all of them."""
        for gateway in self.snapshot.of_type(GATEWAY):
            ways: dict[str, list[str]] = {}
            origins: dict[str, str] = {}
            for route in self.snapshot.of_type(ROUTE):
                vpn = self.snapshot.target(route, "vpnConnectionId", VPN)
                if vpn and self._of(vpn) is gateway:
                    prefix = route.known("destinationCidrBlock")
                    origins.setdefault(prefix, route.urn)
                    ways.setdefault(prefix, []).extend(
                        self.made.tunnels.get(inside, f"no tunnel at Cloudflare has {inside}")
                        for inside in vpns[vpn.urn]
                    )
            for table in self._taking(gateway):
                for prefix, links in ways.items():
                    way = Via(tuple(links))
                    self.made.routes(table, [Route(self.made.shared(prefix), way, Source.ATTACHED, origins[prefix])])

    def _of(self, source: Resource) -> Resource | None:
        return self.snapshot.target(source, "vpnGatewayId", GATEWAY)

    def _taking(self, gateway: Resource) -> Iterator[str]:
        for propagation in self.snapshot.of_type(PROPAGATION):
            if self._of(propagation) is gateway:
                yield self.vpcs.propagated(propagation)
