"""Allocates what the intent leaves open: tunnel addresses, ASNs, and prefixes from pools.

What is in the lock stays as it is for as long as its subject is in the intent. What is new is allocated by size and
key, so that the order of the file does not matter.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import chain

from hubspoke.intent.check import check
from hubspoke.intent.checks.addresses import exhausted
from hubspoke.intent.limits import PRIVATE_ASNS, RESERVED_TUNNEL_CIDRS, TUNNEL_RANGE, reserved_by
from hubspoke.intent.model import Wan
from hubspoke.intent.parts import Want, gateways
from hubspoke.intent.prefixes import Free
from hubspoke.intent.problem import IntentError, Issue, Location
from hubspoke.plan.lock import Lock
from hubspoke.plan.misfits import given_prefixes, misfits
from hubspoke.plan.needs import Needs, needs_of, owner_at, still_needed


class AllocationMissing(IntentError):
    """The intent is sound, but the lock lacks allocations for it: `hubspoke plan --write` makes them."""


def allocate(wan: Wan, lock: Lock, *, checked: bool = False) -> Lock:
    """The lock with what the intent needs: kept where it was there, new where not, dropped where its subject is gone.

    `checked` says that the intent was found sound by itself already, as `load_wan` does.
    Raises IntentError where the intent is unsound, a kept allocation no longer fits, or nothing is left to allocate.
    """
    require_sound(wan, lock, checked=checked)
    kept = still_needed(wan, lock)
    needs, issues = needs_of(wan), list[Issue]()
    prefixes = _new_prefixes(wan, needs, kept, issues)
    new = Lock(
        tunnels=kept.tunnels | _new_tunnels(wan, needs, kept, issues),
        asns=kept.asns | _new_asns(wan, needs, kept),
        prefixes=kept.prefixes | {want.key: prefix for want, prefix in prefixes.items() if want.section == "hubs"},
        cidrs=kept.cidrs | {want.key: prefix for want, prefix in prefixes.items() if want.section != "hubs"},
    )
    if issues:
        raise IntentError(issue.unplaced() for issue in issues)
    return new


def require_sound(wan: Wan, lock: Lock, *, checked: bool) -> None:
    """Raises IntentError where the intent contradicts itself, unless that was `checked` already, or the lock."""
    issues = ([] if checked else check(wan)) or list(misfits(wan, still_needed(wan, lock)))
    if issues:
        raise IntentError(issue.unplaced() for issue in issues)


def require_complete(wan: Wan, lock: Lock) -> None:
    """Raises AllocationMissing where the lock lacks what the intent needs."""
    remedy = "run `hubspoke plan --write` and commit the lock file"
    missing = _missing(wan, needs_of(wan), lock)
    problems = [Issue(at, f"{what} is allocated yet", remedy).unplaced() for at, what in missing]
    if problems:
        raise AllocationMissing(problems)


def _missing(wan: Wan, needs: Needs, lock: Lock) -> Iterator[tuple[Location, str]]:
    for key in needs.asns:
        if key not in lock.asns:
            yield owner_at(wan, key), "no ASN"
    for want in needs.prefixes:
        if want.key not in (lock.prefixes if want.section == "hubs" else lock.cidrs):
            yield want.at, "no prefix" if want.section == "hubs" else "no CIDR"
    for key in needs.tunnels:
        if key not in lock.tunnels:
            yield owner_at(wan, key), f"no address for tunnel {key}"


def _new_tunnels(wan: Wan, needs: Needs, kept: Lock, issues: list[Issue]) -> dict[str, IPv4Network]:
    """The pool that the intent names suffices, as `check` has seen to; Cloudflare's own range may not."""
    free = Free(TUNNEL_RANGE, [*kept.tunnels.values(), *RESERVED_TUNNEL_CIDRS])
    pool = Free(wan.cloudflare.tunnel_pool or TUNNEL_RANGE, list(kept.tunnels.values()))
    new: dict[str, IPv4Network] = {}
    for key, length in needs.tunnels.items():
        if key not in kept.tunnels and (inside := (pool if key in needs.pooled else free).take(length)):
            new[key] = inside
    if len(new) + len(kept.tunnels) < len(needs.tunnels):
        what = f"{len(needs.tunnels)} tunnels are more than {TUNNEL_RANGE} has addresses for"
        issues.append(Issue(("hubs",), what, "use fewer hubs, on-ramps or endpoints"))
    return new


def _new_asns(wan: Wan, needs: Needs, kept: Lock) -> dict[str, int]:
    given = (gateway.asn for gateway in gateways(wan).values() if gateway.asn)
    taken = {wan.cloudflare.asn, *kept.asns.values(), *given}
    free = (asn for asn in chain(*PRIVATE_ASNS) if asn not in taken and not reserved_by(asn))
    return {key: next(free) for key in needs.asns if key not in kept.asns}


def _new_prefixes(wan: Wan, needs: Needs, kept: Lock, issues: list[Issue]) -> dict[Want, IPv4Network]:
    taken = [*(prefix for prefix, _ in given_prefixes(wan)), *kept.cidrs.values(), *kept.prefixes.values()]
    pools = {key: Free(pool, taken) for key, pool in wan.pools.items()}
    new: dict[Want, IPv4Network] = {}
    for want in needs.prefixes:
        if want.key in (kept.prefixes if want.section == "hubs" else kept.cidrs):
            continue
        if prefix := pools[want.pool].take(want.size):
            new[want] = prefix
        else:
            issues.append(exhausted(wan, want))
    return new
