"""A network that is another but for some parts: making it, and comparing it, costs what those do and not what all do.

The network with one stack's resources in it is the plan's in all that the other stacks make, and these are thousands.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import is_

from hubspoke.network.model import Endpoint, Filter, Finding, Keyed, Link, Network, Quota, Session, Table

SHELL = ""  # origin of a table that is there only for the routes that others have in it, until somebody fills it


class Over(MutableMapping[str, Keyed]):
    """Parts by key: those of `base`, but for what `other` has for a key. None there: it is gone.

    In the order of the base, then that in which new keys came.
    """

    def __init__(self, base: Mapping[str, Keyed], other: Mapping[str, Keyed | None] | None = None) -> None:
        self.base: Mapping[str, Keyed] = base
        self.other: dict[str, Keyed | None] = dict(other or {})

    def __getitem__(self, key: str) -> Keyed:
        found: Keyed | None = self.other[key] if key in self.other else self.base[key]
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, part: Keyed) -> None:
        self.other[key] = part

    def __delitem__(self, key: str) -> None:
        _ = self[key]
        self.other[key] = None

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self.base if key not in self.other or self.other[key] is not None)
        yield from (key for key, part in self.other.items() if part is not None and key not in self.base)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def copy(self) -> "Over[Keyed]":
        """The same, to be changed by itself."""
        return Over(self.base, self.other)

    def differs(self) -> "Over[Keyed]":
        """The same parts, where only what is another object than in the base is other."""
        return Over(self.base, {key: part for key, part in self.other.items() if self.base.get(key) is not part})


@dataclass(frozen=True)
class Changed:
    """The parts of `base`, with others over some of them; shells are among these."""

    base: Network
    tables: Over[Table]
    links: Over[Link]
    endpoints: Over[Endpoint]
    filters: Over[Filter]
    sessions: Over[Session]
    findings: tuple[Finding, ...] = ()
    quota: Quota | None = None

    @cached_property
    def network(self) -> Network:
        """All of it; the base itself where nothing is other."""
        given = self.base
        parts = (
            _row(given.tables, self.tables), _row(given.links, self.links), _row(given.endpoints, self.endpoints),
            _row(given.filters, self.filters), _row(given.sessions, self.sessions),
        )  # fmt: skip
        kept = (given.tables, given.links, given.endpoints, given.filters, given.sessions)
        same = all(map(is_, parts, kept)) and (self.findings, self.quota) == (given.findings, given.quota)
        return given if same else Network(*parts, self.findings, self.quota)


def _row(row: tuple[Keyed, ...], parts: Over[Keyed]) -> tuple[Keyed, ...]:
    return tuple(parts.values()) if parts.differs().other else row


def unchanged(network: Network) -> Changed:
    """A network as the start for changes; its shells are such."""
    shells = {table.key: table for table in network.tables if table.origin == SHELL}
    return Changed(
        network, Over(network.table, shells), Over(network.link), Over(network.endpoint), Over(network.filter),
        Over(network.session), network.findings, network.quota,
    )  # fmt: skip


def from_base(base: Network, network: Network) -> Changed:
    """A network as what is other in it than in another."""
    return Changed(
        base, _over(base.table, network.tables), _over(base.link, network.links),
        _over(base.endpoint, network.endpoints), _over(base.filter, network.filters),
        _over(base.session, network.sessions), network.findings, network.quota,
    )  # fmt: skip


def _over(base: Mapping[str, Keyed], parts: Sequence[Keyed]) -> Over[Keyed]:
    there = {part.key: part for part in parts}
    return Over(base, {**dict.fromkeys(base.keys() - there.keys()), **there}).differs()
