"""Proofs: questions put to a settled network. What is kept from one question to the next is in `Known`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from hubspoke.network.classes import Bits, members
from hubspoke.network.explain import examples, loop_examples
from hubspoke.network.filters import EPHEMERAL, Cell
from hubspoke.network.known import Known
from hubspoke.network.model import ALL_PORTS, Network, Ports
from hubspoke.network.questions import Answer, Isolated, LoopFree, Question, Reaches, Routed, SameWayBack, Verdict
from hubspoke.network.roster import Keys

Pairs = Iterator[tuple[int, Bits]]  # class of a source, classes of targets


def prove(network: Network, questions: Iterable[Question]) -> list[Verdict]:
    """Answers each question of the network as it is. Raises settle.Oscillation where routes never come to rest."""
    return ask(Known.of(network), questions)


def ask(known: Known, questions: Iterable[Question]) -> list[Verdict]:
    """Answers each question of a network that is settled already."""
    return [_kept_verdict(known, question) for question in questions]


def _kept_verdict(known: Known, question: Question) -> Verdict:
    """Sizes of packets are asked each time: they depend on links that the rest does not tell apart."""
    if question in known.proven:
        return Verdict(question, "proven")
    verdict = _verdict(known, question)
    if verdict.passed and not (isinstance(question, Routed) and question.mtu):
        known.proven.add(question)
    return verdict


def _verdict(known: Known, question: Question) -> Verdict:
    unknown = _missing_endpoints(known, question)
    if unknown:
        return Verdict(question, "unknown", findings=known.no_endpoint(question.origin, unknown))
    match question:
        case Reaches():
            return _reaches(known, question)
        case Isolated():
            return _isolated(known, question)
        case Routed():
            return _routed(known, question)
        case LoopFree():
            return _loop_free(known, question)
        case SameWayBack():
            return _same_way_back(known, question)
        case _:
            assert_never(question)


def _missing_endpoints(known: Known, question: Question) -> list[str]:
    if isinstance(question, LoopFree):
        return []
    return [*known.roster.missing(question.sources), *known.roster.missing(question.targets)]


def _conclude(known: Known, question: Question, worst: int, best: int, example: "_Pairs | None") -> Verdict:
    """From how many fail at worst, where all that is not known goes wrong, and at best, where it goes right."""
    if known.network.findings and not best:
        worst = max(worst, 1)
    answer: Answer = "refuted" if best else "unknown" if worst else "proven"
    shown = examples(known, question, example.pairs, example.cell) if example else ()
    findings = known.network.findings if answer == "unknown" else ()
    return Verdict(question, answer, best or worst, shown, findings=findings)


@dataclass(frozen=True)
class _Pairs:
    """Failing pairs of classes, and the traffic they fail with."""

    pairs: list[tuple[int, Bits]]
    cell: Cell | None

    @property
    def count(self) -> int:
        return sum(bits.bit_count() for _, bits in self.pairs)


def _most(found: Iterable[_Pairs]) -> _Pairs | None:
    return max((each for each in found if each.pairs), key=lambda each: each.count, default=None)


# Reaches


def _reaches(known: Known, question: Reaches) -> Verdict:
    cells = known.cells(question.protocol, question.ports)
    worst = _most(_Pairs(list(_gaps(known, question, cell, best=False)), cell) for cell in cells)
    if worst is None:
        return _conclude(known, question, 0, 0, None)
    best = _most(_Pairs(list(_gaps(known, question, cell, best=True)), cell) for cell in cells)
    return _conclude(known, question, worst.count, best.count if best else 0, best or worst)


def _gaps(known: Known, question: Reaches, cell: Cell, *, best: bool) -> Pairs:
    """Pairs that do not get through, there or with the answer back."""
    yield from _one_way(known, question, question.sources, question.targets, cell, answers=False, best=best)
    back: Ports = EPHEMERAL if cell.protocol in ("tcp", "udp") else ALL_PORTS
    for returning in known.cut(Cell(cell.protocol, back), stateless=True):
        for source, bits in _one_way(
            known, question, question.targets, question.sources, returning, answers=True, best=best
        ):
            yield from ((target, 1 << source) for target in members(bits))


def _one_way(
    known: Known, question: Reaches, sources: Keys, targets: Keys, cell: Cell, *, answers: bool, best: bool
) -> Pairs:
    wanted, senders = known.roster.together(targets), known.roster.together(sources)
    for key in known.anew(question, sources, targets):
        own = known.roster.owned(key)
        for number in members(own):
            arrived = known.arriving(key, number, cell, every=True, best=best, answers=answers)
            if gap := wanted & ~arrived & ~own:
                yield number, gap
    for key in () if question in known.proven_before else targets:  # filters judge as they did
        own = known.roster.owned(key)
        for number in members(own):
            admitted = known.admitted(key, number, cell, best=best, answers=answers)
            yield from ((source, 1 << number) for source in members(senders & ~admitted & ~own))


# Isolated


def _isolated(known: Known, question: Isolated) -> Verdict:
    suspects = _suspects(known, question)
    if not suspects:
        return _conclude(known, question, 0, 0, None)
    cells = known.cells(question.protocol, question.ports)
    worst = _most(_Pairs(list(_leaks(known, suspects, cell, best=True)), cell) for cell in cells)
    if worst is None:
        return _conclude(known, question, 0, 0, None)
    best = _most(_Pairs(list(_leaks(known, suspects, cell, best=False)), cell) for cell in cells)
    return _conclude(known, question, worst.count, best.count if best else 0, best or worst)


Suspects = dict[tuple[str, int], Bits]  # by source and its class: targets that it is not plainly kept from


def _suspects(known: Known, question: Isolated) -> Suspects:
    """Pairs that neither the filters' rules nor the routes keep apart at first sight."""
    sources = known.anew(question, question.sources, question.targets)
    wanted, senders = 0, known.roster.together(sources)
    for key in question.targets if sources else ():
        for number in members(known.roster.owned(key)):
            if known.ever_admitted(key, number) & senders:
                wanted |= 1 << number
    found: Suspects = {}
    for key in sources if wanted else ():
        own = known.roster.owned(key)
        for number in members(own):
            if bits := wanted & known.ever_arriving(key, number) & ~own:
                found[key, number] = bits
    return found


def _leaks(known: Known, suspects: Suspects, cell: Cell, *, best: bool) -> Pairs:
    """Pairs that get through. `best` is for the packet."""
    for (key, number), wanted in suspects.items():
        arriving = known.arriving(key, number, cell, every=False, best=best, answers=False) & wanted
        leak = sum(1 << target for target in members(arriving) if known.lets_in(target, number, cell, best=best))
        if leak:
            yield number, leak


# Routes alone


def _routed(known: Known, question: Routed) -> Verdict:
    narrow = known.carrying(question.mtu) if question.mtu else known
    worst = _Pairs(list(_unrouted(narrow, question, best=False)), None)
    best = _Pairs(list(_unrouted(narrow, question, best=True)), None) if worst.pairs else worst
    shown = best if best.pairs else worst
    return _conclude(known, question, worst.count, best.count, shown if shown.pairs else None)


def _unrouted(known: Known, question: Routed | SameWayBack, *, best: bool) -> Pairs:
    wanted, values = known.roster.together(question.targets), known.routes(every=True, best=best)
    for key in known.anew(question, question.sources, question.targets):
        arrived, own = known.inhabited, known.roster.owned(key)
        for table in known.network.endpoint[key].tables:
            arrived &= values[table]
        if gap := wanted & ~arrived & ~own:
            yield next(members(own), 0), gap


def _loop_free(known: Known, question: LoopFree) -> Verdict:
    looping = known.looping()
    tables = dict.fromkeys(table for endpoint in known.network.endpoints for table in endpoint.tables)
    found = {table: looping[table] for table in tables if looping[table]}
    count = sum(bits.bit_count() for bits in found.values())
    answer: Answer = "refuted" if found else "unknown" if known.network.findings else "proven"
    return Verdict(
        question, answer, count, loop_examples(known, found), findings=known.network.findings if not found else ()
    )


def _same_way_back(known: Known, question: SameWayBack) -> Verdict:
    found: list[tuple[int, Bits]] = []
    ways = (question.sources, question.targets), (question.targets, question.sources)
    still = question in known.proven_before and not any(known.anew(question, *way) for way in ways)
    for table in () if still else known.stateful_tables():
        found += _astray(known, question.sources, question.targets, table)
        for target, sources in _astray(known, question.targets, question.sources, table):
            found += [(source, 1 << target) for source in members(sources)]
    pairs = _Pairs(found, None)
    return _conclude(known, question, pairs.count, pairs.count, pairs if found else None)


def _astray(known: Known, sources: tuple[str, ...], targets: tuple[str, ...], table: str) -> Pairs:
    """Pairs of which some packets cross a table, and some answers do not."""
    through, around = known.through(table), known.around(table)
    for key in sources:
        own = known.roster.owned(key)
        crossing = 0
        for entry in known.network.endpoint[key].tables:
            crossing |= through[entry]
        for target in targets:
            answered = 0
            for entry in known.network.endpoint[target].tables:
                answered |= around[entry]
            if answered & own and (bits := crossing & known.roster.owned(target) & ~own):
                yield next(members(own & answered)), bits


def in_case(verdicts: Iterable[Verdict], case: str, cut_off: tuple[str, ...]) -> list[Verdict]:
    """The verdicts, as those of the case that something has failed."""
    return [replace(verdict, case=case, cut_off=cut_off) for verdict in verdicts]
