"""Prefixes must lie in the address space, must not overlap, and pools must suffice."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hubspoke.intent.limits import UNROUTABLE
from hubspoke.intent.model import Wan
from hubspoke.intent.names import SINGULAR
from hubspoke.intent.parts import Want, networks, pool_owner, wanted
from hubspoke.intent.prefixes import Free, Space, overlaps
from hubspoke.intent.problem import Issue, Location, render

Placed = tuple[IPv4Network, Location]


def check_addresses(wan: Wan) -> Iterator[Issue]:
    given, sites, pools = _given(wan), _sites(wan), _pools(wan)
    yield from _disjoint(_space(wan))
    yield from _disjoint(given + sites)
    yield from _disjoint(pools + sites, known=sites)
    yield from _swallowed_pools(pools, given)
    yield from _within(wan, given + sites + pools)
    yield from _routable(wan)
    yield from _endpoints(wan)
    yield from _exhausted(wan)


def _space(wan: Wan) -> list[Placed]:
    return [(prefix, ("address_space", index)) for index, prefix in enumerate(wan.address_space)]


def _given(wan: Wan) -> list[Placed]:
    """The prefixes that networks, and Azure hubs, give themselves."""
    hubs = [(hub.cidr, ("hubs", key, "cidr")) for key, hub in wan.hubs.items() if hub.cidr]
    return hubs + [(network.cidr, (*at, "cidr")) for at, network in networks(wan) if network.cidr]


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


def _swallowed_pools(pools: list[Placed], given: list[Placed]) -> Iterator[Issue]:
    """A network's CIDR may lie in a pool, which then allocates around it, but may not cover one."""
    for outer, inner in overlaps((prefix, (prefix, at)) for prefix, at in pools + given):
        if outer[1][0] != "pools" and inner[1][0] == "pools":
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
    """What does not fit into what its pool has left, were all of it allocated afresh, largest first."""
    taken = [prefix for prefix, _ in _given(wan) + _sites(wan)]
    by_pool: dict[str, list[Want]] = defaultdict(list)
    for want in wanted(wan):
        if want.pool in wan.pools:
            by_pool[want.pool].append(want)
    for pool, wants in by_pool.items():
        free = Free(wan.pools[pool], taken)
        yield from (exhausted(wan, want) for want in wants if free.take(want.size) is None)


def exhausted(wan: Wan, want: Want) -> Issue:
    what = f"the pool {wan.pools[want.pool]} of {pool_owner(wan, want.pool)} has no /{want.size} left"
    return Issue(want.at, what, f"enlarge pools.{want.pool}, or give the {SINGULAR[want.section]} a cidr")
