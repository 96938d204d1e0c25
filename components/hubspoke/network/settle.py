"""Routes to a fixed point: sessions announce what their tables chose, until nobody hears anything new."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from hubspoke.network.by_id import exchanged
from hubspoke.network.choose import Cell, Chooser, rechosen, swayed
from hubspoke.network.classes import Bits, Classes
from hubspoke.network.delta import changes, indexed, rerouted, with_tables
from hubspoke.network.limits import exceeded, without
from hubspoke.network.model import Link, Network, Prefixes, Session, Source, Speaker, Table, Via
from hubspoke.network.offers import Offer, Offers
from hubspoke.network.quotas import rationed
from hubspoke.network.sessions import Heard, News, Paths, Sides, altered, heard, paths_of, said, sides

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
class Settled:
    """A network whose tables hold what they learned, and what the proofs of it start from."""

    given: Network  # as it was asked about
    network: Network  # with what was learned
    classes: Classes
    cells: dict[str, list[Cell]]  # the winners, by table
    paths: dict[str, Paths]  # those of tables that are announced, by AS path
    heard: dict[str, Heard]  # what was learned, by side of a session
    learned: dict[str, Table]  # the tables that learned it, with it
    sides: Sides
    offers: Offers
    chosen: dict[str, Bits]  # the classes that were chosen for since the one it was made from, by table

    def told(self, session: Session, side: int) -> tuple[Prefixes, ...]:
        """What one side of a session tells the other, with what that drops of it for a quota."""
        speaker, listener = session.speakers[side], session.speakers[1 - side]
        if not listener.dropped:
            return tuple(news.route.prefixes for news in self.heard.get(sides(session)[side], {}).values())
        if self.network.health.get(session.link, "down") == "down":
            return ()
        found = said(speaker, replace(listener, dropped=()), self.paths, self.classes)
        return tuple(map(self.classes.prefixes, found.values()))

    @cached_property
    def over(self) -> dict[str, dict[str, Bits]]:
        """By link and table, the classes that routes over the link have a say in."""
        found: dict[str, dict[str, Bits]] = defaultdict(dict)
        for table in self.given.tables:
            for route, own in offered(table, self.offers, self.sides, self.heard):
                if isinstance(route.next_hop, Via):
                    bits = swayed(self.classes, table, route.source, own)
                    for link in route.next_hop.links:
                        found[link][table.key] = found[link].get(table.key, 0) | bits
        return found

    def over_any(self, links: Iterable[Link]) -> dict[str, Bits]:
        """By table, the classes that routes over any of these links have a say in."""
        found: dict[str, Bits] = {}
        for link in links:
            for table, bits in self.over.get(link.key, {}).items():
                found[table] = found.get(table, 0) | bits
        return found


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
            yield from (each for each in (speaker.dropped, speaker.doubtful) if each)


def learned(table: Table, sides: Sides, heard: Mapping[str, Heard]) -> Iterator[News]:
    """What a table learned."""
    return chain.from_iterable(heard[key].values() for key in sides.teaching.get(table.key, ()) if key in heard)


def offered(table: Table, offers: Offers, sides: Sides, heard: Mapping[str, Heard]) -> list[Offer]:
    """What a table is offered: its own routes, and what it learned."""
    own = offers.of(table)
    if table.key not in sides.teaching:  # most tables
        return own
    return [*own, *(news.offer for news in learned(table, sides, heard))]


def settle(network: Network) -> Settled:
    """Lets all sessions talk until nothing changes. Raises Oscillation after ROUND_CAP rounds.

    Sessions told more prefixes than they take are reset, and findings. What is over a table's quota is dropped.
    """
    return _within_limits(_settled(network))


def _settled(network: Network) -> Settled:
    classes = Classes(all_prefixes(network))
    talk = _Talk(network, classes, Sides(network.sessions), Offers(classes))
    for key in network.table:
        talk.stir(key, talk.classes.all)
    return talk.settled(set(talk.sides.by_key))


def resettle(before: Settled, network: Network) -> Settled:
    """Settles a network that is mostly as it was, from where that came to rest.

    Wholly anew where tables come or go, or there are prefixes that the classes do not tell apart.
    """
    return _within_limits(_resettled(before, network))


def _resettled(before: Settled, network: Network) -> Settled:
    other = changes(before.given, indexed(indexed(network, before.given), before.network))
    try:
        for prefixes in all_prefixes(_come(before.given, other)):
            before.classes.own(prefixes)
    except KeyError:
        return _settled(network)
    if any(times == 1 for times in Counter(table.key for table in other.tables).values()):  # it comes or goes
        return _settled(network)
    sides = Sides(network.sessions) if other.sessions else before.sides
    talk = _Talk(network, before.classes, sides, before.offers)
    return talk.settled(talk.resume(before, other))


def _come(before: Network, other: Network) -> Network:
    """What is other than before, with those routes of its tables alone that are other."""
    tables = (
        replace(table, routes=tuple(exchanged(before.table[table.key].routes, table.routes)[1]))
        if table.key in before.table
        else table
        for table in other.tables
    )
    return replace(other, tables=tuple(tables))


def _within_limits(settled: Settled) -> Settled:
    """Until no session is over its limit and no table over its quota: what one does not take, others do not hear."""
    for _ in range(ROUND_CAP + len(settled.given.sessions)):
        if (network := _limited(settled)) is settled.given:
            return settled
        settled = _after(settled, network)
    raise Oscillation(table.key for table in settled.given.tables if table.quota)


def _limited(settled: Settled) -> Network:
    reset = exceeded(settled.given, settled.told)
    return without(settled.given, reset) if reset else rationed(settled.given, settled.sides, settled.told)


def _after(settled: Settled, network: Network) -> Settled:
    after = _resettled(settled, network)
    if after.classes is not settled.classes:
        return after
    both = settled.chosen.keys() | after.chosen.keys()
    return replace(after, chosen={key: settled.chosen.get(key, 0) | after.chosen.get(key, 0) for key in both})


class _Talk:
    """The state of one run to the fixed point."""

    def __init__(self, network: Network, classes: Classes, sides: Sides, offers: Offers) -> None:
        self.network, self.classes, self.sides, self.offers = network, classes, sides, offers
        self.chooser = Chooser(classes, network.health)
        self.cells, self.paths, self.heard = dict[str, list[Cell]](), dict[str, Paths](), dict[str, Heard]()
        self.stirred: dict[str, Bits] = {}  # what is to be chosen for, by table
        self.chosen: dict[str, Bits] = {}  # what was
        self.learned: dict[str, Table] = {}
        self.taught: set[str] = set()  # tables that have to be looked at again for what they learned

    def resume(self, before: Settled, other: Network) -> set[str]:
        """Goes on from where a network came to rest that is other in these things. Returns the sides to hear first."""
        self.cells, self.heard, self.learned = dict(before.cells), dict(before.heard), dict(before.learned)
        self.paths = {key: paths for key, paths in before.paths.items() if key in self.sides.announcing}
        for key in self.sides.announcing.keys() & self.cells.keys() - self.paths.keys():
            self.paths[key] = paths_of(self.cells[key], {}, 0)
        for table in other.tables:
            self.stir(table.key, rerouted(self.classes, before.given.table[table.key], self.network.table[table.key]))
        for key, bits in before.over_any(other.links).items():
            self.stir(key, bits)
        self.taught |= self.learned.keys() & {table.key for table in other.tables}
        changed = {key for session in other.sessions for key in sides(session)}
        for key in changed & self.heard.keys():
            self.learn(before.sides.by_key[key][2], self.heard.pop(key), {})
        links = {link.key for link in other.links}
        among = self.sides.by_key.items() if links or changed else ()
        return {key for key, (session, *_) in among if session.link in links or key in changed}

    def stir(self, table: str, bits: Bits) -> None:
        """Has these classes chosen for."""
        if bits and table in self.network.table:
            self.stirred[table] = self.stirred.get(table, 0) | bits

    def settled(self, speaking: set[str]) -> Settled:
        """Lets them speak until there is no news. What nobody is told of is chosen once, at the end."""
        news = set[str]()
        for _ in range(ROUND_CAP):
            speaking |= self.choose(self.stirred.keys() & self.sides.announcing.keys())
            if not speaking:
                self.choose(set(self.stirred))
                return self.result()
            news, speaking = self.listen(speaking), set()
        raise Oscillation(news)

    def choose(self, tables: Iterable[str]) -> set[str]:
        """Chooses for what is to be chosen for. Returns the sides of sessions that now announce something else."""
        speaking: set[str] = set()
        for key in tables:
            table, among = self.network.table[key], self.stirred.pop(key)
            fresh = self.fresh(table, among)
            self.cells[key] = rechosen(self.cells.get(key, ()), fresh, among)
            self.chosen[key] = self.chosen.get(key, 0) | among
            if key in self.sides.announcing:
                before, self.paths[key] = self.paths.get(key), paths_of(fresh, self.paths.get(key, {}), among)
                speaking |= set(self.sides.announcing[key]) if self.paths[key] != before else set()
        return speaking

    def fresh(self, table: Table, among: Bits) -> list[Cell]:
        """What a table chooses for these classes."""
        if among == self.classes.all and table.key in self.sides.teaching:
            heard = [news.offer for news in learned(table, self.sides, self.heard)]
            return self.chooser.choose_all(table, self.offers.of(table), heard)
        return self.chooser.choose(table, offered(table, self.offers, self.sides, self.heard), among)

    def listen(self, speaking: Iterable[str]) -> set[str]:
        """Hears these sides. Returns the tables that learned something else than before."""
        news: set[str] = set()
        for key in speaking:
            session, speaker, listener = self.sides.by_key[key]
            up = listener.learns and self.network.health.get(session.link, "down") != "down"
            told = said(speaker, listener, self.paths, self.classes) if up else {}
            before = self.heard.get(key, {})
            self.heard[key] = heard(session, speaker, listener, told, before, self.offers)
            news |= self.learn(listener, before, self.heard[key])
        return news

    def learn(self, listener: Speaker, before: Heard, after: Heard) -> set[str]:
        """Has those that learn from it choose where what is heard is other. Returns them."""
        bits = altered(before, after)
        tables = {key for key in listener.learns if key in self.network.table} if bits else set()
        for key in tables:
            self.stir(key, swayed(self.classes, self.network.table[key], Source.BGP, bits))
        self.taught |= tables
        return tables

    def result(self) -> Settled:
        for table in (self.network.table[key] for key in self.taught):
            heard = (news.route for news in learned(table, self.sides, self.heard))
            self.learned[table.key] = replace(table, routes=(*table.routes, *heard))
        network = with_tables(self.network, self.learned.values()) if self.learned else self.network
        return Settled(
            self.network, network, self.classes, self.cells, self.paths, self.heard, self.learned, self.sides,
            self.offers, self.chosen,
        )  # fmt: skip
