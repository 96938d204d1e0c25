"""Allocates what the intent leaves open: tunnel addresses, ASNs, and CIDRs from pools.

What is in the lock stays as it is for as long as its subject is in the intent. What is new is allocated by size and
key, so that the order of the file does not matter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import chain
from typing import Literal

from hubspoke.intent.check import check
from hubspoke.intent.checks.addresses import exhausted
from hubspoke.intent.limits import PRIVATE_ASNS, RESERVED_TUNNEL_CIDRS, TUNNEL_PREFIX, TUNNEL_RANGE
from hubspoke.intent.model import Wan
from hubspoke.intent.prefixes import Free, overlaps
from hubspoke.intent.problem import IntentError, Issue, Location, render
from hubspoke.plan.lock import Lock

SLOTS: tuple[Literal["a", "b"], ...] = ("a", "b")  # the two tunnels of a VPN connection


class AllocationMissing(IntentError):
    """The intent is sound, but the lock lacks allocations for it: `hubspoke plan --write` makes them."""


@dataclass(frozen=True)
class Needs:
    """What the intent leaves to be allocated."""

    tunnels: tuple[str, ...]
    asns: tuple[str, ...]  # hubs
    cidrs: tuple[str, ...]  # spokes


def needs_of(wan: Wan) -> Needs:
    return Needs(
        tunnels=tuple(
            tunnel_key(hub, endpoint, slot)
            for hub in sorted(wan.hubs)
            for endpoint in sorted(wan.cloudflare.endpoints)
            for slot in SLOTS
        ),
        asns=tuple(sorted(key for key, hub in wan.hubs.items() if hub.asn is None)),
        cidrs=tuple(sorted(key for key, spoke in wan.spokes.items() if spoke.cidr is None)),
    )


def tunnel_key(hub: str, endpoint: str, slot: str) -> str:
    return f"{hub}-{endpoint}-{slot}"


def allocate(wan: Wan, lock: Lock) -> Lock:
    """The lock with what the intent needs: kept where it was there, new where not, dropped where its subject is gone.

    Raises IntentError where the intent is unsound, a kept allocation no longer fits, or nothing is left to allocate.
    """
    require_sound(wan, lock)
    kept = still_needed(wan, lock)
    needs, issues = needs_of(wan), list[Issue]()
    new = Lock(
        tunnels=kept.tunnels | _new_tunnels(needs, kept, issues),
        asns=kept.asns | _new_asns(wan, needs, kept),
        cidrs=kept.cidrs | _new_cidrs(wan, needs, kept, issues),
    )
    if issues:
        raise IntentError(issue.unplaced() for issue in issues)
    return new


def require_sound(wan: Wan, lock: Lock) -> None:
    """Raises IntentError where the intent contradicts itself or the lock."""
    issues = check(wan) or list(_misfits(wan, still_needed(wan, lock)))
    if issues:
        raise IntentError(issue.unplaced() for issue in issues)


def require_complete(wan: Wan, lock: Lock) -> None:
    """Raises AllocationMissing where the lock lacks what the intent needs."""
    needs = needs_of(wan)
    missing = chain(
        ((("hubs", key), "no ASN") for key in needs.asns if key not in lock.asns),
        ((("spokes", key), "no CIDR") for key in needs.cidrs if key not in lock.cidrs),
        (
            (("hubs", key.split("-")[0]), f"no address for tunnel {key}")
            for key in needs.tunnels
            if key not in lock.tunnels
        ),
    )
    remedy = "run `hubspoke plan --write` and commit the lock file"
    problems = [Issue(at, f"{what} is allocated yet", remedy).unplaced() for at, what in missing]
    if problems:
        raise AllocationMissing(problems)


def still_needed(wan: Wan, lock: Lock) -> Lock:
    """The lock without what no longer has a subject, or is given by the intent now."""
    needs = needs_of(wan)
    tunnels, asns, cidrs = set(needs.tunnels), set(needs.asns), set(needs.cidrs)
    return Lock(
        tunnels={key: inside for key, inside in lock.tunnels.items() if key in tunnels},
        asns={key: asn for key, asn in lock.asns.items() if key in asns},
        cidrs={key: cidr for key, cidr in lock.cidrs.items() if key in cidrs},
    )


def _new_tunnels(needs: Needs, kept: Lock, issues: list[Issue]) -> dict[str, IPv4Network]:
    free = Free(TUNNEL_RANGE, [*kept.tunnels.values(), *RESERVED_TUNNEL_CIDRS])
    new: dict[str, IPv4Network] = {}
    for key in needs.tunnels:
        if key not in kept.tunnels and (inside := free.take(TUNNEL_PREFIX)):
            new[key] = inside
    if len(new) + len(kept.tunnels) < len(needs.tunnels):
        what = f"{len(needs.tunnels)} tunnels are more than {TUNNEL_RANGE} has addresses for"
        issues.append(Issue(("hubs",), what, "use fewer hubs or endpoints"))
    return new


def _new_asns(wan: Wan, needs: Needs, kept: Lock) -> dict[str, int]:
    taken = {wan.cloudflare.asn, *kept.asns.values(), *(hub.asn for hub in wan.hubs.values() if hub.asn)}
    free = (asn for asn in chain(*PRIVATE_ASNS) if asn not in taken)
    return {hub: next(free) for hub in needs.asns if hub not in kept.asns}


def _new_cidrs(wan: Wan, needs: Needs, kept: Lock, issues: list[Issue]) -> dict[str, IPv4Network]:
    taken = [*(prefix for prefix, _ in _given(wan)), *kept.cidrs.values()]
    pools = {hub: Free(pool, taken) for hub, pool in wan.pools.items()}
    new: dict[str, IPv4Network] = {}
    for key in sorted(needs.cidrs, key=lambda key: (wan.spokes[key].size, key)):
        if key in kept.cidrs:
            continue
        spoke = wan.spokes[key]
        if cidr := pools[spoke.hub].take(spoke.size):
            new[key] = cidr
        else:
            issues.append(exhausted(wan, key))
    return new


def _given(wan: Wan) -> Iterator[tuple[IPv4Network, Location]]:
    """The prefixes that the intent itself gives away."""
    yield from ((spoke.cidr, ("spokes", key)) for key, spoke in wan.spokes.items() if spoke.cidr)
    yield from ((prefix, ("sites", key)) for key, site in wan.sites.items() for prefix in site.prefixes)


def _misfits(wan: Wan, kept: Lock) -> Iterator[Issue]:
    """Allocations that the intent has outgrown. They are not moved: that would replace what lives on them."""
    yield from _misfit_asns(wan, kept)
    for key, cidr in kept.cidrs.items():
        spoke = wan.spokes[key]
        if cidr.prefixlen != spoke.size:
            yield _misfit(key, cidr, f"the size asked for is /{spoke.size}")
        if not cidr.subnet_of(wan.pools[spoke.hub]):
            yield _misfit(key, cidr, f"the pool of hub {spoke.hub!r} is {wan.pools[spoke.hub]}")
    yield from _overlapped(_given(wan), kept)


def _overlapped(given: Iterable[tuple[IPv4Network, Location]], kept: Lock) -> Iterator[Issue]:
    places = chain(given, ((cidr, ("spokes", key)) for key, cidr in kept.cidrs.items()))
    for outer, inner in overlaps((prefix, (prefix, at)) for prefix, at in places):
        mine, other = (inner, outer) if inner[1][1] in kept.cidrs else (outer, inner)
        if mine[1][1] in kept.cidrs:
            yield _misfit(str(mine[1][1]), mine[0], f"{render(other[1])} has {other[0]}")


def _misfit(key: str, cidr: IPv4Network, why: str) -> Issue:
    remedy = (
        f"undo that; or keep the network and write `cidr: {cidr}`; or remove cidrs.{key} from the lock file"
        " and run `hubspoke plan --write`, which replaces the network"
    )
    return Issue(("spokes", key), f"it is allocated {cidr}, but {why}", remedy)


def _misfit_asns(wan: Wan, kept: Lock) -> Iterator[Issue]:
    given = {hub.asn: f"the ASN of hub {key!r}" for key, hub in wan.hubs.items() if hub.asn}
    given[wan.cloudflare.asn] = "Cloudflare's"
    for key, asn in kept.asns.items():
        if asn in given:
            remedy = f"undo that, or remove asns.{key} from the lock file and run `hubspoke plan --write`"
            yield Issue(("hubs", key), f"it is allocated ASN {asn}, which is {given[asn]} now", remedy)
