"""One network in the words of another: what says the same of it is the very same object, in the same order.

The network that a stack makes is mostly the Plan's, told by other resources. What is left of them to be proven is what
`Known.after` finds to be other objects; it goes by identity, as comparing all of them is most of a proof's cost.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import compress
from operator import not_

from hubspoke.network.changed import Changed, Over, from_base
from hubspoke.network.model import (
    Endpoint,
    Filter,
    Keyed,
    Link,
    Network,
    PrefixFilter,
    Route,
    Rule,
    Session,
    Speaker,
    Table,
)


def in_words_of(base: Network, there: Network | Changed) -> Network:
    """What is there, with the objects of `base` wherever both say the same, whatever they come from. Findings stay.

    Where all is the same it is `base` itself, with all that is worked out of it by now.
    """
    if there is base:
        return base
    changed = there if isinstance(there, Changed) else from_base(base, there)
    assert changed.base is base
    return Changed(
        base,
        _told(changed.tables, _table),
        _told(changed.links, _if_same(_link)),
        _told(changed.endpoints, _endpoint),
        _told(changed.filters, _if_same(_filter)),
        _told(changed.sessions, _if_same(_session)),
        changed.findings,
        base.quota,
    ).network


def _told(there: Over[Keyed], told: Callable[[Keyed, Keyed], Keyed]) -> Over[Keyed]:
    base, parts = there.base, there.other.items()
    return Over(base, {key: told(base[key], part) if part is not None and key in base else part for key, part in parts})


def _if_same(said: Callable[[Keyed], Hashable]) -> Callable[[Keyed, Keyed], Keyed]:
    def told(base: Keyed, there: Keyed) -> Keyed:
        return base if base == there or said(base) == said(there) else there

    return told


# What each says, but for its origin, and for an order that does not matter


def _table(base: Table, there: Table) -> Table:
    """Of long tables only a few routes are other objects; a table that differs keeps the rest in the same order."""
    if base == there:
        return base
    was, added = _other(base.routes, there.routes), _other(there.routes, base.routes)
    if _about(base) == _about(there) and _routes(was) == _routes(added):
        return base
    gone = set(map(id, was))
    return replace(there, routes=(*(route for route in base.routes if id(route) not in gone), *added))


def _other(routes: Sequence[Route], others: Sequence[Route]) -> list[Route]:
    """Those that are not among the others: of thousands, not looked at one by one in Python."""
    known = set(map(id, others))
    return list(compress(routes, map(not_, map(known.__contains__, map(id, routes)))))


def _about(table: Table) -> Hashable:
    return table.router, table.kind, frozenset(table.filters), table.multipath, table.quota


def _routes(routes: list[Route]) -> Counter[Hashable]:
    return Counter(said for route in routes for said in _route(route))


def _route(route: Route) -> Iterator[Hashable]:
    """What it says of each prefix, however routes are grouped."""
    about = (
        route.next_hop, route.source, route.priority, route.as_path, route.med, route.communities, route.remote
    )  # fmt: skip
    return ((prefix, *about) for prefix in route.prefixes)


def _link(link: Link) -> Hashable:
    ends = frozenset((end.router, frozenset(end.tables)) for end in link.ends)
    return ends, link.mtu, link.health, frozenset(link.risks)


def _endpoint(base: Endpoint, there: Endpoint) -> Endpoint:
    """Some resources do not say which segment they are in."""
    same = base.segment == (there.segment or base.segment) and _place(base) == _place(there)
    return base if same else there


def _place(endpoint: Endpoint) -> Hashable:
    held = (endpoint.prefixes, endpoint.tables, endpoint.ingress, endpoint.egress, endpoint.risks)
    return tuple(map(frozenset, held))


def _filter(filter_: Filter) -> Hashable:
    rules = [said for rule in filter_.rules for said in _rule(rule)]
    unordered = all(rule.action == "allow" for rule in filter_.rules)
    return filter_.default, filter_.stateful, frozenset(rules) if unordered else tuple(rules)


def _rule(rule: Rule) -> Iterator[Hashable]:
    about = (rule.action, rule.protocol, rule.ports)
    return ((s, d, *about) for s in rule.sources or ("any",) for d in rule.destinations or ("any",))


def _session(session: Session) -> Hashable:
    return session.link, frozenset(map(_speaker, session.speakers))


def _speaker(speaker: Speaker) -> Hashable:
    held = tuple(map(frozenset, (speaker.announces, speaker.prefixes, speaker.learns)))
    passes = _passes(speaker.exports), _passes(speaker.imports)
    about = (speaker.priority, speaker.prepend, speaker.med, speaker.communities)
    inside = (speaker.relays, speaker.remote, speaker.doubt)
    return speaker.router, speaker.asn, held, passes, about, inside


def _passes(filter_: PrefixFilter | None) -> Hashable:
    return filter_ and (filter_.action, frozenset(filter_.prefixes))
