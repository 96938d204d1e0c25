"""Who has which addresses: the endpoints of a network, kept from one state of it to the next."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from hubspoke.network.by_id import ById
from hubspoke.network.classes import Bits, members
from hubspoke.network.model import Endpoint, Finding

Keys = tuple[str, ...]
Senders = list[tuple[str, Bits]]  # endpoints, each with the classes of its own that are asked for


class Roster:
    """The endpoints by their classes and tables. `owned` is by "=endpoint"."""

    def __init__(self, endpoints: Iterable[Endpoint], owned: Mapping[str, Bits]) -> None:
        self.by_key = {endpoint.key: endpoint for endpoint in endpoints}
        self.owned = {key: owned[f"={key}"] for key in self.by_key}  # the classes of each endpoint's addresses
        self._together: ById[Keys, Bits] = ById()
        self._missing: ById[Keys, list[str]] = ById()
        self._senders: ById[Keys, Senders] = ById()

    def together(self, keys: Keys) -> Bits:
        """The classes of several endpoints' addresses."""
        return self._together.of(keys, self._union)

    def _union(self, keys: Keys) -> Bits:
        bits = 0
        for key in keys:
            bits |= self.owned[key]
        return bits

    def missing(self, keys: Keys) -> list[str]:
        """Those that are not there, or have no address: of one without addresses everything would be true."""
        return self._missing.of(keys, lambda keys: [key for key in keys if key not in self._present])

    @cached_property
    def _present(self) -> frozenset[str]:
        return frozenset(key for key, endpoint in self.by_key.items() if endpoint.prefixes)

    @cached_property
    def everyone(self) -> Keys:
        """All endpoints, the same tuple each time: what is made of many keys is found again by identity."""
        return tuple(self.by_key)

    @cached_property
    def beginning(self) -> dict[str, list[str]]:
        """The endpoints whose packets are looked up in each table first."""
        found: dict[str, list[str]] = {}
        for key, endpoint in self.by_key.items():
            for table in endpoint.tables:
                found.setdefault(table, []).append(key)
        return found

    @cached_property
    def owners(self) -> dict[int, list[str]]:
        """The endpoints that have each class."""
        found: dict[int, list[str]] = {}
        for key in self.by_key:
            for number in members(self.owned[key]):
                found.setdefault(number, []).append(key)
        return found

    def senders(self, keys: Keys) -> Senders:
        """Endpoints as senders of which one class is asked for."""
        return self._senders.of(keys, lambda keys: [(key, self.owned[key] & -self.owned[key]) for key in keys])


def overlaps(roster: Roster) -> tuple[Finding, ...]:
    """Endpoints that claim the same addresses: whichever a packet reaches, it may be the wrong one."""
    claimed, found = 0, list[Finding]()
    seen: list[tuple[Bits, str]] = []
    for endpoint in roster.by_key.values():
        bits = roster.owned[endpoint.key]
        if bits & claimed:
            other = next(key for earlier, key in seen if earlier & bits)
            what = f"{endpoint.key} and {other} have addresses in common"
            found.append(Finding(what, endpoint.origin, "give one of the two other prefixes"))
        claimed |= bits
        seen.append((bits, endpoint.key))
    return tuple(found)
