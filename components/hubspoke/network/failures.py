"""What if one thing fails: the same questions of the network without it, each case from what is kept."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from hubspoke.network.delta import with_links
from hubspoke.network.known import Known
from hubspoke.network.model import Link, Network
from hubspoke.network.prove import ask, in_case
from hubspoke.network.questions import LoopFree, Question, Verdict


def fail(network: Network, *risks: str) -> Network:
    """The network with these down, by the names in `network.risks`. Raises KeyError for a name that is not there."""
    unknown = set(risks) - set(network.risks)
    if unknown:
        raise KeyError(f"nothing in the network is called {sorted(unknown)}; there are: {', '.join(network.risks)}")
    return with_links(network, [_down(link) for risk in risks for link in network.at_risk[risk]])


@lru_cache(maxsize=1 << 14)
def _down(link: Link) -> Link:
    """The same object for the same link: proofs go by what is another object than before."""
    return replace(link, health="down")


def prove_failures(
    network: Network, questions: Iterable[Question], risks: Iterable[str] | None = None
) -> Iterator[Verdict]:
    """Answers each question again in each case that one thing fails; all things, or those named.

    Endpoints that go down with it are not asked about, and named in the verdict.
    """
    known, asked = Known.of(network), tuple(questions)
    ask(known, asked)  # what holds as it is need not be asked again where nothing moves
    yield from failing(known, network, asked, network.risks if risks is None else risks)


def failing(known: Known, network: Network, questions: Iterable[Question], risks: Iterable[str]) -> Iterator[Verdict]:
    """The same from what is known of the network as it is."""
    asked = tuple(questions)
    for risk in risks:
        yield from case(known, network, asked, risk)[1]


def case(
    known: Known, network: Network, questions: Iterable[Question], risk: str, more: Collection[str] = ()
) -> tuple[Known, list[Verdict]]:
    """What is known of the network with one thing failed, and the answers there, from what is known of one like it:
    of the network as it is, or of one that is mostly the same with the same thing failed.

    Endpoints in `more` are cut off too.
    """
    asked, own = tuple(questions), network.cut_off.get(risk, ())
    cut_off = tuple(sorted({*own, *more})) if more else own
    after = known.after(fail(network, risk))
    left = asked if not cut_off else list(_left(after, asked, own, cut_off))
    return after, in_case(ask(after, left), risk, cut_off)


def _left(after: Known, asked: tuple[Question, ...], own: Sequence[str], cut_off: Sequence[str]) -> Iterator[Question]:
    """The questions without what is cut off. What holds of all endpoints holds of some."""
    stronger = [asked] if own is cut_off else [asked, tuple(_without(asked, own))]
    for each, *others in zip(_without(asked, cut_off), *stronger, strict=True):
        if each:
            if not after.proven_before.isdisjoint(others):
                after.proven_before.add(each)
            yield each


def _without(questions: Iterable[Question], gone: Sequence[str]) -> Iterator[Question | None]:
    """The questions without these endpoints; None where nobody is left to ask about."""
    away, left = frozenset(gone), dict[int, tuple[str, ...]]()
    for question in questions:
        if isinstance(question, LoopFree) or not gone:
            yield question
            continue
        for keys in (question.sources, question.targets):
            if id(keys) not in left:
                left[id(keys)] = tuple(key for key in keys if key not in away)
        sources, targets = left[id(question.sources)], left[id(question.targets)]
        yield replace(question, sources=sources, targets=targets) if sources and targets else None
