"""Routes to a fixed point: sessions announce what their tables chose, until nobody hears anything new."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from hubspoke.network.choose import Cell, Chooser
from hubspoke.network.classes import Bits, Classes
from hubspoke.network.limits import exceeded, without
from hubspoke.network.model import (
    Finding,
    Health,
    Network,
    Prefixes,
    PrefixFilter,
    Route,
    Session,
    Source,
    Speaker,
    Table,
    Via,
)

ROUND_CAP = 64  # a path crosses fewer sessions than this, or something turns in circles


class Oscillation(Exception):
    """Routes that never come to rest. `tables` are those that still changed in the last round."""

    def __init__(self, tables: Iterable[str]) -> None:
        self.tables = tuple(sorted(tables))
        super().__init__(
            f"after {ROUND_CAP} rounds these tables still change: {', '.join(self.tables)}; "
            "break the circle: two of them prefer each other's routes"
        )


@dataclass(frozen=True)
class Announcement:
    """What one side of a session tells the other, for several prefixes at once."""

    bits: Bits
    as_path: tuple[int, ...]
    med: int | None
    communities: frozenset[str]


Heard = dict[str, dict[str, tuple[Route, ...]]]


@dataclass(frozen=True)
class Settled:
    """A network whose tables hold what they learned, and what the proofs of it start from."""

    given: Network  # as it was asked about
    network: Network  # with what was learned
    classes: Classes
    cells: dict[str, list[Cell]]  # the winners, by table
    heard: Heard  # what was learned, by table and side of a session

    @cached_property
    def links(self) -> dict[str, Health]:
        """Health of each link."""
        return {link.key: link.health for link in self.network.links}

    @cached_property
    def users(self) -> dict[str, set[str]]:
        """The tables that have a route over each link."""
        found: dict[str, set[str]] = defaultdict(set)
        for table in self.network.tables:
            for route in table.routes:
                if isinstance(route.next_hop, Via):
                    for link in route.next_hop.links:
                        found[link].add(table.key)
        return found

    def told(self, session: Session, side: int) -> tuple[Route, ...]:
        """What one side of a session says, as the tables that learn it all hear it."""
        learning = (table for table in session.speakers[1 - side].learns if table in self.heard)
        return next((self.heard[table].get(f"{session.key}/{side}", ()) for table in learning), ())

    def touched(self, network: Network) -> set[str]:
        """The tables with routes over links that are not in the other network as they are in this."""
        links = self.network.link
        changed = [link.key for link in network.links if links.get(link.key) is not link]
        gone = links.keys() - network.link.keys()
        return set().union(*(self.users.get(key, set()) for key in (*changed, *gone)))


def all_prefixes(network: Network) -> Iterator[Prefixes]:
    """Every tuple of prefixes in a network."""
    for table in network.tables:
        yield from (route.prefixes for route in table.routes)
    yield from (endpoint.prefixes for endpoint in network.endpoints)
    for filter_ in network.filters:
        for rule in filter_.rules:
            yield rule.sources
            yield rule.destinations
    for session in network.sessions:
        for speaker in session.speakers:
            yield speaker.prefixes
            yield from (each.prefixes for each in (speaker.exports, speaker.imports) if each)


def settle(network: Network) -> Settled:
    """Lets all sessions talk until nothing changes. Raises Oscillation after ROUND_CAP rounds.

    Sessions that are told more prefixes than they take are reset, and findings.
    """
    return _within_limits(_Talk(network, Classes(all_prefixes(network))).settled())


def resettle(before: Settled, network: Network) -> Settled:
    """Settles a network that is mostly as it was, from where that came to rest; wholly anew if prefixes are new."""
    try:
        return _within_limits(_Talk(network, before.classes, before).settled())
    except KeyError:  # a prefix that no class knows
        return settle(network)


def _within_limits(settled: Settled) -> Settled:
    reset = exceeded(settled.given, settled.told)
    return resettle(settled, without(settled.given, reset)) if reset else settled


class _Talk:
    """The state of one run to the fixed point; from what was heard before, where `before` is given."""

    def __init__(self, network: Network, classes: Classes, before: Settled | None = None) -> None:
        self.network, self.classes = network, classes
        self.links = {link.key: link.health for link in network.links}
        self.sessions = [s for s in network.sessions if self.links.get(s.link, "down") != "down"]
        self.heard: dict[str, dict[str, tuple[Route, ...]]] = defaultdict(dict)  # by table and side of a session
        self.chooser = Chooser(classes, self.links)
        self.cells = dict[str, list[Cell]]()
        self.paths: dict[str, tuple[list[Cell], list[tuple[tuple[int, ...], Bits]]]] = {}  # by table, of its cells
        self.changed, self.spoken = set(network.table), set[str]()
        if before:
            self.remember(before)
        self.announcing = {table for s in self.sessions for speaker in s.speakers for table in speaker.announces}
        self.decide(self.changed & self.announcing)

    def remember(self, before: Settled) -> None:
        """Takes over what is as it was: tables that are the same, over links that are as healthy as they were."""
        spoke = {session.key: session for session in before.given.sessions}
        kept = {session.key for session in self.sessions if spoke.get(session.key) is session}
        sides = {f"{key}/{side}" for key in kept for side in (0, 1)}
        for table, learned in before.heard.items():
            self.heard[table] = {side: routes for side, routes in learned.items() if side in sides}
        ill = {key for key, health in self.links.items() if before.links.get(key) != health}
        same = {t.key for t in before.given.tables if t is self.network.table.get(t.key)}
        self.spoken = {
            table for s in self.sessions if s.key not in kept or s.link in ill for speaker in s.speakers
            for table in speaker.announces
        }  # fmt: skip
        touched = before.touched(self.network)
        self.changed = {
            key for key in self.network.table
            if key not in same or key in touched or self.heard[key] != before.heard.get(key, {})
        }  # fmt: skip
        self.cells = {key: before.cells[key] for key in same - self.changed}

    def routes(self, table: Table) -> tuple[Route, ...]:
        learned = self.heard.get(table.key, {})
        return table.routes + tuple(route for key in sorted(learned) for route in learned[key])

    def decide(self, tables: Iterable[str]) -> None:
        for key in tables:
            self.cells[key] = self.chooser.choose(self.network.table[key], self.routes(self.network.table[key]))

    def settled(self) -> Settled:
        """What nobody is told of is decided once, at the end."""
        changed = self.exchange(self.changed | self.spoken)
        for _ in range(ROUND_CAP):
            self.changed |= changed
            if not changed:
                self.decide(self.changed - self.announcing)
                return self.result()
            self.decide(changed & self.announcing)
            changed = self.exchange(changed)
        raise Oscillation(changed)

    def result(self) -> Settled:
        tables = tuple(replace(t, routes=self.routes(t)) if self.heard[t.key] else t for t in self.network.tables)
        settled = replace(self.network, tables=tables)
        return Settled(self.network, settled, self.classes, self.cells, dict(self.heard))

    def exchange(self, changed: set[str]) -> set[str]:
        """Each side whose tables changed speaks. Returns the tables that heard something else than before."""
        news: set[str] = set()
        for session in self.sessions:
            for side in (0, 1):
                speaker, listener = session.speakers[side], session.speakers[1 - side]
                if listener.learns and (not changed.isdisjoint(speaker.announces) or speaker.prefixes):
                    news |= self.tell(session, side, speaker, listener)
        return news

    def tell(self, session: Session, side: int, speaker: Speaker, listener: Speaker) -> set[str]:
        key = f"{session.key}/{side}"
        heard = self.hear(session, listener, self.announce(speaker, listener.asn))
        there = (table for table in listener.learns if table in self.network.table)
        news = {table for table in there if self.heard[table].get(key, ()) != heard}
        for table in news:
            self.heard[table][key] = heard
        return news

    def announce(self, speaker: Speaker, to: int) -> list[Announcement]:
        """What a speaker says: the chosen routes of its tables, and prefixes of its own."""
        said: dict[tuple[tuple[int, ...], int | None, frozenset[str]], Bits] = defaultdict(int)
        path = (speaker.asn,) * (1 + speaker.prepend)
        for table in speaker.announces:
            for learned, bits in self.chosen(table) if table in self.network.table else ():
                if to not in learned:
                    said[(path + learned, speaker.med, speaker.communities)] |= bits
        if speaker.prefixes:
            said[(path, speaker.med, speaker.communities)] |= self.classes.own(speaker.prefixes)
        return [Announcement(self.passed(speaker.exports, bits), *rest) for rest, bits in said.items()]

    def chosen(self, table: str) -> list[tuple[tuple[int, ...], Bits]]:
        """The winners of a table by AS path; of several that share traffic, the path that comes first."""
        cells, kept = self.cells[table], self.paths.get(table)
        if kept is None or kept[0] is not cells:
            found: dict[tuple[int, ...], Bits] = defaultdict(int)
            for cell in cells:
                found[min((len(r.as_path), r.as_path) for r in cell.routes)[1]] |= cell.bits
            self.paths[table] = kept = (cells, list(found.items()))
        return kept[1]

    def hear(self, session: Session, listener: Speaker, said: list[Announcement]) -> tuple[Route, ...]:
        """The routes that a listener makes of it. Its own ASN in a path is a loop: not taken."""
        found: list[Route] = []
        for each in said:
            bits = self.passed(listener.imports, each.bits)
            if bits and listener.asn not in each.as_path:
                prefixes = self.classes.prefixes(bits)
                way = Via((session.link,))
                found.append(
                    Route(prefixes, way, Source.BGP, session.origin, listener.priority, each.as_path, each.med,
                          each.communities)
                )  # fmt: skip
        return tuple(found)

    def passed(self, filter_: PrefixFilter | None, bits: Bits) -> Bits:
        if filter_ is None:
            return bits
        inside = self.classes.within(self.classes.own(filter_.prefixes))
        return bits & inside if filter_.action == "allow" else bits & ~inside


def overlaps(settled: Settled) -> tuple[Finding, ...]:
    """Endpoints that claim the same addresses: whichever a packet reaches, it may be the wrong one."""
    claimed, found = 0, list[Finding]()
    seen: list[tuple[Bits, str]] = []
    for endpoint in settled.network.endpoints:
        bits = settled.classes.addresses(endpoint.prefixes) if endpoint.prefixes else 0
        if bits & claimed:
            other = next(key for earlier, key in seen if earlier & bits)
            what = f"{endpoint.key} and {other} have addresses in common"
            found.append(Finding(what, endpoint.origin, "give one of the two other prefixes"))
        claimed |= bits
        seen.append((bits, endpoint.key))
    return tuple(found)
