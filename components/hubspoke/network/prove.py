"""Proofs: questions put to a settled network. What is kept from one question to the next is in `Known`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from hubspoke.collecting import uncollected
from hubspoke.network.classes import Bits, members, union
from hubspoke.network.explain import examples, loop_examples
from hubspoke.network.filters import EPHEMERAL, Cell
from hubspoke.network.gaps import Gap, Gaps
from hubspoke.network.known import Known
from hubspoke.network.model import ALL_PORTS, Network, Ports
from hubspoke.network.questions import (
    Answer,
    Between,
    Isolated,
    LoopFree,
    Question,
    Reaches,
    Routed,
    SameWayBack,
    Verdict,
)
from hubspoke.network.roster import Keys
from hubspoke.network.sorts import Sort


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


def _conclude(known: Known, question: Between, worst: Gaps, best: Gaps) -> Verdict:
    """From what fails at worst, where all that is not known goes wrong, and at best, where it goes right."""
    unknown = worst.count or known.findings
    answer: Answer = "refuted" if best.count else "unknown" if unknown else "proven"
    shown = best if best.count else worst
    failing = best.count or worst.count or int(bool(known.findings))
    findings = known.findings if answer == "unknown" else ()
    found = examples(known, question, shown, sure=best is worst)
    return Verdict(question, answer, failing, found, findings=findings)


def _most(known: Known, failing: Callable[[bool], Iterator[Gaps]]) -> tuple[Gaps, Gaps]:
    """The traffic that fails for most pairs at worst, and at best: asked apart only where something is unknown."""
    worst = max(failing(False), key=lambda each: each.count, default=Gaps([]))
    if known.certain or not worst.count:
        return worst, worst
    return worst, max(failing(True), key=lambda each: each.count, default=Gaps([]))


# Reaches


def _reaches(known: Known, question: Reaches, before: bool) -> Verdict:
    cells = known.traffic.cells(question.protocol, question.ports)

    def failing(best: bool) -> Iterator[Gaps]:
        return (Gaps(list(_gaps(known, question, cell, before=before, best=best)), cell) for cell in cells)

    return _conclude(known, question, *_most(known, failing))


def _gaps(known: Known, question: Reaches, cell: Cell, *, before: bool, best: bool) -> Iterator[Gap]:
    """Pairs that do not get through, there or with the answer back."""
    sources, targets = question.sources, question.targets
    for senders, receivers in _one_way(known, sources, targets, cell, before=before, answers=False, best=best):
        yield senders, receivers, False
    back: Ports = EPHEMERAL if cell.protocol in ("tcp", "udp") else ALL_PORTS
    for returning in known.traffic.cut(Cell(cell.protocol, back), stateless=True):
        for senders, receivers in _one_way(known, targets, sources, returning, before=before, answers=True, best=best):
            yield receivers, senders, True


def _one_way(
    known: Known, sources: Keys, targets: Keys, cell: Cell, *, before: bool, answers: bool, best: bool
) -> Iterator[tuple[Bits, Bits]]:
    """Senders, and receivers that they do not get through to."""
    wanted, senders = known.roster.together(targets), known.roster.together(sources)
    for sort in known.sorting.sources(sources):
        if doors := known.behind(sort.members, wanted, before=before):
            parts = known.past_filters(sort, cell, every=True, best=best, answers=answers)
            yield from known.unmet(doors, wanted, parts, every=True)
    for sort in () if before else known.sorting.targets(targets):  # filters judge as they did
        if out := senders & ~known.admitted(sort, cell, best=best, answers=answers):
            yield from ((gap, own) for key, own in sort.members if (gap := out & ~known.roster.owned[key]))


# Isolated


def _isolated(known: Known, question: Isolated, before: bool) -> Verdict:
    suspects = list(_suspects(known, question, before))
    cells = known.traffic.cells(question.protocol, question.ports) if suspects else ()

    def failing(best: bool) -> Iterator[Gaps]:
        return (Gaps(list(_leaks(known, suspects, cell, best=not best)), cell) for cell in cells)

    return _conclude(known, question, *_most(known, failing))


def _suspects(known: Known, question: Isolated, before: bool) -> Iterator[tuple[Sort, Bits]]:
    """Senders, and targets that neither the filters' rules nor the routes keep from them at first sight."""
    if before and not known.stirs(question.sources, known.roster.together(question.targets)):
        return
    senders = known.roster.together(question.sources)
    wanted = union(s.bits for s in known.sorting.targets(question.targets) if known.ever_admitted(s) & senders)
    for sort in known.sorting.sources(question.sources) if wanted else ():
        for key, own, bits in known.ever_arriving(sort, wanted, before=before):
            yield replace(sort, bits=own, members=[(key, own)]), bits


def _leaks(known: Known, suspects: Iterable[tuple[Sort, Bits]], cell: Cell, *, best: bool) -> Iterator[Gap]:
    """Pairs that get through. `best` is for the packet."""
    for sort, wanted in suspects:
        parts = known.past_filters(sort, cell, every=False, best=best, answers=False)
        for key, own in sort.members:
            found = list(members(wanted & known.arriving(key, parts, every=False)))
            for number in members(own):
                leak = union(1 << target for target in found if known.lets_in(target, number, cell, best=best))
                if leak:
                    yield 1 << number, leak, False


# Routes alone


def _routed(known: Known, question: Routed, before: bool) -> Verdict:
    narrow = known.carrying(question.mtu) if question.mtu else known

    def failing(best: bool) -> Iterator[Gaps]:
        yield Gaps(list(_unrouted(narrow, question, before=before, best=best)))

    return _conclude(known, question, *_most(narrow, failing))


def _unrouted(known: Known, question: Routed, *, before: bool, best: bool) -> Iterator[Gap]:
    wanted, senders = known.roster.together(question.targets), known.roster.senders(question.sources)
    doors, parts = known.behind(senders, wanted, before=before), [(wanted, known.routes(every=True, best=best))]
    yield from ((own, gap, False) for own, gap in known.unmet(doors, wanted, parts, every=True))


def _loop_free(known: Known, question: LoopFree) -> Verdict:
    tables = dict.fromkeys(table for endpoint in known.network.endpoints for table in endpoint.tables)
    found = {table: bits for table in tables if (bits := known.looping(table))}
    count = sum(bits.bit_count() for bits in found.values())
    answer: Answer = "refuted" if found else "unknown" if known.findings else "proven"
    return Verdict(question, answer, count, loop_examples(known, found), findings=() if found else known.findings)


def _same_way_back(known: Known, question: SameWayBack, before: bool) -> Verdict:
    ways = (question.sources, question.targets), (question.targets, question.sources)
    still = before and not any(known.stirs(keys, known.roster.together(others)) for keys, others in ways)
    found: list[Gap] = []
    for table in () if still else known.stateful_tables():
        found += [(*pair, False) for pair in _astray(known, question.sources, question.targets, table)]
        back = _astray(known, question.targets, question.sources, table)
        found += [(receivers, senders, True) for senders, receivers in back]
    return _conclude(known, question, Gaps(found), Gaps(found))


def _astray(known: Known, sources: Keys, targets: Keys, table: str) -> Iterator[tuple[Bits, Bits]]:
    """Pairs of which some packets cross a table, and some answers do not."""
    past = {key: bits for key in targets if (bits := known.around(key, table))}
    for key in sources:
        own, crossing = known.roster.owned[key], known.through(key, table)
        for target, answered in past.items() if crossing else ():
            if answered & own and (bits := crossing & known.roster.owned[target] & ~own):
                yield own & answered & -(own & answered), bits


def in_case(verdicts: Iterable[Verdict], case: str, cut_off: tuple[str, ...]) -> list[Verdict]:
    """The verdicts, as those of the case that something has failed."""
    return [replace(verdict, case=case, cut_off=cut_off) for verdict in verdicts]
