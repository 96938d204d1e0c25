"""Senders by their door: the table of the core that their packets come to first. What holds there holds of all of them.

                                   Packets of n1 to n3 for anything but themselves come to the hub's table: what is
n1 --+                             asked of many senders and one set of targets is asked of that table once. Only
n2 --+-- hub: prod --+-- middle    where a sender has some of the targets, or sends their packets by another way, is
n3 --+               |             it asked by itself.
m1 ----- hub: dev ---+
"""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hubspoke.network.by_id import ById
from hubspoke.network.classes import Bits, union
from hubspoke.network.leaves import Core
from hubspoke.network.roster import Roster, Senders

MANY = 256  # tables that lead elsewhere than when doors were found: they are found again


class Sender(NamedTuple):
    """An endpoint as a sender."""

    key: str
    own: Bits  # the classes of its own that are asked for
    owned: Bits  # all that it has
    led: Bits  # those whose packets come to the door


@dataclass(frozen=True)
class Door:
    """Senders whose packets come to one table: "" for one that begins in several tables, or leads nowhere."""

    table: str
    senders: list[Sender]
    entries: Sequence[str]  # the tables that they begin in
    beyond: Sequence[str]  # those of the core that they come to

    @cached_property
    def own(self) -> Bits:
        """The classes that are asked for."""
        return union(each.own for each in self.senders)

    @cached_property
    def _single(self) -> bool:
        """Whether no two senders have one of these classes: otherwise each of them counts."""
        return sum(each.own.bit_count() for each in self.senders) == self.own.bit_count()

    @cached_property
    def _apart(self) -> Bits:
        """The classes that some sender has, or whose packets do not come to the door from it."""
        return union(each.owned | ~each.led for each in self.senders)

    @cached_property
    def aside(self) -> Bits:
        """The classes that some sender does not have, and whose packets do not come to the door from it."""
        return union(~(each.owned | each.led) for each in self.senders)

    def unmet(
        self, wanted: Bits, at: Callable[[str], Bits], leaving: Callable[[str], Bits]
    ) -> Iterator[tuple[Bits, Bits]]:
        """Classes of senders, and those of wanted targets that do not hold for them.

        `at` says what holds at a table, `leaving` what holds of packets that leave an endpoint.
        """
        missing = wanted & ~at(self.table) if self.table else 0
        if self._single and not missing & self._apart and not wanted & self.aside:
            if missing:
                yield self.own, missing
            return
        for key, own, owned, led in self.senders:
            gap, aside = missing & led & ~owned, wanted & ~(owned | led)
            if gap := gap | aside & ~leaving(key) if aside else gap:
                yield own, gap


class _Found:
    """Doors by the tables that senders begin in or come to."""

    def __init__(self, doors: list[Door]) -> None:
        self.doors = doors
        self.places: dict[str, list[int]] = {}
        for place, door in enumerate(doors):
            for table in {*door.entries, *door.beyond}:
                self.places.setdefault(table, []).append(place)


class Doors:
    """The doors of senders. They are kept while few tables lead elsewhere."""

    def __init__(self, core: Core, roster: Roster, last: "Doors | None" = None) -> None:
        self._core, self._roster, self._first = core, roster, core
        self._kept: ById[Senders, _Found] = ById()
        self._ways: dict[str, tuple[str, Bits]] = {}  # in the first core
        self._strays: frozenset[str] = frozenset()  # tables that lead elsewhere than in the first core
        if last and len(strays := last._strays | core.detoured) < MANY:
            self._first, self._kept, self._ways, self._strays = last._first, last._kept, last._ways, strays
        self._elsewhere = self._strays | core.detoured

    @cached_property
    def strayed(self) -> frozenset[str]:
        """The endpoints that begin in tables that lead elsewhere than in the first core, or in the state before."""
        return frozenset(key for table in self._elsewhere for key in self._roster.beginning.get(table, ()))

    def of(self, senders: Senders) -> Iterator[Door]:
        """The doors of all of these. Where one leads elsewhere by now, each is by itself."""
        for door in self._kept.of(senders, self._found).doors:
            yield from self._now(door)

    def stirred(self, senders: Senders, moved: Set[str]) -> Iterator[Door]:
        """Those behind which something may be other than in the state before, if it is in these tables of the core."""
        found, elsewhere = self._kept.of(senders, self._found), self._elsewhere
        tables = found.places.keys() & (moved | elsewhere if elsewhere else moved)
        for place in sorted({place for table in tables for place in found.places[table]}):
            door = found.doors[place]
            if elsewhere.isdisjoint(door.entries):
                yield door
            else:
                yield from (each for each in self._now(door) if self._stirs(each, moved))

    def _stirs(self, door: Door, moved: Set[str]) -> bool:
        return not moved.isdisjoint(door.beyond) or not self._core.detoured.isdisjoint(door.entries)

    def _now(self, door: Door) -> Iterator[Door]:
        if self._strays.isdisjoint(door.entries):
            yield door
        else:
            yield from (self._alone(self._core, each.key, each.own) for each in door.senders)

    def _found(self, senders: Senders) -> "_Found":
        """In the first core, as what is kept is shared with other states."""
        together: dict[str, list[tuple[Sender, str]]] = {}
        alone: list[Door] = []
        for key, own in senders:
            tables = self._roster.by_key[key].tables
            table, led = self._first_way(tables[0]) if len(tables) == 1 else ("", 0)
            if table:
                together.setdefault(table, []).append((Sender(key, own, self._roster.owned[key], led), tables[0]))
            else:
                alone.append(self._alone(self._first, key, own))
        found = [
            Door(table, [sender for sender, _ in each], [entry for _, entry in each], (table,))
            for table, each in together.items()
        ]
        return _Found(found + alone)

    def _first_way(self, table: str) -> tuple[str, Bits]:
        if table not in self._ways:
            self._ways[table] = _way(self._first, table)
        return self._ways[table]

    def _alone(self, core: Core, key: str, own: Bits) -> Door:
        """The door of one sender by itself."""
        tables = self._roster.by_key[key].tables
        ways = [_way(core, table) for table in tables]
        table, led = ways[0] if len(ways) == 1 else ("", 0)
        sender = Sender(key, own, self._roster.owned[key], led)
        return Door(table, [sender], tables, [door for door, _ in ways if door])


def _way(core: Core, table: str) -> tuple[str, Bits]:
    """The table of the core that packets come to from a table, and the classes that do; "" where none do."""
    if table in core.steps:
        return table, -1
    door, led = "", 0
    for (several, _), bits in core.leaves[table].items():
        if several[0] in core.steps:
            door, led = several[0], led | bits
    return door, led
