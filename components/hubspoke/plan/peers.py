"""Native joins between hubs of one cloud, and the static routes that they need: peerings exchange none."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from hubspoke.intent.model import Wan
from hubspoke.intent.segments import reachable
from hubspoke.plan.model import HubPeer, PeerRoute


class Peers:
    """The peers of every hub."""

    def __init__(self, wan: Wan, cidrs: Mapping[str, IPv4Network]) -> None:
        self._wan = wan
        self._reach = reachable(wan.segments)
        self._towards: dict[str, list[PeerRoute]] = {hub: [] for hub in wan.hubs}
        for key, spoke in sorted(wan.spokes.items()):
            routes = (PeerRoute(segment, str(cidrs[key])) for segment in sorted(self._reach[spoke.segment]))
            self._towards[spoke.hub].extend(routes)

    def of(self, hub: str) -> tuple[HubPeer, ...]:
        """The hubs that this one is joined with, by the peering's key."""
        return tuple(self._of(hub))

    def _of(self, hub: str) -> Iterator[HubPeer]:
        for key, peering in sorted(self._wan.peerings.items()):
            if hub in peering.hubs:
                (other,) = set(peering.hubs) - {hub}
                yield self._peer(key, hub, other, initiates=peering.hubs[0] == hub)

    def _peer(self, key: str, hub: str, other: str, *, initiates: bool) -> HubPeer:
        there = self._wan.hubs[other]
        return HubPeer(
            key=key,
            hub=other,
            account=there.account,
            account_id=self._wan.accounts[there.account].id,
            region=there.region,
            initiates=initiates,
            routes=self._routes(other),
            returns=self._routes(hub),
        )

    def _routes(self, towards: str) -> tuple[PeerRoute, ...]:
        return tuple(sorted(self._towards[towards], key=lambda route: (route.segment, route.prefix)))
