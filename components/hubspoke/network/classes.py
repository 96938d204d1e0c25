"""Exact equivalence classes of addresses, and sets of them as the bits of one integer.

                     10.0.0.0/8                      Prefixes nest, so that the innermost one around an address
        +----------------------------------+        decides which prefixes hold it at all. Two prefixes that occur in
     10.1.0.0/16                    10.2.0.0/16      the same tuples, within parents of the same class, are of one
    +-----------+                   +----------+     class: no table and no filter can tell their addresses apart.

A class stands for exact prefixes where routes are compared, and for the addresses whose innermost prefix is of the
class where packets are looked up. Classes are numbered depth first, so that all that lies within one is a range.
Class 0 is what lies in no prefix at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from ipaddress import IPv4Address
from itertools import chain

import numpy as np
import numpy.typing as npt

from hubspoke.network.model import Prefixes

Bits = int  # a set of classes
Ints = npt.NDArray[np.int64]
_WIDTH = 64  # more than any prefix is long


def lowest(bits: Bits) -> int:
    """The first number of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def members(bits: Bits) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def union(several: Iterable[Bits]) -> Bits:
    """All classes that are in any of these sets."""
    found = 0
    for bits in several:
        found |= bits
    return found


class Classes:
    """The classes that tuples of prefixes cut the IPv4 addresses into. Raises ValueError for what is no prefix."""

    def __init__(self, tuples: Iterable[Prefixes]) -> None:
        tuples = list(tuples)
        # An id names a tuple while it is kept.
        self._kept = list(dict(zip(map(id, tuples), tuples, strict=True)).values())
        self._texts = list(chain.from_iterable(self._kept))
        self._codes, self._places, flat = np.unique(_codes(self._texts), return_index=True, return_inverse=True)
        owners = np.repeat(np.arange(len(self._kept)), [len(each) for each in self._kept])
        lows, lengths = np.divmod(self._codes, _WIDTH)
        painted = _Painted(lows, lengths, _signatures(flat, owners, len(self._codes)))
        numbers, self._parents, self._ends = _depth_first(painted.parents)
        self._starts, self._atoms = painted.starts, numbers[painted.atoms]
        self._class_of = numbers[painted.classes]
        self._sizes = np.bincount(self._class_of, minlength=len(self._ends))  # in prefixes
        self._own = self._bits_of_tuples(flat, owners)
        self._depths = _depths(self._parents)
        self._inner = sum(1 << c for c, end in enumerate(self._ends) if end > c + 1)
        self.inhabited: Bits = _bits(self._atoms)  # classes that have addresses of their own
        self.all: Bits = (1 << len(self._ends)) - 1
        self._names: dict[Bits, Prefixes] = {}

    def __len__(self) -> int:
        return len(self._ends)

    def own(self, prefixes: Prefixes) -> Bits:
        """The classes of exactly these prefixes. Raises KeyError for prefixes that the classes do not tell apart."""
        found = self._own.get(id(prefixes))
        if found is None:
            found = self._union(prefixes)
            self._keep(prefixes, found)
        return found

    def _union(self, prefixes: Prefixes) -> Bits:
        codes = _distinct(_codes(prefixes))
        places = np.searchsorted(self._codes, codes)
        numbers = _distinct(self._class_of[places[places < len(self._codes)]])
        if not np.array_equal(self._codes[np.isin(self._class_of, numbers)], codes):
            raise KeyError(f"not a union of whole classes: {prefixes}")
        return _bits(numbers)

    def _keep(self, prefixes: Prefixes, bits: Bits) -> None:
        self._kept.append(prefixes)
        self._own[id(prefixes)] = bits

    def within(self, bits: Bits) -> Bits:
        """These classes and all that lie in their prefixes: the addresses that the prefixes cover."""
        if inner := bits & self._inner:
            for number in members(inner):
                bits |= (1 << self._ends[number]) - (1 << number)
        return bits

    def around(self, bits: Bits) -> Bits:
        """These classes and all whose prefixes hold theirs."""
        found = bits
        for number in members(self._inner & ~bits):
            if bits >> number & ((1 << (self._ends[number] - number)) - 1):
                found |= 1 << number
        return found

    def addresses(self, prefixes: Prefixes) -> Bits:
        """The classes of all addresses in these prefixes; of any address where there are none."""
        return self.within(self.own(prefixes)) & self.inhabited if prefixes else self.inhabited

    def layers(self, bits: Bits) -> Iterator[Bits]:
        """The classes, deepest first: a longer prefix comes before every shorter one that holds it."""
        for depth in reversed(self._depths):
            if layer := bits & depth:
                yield layer

    def prefixes(self, bits: Bits) -> Prefixes:
        """The prefixes of these classes, always the same tuple for the same classes."""
        if bits not in self._names:
            wanted = self._places[_flags(bits, len(self))[self._class_of]]
            self._names[bits] = tuple(map(self._texts.__getitem__, wanted.tolist()))
            self._keep(self._names[bits], bits)
        return self._names[bits]

    def of(self, address: str) -> int:
        """The class of an address."""
        return self.above(int(IPv4Address(address)))[0]

    def above(self, address: int) -> list[int]:
        """The class of an address, and those of all prefixes that hold it, as numbers."""
        found = [int(self._atoms[np.searchsorted(self._starts, address, "right") - 1])]
        while (parent := self._parents[found[-1]]) >= 0:
            found.append(parent)
        return found

    def sample(self, number: int) -> str:
        """An address of a class, which answers for all of them. Raises ValueError where it has none of its own."""
        if not self.inhabited >> number & 1:
            raise ValueError(f"class {number} has no address of its own")
        place = int(self._firsts[number])
        first = int(self._starts[place])
        # The second address, where there is one: the first looks like the name of the network.
        end = int(self._starts[place + 1]) if place + 1 < len(self._starts) else 1 << 32
        return str(IPv4Address(min(first + 1, end - 1)))

    @cached_property
    def _firsts(self) -> Ints:
        """Where the first addresses of each class are."""
        firsts = np.zeros(len(self), np.int64)
        firsts[self._atoms[::-1]] = np.arange(len(self._atoms))[::-1]  # of several places the one that is written last
        return firsts

    def _bits_of_tuples(self, flat: Ints, owners: Ints) -> dict[int, Bits]:
        width = len(self._ends)
        found: dict[int, Bits] = {id(each): 0 for each in self._kept}
        for pair in _distinct(owners * width + self._class_of[flat]).tolist():
            found[id(self._kept[pair // width])] |= 1 << (pair % width)
        return found


def _codes(texts: Sequence[str]) -> Ints:
    """A number for each canonical prefix, from its first address and its length."""
    numbers = np.fromstring(".".join(texts).replace("/", "."), np.int64, sep=".") if texts else np.zeros(0, np.int64)
    if len(numbers) != 5 * len(texts):
        raise ValueError(f"not all of these are IPv4 prefixes in canonical form: {texts[:3]}...")
    codes: Ints = numbers.reshape(-1, 5) @ np.array([1 << 24, 1 << 16, 1 << 8, 1, 0], np.int64)
    return codes * _WIDTH + numbers[4::5]


def _distinct(numbers: Ints) -> Ints:
    """Each of them once, ascending: by sorting, which is faster than numpy's own way by hashes."""
    ordered: Ints = np.sort(numbers)
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _signatures(flat: Ints, owners: Ints, size: int) -> Ints:
    """A number per prefix, the same for those that occur in the same tuples."""
    order = np.lexsort((owners, flat))
    owners, bounds = owners[order], np.searchsorted(flat[order], np.arange(size + 1))
    signatures: Ints = owners[bounds[:-1]]  # right where there is one owner
    these, place = np.arange(size), bounds[:-1]
    while len(these := these[place[these] + 1 < bounds[these + 1]]):  # as long as some have another owner
        place = place + 1
        paired = signatures[these] * (len(flat) + size) + owners[place[these]]
        signatures[these] = np.unique(paired, return_inverse=True)[1] + int(signatures.max()) + 1
    return signatures


class _Painted:
    """Classes of prefixes and of the intervals between their ends, painted from the shortest prefix to the longest."""

    def __init__(self, lows: Ints, lengths: Ints, signatures: Ints) -> None:
        highs = lows + (np.int64(1) << (32 - lengths))
        self.starts = _distinct(np.concatenate([np.zeros(1, np.int64), lows, highs[highs < 1 << 32]]))
        first, last = np.searchsorted(self.starts, lows), np.searchsorted(self.starts, highs)
        self.classes, self.atoms = np.zeros(len(lows), np.int64), np.zeros(len(self.starts), np.int64)
        self.parents, self._known = [-1], dict[int, int]()
        self._width = int(signatures.max(initial=0)) + 1
        for length in np.unique(lengths):
            these = np.flatnonzero(lengths == length)
            # What lies below is by now the innermost shorter prefix.
            self.classes[these] = self._numbers(self.atoms[first[these]], signatures[these])
            sizes = last[these] - first[these]
            self.atoms[_ranges(first[these], sizes)] = np.repeat(self.classes[these], sizes)

    def _numbers(self, parents: Ints, signatures: Ints) -> Ints:
        keys, place = np.unique(parents * self._width + signatures, return_inverse=True)
        for key in keys.tolist():
            if key not in self._known:
                self._known[key] = len(self.parents)
                self.parents.append(key // self._width)
        numbers: Ints = np.array([self._known[key] for key in keys.tolist()], np.int64)[place]
        return numbers


def _ranges(first: Ints, sizes: Ints) -> Ints:
    """All numbers of the ranges, one after the other."""
    ends: Ints = np.cumsum(sizes)
    within: Ints = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
    return within + np.repeat(first, sizes)


def _depth_first(parents: list[int]) -> tuple[Ints, list[int], list[int]]:
    """New numbers by old ones; and by new number, the parent and the end of the range that lies within it."""
    children: list[list[int]] = [[] for _ in parents]
    for child, parent in enumerate(parents[1:], 1):
        children[parent].append(child)
    numbers, order, stack = np.zeros(len(parents), np.int64), list[int](), [0]
    while stack:
        old = stack.pop()
        numbers[old] = len(order)
        order.append(old)
        stack += children[old]
    above = [-1, *(int(numbers[parents[old]]) for old in order[1:])]
    ends = list(range(1, len(order) + 1))
    for number in range(len(order) - 1, 0, -1):
        ends[above[number]] = max(ends[above[number]], ends[number])
    return numbers, above, ends


def _depths(parents: list[int]) -> list[Bits]:
    """The classes at each depth."""
    depths, found = [0] * len(parents), list[list[int]]()
    for number, parent in enumerate(parents):
        depths[number] = depths[parent] + 1 if number else 0
        while len(found) <= depths[number]:
            found.append([])
        found[depths[number]].append(number)
    return [_bits(np.array(layer, np.int64)) for layer in found]


def _bits(numbers: Ints) -> Bits:
    if not len(numbers):
        return 0
    flags = np.zeros(int(numbers.max()) + 1, bool)
    flags[numbers] = True
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def _flags(bits: Bits, size: int) -> npt.NDArray[np.bool_]:
    packed = np.frombuffer(bits.to_bytes(size // 8 + 1, "little"), np.uint8)
    return np.unpackbits(packed, count=size, bitorder="little").astype(bool)
