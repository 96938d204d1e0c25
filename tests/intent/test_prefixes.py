"""Prefix arithmetic, held against the plain way of doing it."""

from ipaddress import IPv4Network, collapse_addresses
from itertools import combinations

from hubspoke.intent.prefixes import Free, Space, overlaps
from hypothesis import given
from hypothesis import strategies as st

POOL = IPv4Network("10.0.0.0/20")


@st.composite
def prefixes(draw: st.DrawFn, shortest: int = 20) -> IPv4Network:
    length = draw(st.integers(shortest, 28))
    slots = 1 << (length - POOL.prefixlen)
    index = draw(st.integers(0, slots - 1))
    return IPv4Network((int(POOL.network_address) + index * (1 << (32 - length)), length))


@given(st.lists(prefixes(), max_size=12))
def test_overlaps_names_each_prefix_that_lies_in_another(given_prefixes: list[IPv4Network]) -> None:
    numbered = list(enumerate(given_prefixes))
    found = overlaps((prefix, number) for number, prefix in numbered)
    assert all(given_prefixes[inner].subnet_of(given_prefixes[outer]) for outer, inner in found)
    involved = {number for pair in found for number in pair}
    for (one, first), (other, second) in combinations(numbered, 2):
        if first.overlaps(second):
            assert {one, other} <= involved
    assert len(found) == len({inner for _, inner in found})


@given(st.lists(prefixes(shortest=21), max_size=8), prefixes())
def test_space_contains_what_its_parts_cover_together(parts: list[IPv4Network], asked: IPv4Network) -> None:
    covered = {address for part in parts for address in part}
    assert (asked in Space(parts)) == all(address in covered for address in asked)


@given(st.lists(prefixes(shortest=22), max_size=8), st.lists(st.integers(20, 28), max_size=40))
def test_free_gives_disjoint_aligned_blocks_until_nothing_fits(used: list[IPv4Network], sizes: list[int]) -> None:
    free = Free(POOL, used)
    taken: list[IPv4Network] = []
    for size in sizes:
        block = free.take(size)
        if block is None:
            assert not any(_is_free(candidate, used + taken) for candidate in POOL.subnets(new_prefix=size))
        else:
            assert block.prefixlen == size
            assert block.subnet_of(POOL)
            assert _is_free(block, used + taken)
            taken.append(block)


@given(st.lists(prefixes(shortest=22), max_size=8))
def test_free_gives_away_every_address(used: list[IPv4Network]) -> None:
    free, taken = Free(POOL, used), list[IPv4Network]()
    while block := free.take(28):
        taken.append(block)
    assert list(collapse_addresses([*taken, *used])) == [POOL]


def test_free_takes_the_tightest_block_then_the_lowest() -> None:
    free = Free(POOL, [IPv4Network("10.0.1.0/24"), IPv4Network("10.0.8.0/21")])
    assert [str(free.take(24)) for _ in range(3)] == ["10.0.0.0/24", "10.0.2.0/24", "10.0.3.0/24"]
    assert str(free.take(22)) == "10.0.4.0/22"
    assert free.take(28) is None


def test_a_pool_that_is_used_as_a_whole_has_nothing_free() -> None:
    assert Free(POOL, [IPv4Network("10.0.0.0/8")]).take(28) is None


def _is_free(block: IPv4Network, used: list[IPv4Network]) -> bool:
    return not any(block.overlaps(prefix) for prefix in used)
