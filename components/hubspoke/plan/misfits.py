"""Allocations that the intent has outgrown. They are not moved in silence: that would replace what lives on them."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hubspoke.intent.clouds import CLOUDS
from hubspoke.intent.limits import TUNNEL_RANGE
from hubspoke.intent.model import Wan
from hubspoke.intent.parts import Want, cloud_of, gateways, networks, pool_owner
from hubspoke.intent.prefixes import overlaps
from hubspoke.intent.problem import Issue, Location, render
from hubspoke.plan.lock import Lock
from hubspoke.plan.needs import needs_of, owner_at

Placed = tuple[IPv4Network, Location]


def misfits(wan: Wan, kept: Lock) -> Iterator[Issue]:
    """What of the lock no longer fits the intent, with what to do."""
    yield from _asns(wan, kept)
    yield from _tunnels(wan, kept)
    held = _held(wan, kept)
    for want, prefix in held.items():
        if prefix.prefixlen != want.size:
            yield _misfit(want, prefix, f"the size asked for is /{want.size}")
        if not prefix.subnet_of(wan.pools[want.pool]):
            yield _misfit(want, prefix, f"the pool of {pool_owner(wan, want.pool)} is {wan.pools[want.pool]}")
    yield from _overlapped(given_prefixes(wan), held)


def given_prefixes(wan: Wan) -> list[Placed]:
    """The prefixes that the intent itself gives away."""
    hubs = [(hub.cidr, ("hubs", key)) for key, hub in wan.hubs.items() if hub.cidr]
    sites = [(prefix, ("sites", key)) for key, site in wan.sites.items() for prefix in site.prefixes]
    return [*hubs, *((network.cidr, at) for at, network in networks(wan) if network.cidr), *sites]


def _held(wan: Wan, kept: Lock) -> dict[Want, IPv4Network]:
    found = ((want, (kept.prefixes if want.section == "hubs" else kept.cidrs)) for want in needs_of(wan).prefixes)
    return {want: allocated[want.key] for want, allocated in found if want.key in allocated}


def _overlapped(given: list[Placed], held: dict[Want, IPv4Network]) -> Iterator[Issue]:
    wants = {want.at: want for want in held}
    places = [*given, *((prefix, want.at) for want, prefix in held.items())]
    for outer, inner in overlaps((prefix, (prefix, at)) for prefix, at in places):
        mine, other = (inner, outer) if inner[1] in wants else (outer, inner)
        if mine[1] in wants:
            yield _misfit(wants[mine[1]], mine[0], f"{render(other[1])} has {other[0]}")


def _misfit(want: Want, prefix: IPv4Network, why: str) -> Issue:
    section, what = ("prefixes", "hub") if want.section == "hubs" else ("cidrs", "network")
    remedy = (
        f"undo that; or keep the {what} and write `cidr: {prefix}`; or remove {section}.{want.key} from the lock file"
        f" and run `hubspoke plan --write`, which replaces the {what}"
    )
    return Issue(want.at, f"it is allocated {prefix}, but {why}", remedy)


def _asns(wan: Wan, kept: Lock) -> Iterator[Issue]:
    given = {
        gateway.asn: f"the ASN of {'hub' if key in wan.hubs else 'on-ramp'} {key!r}"
        for key, gateway in gateways(wan).items()
        if gateway.asn
    }
    given[wan.cloudflare.asn] = "Cloudflare's"
    for key, asn in kept.asns.items():
        if asn in given:
            remedy = f"undo that, or remove asns.{key} from the lock file and run `hubspoke plan --write`"
            yield Issue(owner_at(wan, key), f"it is allocated ASN {asn}, which is {given[asn]} now", remedy)


def _tunnels(wan: Wan, kept: Lock) -> Iterator[Issue]:
    """A key that was another cloud's has tunnels of another size; routing that is another needs another range."""
    needs = needs_of(wan)
    for key, length in needs.tunnels.items():
        why = _tunnel_misfit(wan, key, kept.tunnels[key], length, key in needs.pooled) if key in kept.tunnels else ""
        if why:
            what = f"tunnel {key} is allocated {kept.tunnels[key]}, but {why}"
            remedy = f"undo that, or remove tunnels.{key} from the lock file and run `hubspoke plan --write`"
            yield Issue(owner_at(wan, key), what, remedy)


def _tunnel_misfit(wan: Wan, key: str, inside: IPv4Network, length: int, pooled: bool) -> str:
    cloud = cloud_of(wan, gateways(wan)[str(owner_at(wan, key)[1])])
    if inside.prefixlen != length:
        return f"{CLOUDS[cloud].name if cloud else ''} takes a /{length}"
    pool = wan.cloudflare.tunnel_pool
    if pooled and pool and not inside.subnet_of(pool):
        return f"for BGP Azure takes it from cloudflare.tunnel_pool, {pool}"
    return f"static routing takes it from {TUNNEL_RANGE}" if not pooled and not inside.subnet_of(TUNNEL_RANGE) else ""
