"""Packets followed hop by hop, one address at a time: what explains a verdict, and the oracle of the fast core.

Nothing here uses classes of addresses: every table is looked up, every filter asked, every branch taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, assert_never

from hubspoke.network.addresses import lengths, number_of
from hubspoke.network.filters import Judged, answer, judge
from hubspoke.network.look_ups import Address, LookUps
from hubspoke.network.model import (
    Deliver,
    Drop,
    Endpoint,
    Filter,
    Internet,
    Network,
    NextHop,
    Route,
    Table,
    Unknown,
    Via,
)
from hubspoke.network.packet import Packet
from hubspoke.network.quotas import dropping
from hubspoke.network.selection import Links, shares

NO_ROUTE = "no route"
Ending = Literal["delivered", "lost", "loop", "internet", "unknown"]


@dataclass(frozen=True)
class Hop:
    """One look-up: the table, the route that won there and over which link it went; None where nothing matched."""

    table: str
    route: Route | None
    link: str
    lost: tuple[Route, ...]  # routes to the same prefix that did not win
    sure: bool

    def __str__(self) -> str:
        if self.route is None:
            return f"{self.table}: no route"
        over = f" over {self.link}" if self.link else ""
        return f"{self.table}: {_covering(self.route)} ({self.route.source}){over}, from {self.route.origin}"


@dataclass(frozen=True)
class Path:
    """One way a packet may take, and where it ends."""

    hops: tuple[Hop, ...]
    ending: Ending
    endpoint: str  # where it was delivered
    why: str

    @property
    def sure(self) -> bool:
        """Whether a packet is certain to be able to go this way."""
        return all(hop.sure for hop in self.hops)

    def after(self, hop: Hop) -> "Path":
        """The same from one look-up before it."""
        return Path((hop, *self.hops), self.ending, self.endpoint, self.why)


@dataclass(frozen=True)
class Trace:
    """A packet, all paths it may take, and what every filter on the way says to it, whether or not it stops there."""

    packet: Packet
    source: str
    paths: tuple[Path, ...]
    filters: tuple[Judged, ...]

    @property
    def blockers(self) -> tuple[Judged, ...]:
        """All that stops it, not only the first."""
        return tuple(each for each in self.filters if each.action != "allow")

    def __str__(self) -> str:
        lines = [f"{self.packet.source} -> {self.packet.destination} from {self.source}"]
        for path in self.paths:
            lines += [f"  {hop}" for hop in path.hops]
            lines.append(f"  {path.ending}: {path.endpoint or path.why}")
        lines += [f"  stopped by {b.filter}, {b.cell}: {b.origin}" for b in self.blockers]
        return "\n".join(lines)


def _covering(route: Route) -> str:
    shown = ", ".join(route.prefixes[:3])
    return shown if len(route.prefixes) <= 3 else f"{shown} and {len(route.prefixes) - 3} more"


def trace(network: Network, packet: Packet) -> Trace:
    """Follows a packet from the endpoint that has its source. `network` is settled.

    Raises KeyError where no endpoint has the source address.
    """
    return Walks(network).trace(packet)


def answers(network: Network, packet: Packet) -> Trace:
    """Follows the answer to a packet. Of the filters only the stateless ones ask again."""
    return without_stateful(network, trace(network, answer(packet)))


def without_stateful(network: Network, back: Trace) -> Trace:
    """The trace of an answer: what let the packet in lets the answer out."""
    stateless = tuple(each for each in back.filters if not network.filter[each.filter].stateful)
    return Trace(back.packet, back.source, back.paths, stateless)


def owner_of(network: Network, address: str) -> Endpoint | None:
    """The endpoint with the longest prefix around an address."""
    number = number_of(address)
    found = [(max(held), e.key) for e in network.endpoints if (held := lengths(e.prefixes, number))]
    return network.endpoint[max(found)[1]] if found else None


def walk(network: Network, table: str, address: str) -> Iterator[Path]:
    """All paths of a packet to an address that is looked up in a table first."""
    return Walks(network).paths(table, address)


class Walks:
    """Walks through one settled network. What a table says of an address is looked up once."""

    def __init__(self, network: Network, look_ups: LookUps | None = None) -> None:
        self._network = network
        self._look_ups = look_ups or LookUps(network.health)
        self._onward: dict[tuple[str, Address], list[Path]] = {}  # the ways on from tables, where none is a loop

    def trace(self, packet: Packet) -> Trace:
        """Follows a packet from the endpoint that has its source. Raises KeyError where no endpoint has it."""
        owner = owner_of(self._network, packet.source)
        if owner is None:
            raise KeyError(f"no endpoint has the address {packet.source}")
        return self.between(packet, owner, owner_of(self._network, packet.destination))

    def between(self, packet: Packet, owner: Endpoint, target: Endpoint | None) -> Trace:
        """The same where it is known which endpoints have the two addresses."""
        paths = tuple(path for table in owner.tables for path in self.paths(table, packet.destination))
        judged = tuple(each for f in self._filters(owner, paths, target) for each in judge(f, packet))
        return Trace(packet, owner.key, paths, judged)

    def _filters(self, owner: Endpoint, paths: tuple[Path, ...], target: Endpoint | None) -> Iterator[Filter]:
        tables = dict.fromkeys(hop.table for path in paths for hop in path.hops)
        keys = [*owner.egress, *(key for table in tables for key in self._network.table[table].filters)]
        for key in dict.fromkeys([*keys, *(target.ingress if target else ())]):
            yield self._network.filter[key]

    def paths(self, table: str, address: str) -> Iterator[Path]:
        """All paths to an address that is looked up in a table first."""
        yield from self._walk(table, number_of(address), ())

    def _walk(self, key: str, address: Address, above: tuple[str, ...]) -> Iterator[Path]:
        """All ways on from a table. Where none turns back, they are the same whichever tables come before it."""
        if (key, address) in self._onward:
            yield from self._onward[key, address]
            return
        found = list[Path]()
        for path in self._ways(key, address, above):
            found.append(path)
            yield path
        if all(path.ending != "loop" for path in found):
            self._onward[key, address] = found

    def _ways(self, key: str, address: Address, above: tuple[str, ...]) -> Iterator[Path]:
        if key in above:
            yield Path((), "loop", "", f"back in {key}")
            return
        if key not in self._network.table:
            yield Path((), "lost", "", f"table {key} is not there")
            return
        table = self._network.table[key]
        winners, losers = self._look_ups.of(table, address)
        if not winners:
            yield Path((Hop(key, None, "", losers, True),), "lost", "", self._no_route(key, address))
        sure = len(winners) < 2 or shares(table, winners)
        for route in winners:
            for link, end in _steps(self._network, self._network.health, table, route.next_hop):
                hop = Hop(key, route, link, losers, sure)
                if isinstance(end, str):
                    yield from (path.after(hop) for path in self._walk(end, address, (*above, key)))
                else:
                    yield Path((hop,), *_ending(self._network, end, address))

    def _no_route(self, key: str, address: Address) -> str:
        """Why there is none, where that is known."""
        table = dropping(self._network, key, address) if self._drops else ""
        return f"{NO_ROUTE}, as it is over the quota of {table}" if table else NO_ROUTE

    @cached_property
    def _drops(self) -> bool:
        return any(speaker.dropped for session in self._network.sessions for speaker in session.speakers)


End = str | Deliver | Drop | Internet | Unknown  # the next table, or the end of the way


def _steps(network: Network, links: Links, table: Table, hop: NextHop) -> Iterator[tuple[str, End]]:
    match hop:
        case Via(keys):
            up = [key for key in keys if links.get(key, "down") != "down"]
            if not up:
                yield "", Drop(f"{', '.join(keys)} down")
            for key in up:
                tables = network.link[key].far(table.router).tables
                yield from ((key, arrival) for arrival in tables)
                if not tables:
                    yield key, Drop("no table is associated at the far end")
        case Deliver() | Drop() | Internet() | Unknown():
            yield "", hop
        case _:
            assert_never(hop)


def _ending(network: Network, end: Deliver | Drop | Internet | Unknown, address: Address) -> tuple[Ending, str, str]:
    match end:
        case Deliver(key):
            endpoint = network.endpoint.get(key)
            if endpoint and lengths(endpoint.prefixes, address):
                return "delivered", key, ""
            return "lost", "", f"{key} does not have the address"
        case Drop(why):
            return "lost", "", why
        case Internet():
            return "internet", "", "left the network"
        case Unknown(why):
            return "unknown", "", why
        case _:
            assert_never(end)
