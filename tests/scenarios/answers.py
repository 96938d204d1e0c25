"""What a network comes to, in words: the routes of its tables and the verdicts on it, as scenarios expect them.

web reaches lab [with tcp 443]          after `without e1, `: in the case that this fails
web never reaches lab [with tcp 443]
web is routed to lab [with 1400 bytes]  whatever filters say
web hears lab the same way              answers cross the stateful filters that the questions crossed
nothing loops
"""

from collections.abc import Iterable, Iterator

from hubspoke.network.failures import prove_failures
from hubspoke.network.filters import Judged
from hubspoke.network.model import Deliver, Drop, Internet, Network, NextHop, Route, Unknown, Via
from hubspoke.network.prove import prove
from hubspoke.network.questions import Example, Isolated, LoopFree, Question, Reaches, Routed, SameWayBack, Verdict
from hubspoke.network.settle import Oscillation, Settled, settle
from hubspoke.network.trace import Path

from tests.scenarios.words import traffic_of, words

# Routes


def routes(network: Network, tables: Iterable[str]) -> dict[str, object]:
    """The winners of these tables by prefix, once all sessions have come to rest."""
    try:
        settled = settle(network)
    except Oscillation as error:
        return dict.fromkeys(tables, f"never rests, with {', '.join(error.tables)}")
    return {table: _winners(settled, table) for table in tables}


def _winners(settled: Settled, table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for cell in settled.cells[table]:
        ways = sorted({_route(route) for route in cell.routes})
        text = " and ".join(ways) if cell.sure else f"ambiguous: {' or '.join(ways)}"
        found |= dict.fromkeys(settled.classes.prefixes(cell.bits), text)
    return found


def _route(route: Route) -> str:
    path = ["path", *map(str, route.as_path)] if route.as_path else []
    return " ".join([route.source, _hop(route.next_hop), *path])


def _hop(hop: NextHop) -> str:
    match hop:
        case Via(links):
            return f"over {' '.join(links)}"
        case Deliver(endpoint):
            return f"to {endpoint}"
        case Drop():
            return "drop"
        case Internet():
            return "internet"
        case Unknown(why):
            return f"unknown {why}"


# Verdicts


def question(text: str) -> Question:
    """The question that a sentence asks. Raises KeyError for one of no known form."""
    if text == "nothing loops":
        return LoopFree()
    said = words(text, "never", "reaches", "is", "hears", "routed", "to", "the", "with")
    sources, more = tuple(said[""]), said.get("with", [])
    if "routed" in said:
        return Routed(text, sources, tuple(said["to"]), int(more[0]) if more else 0)
    if "hears" in said:
        return SameWayBack(text, sources, tuple(said["hears"]))
    kind = Isolated if "never" in said else Reaches
    return kind(text, sources, tuple(said["reaches"]), *traffic_of(more))


def verdict(network: Network, text: str) -> str:
    """The answer to a sentence, and the first example of it, hop by hop."""
    try:
        return "\n".join(_said(_asked(network, text)))
    except Oscillation as error:
        return f"never rests, with {', '.join(error.tables)}"


def _asked(network: Network, text: str) -> Verdict:
    if text.startswith("without "):
        risk, asked = text.removeprefix("without ").split(", ")
        (found,) = prove_failures(network, [question(asked)], [risk])
        return found
    (found,) = prove(network, [question(text)])
    return found


def _said(verdict: Verdict) -> Iterator[str]:
    yield verdict.answer
    yield from (finding.what for finding in verdict.findings)
    for example in verdict.examples[:1]:
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield example.why
    for word, way in (("there", example.there), ("back", example.back)):
        if way:
            yield from dict.fromkeys(f"{word}: {_path(path)}" for path in way.paths)
            yield from map(_judged, way.filters)


def _path(path: Path) -> str:
    ending = f"delivered to {path.endpoint}" if path.ending == "delivered" else f"{path.ending}, {path.why}"
    return f"{' > '.join(hop.table for hop in path.hops)}: {ending}"


def _judged(judged: Judged) -> str:
    reason = judged.rule.origin if judged.rule else f"no rule, {judged.action}"
    return f"{judged.filter}, {judged.cell}: {reason}"
