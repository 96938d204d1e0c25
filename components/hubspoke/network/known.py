"""A settled network with what was worked out of it so far, kept for the next question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import compress
from operator import attrgetter, is_not

from hubspoke.network.classes import Bits
from hubspoke.network.collecting import uncollected
from hubspoke.network.delta import unlike, with_links
from hubspoke.network.filters import Admission, Cell, Side, Traffic
from hubspoke.network.forward import Forwarding, forwarding, reforwarding
from hubspoke.network.look_ups import LookUps
from hubspoke.network.model import End, Filter, Finding, Link, Network
from hubspoke.network.questions import Question, Routed
from hubspoke.network.roster import Keys, Roster, overlaps
from hubspoke.network.settle import Settled, resettle, settle
from hubspoke.network.sorts import Sort, Sorting
from hubspoke.network.spread import Aim, Values, in_parts, respread, spread
from hubspoke.network.trace import Walks

_MTU, _ANY = attrgetter("mtu"), 1 << 16


class Known:
    """What is known of one network."""

    def __init__(
        self, settled: Settled, forwarding: Forwarding, admission: Admission, last: "Known | None" = None
    ) -> None:
        self.settled, self.forwarding, self.admission = settled, forwarding, admission
        self.network, self.classes = settled.network, settled.classes
        self.inhabited = settled.classes.inhabited
        self.narrowest = min(map(_MTU, self.network.links), default=_ANY)  # bytes that every link carries
        self.proven: set[Question] = set()
        self.proven_before: set[Question] = set()  # and still is, but for packets of which something moved
        self.moved: dict[str, Bits] = {}  # by table: the classes of which anything is other than before
        self._values: dict[Aim, Values] = {}
        self._stirred: dict[Bits, frozenset[str]] = {}
        self.roster: Roster = last.roster if last else Roster(self.network.endpoints, forwarding.owned)
        self.overlaps: tuple[Finding, ...] = last.overlaps if last else overlaps(self.roster)
        self.findings = (*self.network.findings, *self.overlaps)
        same = last and last.network.links is self.network.links
        self.look_ups: LookUps = last.look_ups if last and same else LookUps(self.network.health)
        if last and _judges_alike(last.network, self.network):
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
        if unlike(self.network.endpoints, network.endpoints):
            return Known(settled, forwarding(settled), self.admission)
        return self._after(settled, settled.chosen)

    def _after(self, settled: Settled, chosen: Mapping[str, Bits]) -> "Known":
        return Known(settled, reforwarding(settled, self.forwarding, chosen), self.admission, self)

    def _remember(self, last: "Known") -> None:
        """Takes over what is kept, and works out again what may have moved."""
        self.traffic, self.sorting = last.traffic, last.sorting
        before = dict(last._values)
        if last.forwarding.certain and not self.forwarding.certain:  # while all was certain, the best was the worst
            best = ((replace(aim, best=True), values) for aim, values in last._values.items())
            before |= {aim: values | aim.at_ends(self.forwarding) for aim, values in best}
        self._values, self.moved = respread(self.forwarding, before)
        if self.findings == last.findings:
            same = self.narrowest >= last.narrowest
            self.proven_before = set(last.proven if same else filter(self.keeps, last.proven))
            self.proven = set() if self.moved else set(self.proven_before)

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

    def anew(self, sources: Keys, targets: Keys, before: bool) -> Keys:
        """The sources to be asked about: all, or of what was proven before, those from which anything moved."""
        if not before:
            return sources
        towards = self.roster.together(targets)
        if towards not in self._stirred:
            self._stirred[towards] = self.roster.stirred(towards, self.moved)
        found = self._stirred[towards]
        return tuple(key for key in sources if key in found) if found else ()

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
        bits = self.inhabited
        for key in sort.filters:
            bits &= self.admission.ever(self.network.filter[key], sort.number, end)
        return bits

    def _passing(self, keys: Keys, cell: Cell, end: Side, number: int, *, best: bool, answers: bool) -> Bits:
        passing = self.admission.passing(self.filters(keys, answers=answers), cell, end, number)
        return passing.maybe if best else passing.surely

    # Routes

    def arriving(
        self, sort: Sort, cell: Cell, *, every: bool, best: bool, answers: bool
    ) -> Iterator[tuple[str, Bits, Bits]]:
        """By endpoint of a sort, its classes, and the targets that they get to past all filters but the targets'."""
        parts = list(self._past_filters(sort, cell, every=every, best=best, answers=answers))
        for key, own in sort.members:
            found = 0
            for bits, values in parts:
                found |= bits & self.leaving(key, values, every=every)
            yield key, own, found

    def ever_arriving(self, sort: Sort) -> Iterator[tuple[str, Bits, Bits]]:
        """The same past rules that might let it out, over some route: never too few."""
        passing, values = self._ever(sort, "source"), self.routes(every=False, best=True)
        for key, own in sort.members:
            yield key, own, passing & self.leaving(key, values, every=False)

    def leaving(self, endpoint: str, values: Values, *, every: bool) -> Bits:
        """What holds of packets that leave an endpoint: from every of its tables, or from some."""
        tables = self.roster.by_key[endpoint].tables
        if len(tables) == 1:
            return values[tables[0]]
        found = [values[table] for table in tables]
        bits = found[0] if found else self.inhabited if every else 0
        for each in found[1:]:
            bits = bits & each if every else bits | each
        return bits

    def _past_filters(
        self, sort: Sort, cell: Cell, *, every: bool, best: bool, answers: bool
    ) -> Iterator[tuple[Bits, Values]]:
        """The targets that a sort's filters let it send to, in parts, and where those of a part are arrived at from."""
        passing = self._passing(sort.filters, cell, "source", sort.number, best=best, answers=answers)
        passes = {
            key: self._passing(self.network.table[key].filters, cell, "source", sort.number, best=best, answers=answers)
            for key in self._filtered
        }
        for bits, part in in_parts(passes, passing):
            yield bits, self._spread(Aim(every, best, part))

    def _spread(self, aim: Aim) -> Values:
        """Found once; at best what it is at worst, where nothing is unknown."""
        if aim.best and self.forwarding.certain:
            aim = replace(aim, best=False)
        if aim not in self._values:
            self._values[aim] = spread(self.forwarding, aim)
        return self._values[aim]

    @cached_property
    def walks(self) -> Walks:
        """Walks through the network, one packet at a time."""
        return Walks(self.network, self.look_ups)

    @cached_property
    def _filtered(self) -> tuple[str, ...]:
        return tuple(table.key for table in self.network.tables if table.filters)

    def routes(self, *, every: bool, best: bool) -> Values:
        """What arrives by the routes alone, by the table it starts in."""
        return self._spread(Aim(every, best))

    def looping(self) -> Values:
        """What may go round in circles, by the table it starts in."""
        ended = self._spread(Aim(every=True, best=False, ends=True))
        return {table: self.inhabited & ~bits for table, bits in ended.items()}

    def stateful_tables(self) -> tuple[str, ...]:
        """Tables with a stateful filter."""
        by_key = self.network.filter
        return tuple(t for t in self._filtered if any(by_key[f].stateful for f in self.network.table[t].filters))

    def through(self, table: str) -> Values:
        """What arrives on some path that crosses a table."""
        arrives = self.routes(every=False, best=True)[table]
        crossing = self._spread(Aim(every=False, best=True, crosses=table))
        return {start: bits & arrives for start, bits in crossing.items()}

    def around(self, table: str) -> Values:
        """What arrives on some path that does not cross a table."""
        return self._spread(Aim(every=False, best=True, passes=((table, 0),)))


def _judges_alike(one: Network, other: Network) -> bool:
    """Whether the filters are the same, and at the same tables."""
    tables = compress(zip(one.tables, other.tables, strict=True), map(is_not, one.tables, other.tables))
    return one.filters == other.filters and all(a.key == b.key and a.filters == b.filters for a, b in tables)


def _sealed(link: Link) -> Link:
    a, b = link.ends
    return replace(link, ends=(End(a.router, ()), End(b.router, ())))
