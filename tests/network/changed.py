"""Networks changed in one place, in every way that a change of a WAN can come to."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hubspoke.network.model import Drop, Network, Session
from hypothesis import assume
from hypothesis import strategies as st

from tests.network.networks import prefixes

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


def _route_as_another(draw: st.DrawFn, table: object) -> object:
    """One goes where another of the table goes, or nowhere."""
    routes = table.routes  # type: ignore[attr-defined]
    assume(routes)
    old = draw(st.sampled_from(routes))
    new = replace(old, next_hop=draw(st.sampled_from([Drop(), *(route.next_hop for route in routes)])))
    return replace(table, routes=tuple(new if each is old else each for each in routes))  # type: ignore[type-var]


def _opposite(_: st.DrawFn, filter_: object) -> object:
    other = "deny" if filter_.default == "allow" else "allow"  # type: ignore[attr-defined]
    return replace(filter_, default=other)  # type: ignore[type-var]


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
    "a route goes elsewhere": _other("tables", _route_as_another),
    "a filter does the opposite": _other("filters", _opposite),
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
def changes(draw: st.DrawFn, network: Network) -> Network:
    """The network after one change of any kind."""
    return CHANGES[draw(st.sampled_from(sorted(CHANGES)))](draw, network)
