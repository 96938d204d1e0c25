"""Which prefixes hold an address, one address at a time and without classes: by look-up, not by search."""

from collections import defaultdict
from ipaddress import IPv4Address
from socket import inet_aton

from hubspoke.network.by_id import ById
from hubspoke.network.model import Prefixes

Nets = dict[int, set[int]]  # by length, the bits that addresses begin with
_parsed: ById[Prefixes, Nets] = ById()


def lengths(prefixes: Prefixes, address: int) -> list[int]:
    """Lengths of the prefixes that hold an address."""
    return [length for length, firsts in _parsed.of(prefixes, _parse).items() if address >> (32 - length) in firsts]


def holds(prefixes: Prefixes, address: str) -> bool:
    """Whether any of the prefixes holds an address."""
    return bool(lengths(prefixes, int(IPv4Address(address))))


def _parse(prefixes: Prefixes) -> Nets:
    found: Nets = defaultdict(set)
    for address, _, length in (prefix.partition("/") for prefix in prefixes):
        found[int(length)].add(int.from_bytes(inet_aton(address), "big") >> (32 - int(length)))
    return dict(found)
