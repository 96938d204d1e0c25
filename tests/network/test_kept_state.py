"""What is proven over a kept state is what is proven of the changed network from the beginning."""

from dataclasses import replace
from unittest.mock import patch

import pytest
from hubspoke.network import offers
from hubspoke.network.delta import indexed, with_tables
from hubspoke.network.failures import fail, prove_failures
from hubspoke.network.known import Known
from hubspoke.network.model import (
    Deliver,
    Drop,
    End,
    Endpoint,
    Link,
    Network,
    Route,
    Source,
    Table,
    Via,
)
from hubspoke.network.prove import ask, in_case
from hubspoke.network.questions import Isolated, LoopFree, Question, Reaches, Routed, SameWayBack
from hubspoke.network.settle import Oscillation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.network.changed import changes
from tests.network.networks import ADDRESSES, networks
from tests.network.rest import rest_alike, told_apart

WAN = ("10.0.0.0/8",)


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


def arrivals(known: Known) -> dict[tuple[str, str, bool], bool]:
    """Whether each address arrives, from each table, on every path and on some."""
    return {
        (table, address, every): bool(
            known.routes(every=every, best=not every).at(table) >> known.classes.of(address) & 1
        )
        for every in (True, False)
        for table in known.network.table
        for address in ADDRESSES
    }


@pytest.mark.parametrize("few", [0, offers.FEW])
@settings(max_examples=60)
@given(networks(), st.data())
def test_what_follows_from_a_kept_state_is_what_follows_from_nothing(
    few: int, network: Network, data: st.DataObject
) -> None:
    with patch.object(offers, "FEW", few):  # with routes that are alike as one, and with all as they are
        holds_over_changes(network, data)


def holds_over_changes(network: Network, data: st.DataObject) -> None:
    known = known_or_not(network)
    ask(known, questions(network))
    for _ in range(3):
        network = data.draw(changes(network))
        fresh, asked = known_or_not(network), questions(network)
        known = after_or_not(known, network)
        if not rest_alike(known, fresh):
            return
        kept, anew = ask(known, asked), ask(fresh, asked)
        if told_apart(known) == told_apart(fresh):
            assert known.forwarding == replace(
                fresh.forwarding, classes=known.classes, changed=known.forwarding.changed
            )
            assert kept == anew
        assert arrivals(known) == arrivals(fresh)
        assert [verdict.answer for verdict in kept] == [verdict.answer for verdict in anew]


INDICES = ("table", "link", "health", "endpoint", "filter")


@settings(max_examples=60)
@given(networks(), st.data())
def test_what_is_indexed_already_is_what_an_index_made_anew_says(network: Network, data: st.DataObject) -> None:
    """In the same order too, whatever changed, and where nothing of it was indexed before."""
    for _ in range(2):
        for index in data.draw(st.lists(st.sampled_from(INDICES), unique=True)):
            getattr(network, index)
        network, last = data.draw(changes(network)), network
        kept = indexed(replace(network), last)
        for index in INDICES:
            assert list(getattr(kept, index).items()) == list(getattr(replace(network), index).items())


@settings(max_examples=25)
@given(networks())
def test_every_failure_is_proven_as_if_it_were_the_only_network(network: Network) -> None:
    risk = network.risks[0]
    network = replace(network, endpoints=(replace(network.endpoints[0], risks=(risk,)), *network.endpoints[1:]))
    cut_off = (network.endpoints[0].key,)
    known, asked = known_or_not(network), questions(network)
    found = list(prove_failures(network, asked, [risk]))
    left = [_without(question, cut_off[0]) for question in asked]
    fresh = known_or_not(fail(network, risk))
    if rest_alike(known.after(fail(network, risk)), fresh):
        assert found == in_case(ask(fresh, [question for question in left if question]), risk, cut_off)


def _without(question: Question, gone: str) -> Question | None:
    if isinstance(question, LoopFree):
        return question
    sources, targets = (tuple(k for k in keys if k != gone) for keys in (question.sources, question.targets))
    return replace(question, sources=sources, targets=targets) if sources and targets else None


def star(spokes: int) -> Network:
    """A hub of so many spokes with two tunnels to a middle, and a site behind that."""
    tunnels = [Link(f"t{n}", (End("hub", ("hub",)), End("middle", ("middle",))), "t", risks=(f"t{n}",)) for n in (0, 1)]
    way = Via(("t0", "t1"))
    tables, links, endpoints, local = [], list(tunnels), [], []
    for n in range(spokes):
        key, own = f"s{n}", (f"10.{n // 256}.{n % 256}.0/24",)
        links.append(Link(f"at {key}", (End(key, (key,)), End("hub", ("hub",))), key, risks=(f"at {key}",)))
        local.append(Route(own, Via((f"at {key}",)), Source.ATTACHED, key))
        routes = Route(own, Deliver(key), Source.LOCAL, key), Route(WAN, Via((f"at {key}",)), Source.STATIC, key)
        tables.append(Table(key, key, "router", routes, key))
        endpoints.append(Endpoint(key, "s", own, (key,), key, risks=(f"at {key}",)))
    site = Route(("10.255.0.0/24",), Deliver("site"), Source.LOCAL, "site")
    endpoints.append(Endpoint("site", "s", site.prefixes, ("middle",), "site"))
    tables.append(Table("hub", "hub", "router", (*local, Route(WAN, way, Source.STATIC, "hub")), "hub"))
    tables.append(Table("middle", "middle", "cloudflare", (Route(WAN, way, Source.STATIC, "m", 100), site), "middle"))
    return Network(tuple(tables), tuple(links), tuple(endpoints))


def work(known: Known) -> tuple[int, int, int]:
    """Tables chosen for anew; those that forward differently; and those asked about: of the core, where anything is
    other than before, and leaves whose packets come to something else.
    """
    asked = known.moved.keys() | known.forwarding.core.detoured
    return len(known.settled.chosen), len(known.forwarding.changed or {}), len(asked)


@pytest.mark.parametrize("spokes", [10, 300])
def test_the_work_of_a_change_follows_the_change_and_not_the_network(spokes: int) -> None:
    network = star(spokes)
    known, everyone = Known.of(network), tuple(endpoint.key for endpoint in network.endpoints)
    asked: list[Question] = [Reaches("all", everyone, everyone), Routed("all", everyone, everyone)]
    assert all(verdict.passed for verdict in ask(known, asked))
    one = network.table["s0"]
    dropped = replace(one, routes=(one.routes[0], replace(one.routes[1], next_hop=Drop())))
    after = known.after(with_tables(network, [dropped]))
    assert work(after) == (1, 1, 1)
    assert [verdict.answer for verdict in ask(after, asked)] == ["refuted", "refuted"]
    tunnel = known.after(fail(network, "t0"))
    assert work(tunnel) == (2, 0, 0)  # the same table at the other end of the tunnel that is left: no step is other
    assert all(verdict.passed for verdict in ask(tunnel, asked))
    spoke = known.after(fail(network, "at s0"))
    assert work(spoke) == (2, 2, 2)  # nobody gets there any more, as nobody does from the hub
