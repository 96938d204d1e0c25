"""Prefixes must lie in the address space, must not overlap, and pools must suffice."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hubspoke.intent.limits import UNROUTABLE
from hubspoke.intent.model import Wan
from hubspoke.intent.prefixes import Free, Space, overlaps
from hubspoke.intent.problem import Issue, Location, render

Placed = tuple[IPv4Network, Location]


def check_addresses(wan: Wan) -> Iterator[Issue]:
    spokes, sites, pools = _spokes(wan), _sites(wan), _pools(wan)
    yield from _disjoint(_space(wan))
    yield from _disjoint(spokes + sites)
    yield from _disjoint(pools + sites, known=sites)
    yield from _swallowed_pools(pools, spokes)
    yield from _within(wan, spokes + sites + pools)
    yield from _routable(wan)
    yield from _endpoints(wan)
    yield from _exhausted(wan)


def _space(wan: Wan) -> list[Placed]:
    return [(prefix, ("address_space", index)) for index, prefix in enumerate(wan.address_space)]


def _spokes(wan: Wan) -> list[Placed]:
    return [(spoke.cidr, ("spokes", key, "cidr")) for key, spoke in wan.spokes.items() if spoke.cidr]


def _sites(wan: Wan) -> list[Placed]:
    return [
        (prefix, ("sites", key, "prefixes", index))
        for key, site in wan.sites.items()
        for index, prefix in enumerate(site.prefixes)
    ]


def _pools(wan: Wan) -> list[Placed]:
    return [(prefix, ("pools", key)) for key, prefix in wan.pools.items()]


def _disjoint(placed: list[Placed], known: list[Placed] | None = None) -> Iterator[Issue]:
    """What overlaps, except where both are among `known`, which are compared elsewhere."""
    elsewhere = {at for _, at in known or ()}
    for outer, inner in overlaps((prefix, (prefix, at)) for prefix, at in placed):
        if not {outer[1], inner[1]} <= elsewhere:
            what = f"{inner[0]} overlaps {outer[0]} of {render(outer[1])}"
            yield Issue(inner[1], what, "give one of them another prefix")


def _swallowed_pools(pools: list[Placed], spokes: list[Placed]) -> Iterator[Issue]:
    """A spoke's CIDR may lie in a pool, which then allocates around it, but may not cover one."""
    for outer, inner in overlaps((prefix, (prefix, at)) for prefix, at in pools + spokes):
        if outer[1][0] == "spokes" and inner[1][0] == "pools":
            yield Issue(
                inner[1], f"{inner[0]} lies in {outer[0]} of {render(outer[1])}", "give the pool another prefix"
            )


def _within(wan: Wan, placed: list[Placed]) -> Iterator[Issue]:
    space = Space(wan.address_space)
    for prefix, at in placed:
        if wan.address_space and prefix not in space:
            yield Issue(at, f"{prefix} is outside the address space", "choose another, or add it to address_space")


def _routable(wan: Wan) -> Iterator[Issue]:
    for prefix, at in _space(wan):
        for reserved in UNROUTABLE:
            if prefix.overlaps(reserved):
                what = f"{prefix} overlaps {reserved}, which no network can be given"
                yield Issue(at, what, "leave that part out")


def _endpoints(wan: Wan) -> Iterator[Issue]:
    first: dict[str, str] = {}
    for key, address in wan.cloudflare.endpoints.items():
        at = ("cloudflare", "endpoints", key)
        if not address.is_global:
            yield Issue(at, f"{address} is not a public address", "give the anycast address Cloudflare assigned")
        if (other := first.setdefault(str(address), key)) != key:
            yield Issue(at, f"{address} is endpoint {other} already", "give each endpoint its own address")
        if any(address in prefix for prefix in wan.address_space):
            yield Issue(at, f"{address} lies in the address space", "leave it out of address_space")


def _exhausted(wan: Wan) -> Iterator[Issue]:
    """Spokes that do not fit into what their pool has left, were they all allocated afresh, largest first."""
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, spoke in wan.spokes.items():
        if spoke.cidr is None and spoke.adopt is None and spoke.hub in wan.pools:
            wanted[spoke.hub].append((spoke.size, key))
    taken = [prefix for prefix, _ in _spokes(wan) + _sites(wan)]
    for hub, sizes in wanted.items():
        free = Free(wan.pools[hub], taken)
        for size, key in sorted(sizes):
            if free.take(size) is None:
                yield exhausted(wan, key)


def exhausted(wan: Wan, key: str) -> Issue:
    spoke = wan.spokes[key]
    what = f"the pool {wan.pools[spoke.hub]} of hub {spoke.hub!r} has no /{spoke.size} left"
    return Issue(("spokes", key), what, f"enlarge pools.{spoke.hub}, or give the spoke a cidr")
