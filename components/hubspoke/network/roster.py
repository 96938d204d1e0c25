"""Who has which addresses: the endpoints of a network, kept from one state of it to the next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from hubspoke.network.classes import Bits, members
from hubspoke.network.model import Endpoint

Keys = tuple[str, ...]


class Roster:
    """The endpoints by their classes and tables. `owned` is by "=endpoint"."""

    def __init__(self, endpoints: Iterable[Endpoint], owned: Mapping[str, Bits]) -> None:
        self.by_key = {endpoint.key: endpoint for endpoint in endpoints}
        self._owned, self._together = owned, dict[Keys, Bits]()
        self._sets: dict[Keys, frozenset[str]] = {}

    def owned(self, key: str) -> Bits:
        """The classes of an endpoint's addresses."""
        return self._owned[f"={key}"]

    def together(self, keys: Keys) -> Bits:
        """The classes of several endpoints' addresses."""
        if keys not in self._together:
            bits = 0
            for key in keys:
                bits |= self.owned(key)
            self._together[keys] = bits
        return self._together[keys]

    def missing(self, keys: Keys) -> list[str]:
        """Those that are not there, or have no address: of one without addresses everything would be true."""
        return [] if self._set(keys) <= self._present else [key for key in keys if key not in self._present]

    @cached_property
    def _present(self) -> frozenset[str]:
        return frozenset(key for key, endpoint in self.by_key.items() if endpoint.prefixes)

    def _set(self, keys: Keys) -> frozenset[str]:
        if keys not in self._sets:
            self._sets[keys] = frozenset(keys)
        return self._sets[keys]

    @cached_property
    def owners(self) -> dict[int, list[str]]:
        """The endpoints that have each class."""
        found: dict[int, list[str]] = {}
        for key in self.by_key:
            for number in members(self.owned(key)):
                found.setdefault(number, []).append(key)
        return found

    @cached_property
    def _entering(self) -> dict[str, list[str]]:
        """The endpoints whose packets are looked up in each table first."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, endpoint in self.by_key.items():
            for table in endpoint.tables:
                found[table].append(key)
        return dict(found)

    def stirred(self, keys: Keys, towards: Bits, moved: Mapping[str, Bits]) -> Keys:
        """Those of the endpoints from which something is other towards these classes, in their order."""
        tables = (table for table, bits in moved.items() if bits & towards)
        found = {key for table in tables for key in self._entering.get(table, ())} & self._set(keys)
        return tuple(key for key in keys if key in found) if found else ()
