"""What is proven over a kept state is what is proven of the changed network from the beginning."""

from dataclasses import replace

from hubspoke.network.failures import fail, prove_failures
from hubspoke.network.known import Known
from hubspoke.network.model import Drop, Filter, Network, Route, Table
from hubspoke.network.prove import ask, in_case
from hubspoke.network.questions import Isolated, LoopFree, Question, Reaches, Routed, SameWayBack, Verdict
from hubspoke.network.settle import Oscillation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.network.networks import filters, networks


def questions(network: Network) -> list[Question]:
    """Every kind, between each endpoint and all, on some traffic and on all."""
    everyone = tuple(endpoint.key for endpoint in network.endpoints)
    found: list[Question] = [LoopFree()]
    for key in everyone:
        for a, b in (((key,), everyone), (everyone, (key,))):
            found += [Reaches(key, a, b), Reaches(key, a, b, "tcp", (443, 443)), Isolated(key, a, b)]
            found += [Isolated(key, a, b, "udp", (450, 600)), Routed(key, a, b), Routed(key, a, b, 1450)]
            found.append(SameWayBack(key, a, b))
    return found


def known_or_not(network: Network) -> Known:
    try:
        return Known.of(network)
    except Oscillation:
        assume(False)
        raise


def after_or_not(known: Known, network: Network) -> Known:
    try:
        return known.after(network)
    except Oscillation:
        assume(False)
        raise


@st.composite
def changes(draw: st.DrawFn, network: Network) -> Network:
    """The network after one change that keeps its prefixes: a route, a link, a filter, a table's filter."""
    match draw(st.sampled_from(["route", "route", "link", "filter", "filtered"])):
        case "link":
            link = draw(st.sampled_from(network.links))
            other = replace(link, health=draw(st.sampled_from(["up", "degraded", "down"])))
            return replace(network, links=tuple(other if each is link else each for each in network.links))
        case "filter":
            return replace(network, filters=_with(network.filters, draw(filters()), draw(st.integers(0, 2))))
        case what:
            table = draw(st.sampled_from(network.tables))
            other_table = _rerouted(draw, network, table) if what == "route" else replace(table, filters=("f1",))
            return replace(network, tables=tuple(other_table if each is table else each for each in network.tables))


def _with(before: tuple[Filter, ...], other: tuple[Filter, ...], place: int) -> tuple[Filter, ...]:
    """The filters with one that does the opposite by default, or is one of the others'."""
    return (*before[:place], replace(before[place], default=other[place].default), *before[place + 1 :])


def _rerouted(draw: st.DrawFn, network: Network, table: Table) -> Table:
    """One of its routes goes where another goes, or nowhere."""
    if not table.routes:
        return table
    place = draw(st.integers(0, len(table.routes) - 1))
    hops = [
        Drop(),
        *(route.next_hop for each in network.tables for route in each.routes if each.router == table.router),
    ]
    route: Route = replace(table.routes[place], next_hop=draw(st.sampled_from(hops)))
    return replace(table, routes=(*table.routes[:place], route, *table.routes[place + 1 :]))


@settings(max_examples=50, deadline=None)
@given(networks(), st.data())
def test_what_follows_from_a_kept_state_is_what_follows_from_nothing(network: Network, data: st.DataObject) -> None:
    known, asked = known_or_not(network), questions(network)
    ask(known, asked)
    for _ in range(3):
        network = data.draw(changes(network))
        known, fresh = after_or_not(known, network), known_or_not(network)
        kept, anew = ask(known, asked), ask(fresh, asked)
        assert known.forwarding.steps.keys() == fresh.forwarding.steps.keys()
        assert [verdict.answer for verdict in kept] == [verdict.answer for verdict in anew]
        if len(known.classes) == len(fresh.classes):
            assert [_counted(verdict) for verdict in kept] == [_counted(verdict) for verdict in anew]


def _counted(verdict: Verdict) -> tuple[Question, int, int]:
    return verdict.question, verdict.failing, len(verdict.findings)


@settings(max_examples=25, deadline=None)
@given(networks())
def test_every_failure_is_proven_as_if_it_were_the_only_network(network: Network) -> None:
    known_or_not(network)
    risk = network.risks[0]
    network = replace(network, endpoints=(replace(network.endpoints[0], risks=(risk,)), *network.endpoints[1:]))
    cut_off = (network.endpoints[0].key,)
    asked = questions(network)
    found = list(prove_failures(network, asked, [risk]))
    left = [_without(question, cut_off[0]) for question in asked]
    fresh = ask(known_or_not(fail(network, risk)), [question for question in left if question])
    assert [(v.question, v.answer, v.case, v.cut_off) for v in found] == [
        (v.question, v.answer, v.case, v.cut_off) for v in in_case(fresh, risk, cut_off)
    ]


def _without(question: Question, gone: str) -> Question | None:
    if isinstance(question, LoopFree):
        return question
    sources, targets = (tuple(k for k in keys if k != gone) for keys in (question.sources, question.targets))
    return replace(question, sources=sources, targets=targets) if sources and targets else None
