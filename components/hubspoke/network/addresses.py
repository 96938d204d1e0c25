"""Which prefixes hold an address, one address at a time and without classes: by look-up, not by search."""

from functools import lru_cache
from ipaddress import IPv4Address
from operator import itemgetter
from socket import inet_ntoa

from hubspoke.network.by_id import ById
from hubspoke.network.model import Prefixes

Held = tuple[frozenset[str], frozenset[int]]  # prefixes, and how long they are
_END = itemgetter(slice(-2, None))  # of a prefix: "16", or "/8"
_held: ById[Prefixes, Held] = ById()


@lru_cache(maxsize=1 << 12)
def number_of(address: str) -> int:
    """An address as a number. Raises ValueError for what is none."""
    return int(IPv4Address(address))


def held(prefixes: Prefixes) -> Held:
    """The prefixes as a set, and their lengths, which are few."""
    return _held.of(prefixes, _made_of)


def _made_of(prefixes: Prefixes) -> Held:
    return frozenset(prefixes), sizes(prefixes)


def sizes(prefixes: Prefixes) -> frozenset[int]:
    """The lengths of prefixes."""
    return frozenset(int(end.lstrip("/")) for end in set(map(_END, prefixes)))


@lru_cache(maxsize=1 << 14)
def _around(address: int, size: int) -> str:
    """The prefix of a length that holds an address: they are canonical, so there is one text for it."""
    return f"{inet_ntoa((address >> 32 - size << 32 - size).to_bytes(4, 'big'))}/{size}"


def lengths(prefixes: Prefixes, address: int) -> list[int]:
    """Lengths of the prefixes that hold an address."""
    texts, several = held(prefixes)
    return [size for size in several if _around(address, size) in texts]


def holds(prefixes: Prefixes, address: str) -> bool:
    """Whether any of the prefixes holds an address."""
    return bool(lengths(prefixes, number_of(address)))
