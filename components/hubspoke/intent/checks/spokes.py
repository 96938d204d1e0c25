"""A spoke must be laid out in zones, and what is adopted must be described whole."""

from collections.abc import Iterator

from hubspoke.intent.limits import (
    SPOKE_LONGEST_PREFIX,
    SUBNET_LONGEST_PREFIX,
    VPC_BLOCK_BITS,
    VPC_LONGEST_PREFIX,
    VPC_SHORTEST_PREFIX,
)
from hubspoke.intent.model import Adopted, Spoke, Wan
from hubspoke.intent.problem import Issue, Location


def check_spokes(wan: Wan) -> Iterator[Issue]:
    for key, spoke in wan.spokes.items():
        at = ("spokes", key)
        yield from _zones(at, spoke)
        yield from _adopted(at, spoke, spoke.adopt) if spoke.adopt else _new(at, spoke)
        if spoke.cidr is None and spoke.adopt is None and spoke.hub in wan.hubs and spoke.hub not in wan.pools:
            what = f"it has no cidr, and hub {spoke.hub!r} has no pool to allocate one from"
            yield Issue(at, what, f"give the spoke a cidr, or add pools.{spoke.hub}")
    yield from _adopted_once(wan)


def attachment_slots(length: int) -> int:
    """How many zones' /28 attachment subnets the last block of a VPC of this prefix length holds."""
    return 1 << max(0, SUBNET_LONGEST_PREFIX - length - VPC_BLOCK_BITS)


def _zones(at: Location, spoke: Spoke) -> Iterator[Issue]:
    repeated = sorted({zone for zone in spoke.zones if spoke.zones.count(zone) > 1})
    if repeated:
        yield Issue((*at, "zones"), f"zone {', '.join(repeated)} is listed twice", "list each zone once")


def _new(at: Location, spoke: Spoke) -> Iterator[Issue]:
    length = spoke.cidr.prefixlen if spoke.cidr else spoke.size
    field = "cidr" if spoke.cidr else "size"
    if not VPC_SHORTEST_PREFIX <= length <= SPOKE_LONGEST_PREFIX:
        remedy = f"give a prefix from /{VPC_SHORTEST_PREFIX} to /{SPOKE_LONGEST_PREFIX}"
        yield Issue((*at, field), f"a new VPC cannot be a /{length}", remedy)
        return
    fitting = "abcdef"[: attachment_slots(length)]
    if beyond := sorted(set(spoke.zones) - set(fitting)):
        what = f"a /{length} has room for zones {', '.join(fitting)} only, not {', '.join(beyond)}"
        yield Issue((*at, "zones"), what, "choose among those, or a shorter prefix")


def _adopted(at: Location, spoke: Spoke, adopted: Adopted) -> Iterator[Issue]:
    if spoke.cidr is None:
        yield Issue(at, "an adopted VPC needs its cidr here", "add `cidr:` with the prefix that it has")
    elif not VPC_SHORTEST_PREFIX <= spoke.cidr.prefixlen <= VPC_LONGEST_PREFIX:
        remedy = f"a VPC is a /{VPC_SHORTEST_PREFIX} to /{VPC_LONGEST_PREFIX}: give the prefix that it has"
        yield Issue((*at, "cidr"), f"no VPC is a /{spoke.cidr.prefixlen}", remedy)
    if set(spoke.zones) != set(adopted.subnets):
        given, named = ", ".join(sorted(spoke.zones)), ", ".join(sorted(adopted.subnets))
        what = f"its zones are {given}, its adopted subnets are in {named}"
        yield Issue((*at, "zones"), what, f"write `zones: [{named}]`, or name the missing subnets")


def _adopted_once(wan: Wan) -> Iterator[Issue]:
    """No id may be named twice: two spokes would both manage what it stands for."""
    first: dict[str, str] = {}
    for key, spoke in wan.spokes.items():
        for at, identifier in _adopted_ids(spoke.adopt) if spoke.adopt else ():
            here = ".".join(("spokes", key, *at))
            if (other := first.setdefault(identifier, here)) != here:
                what = f"{identifier} is named already at {other}"
                yield Issue(("spokes", key, *at), what, "name each once")


def _adopted_ids(adopted: Adopted) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("adopt", "network"), adopted.network
    for zone, subnet in adopted.subnets.items():
        yield ("adopt", "subnets", zone), subnet
    for key, table in adopted.route_tables.items():
        yield ("adopt", "route_tables", key), table
