"""A network that changed in one place: what is worked out from the kept state is what is worked out anew."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hubspoke.network.known import Known
from hubspoke.network.model import Network, Session
from hubspoke.network.prove import ask
from hubspoke.network.questions import Isolated, LoopFree, Question, Reaches, Routed, SameWayBack
from hubspoke.network.settle import Oscillation
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tests.network.networks import ADDRESSES, networks, prefixes

Change = Callable[[st.DrawFn, Network], Network]


def _less(sort: str) -> Change:
    """One element fewer of a sort."""

    def change(draw: st.DrawFn, network: Network) -> Network:
        elements = getattr(network, sort)
        assume(elements)
        gone = draw(st.sampled_from(elements))
        left: Any = tuple(each for each in elements if each is not gone)
        return replace(network, **{sort: left})

    return change


def _unused_table_less(draw: st.DrawFn, network: Network) -> Network:
    """One that no endpoint sends from: links and sessions may still name it."""
    changed = _less("tables")(draw, network)
    assume(all(table in changed.table for endpoint in network.endpoints for table in endpoint.tables))
    return changed


def _other(sort: str, edit: Callable[[st.DrawFn, object], object]) -> Change:
    """One element of a sort edited."""

    def change(draw: st.DrawFn, network: Network) -> Network:
        elements = getattr(network, sort)
        assume(elements)
        old = draw(st.sampled_from(elements))
        new = edit(draw, old)
        parts: Any = {sort: tuple(new if each is old else each for each in elements)}
        return replace(network, **parts)

    return change


def _route_less(draw: st.DrawFn, table: object) -> object:
    routes = table.routes  # type: ignore[attr-defined]
    assume(routes)
    gone = draw(st.sampled_from(routes))
    return replace(table, routes=tuple(each for each in routes if each is not gone))  # type: ignore[type-var]


def _route_narrower(draw: st.DrawFn, table: object) -> object:
    """To one prefix of those that it was to, which the classes of before may not tell from the others."""
    routes = table.routes  # type: ignore[attr-defined]
    assume(any(len(route.prefixes) > 1 for route in routes))
    old = draw(st.sampled_from([route for route in routes if len(route.prefixes) > 1]))
    new = replace(old, prefixes=(draw(st.sampled_from(old.prefixes)),))
    return replace(table, routes=tuple(new if each is old else each for each in routes))  # type: ignore[type-var]


def _route_elsewhere(draw: st.DrawFn, table: object) -> object:
    """To a prefix that may not have been there at all."""
    routes = table.routes  # type: ignore[attr-defined]
    assume(routes)
    new = replace(draw(st.sampled_from(routes)), prefixes=("10.0.0.0/30",))
    return replace(table, routes=(*routes, new))  # type: ignore[type-var]


def _rule_narrower(draw: st.DrawFn, filter_: object) -> object:
    rules = filter_.rules  # type: ignore[attr-defined]
    assume(rules)
    new = replace(rules[0], sources=draw(prefixes(1)))
    return replace(filter_, rules=(new, *rules[1:]))  # type: ignore[type-var]


def _rule_less(_: st.DrawFn, filter_: object) -> object:
    return replace(filter_, rules=filter_.rules[1:])  # type: ignore[type-var, attr-defined]


def _unwell(draw: st.DrawFn, link: object) -> object:
    return replace(link, health=draw(st.sampled_from(["up", "degraded", "down"])))  # type: ignore[type-var]


def _nowhere(_: st.DrawFn, link: object) -> object:
    one, other = link.ends  # type: ignore[attr-defined]
    return replace(link, ends=(one, replace(other, tables=())))  # type: ignore[type-var]


def _narrow(_: st.DrawFn, link: object) -> object:
    return replace(link, mtu=1000)  # type: ignore[type-var]


def _filtered(draw: st.DrawFn, table: object) -> object:
    return replace(table, filters=draw(st.sampled_from([(), ("f0",), ("f2",)])))  # type: ignore[type-var]


def _open(_: st.DrawFn, endpoint: object) -> object:
    return replace(endpoint, ingress=(), egress=())  # type: ignore[type-var]


def _said_otherwise(draw: st.DrawFn, session: object) -> object:
    assert isinstance(session, Session)
    one, other = session.speakers
    changed = draw(st.sampled_from([
        replace(one, prepend=one.prepend + 1), replace(one, learns=()), replace(one, announces=()),
        replace(one, prefixes=()), replace(one, asn=64999),
    ]))  # fmt: skip
    return replace(session, speakers=(changed, other))


CHANGES: dict[str, Change] = {
    "a route less": _other("tables", _route_less),
    "a route is to less": _other("tables", _route_narrower),
    "a route is to something else": _other("tables", _route_elsewhere),
    "a rule is about other sources": _other("filters", _rule_narrower),
    "a table less": _unused_table_less,
    "a link less": _less("links"),
    "a link is better or worse": _other("links", _unwell),
    "a link is narrow": _other("links", _narrow),
    "a table has other filters": _other("tables", _filtered),
    "an endpoint is open": _other("endpoints", _open),
    "a link leads nowhere": _other("links", _nowhere),
    "a session less": _less("sessions"),
    "a session says something else": _other("sessions", _said_otherwise),
    "a rule less": _other("filters", _rule_less),
    "an endpoint less": _less("endpoints"),
}


@st.composite
def changed_networks(draw: st.DrawFn) -> tuple[str, Network, Network]:
    """How, before and after."""
    network = draw(networks())
    how = draw(st.sampled_from(sorted(CHANGES)))
    return how, network, CHANGES[how](draw, network)


def known_or_not(network: Network) -> Known:
    try:
        return Known.of(network)
    except Oscillation:
        assume(False)
        raise


def questions(network: Network) -> list[Question]:
    keys = tuple(endpoint.key for endpoint in network.endpoints)
    pairs = [((keys[0],), (keys[-1],))] if len(keys) > 1 else []
    kinds = (Reaches, Isolated, Routed, SameWayBack)
    narrow = [Routed(f"1400 bytes {pair}", *pair, mtu=1400) for pair in pairs]
    return [LoopFree(), *narrow, *(kind(f"{kind} {pair}", *pair) for pair in pairs for kind in kinds)]


def arrivals(known: Known) -> dict[tuple[str, str, bool], bool]:
    """Whether each address arrives, from each table, on every path and on some."""
    return {
        (table, address, every): bool(bits >> known.classes.of(address) & 1)
        for every in (True, False)
        for table, bits in known.routes(every=every, best=not every).items()
        for address in ADDRESSES
    }


@settings(max_examples=40, deadline=None, phases=[p for p in Phase if p is not Phase.shrink])
@given(changed_networks())
def test_a_change_is_judged_from_the_kept_state_as_anew(changed: tuple[str, Network, Network]) -> None:
    _, before, after = changed
    kept, anew = known_or_not(before), known_or_not(after)
    ask(kept, questions(before))
    again = kept.after(after)
    assert arrivals(again) == arrivals(anew)
    asked = questions(after)
    assert [v.answer for v in ask(again, asked)] == [v.answer for v in ask(anew, asked)]
