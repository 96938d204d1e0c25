"""A settled network with what was worked out of it so far, kept for the next question."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Literal

from hubspoke.network.classes import Bits, members
from hubspoke.network.filters import Admission, Cell, cut, unlike
from hubspoke.network.forward import LOST, OUT, UNSURE, Forwarding, Values, delivered, ended, forwarding, spread
from hubspoke.network.model import End, Filter, Finding, Link, Network, Ports, Protocol
from hubspoke.network.questions import Question
from hubspoke.network.settle import Settled, overlaps, resettle, settle

End_ = Literal["source", "destination"]


class Known:
    """What is known of one network."""

    def __init__(self, settled: Settled, forwarding: Forwarding, admission: Admission) -> None:
        self.settled, self.forwarding, self.admission = settled, forwarding, admission
        self.network, self.classes = settled.network, settled.classes
        self.inhabited = settled.classes.inhabited
        self.proven: set[Question] = set()  # what holds as long as packets go where they go
        self._values: dict[tuple[object, ...], Values] = {}
        self._cells: dict[tuple[Protocol, Ports, bool], tuple[Cell, ...]] = {}
        self._arriving: dict[tuple[str, int, Cell, bool, bool, bool], Bits] = {}

    @classmethod
    def of(cls, network: Network) -> "Known":
        """Settles a network. Endpoints with the same addresses are findings of it."""
        settled = settle(network)
        settled = _with(settled, overlaps(settled))
        return cls(settled, forwarding(settled), Admission(settled.classes))

    def after(self, network: Network) -> "Known":
        """The same for a network that is mostly the same, from what is known of this one."""
        settled = resettle(self.settled, network)
        if settled.classes is not self.classes or network.table.keys() != self.network.table.keys():
            return Known.of(network)  # another set of classes, or of tables: nothing of this one can be kept
        known = self.network.findings[len(self.settled.given.findings) :]
        settled = _with(settled, known if network.endpoints is self.network.endpoints else overlaps(settled))
        after = Known(settled, forwarding(settled, (self.settled, self.forwarding)), self.admission)
        if network.filters is self.network.filters:
            after.kinds, after._cells = self.kinds, self._cells
            if self._passes_as(after):
                after._values, after._arriving = self._values, self._arriving
                if after.network.findings == self.network.findings:
                    after.proven = self.proven
        return after

    def _passes_as(self, other: "Known") -> bool:
        """Whether packets go where they go in another, through the same filters and links as wide."""
        links = self.network.link
        return (
            self.forwarding.steps == other.forwarding.steps
            and self.network.endpoints == other.network.endpoints
            and all(table.filters == self.network.table[key].filters for key, table in other.network.table.items())
            and all(link.mtu == links[key].mtu for key, link in other.network.link.items() if key in links)
        )

    def carrying(self, mtu: int) -> "Known":
        """The same network without the links that cannot carry packets of so many bytes."""
        links = tuple(link if link.mtu >= mtu else _sealed(link) for link in self.network.links)
        settled = replace(self.settled, network=replace(self.network, links=links))
        return Known(settled, forwarding(settled), self.admission)

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

    # Who is where

    def owned(self, endpoints: Iterable[str]) -> Bits:
        """The classes of these endpoints' addresses."""
        bits = 0
        for key in endpoints:
            bits |= self.forwarding.owned[f"={key}"]
        return bits

    @cached_property
    def owner(self) -> dict[int, list[str]]:
        """The endpoints that have each class."""
        found: dict[int, list[str]] = {}
        for endpoint in self.network.endpoints:
            for number in members(self.owned((endpoint.key,))):
                found.setdefault(number, []).append(endpoint.key)
        return found

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
            self.admitted(key, target, cell, best=best, answers=False) >> source & 1 for key in self.owner[target]
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
        passes: dict[str, Bits] = {}
        for table in self._filtered:
            filters = self.filters(self.network.table[table].filters, answers=answers)
            passing = self.admission.passing(filters, cell, "source", number)
            passes[table] = passing.maybe if best else passing.surely
        best = best if not self.forwarding.certain else False  # the same, and found once
        key = (tuple(passes.values()), every, best)
        if key not in self._values:
            self._values[key] = delivered(self.forwarding, passes, every=every, best=best)
        return self._values[key]

    @cached_property
    def _filtered(self) -> tuple[str, ...]:
        return tuple(table.key for table in self.network.tables if table.filters)

    def routes(self, *, every: bool, best: bool) -> Values:
        """What arrives by the routes alone, by the table it starts in."""
        best = best and not self.forwarding.certain
        if ("routes", every, best) not in self._values:
            self._values["routes", every, best] = delivered(self.forwarding, {}, every=every, best=best)
        return self._values["routes", every, best]

    def looping(self) -> Values:
        """What may go round in circles, by the table it starts in."""
        return {table: self.inhabited & ~bits for table, bits in ended(self.forwarding).items()}

    def stateful_tables(self) -> tuple[str, ...]:
        """Tables with a stateful filter."""
        by_key = self.network.filter
        return tuple(t for t in self._filtered if any(by_key[f].stateful for f in self.network.table[t].filters))

    def through(self, table: str) -> Values:
        """What arrives on some path that crosses a table."""
        held = {table: self.routes(every=False, best=True)[table]}
        return spread(self.forwarding, {}, self._nowhere(), every=False, best=True, held=held)

    def around(self, table: str) -> Values:
        """What arrives on some path that does not cross a table."""
        return delivered(self.forwarding, {table: 0}, every=False, best=True)

    def _nowhere(self) -> Values:
        return dict.fromkeys([*self.forwarding.owned, LOST, OUT, UNSURE], 0)


def _with(settled: Settled, findings: tuple[Finding, ...]) -> Settled:
    """The same with more findings."""
    if not findings:
        return settled
    return replace(settled, network=replace(settled.network, findings=(*settled.network.findings, *findings)))


def _sealed(link: Link) -> Link:
    a, b = link.ends
    return replace(link, ends=(End(a.router, ()), End(b.router, ())))
