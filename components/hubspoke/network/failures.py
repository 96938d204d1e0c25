"""What if one thing fails: the same questions of the network without it, each case from what is kept."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hubspoke.network.delta import with_links
from hubspoke.network.known import Known
from hubspoke.network.model import Network
from hubspoke.network.prove import ask, in_case
from hubspoke.network.questions import LoopFree, Question, Verdict


def fail(network: Network, *risks: str) -> Network:
    """The network with these down, by the names in `network.risks`. Raises KeyError for a name that is not there."""
    unknown = set(risks) - set(network.risks)
    if unknown:
        raise KeyError(f"nothing in the network is called {sorted(unknown)}; there are: {', '.join(network.risks)}")
    return with_links(network, [replace(link, health="down") for risk in risks for link in network.at_risk[risk]])


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
    asked, gone = tuple(questions), _cut_off(network)
    for risk in risks:
        cut_off = gone.get(risk, ())
        after = known.after(fail(network, risk))
        left = [(each, question) for each, question in zip(_without(asked, cut_off), asked, strict=True) if each]
        # What holds of all of them holds of some.
        after.proven_before |= {each for each, question in left if question in after.proven_before}
        yield from in_case(ask(after, [each for each, _ in left]), risk, cut_off)


def _without(questions: Iterable[Question], gone: tuple[str, ...]) -> Iterator[Question | None]:
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


def _cut_off(network: Network) -> dict[str, tuple[str, ...]]:
    """The endpoints that go down with each risk."""
    found: dict[str, list[str]] = {}
    for endpoint in network.endpoints:
        for risk in dict.fromkeys(endpoint.risks):
            found.setdefault(risk, []).append(endpoint.key)
    return {risk: tuple(sorted(keys)) for risk, keys in found.items()}
