"""A settled network with what was worked out of it so far, kept for the next question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from operator import attrgetter

from hubspoke.collecting import uncollected
from hubspoke.network.by_id import exchanged
from hubspoke.network.classes import Bits, union
from hubspoke.network.delta import unlike, with_links
from hubspoke.network.doors import Door, Doors
from hubspoke.network.filters import Admission, Cell, Side, Traffic
from hubspoke.network.forward import Forwarding, forwarding, reforwarding
from hubspoke.network.look_ups import Index, LookUps
from hubspoke.network.model import End, Filter, Finding, Link, Network
from hubspoke.network.questions import Question, Routed
from hubspoke.network.roster import Keys, Roster, Senders, overlaps
from hubspoke.network.settle import Settled, resettle, settle
from hubspoke.network.sorts import Sort, Sorting
from hubspoke.network.spread import Aim, Spread, in_parts, respread, spread
from hubspoke.network.trace import Walks

Pairs = tuple[Bits, Bits]  # classes of senders, and of targets
Parts = list[tuple[Bits, Spread]]  # some targets, and where those are arrived at from

_MTU, _ANY = attrgetter("mtu"), 1 << 16


class Known:
    """What is known of one network."""

    def __init__(
        self, settled: Settled, forwarding: Forwarding, admission: Admission, last: "Known | None" = None
    ) -> None:
        self.settled, self.forwarding, self.admission = settled, forwarding, admission
        self.network, self.classes = settled.network, settled.classes
        self.inhabited = settled.classes.inhabited
        same = last and last.network.links is self.network.links
        # In bytes, what every link carries.
        self.narrowest: int = last.narrowest if last and same else min(map(_MTU, self.network.links), default=_ANY)
        self.proven: set[Question] = set()
        self.proven_before: set[Question] = set()  # and still is, but for packets of which something moved
        self.moved: dict[str, Bits] = {}  # by table of the core: the classes of which anything is other than before
        self._spread: dict[Aim, Spread] = {}
        self._stirred: dict[Bits, set[str]] = {}  # by classes, the tables of the core where some of them moved
        self._restless: dict[Bits, frozenset[str]] = {}  # by classes, the endpoints behind those tables
        self.roster: Roster = last.roster if last else Roster(self.network.endpoints, forwarding.owned)
        self.overlaps: tuple[Finding, ...] = last.overlaps if last else overlaps(self.roster)
        self.findings = (*self.network.findings, *self.overlaps)
        looked: LookUps = last.look_ups if last else LookUps(self.network.health, Index(self.classes))
        self.look_ups: LookUps = looked if same or not last else looked.over(self.network.health)
        self.doors: Doors = Doors(forwarding.core, self.roster, last.doors if last else None)
        if last and last.network.filters == self.network.filters:
            self._remember(last)
        else:
            self.traffic = Traffic(self.network.filters)
            self.sorting = Sorting(self.network, self.roster, admission)

    @classmethod
    @uncollected()
    def of(cls, network: Network) -> "Known":
        """Settles a network. Endpoints with the same addresses are findings of it."""
        settled = settle(network)
        return cls(settled, forwarding(settled), Admission(settled.classes))

    @uncollected()
    def after(self, network: Network) -> "Known":
        """The same for a network that is mostly the same, from what is known of this one."""
        settled = resettle(self.settled, network)
        if settled.classes is not self.classes:
            return Known(settled, forwarding(settled), Admission(settled.classes))
        if unlike(self.network.endpoints, network.endpoints) or not _same_places(self.network, network):
            return Known(settled, forwarding(settled), self.admission)
        return self._after(settled, settled.chosen)

    def _after(self, settled: Settled, chosen: Mapping[str, Bits]) -> "Known":
        return Known(settled, reforwarding(settled, self.forwarding, chosen), self.admission, self)

    def _remember(self, last: "Known") -> None:
        """Takes over what is kept, and works out again what may have moved."""
        self.traffic, self.sorting = last.traffic, last.sorting
        before = dict(last._spread)
        if last.forwarding.certain and not self.forwarding.certain:  # while all was certain, the best was the worst
            before |= dict(map(self._at_best, last._spread.values()))
        self._spread, self.moved = respread(self.forwarding, before)
        if self.findings == last.findings:
            same = self.narrowest >= last.narrowest
            self.proven_before = set(last.proven if same else filter(self.keeps, last.proven))
            self.proven = set() if self.moved or self.forwarding.core.detoured else set(self.proven_before)

    def _at_best(self, worst: Spread) -> tuple[Aim, Spread]:
        aim = replace(worst.aim, best=True)
        return aim, Spread(worst.forwarding, aim, worst.values | aim.at_ends(self.forwarding))

    @cached_property
    def _any_moved(self) -> Bits:
        return union(self.moved.values())

    @property
    def certain(self) -> bool:
        """Whether the best is the worst: no step and no rule is unknown."""
        return self.forwarding.certain and not self.traffic.unknown

    def carrying(self, mtu: int) -> "Known":
        """The same network without the links that cannot carry packets of so many bytes."""
        if mtu <= self.narrowest:
            return self
        narrow = [link for link in self.network.links if link.mtu < mtu]
        network = with_links(self.network, list(map(_sealed, narrow)))
        return self._after(replace(self.settled, network=network), self.settled.over_any(narrow))

    def keeps(self, question: Question) -> bool:
        """Whether the answer follows from what is kept, and not from links that are too narrow for it alone."""
        return not (isinstance(question, Routed) and question.mtu > self.narrowest)

    def stirs(self, keys: Keys, towards: Bits) -> bool:
        """Whether anything is other than before of packets of these endpoints to these classes."""
        if not towards & self._any_moved and self.doors.strayed.isdisjoint(keys):
            return False  # at first sight: which doors they are of need not be found
        return not self._stirring(towards).isdisjoint(keys)

    def _stirring(self, towards: Bits) -> frozenset[str]:
        """All endpoints of which that is so."""
        if towards not in self._restless:
            doors = self.behind(self.roster.senders(self.roster.everyone), towards, before=True)
            self._restless[towards] = frozenset(sender.key for door in doors for sender in door.senders)
        return self._restless[towards]

    def behind(self, senders: Senders, towards: Bits, *, before: bool) -> list[Door]:
        """The doors of senders; all, or those behind which anything is other than before towards these classes."""
        if not before:
            return list(self.doors.of(senders))
        if towards not in self._stirred:
            moved = self.moved.items() if towards & self._any_moved else ()
            self._stirred[towards] = {table for table, bits in moved if bits & towards}
        return list(self.doors.stirred(senders, self._stirred[towards]))

    def no_endpoint(self, origin: str, keys: Iterable[str]) -> tuple[Finding, ...]:
        """That a question names endpoints that are not in the network, or have no address there."""
        what = "there is no endpoint {!r} with an address"
        return tuple(Finding(what.format(key), origin, "deploy it, or correct the name") for key in keys)

    # Filters

    def filters(self, keys: Iterable[str], *, answers: bool) -> list[Filter]:
        """The filters of these keys; for answers, only those that judge answers."""
        found = (self.network.filter[key] for key in keys)
        return [each for each in found if not (answers and each.stateful)]

    def admitted(self, sort: Sort, cell: Cell, *, best: bool, answers: bool) -> Bits:
        """Sources that the filters of targets of a sort let in."""
        return self._passing(sort.filters, cell, "destination", sort.number, best=best, answers=answers)

    def lets_in(self, target: int, source: int, cell: Cell, *, best: bool) -> bool:
        """Whether any endpoint with the target's class lets a source in."""
        ways = (self.roster.by_key[key].ingress for key in self.roster.owners[target])
        passing = (self._passing(keys, cell, "destination", target, best=best, answers=False) for keys in ways)
        return any(bits >> source & 1 for bits in passing)

    def ever_admitted(self, sort: Sort) -> Bits:
        """Sources that some rule might let in, whatever else stands before it: never too few."""
        return self._ever(sort, "destination")

    def _ever(self, sort: Sort, end: Side) -> Bits:
        if sort.ever is None:
            sort.ever = self.inhabited
            for key in sort.filters:
                sort.ever &= self.admission.ever(self.network.filter[key], sort.number, end)
        return sort.ever

    def _passing(self, keys: Keys, cell: Cell, end: Side, number: int, *, best: bool, answers: bool) -> Bits:
        passing = self.admission.passing(self.filters(keys, answers=answers), cell, end, number)
        return passing.maybe if best else passing.surely

    # Routes

    def unmet(self, doors: Iterable[Door], wanted: Bits, parts: Parts, *, every: bool) -> Iterator[Pairs]:
        """Classes of senders with those of wanted targets that they do not get to. Each part is about some."""

        def at(table: str) -> Bits:
            found = 0
            for bits, there in parts:  # mostly one, asked about at every door: no generator
                found |= bits & there.at(table)
            return found

        def leaving(key: str) -> Bits:
            return self.arriving(key, parts, every=every)

        for door in doors:
            yield from door.unmet(wanted, at, leaving)

    def arriving(self, endpoint: str, parts: Parts, *, every: bool) -> Bits:
        """The targets that packets of an endpoint get to."""
        return union(bits & self.leaving(endpoint, spread, every=every) for bits, spread in parts)

    def ever_arriving(self, sort: Sort, wanted: Bits, *, before: bool) -> Iterator[tuple[str, Bits, Bits]]:
        """Senders, their classes, and wanted targets that they get to past rules that might let it out, over some
        route: never too few. `before` says that none did.
        """
        passing, spread = self._ever(sort, "source") & wanted, self.routes(every=False, best=True)
        for door in self.behind(sort.members, wanted, before=before):
            if passing & (door.aside | (spread.at(door.table) if door.table else 0)):
                for key, own, owned, _ in door.senders:
                    if bits := passing & self.leaving(key, spread, every=False) & ~owned:
                        yield key, own, bits

    def leaving(self, endpoint: str, spread: Spread, *, every: bool) -> Bits:
        """What holds of packets that leave an endpoint: from every of its tables, or from some."""
        tables = self.roster.by_key[endpoint].tables
        found = [spread.at(table) for table in tables]
        bits = found[0] if found else self.inhabited if every else 0
        for each in found[1:]:
            bits = bits & each if every else bits | each
        return bits

    def past_filters(self, sort: Sort, cell: Cell, *, every: bool, best: bool, answers: bool) -> Parts:
        """The targets that a sort's filters let it send to, in parts, and where those of a part are arrived at from."""
        passing = self._passing(sort.filters, cell, "source", sort.number, best=best, answers=answers)
        passes = {
            key: self._passing(self.network.table[key].filters, cell, "source", sort.number, best=best, answers=answers)
            for key in self._filtered
        }
        return [(bits, self._spread_of(Aim(every, best, part))) for bits, part in in_parts(passes, passing)]

    def _spread_of(self, aim: Aim) -> Spread:
        """Found once; at best what it is at worst, where nothing is unknown."""
        if aim.best and self.forwarding.certain:
            aim = replace(aim, best=False)
        if aim not in self._spread:
            self._spread[aim] = spread(self.forwarding, aim)
        return self._spread[aim]

    @cached_property
    def walks(self) -> Walks:
        """Walks through the network, one packet at a time."""
        return Walks(self.network, self.look_ups)

    @cached_property
    def _filtered(self) -> tuple[str, ...]:
        return tuple(table.key for table in self.network.tables if table.filters)

    def routes(self, *, every: bool, best: bool) -> Spread:
        """What arrives by the routes alone."""
        return self._spread_of(Aim(every, best))

    def looping(self, table: str) -> Bits:
        """What may go round in circles from a table."""
        return self.inhabited & ~self._spread_of(Aim(every=True, best=False, ends=True)).at(table)

    def stateful_tables(self) -> tuple[str, ...]:
        """Tables with a stateful filter."""
        by_key = self.network.filter
        return tuple(t for t in self._filtered if any(by_key[f].stateful for f in self.network.table[t].filters))

    def through(self, endpoint: str, table: str) -> Bits:
        """What arrives from an endpoint on some path that crosses a table."""
        crossing = self._spread_of(Aim(every=False, best=True, crosses=table))
        return self.leaving(endpoint, crossing, every=False) & self.routes(every=False, best=True).at(table)

    def around(self, endpoint: str, table: str) -> Bits:
        """What arrives from an endpoint on some path that does not cross a table."""
        return self.leaving(endpoint, self._spread_of(Aim(every=False, best=True, passes=((table, 0),))), every=False)


def _same_places(one: Network, other: Network) -> bool:
    """Whether filters are at the same tables."""
    return all(
        a.key == b.key and a.filters == b.filters for a, b in zip(*exchanged(one.tables, other.tables), strict=True)
    )


def _sealed(link: Link) -> Link:
    a, b = link.ends
    return replace(link, ends=(End(a.router, ()), End(b.router, ())))
