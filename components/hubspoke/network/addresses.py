"""Which prefixes hold an address, one address at a time and without classes: by look-up, not by search."""

from functools import lru_cache
from ipaddress import IPv4Address
from socket import inet_ntoa

from hubspoke.network.by_id import ById
from hubspoke.network.model import Prefixes

_sets: ById[Prefixes, frozenset[str]] = ById()


def lengths(prefixes: Prefixes, address: int) -> list[int]:
    """Lengths of the prefixes that hold an address."""
    found = _around(address) & _sets.of(prefixes, frozenset)
    return [int(prefix.partition("/")[2]) for prefix in found]


def holds(prefixes: Prefixes, address: str) -> bool:
    """Whether any of the prefixes holds an address."""
    return bool(lengths(prefixes, int(IPv4Address(address))))


@lru_cache(maxsize=1 << 12)
def _around(address: int) -> frozenset[str]:
    """The prefix of each length that holds an address: prefixes are canonical, so there is one text for each."""
    firsts = (address >> 32 - length << 32 - length for length in range(33))
    return frozenset(f"{inet_ntoa(first.to_bytes(4, 'big'))}/{length}" for length, first in enumerate(firsts))
