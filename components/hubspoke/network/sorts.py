"""Endpoints sorted by what filters make of their addresses: what is asked of one of a sort is answered for all."""

from dataclasses import dataclass, field
from functools import cached_property

from hubspoke.network.by_id import ById
from hubspoke.network.classes import Bits, lowest, members
from hubspoke.network.filters import Admission, Side
from hubspoke.network.model import Network
from hubspoke.network.roster import Keys, Roster, Senders

Name = tuple[Keys, tuple[int, ...]]


@dataclass(slots=True)
class Sort:
    """Addresses that no filter on the way tells apart, as one end of a packet."""

    filters: Keys  # at their endpoints
    number: int  # one of their classes, which answers for all
    bits: Bits = 0  # all of their classes
    ever: Bits | None = None  # what some rule of the filters might let pass, once it was asked for
    members: Senders = field(default_factory=list)  # endpoints, each with its classes of the sort


class Sorting:
    """The sorts of endpoints. Kept as long as endpoints and filters are the same."""

    def __init__(self, network: Network, roster: Roster, admission: Admission) -> None:
        self._network, self._roster, self._admission = network, roster, admission
        self._sorted: dict[Side, ById[Keys, list[Sort]]] = {"source": ById(), "destination": ById()}
        self._grouped: dict[tuple[Keys, Side], list[tuple[int, ...]]] = {}
        self._together: dict[tuple[int, ...], list[tuple[int, ...]]] = {}  # by id of the groups, which are kept
        self._names: dict[tuple[str, Side], list[tuple[Name, Bits]]] = {}

    def sources(self, keys: Keys) -> list[Sort]:
        """As senders: their own filters judge them, and those of tables on the way."""
        return self._sorted["source"].of(keys, lambda keys: self._sort(keys, "source"))

    def targets(self, keys: Keys) -> list[Sort]:
        """As receivers: their own filters judge them."""
        return self._sorted["destination"].of(keys, lambda keys: self._sort(keys, "destination"))

    def _sort(self, keys: Keys, side: Side) -> list[Sort]:
        found: dict[Name, Sort] = {}
        for key in keys:
            for name, bits in self._parts(key, side):
                sort = found.get(name) or found.setdefault(name, Sort(name[0], lowest(bits)))
                sort.bits |= bits
                sort.members.append((key, bits))
        return list(found.values())

    def _parts(self, key: str, side: Side) -> list[tuple[Name, Bits]]:
        """The classes of an endpoint, by sort."""
        if (key, side) not in self._names:
            endpoint, found = self._roster.by_key[key], dict[Name, Bits]()
            own, owned = endpoint.egress if side == "source" else endpoint.ingress, self._roster.owned[key]
            groups = self._groups(own, side)
            if owned & (owned - 1):
                for number in members(owned):
                    name = own, groups[number]
                    found[name] = found.get(name, 0) | 1 << number
            elif owned:  # of one class, as most are
                found[own, groups[owned.bit_length() - 1]] = owned
            self._names[key, side] = list(found.items())
        return self._names[key, side]

    def _groups(self, own: Keys, side: Side) -> list[tuple[int, ...]]:
        """By class, its group at each filter on the way: classes of one group are not told apart there.

        Filters with the same rules share theirs, of which there may be as many as endpoints.
        """
        if (own, side) not in self._grouped:
            keys = dict.fromkeys([*own, *(self._between if side == "source" else ())])
            groups = [self._admission.groups(self._network.filter[key].rules, side) for key in keys]
            same = tuple(map(id, groups))
            if same not in self._together:
                self._together[same] = list(zip(*groups, strict=True)) or [()] * self._admission.size
            self._grouped[own, side] = self._together[same]
        return self._grouped[own, side]

    @cached_property
    def _between(self) -> Keys:
        return tuple(key for table in self._network.tables for key in table.filters)
