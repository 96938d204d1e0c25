"""A settled network with what was worked out of it so far, kept for the next question."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Literal

from hubspoke.network.classes import Bits
from hubspoke.network.filters import Admission, Cell, cut, unlike
from hubspoke.network.forward import Forwarding, forwarding
from hubspoke.network.model import End, Filter, Finding, Link, Network, Ports, Protocol
from hubspoke.network.questions import Question
from hubspoke.network.roster import Keys, Roster
from hubspoke.network.settle import Settled, overlaps, resettle, settle
from hubspoke.network.spread import Aim, Values, respread, spread, upstream

End_ = Literal["source", "destination"]


class Known:
    """What is known of one network."""

    def __init__(
        self, settled: Settled, forwarding: Forwarding, admission: Admission, last: "Known | None" = None
    ) -> None:
        self.settled, self.forwarding, self.admission = settled, forwarding, admission
        self.network, self.classes = settled.network, settled.classes
        self.inhabited = settled.classes.inhabited
        self.proven: set[Question] = set()
        self.proven_before: set[Question] = set()  # and still is, but for packets of which something moved
        self.moved: Values = {}  # by table: the classes of which anything is other than before
        self._values: dict[Aim, Values] = {}
        self._cells: dict[tuple[Protocol, Ports, bool], tuple[Cell, ...]] = {}
        self._arriving: dict[tuple[str, int, Cell, bool, bool, bool], Bits] = {}
        kept = last is not None and forwarding.changed is not None
        self.roster: Roster = last.roster if last and kept else Roster(self.network.endpoints, forwarding.owned)
        if last and kept and _judges_alike(last.network, self.network):
            self._remember(last)

    @classmethod
    def of(cls, network: Network) -> "Known":
        """Settles a network. Endpoints with the same addresses are findings of it."""
        settled = _with_overlaps(settle(network))
        return cls(settled, forwarding(settled), Admission(settled.classes))

    def after(self, network: Network) -> "Known":
        """The same for a network that is mostly the same, from what is known of this one."""
        settled = resettle(self.settled, network)
        if settled.classes is not self.classes or network.table.keys() != self.network.table.keys():
            return Known.of(network)  # another set of classes, or of tables: nothing of this one can be kept
        settled = _with_overlaps(settled, self.settled)
        return Known(settled, forwarding(settled, (self.settled, self.forwarding)), self.admission, self)

    def _remember(self, last: "Known") -> None:
        """Takes over what is kept, with what is other at the tables and classes that packets reach a change from."""
        self.kinds, self._cells = last.kinds, last._cells
        stirred = upstream(self.forwarding, self.forwarding.changed or {})
        for aim, values in last._values.items():
            # While all was certain, the best was the worst.
            for each in {aim, aim if self.forwarding.certain else replace(aim, best=True)}:
                if each == aim or last.forwarding.certain:
                    self._values[each] = respread(self.forwarding, each, values, stirred)
                    for table in stirred:
                        if other := values[table] ^ self._values[each][table]:
                            self.moved[table] = self.moved.get(table, 0) | other
        if self.network.findings == last.network.findings:
            self.proven_before = set(last.proven)

    def carrying(self, mtu: int) -> "Known":
        """The same network without the links that cannot carry packets of so many bytes."""
        if all(link.mtu >= mtu for link in self.network.links):
            return self
        links = tuple(link if link.mtu >= mtu else _sealed(link) for link in self.network.links)
        settled = replace(self.settled, network=replace(self.network, links=links))
        return Known(settled, forwarding(settled, (self.settled, self.forwarding)), self.admission, self)

    def anew(self, question: Question, sources: Keys, targets: Keys) -> Keys:
        """The sources to be asked about: all, or where it was proven before, those from which anything moved."""
        if question not in self.proven_before:
            return sources
        return self.roster.stirred(sources, self.roster.together(targets), self.moved)

    def no_endpoint(self, origin: str, keys: Iterable[str]) -> tuple[Finding, ...]:
        """That a question names endpoints that are not in the network, or have no address there."""
        what = "there is no endpoint {!r} with an address"
        return tuple(Finding(what.format(key), origin, "deploy it, or correct the name") for key in keys)

    # Traffic

    @cached_property
    def kinds(self) -> dict[bool, frozenset[tuple[Protocol, Ports]]]:
        """The kinds of traffic that rules tell apart; under True, those of stateless filters alone."""
        every = frozenset((rule.protocol, rule.ports) for f in self.network.filters for rule in f.rules)
        alone = (f for f in self.network.filters if not f.stateful)
        return {False: every, True: frozenset((rule.protocol, rule.ports) for f in alone for rule in f.rules)}

    def cells(self, protocol: Protocol, ports: Ports, *, stateless: bool = False) -> tuple[Cell, ...]:
        """The traffic in cells, one of each sort."""
        key = (protocol, ports, stateless)
        if key not in self._cells:
            kinds = self.kinds[stateless]
            self._cells[key] = unlike(cut(protocol, ports, kinds), kinds)
        return self._cells[key]

    def cut(self, cell: Cell, *, stateless: bool) -> tuple[Cell, ...]:
        """A cell, cut finer."""
        if cell.protocol == "other":
            return (cell,)
        return self.cells(cell.protocol, cell.ports, stateless=stateless)  # type: ignore[arg-type]

    # Filters

    def filters(self, keys: Iterable[str], *, answers: bool) -> list[Filter]:
        """The filters of these keys; for answers, only those that judge answers."""
        found = (self.network.filter[key] for key in keys)
        return [each for each in found if not (answers and each.stateful)]

    def admitted(self, endpoint: str, number: int, cell: Cell, *, best: bool, answers: bool) -> Bits:
        """Sources that the filters of an endpoint let in to one of its classes."""
        filters = self.filters(self.network.endpoint[endpoint].ingress, answers=answers)
        passing = self.admission.passing(filters, cell, "destination", number)
        return passing.maybe if best else passing.surely

    def lets_in(self, target: int, source: int, cell: Cell, *, best: bool) -> bool:
        """Whether any endpoint with the target's class lets a source in."""
        return any(
            self.admitted(key, target, cell, best=best, answers=False) >> source & 1
            for key in self.roster.owners[target]
        )

    def ever_admitted(self, endpoint: str, number: int) -> Bits:
        """Sources that some rule might let in, whatever else stands before it: never too few."""
        bits = self.inhabited
        for key in self.network.endpoint[endpoint].ingress:
            bits &= self._ever_by(self.network.filter[key], number, "destination")
        return bits

    def ever_arriving(self, endpoint: str, number: int) -> Bits:
        """Targets that a source has some route to, past rules that might let it out: never too few."""
        bits, values = 0, self.routes(every=False, best=True)
        for table in self.network.endpoint[endpoint].tables:
            bits |= values[table]
        for key in self.network.endpoint[endpoint].egress:
            bits &= self._ever_by(self.network.filter[key], number, "source")
        return bits

    def _ever_by(self, filter_: Filter, number: int, end: End_) -> Bits:
        if filter_.default == "allow":
            return self.inhabited
        bits = 0
        for rule in filter_.rules:
            fixed, free = (rule.sources, rule.destinations) if end == "source" else (rule.destinations, rule.sources)
            if rule.action != "deny" and (not fixed or self.classes.addresses(fixed) >> number & 1):
                bits |= self.classes.addresses(free)
        return bits

    # Routes

    def arriving(self, endpoint: str, number: int, cell: Cell, *, every: bool, best: bool, answers: bool) -> Bits:
        """Targets that traffic from a class of an endpoint arrives at: out of its filters, through those between."""
        key = endpoint, number, cell, every, best, answers
        if key not in self._arriving:
            self._arriving[key] = self._arrive(*key)
        return self._arriving[key]

    def _arrive(self, endpoint: str, number: int, cell: Cell, every: bool, best: bool, answers: bool) -> Bits:
        own = self.network.endpoint[endpoint]
        passing = self.admission.passing(self.filters(own.egress, answers=answers), cell, "source", number)
        values = self._through_filters(number, cell, every=every, best=best, answers=answers)
        bits = self.inhabited if every else 0
        for table in own.tables:
            bits = bits & values[table] if every else bits | values[table]
        return bits & (passing.maybe if best else passing.surely)

    def _through_filters(self, number: int, cell: Cell, *, every: bool, best: bool, answers: bool) -> Values:
        passes: list[tuple[str, Bits]] = []
        for table in self._filtered:
            filters = self.filters(self.network.table[table].filters, answers=answers)
            passing = self.admission.passing(filters, cell, "source", number)
            passes.append((table, passing.maybe if best else passing.surely))
        return self._spread(Aim(every, best, tuple(passes)))

    def _spread(self, aim: Aim) -> Values:
        """Found once; at best what it is at worst, where nothing is unknown."""
        if aim.best and self.forwarding.certain:
            aim = replace(aim, best=False)
        if aim not in self._values:
            self._values[aim] = spread(self.forwarding, aim)
        return self._values[aim]

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
    return one.filters == other.filters and all(
        table is other.table[table.key] or table.filters == other.table[table.key].filters for table in one.tables
    )


def _with_overlaps(settled: Settled, last: Settled | None = None) -> Settled:
    """With findings for endpoints that have addresses in common; found once where the endpoints are the same."""
    same = last is not None and last.network.endpoints == settled.network.endpoints
    found = last.network.findings[len(last.given.findings) :] if last and same else overlaps(settled)
    if not found:
        return settled
    return replace(settled, network=replace(settled.network, findings=(*settled.network.findings, *found)))


def _sealed(link: Link) -> Link:
    a, b = link.ends
    return replace(link, ends=(End(a.router, ()), End(b.router, ())))
