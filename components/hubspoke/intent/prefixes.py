"""Arithmetic on IPv4 prefixes: who overlaps whom, what lies within what, what is free. Linear or nearly so."""

from bisect import bisect_right
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range
from typing import TypeVar

T = TypeVar("T")


def overlaps(prefixes: Iterable[tuple[IPv4Network, T]]) -> list[tuple[T, T]]:
    """Each prefix that lies in an earlier, wider or equal one, with that one: (outer, inner).

    Two prefixes overlap only if one contains the other. Sorted by address, wider first, whatever overlaps a prefix
    lies in the last one that was not contained itself.
    """
    found: list[tuple[T, T]] = []
    outer: tuple[IPv4Network, T] | None = None
    for prefix, owner in sorted(prefixes, key=lambda item: (int(item[0].network_address), item[0].prefixlen)):
        if outer and prefix.network_address <= outer[0].broadcast_address:
            found.append((outer[1], owner))
        else:
            outer = (prefix, owner)
    return found


class Space:
    """A set of prefixes that asks only whether another lies wholly within it."""

    def __init__(self, prefixes: Iterable[IPv4Network]) -> None:
        self._parts = list(collapse_addresses(prefixes))
        self._starts = [int(part.network_address) for part in self._parts]

    def __contains__(self, prefix: IPv4Network) -> bool:
        index = bisect_right(self._starts, int(prefix.network_address)) - 1
        return index >= 0 and prefix.broadcast_address <= self._parts[index].broadcast_address


class Free:
    """What is free in a pool. Takes the lowest block of the tightest size that fits, halving it as needed."""

    def __init__(self, pool: IPv4Network, used: Iterable[IPv4Network]) -> None:
        self._blocks: dict[int, list[int]] = {length: [] for length in range(33)}
        for block in _gaps(pool, [prefix for prefix in used if prefix.overlaps(pool)]):
            self._blocks[block.prefixlen].append(int(block.network_address))
        for starts in self._blocks.values():
            heapify(starts)

    def take(self, length: int) -> IPv4Network | None:
        """Takes a prefix of the given length, or None where no such block is left."""
        fitting = next((size for size in range(length, -1, -1) if self._blocks[size]), None)
        if fitting is None:
            return None
        start = heappop(self._blocks[fitting])
        for size in range(fitting + 1, length + 1):  # keep the lower half, give the upper one back
            heappush(self._blocks[size], start + (1 << (32 - size)))
        return IPv4Network((start, length))


def _gaps(pool: IPv4Network, used: list[IPv4Network]) -> Iterable[IPv4Network]:
    """The aligned blocks of the pool between what is used."""
    position, end = int(pool.network_address), int(pool.broadcast_address)
    for prefix in sorted(used):
        start = int(prefix.network_address)
        if start > position:
            yield from summarize_address_range(IPv4Address(position), IPv4Address(start - 1))
        position = max(position, int(prefix.broadcast_address) + 1)
    if position <= end:
        yield from summarize_address_range(IPv4Address(position), IPv4Address(end))
