"""What the sides of BGP sessions tell each other of what their tables chose."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hubspoke.network.choose import Cell
from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import PrefixFilter, Route, Session, Source, Speaker, Unknown, Via
from hubspoke.network.offers import Offer, Offers

AsPath = tuple[int, ...]
Paths = dict[AsPath, Bits]  # prefixes by the path they are announced with


@dataclass(frozen=True, slots=True)
class News:
    """A route that was heard, and as it is offered to tables."""

    route: Route
    offer: Offer


Heard = dict[tuple[AsPath, bool], News]  # what one side of a session tells the other, and whether it is in doubt


class Sides:
    """The sides of sessions, by the tables that each announces, and by those that learn from it."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        self.sessions = tuple(sessions)
        self.by_key: dict[str, tuple[Session, Speaker, Speaker]] = {}  # who speaks, and who listens
        self.announcing: dict[str, list[str]] = defaultdict(list)
        self.teaching: dict[str, list[str]] = defaultdict(list)
        for session in self.sessions:
            for side, key in enumerate(sides(session)):
                speaker, listener = session.speakers[side], session.speakers[1 - side]
                self.by_key[key] = session, speaker, listener
                for table in dict.fromkeys(speaker.announces):
                    self.announcing[table].append(key)
                for table in dict.fromkeys(listener.learns):
                    self.teaching[table].append(key)
        for keys in self.teaching.values():
            keys.sort()


def sides(session: Session) -> tuple[str, str]:
    """The keys of its two sides."""
    return f"{session.key}/0", f"{session.key}/1"


def paths_of(cells: Iterable[Cell], last: Mapping[AsPath, Bits], among: Bits) -> Paths:
    """The winners by AS path, after some classes were chosen afresh; of several that share, the path that is first."""
    found: Paths = defaultdict(int, {path: left for path, bits in last.items() if (left := bits & ~among)})
    for cell in cells:
        found[min((len(r.as_path), r.as_path) for r in cell.routes)[1]] |= cell.bits
    return dict(found)


def said(speaker: Speaker, listener: Speaker, chosen: Mapping[str, Paths], classes: Classes) -> Paths:
    """What a speaker announces to a listener that takes it: one's own ASN in a path is a loop.

    Hubs and regions of one cloud have one ASN among each other, and hear what others learned: a path with that ASN has
    crossed between them once, and is not told again.
    """
    if speaker.asn == listener.asn and not listener.remote:
        return {}
    found: Paths = defaultdict(int)
    own = (speaker.asn,) * (1 + speaker.prepend)
    for table in speaker.announces:
        for path, bits in chosen.get(table, {}).items():
            if listener.asn not in path and (path or not speaker.relays):
                found[own + path] |= bits
    found[own] |= classes.own(speaker.prefixes)
    passed = _passed(classes, speaker.exports) & _passed(classes, listener.imports)
    if listener.dropped:
        passed &= ~classes.own(listener.dropped)
    return {path: kept for path, bits in found.items() if (kept := bits & passed)}


def _passed(classes: Classes, filter_: PrefixFilter | None) -> Bits:
    if filter_ is None:
        return classes.all
    inside = classes.within(classes.own(filter_.prefixes))
    return classes.all & (inside if filter_.action == "allow" else ~inside)


def heard(session: Session, speaker: Speaker, listener: Speaker, said: Paths, last: Heard, offers: Offers) -> Heard:
    """What a listener makes of it; what it heard before and hears again is the same route."""
    found: Heard = {}
    doubt = _in_doubt(listener, offers.classes)
    for path in sorted(said):
        for key, bits in (((path, False), said[path] & ~doubt), ((path, True), said[path] & doubt)):
            if bits:
                before = last.get(key)
                same = before is not None and before.offer[1] == bits
                found[key] = before if before and same else _news(session, speaker, listener, key, bits, before, offers)
    return found


def _news(
    session: Session, speaker: Speaker, listener: Speaker, key: tuple[AsPath, bool], bits: Bits, before: News | None,
    offers: Offers,
) -> News:  # fmt: skip
    path, doubted = key
    route = Route(
        offers.classes.prefixes(bits), Unknown(listener.doubt) if doubted else Via((session.link,)), Source.BGP,
        session.origin, listener.priority, path, speaker.med, speaker.communities, listener.remote,
    )  # fmt: skip
    return News(route, (before.offer[0] if before else offers.alike(route), bits))


def altered(before: Heard, after: Heard) -> Bits:
    """The classes that are not heard of as they were."""
    bits = 0
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old is not new:
            bits |= (old.offer[1] if old else 0) ^ (new.offer[1] if new else 0)
    return bits


def _in_doubt(listener: Speaker, classes: Classes) -> Bits:
    if not listener.doubt:
        return 0
    return classes.own(listener.doubtful) if listener.doubtful else classes.all
