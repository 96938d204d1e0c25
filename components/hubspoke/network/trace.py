"""Packets followed hop by hop, one address at a time: what explains a verdict, and the oracle of the fast core.

Nothing here uses classes of addresses: every table is searched, every filter asked, every branch taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal, assert_never

from hubspoke.network.addresses import lengths
from hubspoke.network.filters import Judged, answer, judge
from hubspoke.network.model import (
    Deliver,
    Drop,
    Endpoint,
    Filter,
    Internet,
    Network,
    NextHop,
    Packet,
    Route,
    Table,
    Unknown,
    Via,
)
from hubspoke.network.selection import Links, order_of, rank, shares, usable

Address = int


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
    owner = owner_of(network, packet.source)
    if owner is None:
        raise KeyError(f"no endpoint has the address {packet.source}")
    return trace_between(network, packet, owner, owner_of(network, packet.destination))


def trace_between(network: Network, packet: Packet, owner: Endpoint, target: Endpoint | None) -> Trace:
    """The same where it is known which endpoints have the two addresses."""
    paths = tuple(path for table in owner.tables for path in walk(network, table, packet.destination))
    filters = tuple(judged for f in _filters(network, owner, paths, target) for judged in judge(f, packet))
    return Trace(packet, owner.key, paths, filters)


def answers(network: Network, packet: Packet) -> Trace:
    """Follows the answer to a packet. Of the filters only the stateless ones ask again."""
    return without_stateful(network, trace(network, answer(packet)))


def without_stateful(network: Network, back: Trace) -> Trace:
    """The trace of an answer: what let the packet in lets the answer out."""
    stateless = tuple(each for each in back.filters if not network.filter[each.filter].stateful)
    return Trace(back.packet, back.source, back.paths, stateless)


def owner_of(network: Network, address: str) -> Endpoint | None:
    """The endpoint with the longest prefix around an address."""
    number = int(IPv4Address(address))
    found = [(max(held), e.key) for e in network.endpoints if (held := lengths(e.prefixes, number))]
    return network.endpoint[max(found)[1]] if found else None


def _filters(network: Network, owner: Endpoint, paths: tuple[Path, ...], target: Endpoint | None) -> Iterator[Filter]:
    tables = dict.fromkeys(hop.table for path in paths for hop in path.hops)
    keys = [*owner.egress, *(key for table in tables for key in network.table[table].filters)]
    for key in dict.fromkeys([*keys, *(target.ingress if target else ())]):
        yield network.filter[key]


def walk(network: Network, table: str, address: str) -> Iterator[Path]:
    """All paths of a packet to an address that is looked up in a table first."""
    yield from _walk(network, network.health, table, int(IPv4Address(address)), ())


def _walk(network: Network, links: Links, key: str, address: Address, hops: tuple[Hop, ...]) -> Iterator[Path]:
    if any(hop.table == key for hop in hops):
        yield Path(hops, "loop", "", f"back in {key}")
        return
    if key not in network.table:
        yield Path(hops, "lost", "", f"table {key} is not there")
        return
    table = network.table[key]
    winners, losers = look_up(table, address, links)
    if not winners:
        yield Path((*hops, Hop(key, None, "", losers, True)), "lost", "", "no route")
    sure = len(winners) < 2 or shares(table, winners)
    for route in winners:
        for link, end in _steps(network, links, table, route.next_hop):
            taken = (*hops, Hop(key, route, link, losers, sure))
            if isinstance(end, str):
                yield from _walk(network, links, end, address, taken)
            else:
                yield Path(taken, *_ending(network, end, address))


def look_up(table: Table, address: Address, links: Links) -> tuple[tuple[Route, ...], tuple[Route, ...]]:
    """The routes that win for an address, and those to the same prefix that do not."""
    fitting = [
        (length, route)
        for route in table.routes
        for length in lengths(route.prefixes, address)
        if usable(table, route, links) and not _hidden(table, route, address, length, links)
    ]
    if not fitting:
        return (), ()
    longest = max(length for length, _ in fitting)
    routes = tuple(route for length, route in fitting if length == longest)
    best = min(rank(table, route, links) for route in routes)
    winners = tuple(route for route in routes if rank(table, route, links) == best)
    return winners, tuple(route for route in routes if rank(table, route, links) != best)


def _hidden(table: Table, route: Route, address: Address, length: int, links: Links) -> bool:
    order = order_of(table)
    return route.source in order.shielded and any(
        min(lengths(shield.prefixes, address), default=33) <= length
        for shield in table.routes
        if shield.source in order.shields and usable(table, shield, links)
    )


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
