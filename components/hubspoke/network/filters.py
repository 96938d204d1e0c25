"""What filters let pass: one packet at a time with the rule that decided, and all addresses at once.

Traffic with ranges is cut into cells, protocol by ports, at the bounds of the rules: inside a cell every port is
judged alike. The answer to "may it pass" is about all of it; "can anything pass" about any of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from hubspoke.network.addresses import holds
from hubspoke.network.classes import Bits, Classes, members
from hubspoke.network.model import ALL_PORTS, Filter, Ports, Prefixes, Protocol, Rule
from hubspoke.network.packet import Packet

PROTOCOLS = ("tcp", "udp", "icmp", "other")
EPHEMERAL: Ports = (1024, 65535)  # where answers go: IANA says from 49152, Linux from 32768, AWS's own NAT from 1024
Action = Literal["allow", "deny", "unknown"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Traffic that no rule in question tells apart."""

    protocol: str
    ports: Ports

    def __str__(self) -> str:
        first, last = self.ports
        if self.ports == ALL_PORTS or self.protocol not in ("tcp", "udp"):
            return self.protocol
        return f"{self.protocol} port {first}" if first == last else f"{self.protocol} ports {first}-{last}"


class Traffic:
    """The traffic that filters tell apart, in cells."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        filters = tuple(filters)
        every = {(rule.protocol, rule.ports) for f in filters for rule in f.rules}
        alone = {(rule.protocol, rule.ports) for f in filters if not f.stateful for rule in f.rules}
        self._kinds = {False: frozenset(every), True: frozenset(alone)}
        self._cells: dict[tuple[Protocol, Ports, bool], tuple[Cell, ...]] = {}
        self.unknown = any(rule.action == "unknown" for f in filters for rule in f.rules)

    def cells(self, protocol: Protocol, ports: Ports, *, stateless: bool = False) -> tuple[Cell, ...]:
        """One cell of each sort of this traffic that filters, or stateless ones alone, tell apart."""
        key = (protocol, ports, stateless)
        if key not in self._cells:
            kinds = self._kinds[stateless]
            self._cells[key] = unlike(cut(protocol, ports, kinds), kinds)
        return self._cells[key]

    def cut(self, cell: Cell, *, stateless: bool) -> tuple[Cell, ...]:
        """A cell, cut finer."""
        if cell.protocol == "other":
            return (cell,)
        return self.cells(cell.protocol, cell.ports, stateless=stateless)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Judged:
    """What a filter does to one cell of a packet's traffic, and the rule that says so; None is the default."""

    filter: str
    cell: Cell
    action: Action
    rule: Rule | None
    origin: str


def cells(protocol: Protocol, ports: Ports, filters: Iterable[Filter]) -> tuple[Cell, ...]:
    """The traffic, cut wherever a rule of the filters begins or ends."""
    return cut(protocol, ports, {(rule.protocol, rule.ports) for f in filters for rule in f.rules})


def cut(protocol: Protocol, ports: Ports, kinds: Iterable[tuple[Protocol, Ports]]) -> tuple[Cell, ...]:
    """The traffic, cut wherever one of the kinds of traffic begins or ends."""
    return _cut(protocol, ports, frozenset(kinds))


@lru_cache(maxsize=1024)  # few kinds of traffic are cut by few kinds of rules, for packet after packet
def _cut(protocol: Protocol, ports: Ports, kinds: frozenset[tuple[Protocol, Ports]]) -> tuple[Cell, ...]:
    cuts = {edge for _, (first, last) in kinds for edge in (first, last + 1)}
    edges = sorted({ports[0], ports[1] + 1, *(edge for edge in cuts if ports[0] < edge <= ports[1])})
    ranges = [(first, after - 1) for first, after in pairwise(edges)]
    wanted = PROTOCOLS if protocol == "any" else (protocol,)
    return tuple(Cell(p, r) for p in wanted for r in (ranges if p in ("tcp", "udp") else (ALL_PORTS,)))


def unlike(found: Iterable[Cell], kinds: Iterable[tuple[Protocol, Ports]]) -> tuple[Cell, ...]:
    """One cell of each sort that rules of these kinds can tell apart."""
    kinds = tuple(kinds)
    sorts: dict[tuple[bool, ...], Cell] = {}
    for cell in found:
        sorts.setdefault(tuple(covers(*kind, cell) for kind in kinds), cell)
    return tuple(sorts.values())


def covers(protocol: Protocol, ports: Ports, cell: Cell) -> bool:
    """Whether a kind of traffic includes all of a cell."""
    if protocol not in ("any", cell.protocol):
        return False
    return cell.protocol not in ("tcp", "udp") or (ports[0] <= cell.ports[0] and cell.ports[1] <= ports[1])


def matches(rule: Rule, cell: Cell) -> bool:
    """Whether a rule is about this traffic."""
    return covers(rule.protocol, rule.ports, cell)


def judge(filter_: Filter, packet: Packet) -> tuple[Judged, ...]:
    """What a filter does to a packet, for each cell of its traffic."""
    found = []
    for cell in cells(packet.protocol, packet.ports, (filter_,)):
        rule = next((r for r in filter_.rules if matches(r, cell) and _holds(r, packet)), None)
        action: Action = rule.action if rule else filter_.default
        found.append(Judged(filter_.key, cell, action, rule, rule.origin if rule else filter_.origin))
    return tuple(found)


def _holds(rule: Rule, packet: Packet) -> bool:
    ends = (packet.source, rule.sources), (packet.destination, rule.destinations)
    return all(not prefixes or holds(prefixes, address) for address, prefixes in ends)


def answer(packet: Packet) -> Packet:
    """What comes back: ends swapped, to any port that the question may have come from."""
    ports = EPHEMERAL if packet.protocol in ("tcp", "udp") else packet.ports
    return Packet(packet.destination, packet.source, packet.protocol, ports)


@dataclass(frozen=True, slots=True)
class Passing:
    """Classes of the free end: those whose traffic passes for certain, and those of which it is not ruled out."""

    surely: Bits
    maybe: Bits


Side = Literal["source", "destination"]


class Admission:
    """Which classes pass filters, with one end of the packet fixed. Results are kept: many filters are alike."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._kept: dict[tuple[int, str, Side, Cell, int], Passing] = {}
        self._groups: dict[tuple[int, Side], tuple[Sequence[Rule], list[int]]] = {}
        self.size = len(classes)

    def passing(self, filters: Iterable[Filter], cell: Cell, end: Side, number: int) -> Passing:
        """What passes all filters, where one end of the packet is of the class `number`."""
        surely = maybe = self._classes.inhabited
        for filter_ in filters:
            each = self._one(filter_, cell, end, number)
            surely, maybe = surely & each.surely, maybe & each.maybe
        return Passing(surely, maybe)

    def _one(self, filter_: Filter, cell: Cell, end: Side, number: int) -> Passing:
        group = self.groups(filter_.rules, end)[number]
        key = (id(filter_.rules), filter_.default, end, cell, group)
        if key not in self._kept:
            self._kept[key] = self._judged(filter_, cell, end, group)
        return self._kept[key]

    def groups(self, rules: Sequence[Rule], end: Side) -> list[int]:
        """By class, the first of those that the rules' fixed ends do not tell from it."""
        key = id(rules), end
        if key not in self._groups:
            groups = [self._classes.all]
            for prefixes in {_fixed(rule, end) for rule in rules} - {()}:
                bits = self._classes.addresses(prefixes)
                groups = [part for group in groups for part in (group & bits, group & ~bits) if part]
            first = [0] * len(self._classes)
            for group in groups:
                numbers = list(members(group))
                for number in numbers:
                    first[number] = numbers[0]
            self._groups[key] = rules, first  # the rules are kept, so that their id stays theirs
        return self._groups[key][1]

    def ever(self, filter_: Filter, number: int, end: Side) -> Bits:
        """What some rule might let pass, whatever else stands before it: never too few."""
        if filter_.default == "allow":
            return self._classes.inhabited
        bits = 0
        for rule in filter_.rules:
            fixed, free = _fixed(rule, end), rule.destinations if end == "source" else rule.sources
            if rule.action != "deny" and (not fixed or self._classes.addresses(fixed) >> number & 1):
                bits |= self._classes.addresses(free)
        return bits

    def _judged(self, filter_: Filter, cell: Cell, end: Side, number: int) -> Passing:
        open_, surely, maybe = self._classes.inhabited, 0, 0
        for action, free in self._about(filter_.rules, cell, end, number):
            matched = open_ & free
            open_ &= ~free
            surely |= matched if action == "allow" else 0
            maybe |= matched if action != "deny" else 0
        rest = open_ if filter_.default == "allow" else 0
        return Passing(surely | rest, maybe | rest)

    def _about(self, rules: Iterable[Rule], cell: Cell, end: Side, number: int) -> Iterator[tuple[Action, Bits]]:
        for rule in rules:
            fixed = _fixed(rule, end)
            if matches(rule, cell) and (not fixed or self._classes.addresses(fixed) >> number & 1):
                yield rule.action, self._classes.addresses(rule.destinations if end == "source" else rule.sources)


def _fixed(rule: Rule, end: Side) -> Prefixes:
    return rule.sources if end == "source" else rule.destinations
