"""Proofs: questions put to a settled network. What is kept from one question to the next is in `Known`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import assert_never

from hubspoke.network.classes import Bits, members
from hubspoke.network.collecting import uncollected
from hubspoke.network.explain import Pairs, examples, loop_examples
from hubspoke.network.filters import EPHEMERAL, Cell
from hubspoke.network.known import Known
from hubspoke.network.model import ALL_PORTS, Network, Ports
from hubspoke.network.questions import Answer, Isolated, LoopFree, Question, Reaches, Routed, SameWayBack, Verdict
from hubspoke.network.roster import Keys
from hubspoke.network.sorts import Sort

Gap = tuple[int, Bits, bool]  # a class of a source and classes of targets; the other way round where that is not so


def prove(network: Network, questions: Iterable[Question]) -> list[Verdict]:
    """Answers each question of the network as it is. Raises settle.Oscillation where routes never come to rest."""
    return ask(Known.of(network), questions)


def ask(known: Known, questions: Iterable[Question]) -> list[Verdict]:
    """Answers each question of a network that is settled already."""
    with uncollected():
        return [_kept_verdict(known, question) for question in questions]


def _kept_verdict(known: Known, question: Question) -> Verdict:
    if question in known.proven:
        return Verdict(question, "proven")
    verdict = _verdict(known, question, question in known.proven_before)
    if verdict.passed and known.keeps(question):
        known.proven.add(question)
    return verdict


def _verdict(known: Known, question: Question, before: bool) -> Verdict:
    """`before` says that it was proven, and still is but for packets of which something moved."""
    unknown = _missing_endpoints(known, question)
    if unknown:
        return Verdict(question, "unknown", findings=known.no_endpoint(question.origin, unknown))
    match question:
        case Reaches():
            return _reaches(known, question, before)
        case Isolated():
            return _isolated(known, question, before)
        case Routed():
            return _routed(known, question, before)
        case LoopFree():
            return _loop_free(known, question)
        case SameWayBack():
            return _same_way_back(known, question, before)
        case _:
            assert_never(question)


def _missing_endpoints(known: Known, question: Question) -> list[str]:
    if isinstance(question, LoopFree):
        return []
    return [*known.roster.missing(question.sources), *known.roster.missing(question.targets)]


def _conclude(known: Known, question: Question, worst: "_Gaps", best: "_Gaps") -> Verdict:
    """From what fails at worst, where all that is not known goes wrong, and at best, where it goes right."""
    unknown = worst.count or known.findings
    answer: Answer = "refuted" if best.count else "unknown" if unknown else "proven"
    shown = best if best.count else worst
    failing = best.count or worst.count or int(bool(known.findings))
    findings = known.findings if answer == "unknown" else ()
    return Verdict(question, answer, failing, examples(known, question, shown.pairs(), shown.cell), findings=findings)


@dataclass(frozen=True)
class _Gaps:
    """Pairs of classes that are not as they should be, and the traffic they fail with."""

    gaps: list[Gap]
    cell: Cell | None = None

    @cached_property
    def count(self) -> int:
        return sum(bits.bit_count() for _, bits, _ in self.gaps)

    def pairs(self) -> Pairs:
        """Source and target, one pair after the other."""
        for number, bits, ahead in self.gaps:
            yield from ((number, other) if ahead else (other, number) for other in members(bits))


def _most(known: Known, failing: Callable[[bool], Iterator[_Gaps]]) -> tuple[_Gaps, _Gaps]:
    """The traffic that fails for most pairs at worst, and at best: asked apart only where something is unknown."""
    worst = max(failing(False), key=lambda each: each.count, default=_Gaps([]))
    if known.certain or not worst.count:
        return worst, worst
    return worst, max(failing(True), key=lambda each: each.count, default=_Gaps([]))


# Reaches


def _reaches(known: Known, question: Reaches, before: bool) -> Verdict:
    cells = known.traffic.cells(question.protocol, question.ports)

    def failing(best: bool) -> Iterator[_Gaps]:
        return (_Gaps(list(_gaps(known, question, cell, before=before, best=best)), cell) for cell in cells)

    return _conclude(known, question, *_most(known, failing))


def _gaps(known: Known, question: Reaches, cell: Cell, *, before: bool, best: bool) -> Iterator[Gap]:
    """Pairs that do not get through, there or with the answer back."""
    sources, targets = question.sources, question.targets
    yield from _one_way(known, sources, targets, cell, before=before, answers=False, best=best)
    back: Ports = EPHEMERAL if cell.protocol in ("tcp", "udp") else ALL_PORTS
    for returning in known.traffic.cut(Cell(cell.protocol, back), stateless=True):
        found = _one_way(known, targets, sources, returning, before=before, answers=True, best=best)
        yield from ((number, bits, not ahead) for number, bits, ahead in found)


def _one_way(
    known: Known, sources: Keys, targets: Keys, cell: Cell, *, before: bool, answers: bool, best: bool
) -> Iterator[Gap]:
    wanted, senders = known.roster.together(targets), known.roster.together(sources)
    for sort in known.sorting.sources(known.anew(sources, targets, before)):
        for key, own, arrived in known.arriving(sort, cell, every=True, best=best, answers=answers):
            if gap := wanted & ~arrived & ~known.roster.owned[key]:
                yield from ((number, gap, True) for number in members(own))
    for sort in () if before else known.sorting.targets(targets):  # filters judge as they did
        if out := senders & ~known.admitted(sort, cell, best=best, answers=answers):
            yield from _kept_out(known, sort, out)


def _kept_out(known: Known, sort: Sort, senders: Bits) -> Iterator[Gap]:
    for key, own in sort.members:
        if gap := senders & ~known.roster.owned[key]:
            yield from ((number, gap, False) for number in members(own))


# Isolated


def _isolated(known: Known, question: Isolated, before: bool) -> Verdict:
    suspects = list(_suspects(known, question, before))
    cells = known.traffic.cells(question.protocol, question.ports) if suspects else ()

    def failing(best: bool) -> Iterator[_Gaps]:
        return (_Gaps(list(_leaks(known, suspects, cell, best=not best)), cell) for cell in cells)

    return _conclude(known, question, *_most(known, failing))


def _suspects(known: Known, question: Isolated, before: bool) -> Iterator[tuple[Sort, Bits]]:
    """Senders, and targets that neither the filters' rules nor the routes keep from them at first sight."""
    sources = known.anew(question.sources, question.targets, before)
    wanted, senders = 0, known.roster.together(sources)
    for sort in known.sorting.targets(question.targets) if sources else ():
        if known.ever_admitted(sort) & senders:
            wanted |= sort.bits
    for sort in known.sorting.sources(sources) if wanted else ():
        for key, own, arriving in known.ever_arriving(sort):
            if bits := wanted & arriving & ~known.roster.owned[key]:
                yield Sort(sort.filters, sort.number, own, [(key, own)]), bits


def _leaks(known: Known, suspects: Iterable[tuple[Sort, Bits]], cell: Cell, *, best: bool) -> Iterator[Gap]:
    """Pairs that get through. `best` is for the packet."""
    for sort, wanted in suspects:
        for _, own, arriving in known.arriving(sort, cell, every=False, best=best, answers=False):
            for number in members(own):
                targets = members(arriving & wanted)
                leak = sum(1 << target for target in targets if known.lets_in(target, number, cell, best=best))
                if leak:
                    yield number, leak, True


# Routes alone


def _routed(known: Known, question: Routed, before: bool) -> Verdict:
    narrow = known.carrying(question.mtu) if question.mtu else known

    def failing(best: bool) -> Iterator[_Gaps]:
        yield _Gaps(list(_unrouted(narrow, question, before=before, best=best)))

    return _conclude(known, question, *_most(narrow, failing))


def _unrouted(known: Known, question: Routed, *, before: bool, best: bool) -> Iterator[Gap]:
    wanted, values = known.roster.together(question.targets), known.routes(every=True, best=best)
    for key in known.anew(question.sources, question.targets, before):
        own = known.roster.owned[key]
        if gap := wanted & ~known.leaving(key, values, every=True) & ~own:
            yield next(members(own)), gap, True


def _loop_free(known: Known, question: LoopFree) -> Verdict:
    looping = known.looping()
    tables = dict.fromkeys(table for endpoint in known.network.endpoints for table in endpoint.tables)
    found = {table: looping[table] for table in tables if looping[table]}
    count = sum(bits.bit_count() for bits in found.values())
    answer: Answer = "refuted" if found else "unknown" if known.findings else "proven"
    return Verdict(question, answer, count, loop_examples(known, found), findings=() if found else known.findings)


def _same_way_back(known: Known, question: SameWayBack, before: bool) -> Verdict:
    ways = (question.sources, question.targets), (question.targets, question.sources)
    still = before and not any(known.anew(*way, before) for way in ways)
    found: list[Gap] = []
    for table in () if still else known.stateful_tables():
        found += _astray(known, question.sources, question.targets, table)
        back = _astray(known, question.targets, question.sources, table)
        found += [(number, bits, not ahead) for number, bits, ahead in back]
    return _conclude(known, question, _Gaps(found), _Gaps(found))


def _astray(known: Known, sources: Keys, targets: Keys, table: str) -> Iterator[Gap]:
    """Pairs of which some packets cross a table, and some answers do not."""
    through, around = known.through(table), known.around(table)
    past = {key: bits for key in targets if (bits := known.leaving(key, around, every=False))}
    for key in sources:
        own, crossing = known.roster.owned[key], known.leaving(key, through, every=False)
        for target, answered in past.items() if crossing else ():
            if answered & own and (bits := crossing & known.roster.owned[target] & ~own):
                yield next(members(own & answered)), bits, True


def in_case(verdicts: Iterable[Verdict], case: str, cut_off: tuple[str, ...]) -> list[Verdict]:
    """The verdicts, as those of the case that something has failed."""
    return [replace(verdict, case=case, cut_off=cut_off) for verdict in verdicts]
