"""Prefixes that a table learns over its quota: they are dropped, whichever session told them.

The list of what a region learned itself, and the list of what other regions did, are each sorted from the shortest
prefix to the longest and then "lexicographically", and all behind the quota goes (docs.cloud.google.com,
network-connectivity/docs/router/quotas, "Deterministic route dropping behavior", 2026-11). What is left of a region's
own list is what other regions hear.

Whether 10.9.0.0 comes before 10.10.0.0 there, as numbers have it, or after, as texts do, is not said. What one order
keeps and the other drops is in doubt.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from itertools import chain

from hubspoke.network.addresses import lengths
from hubspoke.network.limits import Told
from hubspoke.network.model import Network, Prefixes, Session, Speaker, Table
from hubspoke.network.sessions import Sides


@dataclass(frozen=True)
class _Cut:
    """What a table drops of one of its lists."""

    dropped: Prefixes = ()
    doubt: str = ""
    doubtful: Prefixes = ()


def rationed(network: Network, sides: Sides, told: Told) -> Network:
    """The network with sessions that drop what is over quotas; the very same where they do already, or nothing is."""
    cuts = dict(_cuts(network, sides, told))
    sessions = tuple(_cutting(session, cuts) for session in network.sessions) if cuts else network.sessions
    same = all(one is other for one, other in zip(sessions, network.sessions, strict=True))
    return network if same else replace(network, sessions=sessions)


def _cuts(network: Network, sides: Sides, told: Told) -> Iterator[tuple[tuple[str, int], _Cut]]:
    """By session and the side that is heard, for all that teach a table with a quota."""
    for key, taught in sides.teaching.items():
        table = network.table.get(key)
        if table is None or table.quota is None:
            continue
        for remote, most in zip((False, True), table.quota, strict=True):
            heard = [_side(sides, each) for each in taught if sides.by_key[each][2].remote is remote]
            cut = _cut(table, chain.from_iterable(told(session, side) for session, side in heard), most)
            yield from (((session.key, side), cut) for session, side in heard)


def _side(sides: Sides, key: str) -> tuple[Session, int]:
    return sides.by_key[key][0], int(key.rsplit("/", 1)[1])


def _cut(table: Table, told: Iterable[Prefixes], most: int) -> _Cut:
    lists = {id(each): each for each in told}.values()  # sessions mostly tell the same
    if not most or sum(map(len, lists)) <= most:
        return _Cut()
    whole = set(chain.from_iterable(lists))
    kept = [set(sorted(whole, key=order)[:most]) for order in (_by_number, _by_text)]
    doubtful = kept[0] ^ kept[1]
    doubt = f"whether it is among the {most} prefixes that {table.key} takes: the order is not documented so far"
    dropped = whole - kept[0] - kept[1]
    return _Cut(_sorted(dropped), doubt if doubtful else "", _sorted(doubtful))


def _by_number(prefix: str) -> tuple[int, IPv4Network]:
    net = IPv4Network(prefix)
    return net.prefixlen, net


def _by_text(prefix: str) -> tuple[int, str]:
    return int(prefix.partition("/")[2]), prefix


def _sorted(prefixes: Iterable[str]) -> Prefixes:
    return tuple(sorted(prefixes, key=_by_number))


def _cutting(session: Session, cuts: dict[tuple[str, int], _Cut]) -> Session:
    speakers = [_taking(each, cuts.get((session.key, 1 - side))) for side, each in enumerate(session.speakers)]
    return session if tuple(speakers) == session.speakers else replace(session, speakers=(speakers[0], speakers[1]))


def _taking(listener: Speaker, cut: _Cut | None) -> Speaker:
    return replace(listener, **vars(cut)) if cut else listener


def dropping(network: Network, table: str, address: int) -> str:
    """The table that dropped a prefix around an address, of all that teach this one; "" where none did."""
    teachers, seen = [table], set[str]()
    while teachers:
        key = teachers.pop()
        seen.add(key)
        for session in network.sessions:
            for speaker, listener in (session.speakers, session.speakers[::-1]):
                if key in listener.learns:
                    if lengths(listener.dropped, address):
                        return key
                    teachers += [each for each in speaker.announces if each not in seen]
    return ""
