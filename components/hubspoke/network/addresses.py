"""Which prefixes hold an address, one address at a time and without classes: by look-up, not by search."""

from collections import defaultdict
from ipaddress import IPv4Address
from socket import inet_aton

from hubspoke.network.model import Prefixes

Nets = dict[int, set[int]]  # by length, the bits that addresses begin with
AT_MOST = 1 << 14  # tuples that are kept parsed
_parsed: dict[int, tuple[Prefixes, Nets]] = {}  # the tuples are kept, so that their ids stay theirs


def lengths(prefixes: Prefixes, address: int) -> list[int]:
    """Lengths of the prefixes that hold an address."""
    return [length for length, firsts in _nets(prefixes).items() if address >> (32 - length) in firsts]


def holds(prefixes: Prefixes, address: str) -> bool:
    """Whether any of the prefixes holds an address."""
    return bool(lengths(prefixes, int(IPv4Address(address))))


def _nets(prefixes: Prefixes) -> Nets:
    kept = _parsed.get(id(prefixes))
    if kept is None:
        if len(_parsed) >= AT_MOST:
            _parsed.clear()
        kept = _parsed[id(prefixes)] = prefixes, _parse(prefixes)
    return kept[1]


def _parse(prefixes: Prefixes) -> Nets:
    found: Nets = defaultdict(set)
    for address, _, length in (prefix.partition("/") for prefix in prefixes):
        found[int(length)].add(int.from_bytes(inet_aton(address), "big") >> (32 - int(length)))
    return dict(found)
