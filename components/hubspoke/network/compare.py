"""What differs between two networks, table by table: between what is meant and what is there."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeVar, assert_never

from hubspoke.network.model import (
    ALL_PORTS,
    Deliver,
    Drop,
    Endpoint,
    Filter,
    Internet,
    Link,
    Network,
    NextHop,
    PrefixFilter,
    Route,
    Rule,
    Session,
    Table,
    Unknown,
    Via,
)

Kind = Literal["missing", "extra", "different"]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as meant. `place` is the table, link, filter or endpoint it is in."""

    kind: Kind
    place: str
    what: str  # a prefix, a rule, or a word for the thing itself
    intended: str
    actual: str
    origin: str  # of what is there; of what is meant where nothing is


def compare(intended: Network, actual: Network) -> tuple[Difference, ...]:
    """All that is missing, extra or different in `actual`, in the order of its places."""
    found = [
        *_elements("table", *_apart(intended.table, actual.table), _table),
        *_elements("link", intended.link, actual.link, _link),
        *_elements("filter", intended.filter, actual.filter, _filter),
        *_elements("endpoint", intended.endpoint, _segmented(intended, actual), _endpoint),
        *_elements("session", intended.session, actual.session, _session),
    ]
    return tuple(sorted(found, key=lambda each: (each.place, each.what, each.kind)))


E = TypeVar("E", Table, Link, Filter, Endpoint, Session)
Facts = dict[str, tuple[str, str]]  # what a thing says, and its origin, by what it says it of


def _elements(
    word: str, intended: Mapping[str, E], actual: Mapping[str, E], facts: Callable[[E], Facts]
) -> Iterator[Difference]:
    for key in dict.fromkeys([*intended, *actual]):
        meant, there = intended.get(key), actual.get(key)
        if meant is there or meant == there:  # most of it is: to say what each says is most of the work
            continue
        if meant is None and there is not None:
            yield Difference("extra", key, word, "", "there", there.origin)
        elif there is None and meant is not None:
            yield Difference("missing", key, word, "there", "", meant.origin)
        elif meant is not None and there is not None:
            yield from _facts(key, facts(meant), facts(there))


def _facts(place: str, meant: Facts, there: Facts) -> Iterator[Difference]:
    for what in dict.fromkeys([*meant, *there]):
        wanted, origin = meant.get(what, ("", ""))
        found, place_of = there.get(what, ("", ""))
        if wanted != found:
            kind: Kind = "missing" if not found else "extra" if not wanted else "different"
            yield Difference(kind, place, what, wanted, found, place_of or origin)


def _apart(intended: Mapping[str, Table], actual: Mapping[str, Table]) -> tuple[dict[str, Table], dict[str, Table]]:
    """The tables without those routes of long ones that are the very same in both, and to prefixes of no other."""
    meant, there = dict(intended), dict(actual)
    for key in meant.keys() & there.keys():
        if meant[key] is not there[key]:
            shared = set(map(id, meant[key].routes)) & set(map(id, there[key].routes))
            others = (route for table in (meant[key], there[key]) for route in table.routes if id(route) not in shared)
            told = {prefix for route in others for prefix in route.prefixes}
            meant[key], there[key] = (_only(table[key], shared, told) for table in (meant, there))
    return meant, there


def _only(table: Table, shared: Set[int], told: Set[str]) -> Table:
    routes = (route for route in table.routes if id(route) not in shared or not told.isdisjoint(route.prefixes))
    return replace(table, routes=tuple(routes))


def _table(table: Table) -> Facts:
    """What is said of each prefix, however the routes are grouped."""
    ways: dict[str, list[Route]] = {}
    for route in table.routes:
        for prefix in route.prefixes:
            ways.setdefault(prefix, []).append(route)
    found = {
        prefix: (", ".join(sorted(map(_way, routes))), routes[0].origin) for prefix, routes in sorted(ways.items())
    }
    return found | {"filters": (", ".join(sorted(table.filters)), table.origin)}


def _way(route: Route) -> str:
    priority = f" at {route.priority}" if route.priority else ""
    return f"{route.source} {_hop(route.next_hop)}{priority}"


def _hop(hop: NextHop) -> str:
    match hop:
        case Via(links):
            return f"over {' or '.join(sorted(links))}"
        case Deliver(endpoint):
            return f"to {endpoint}"
        case Drop(why):
            return f"dropped: {why}"
        case Internet():
            return "to the Internet"
        case Unknown(why):
            return f"unknown: {why}"
        case _:
            assert_never(hop)


def _link(link: Link) -> Facts:
    ends = sorted(f"{end.router} ({', '.join(sorted(end.tables)) or 'no table'})" for end in link.ends)
    return {"ends": (" and ".join(ends), link.origin), "health": (link.health, link.origin)}


def _filter(filter_: Filter) -> Facts:
    """Where order does not matter, rules are a set: all of them, or neighbours that say the same."""
    found = {"default": (filter_.default, filter_.origin)}
    if all(rule.action == "allow" for rule in filter_.rules):
        return found | {text: ("there", rule.origin) for rule in filter_.rules for text in _rule(rule)}
    alike = (list(rules) for _, rules in groupby(filter_.rules, key=lambda rule: rule.action))
    texts = [text for rules in alike for text in sorted({text for rule in rules for text in _rule(rule)})]
    return found | {"rules": ("; ".join(texts), filter_.origin)}


def _rule(rule: Rule) -> Iterator[str]:
    for source in rule.sources or ("any",):
        for destination in rule.destinations or ("any",):
            traffic = rule.protocol if rule.ports == ALL_PORTS else f"{rule.protocol} {rule.ports[0]}-{rule.ports[1]}"
            yield f"{rule.action} {traffic} from {source} to {destination}"


def _segmented(intended: Network, actual: Network) -> dict[str, Endpoint]:
    """No resource of a network with its own gateway, or of one of Google's, says which segment it is in."""
    meant = {key: endpoint.segment for key, endpoint in intended.endpoint.items()}
    return {
        key: endpoint if endpoint.segment else replace(endpoint, segment=meant.get(key, ""))
        for key, endpoint in actual.endpoint.items()
    }


def _endpoint(endpoint: Endpoint) -> Facts:
    said = {
        "segment": endpoint.segment,
        "prefixes": ", ".join(sorted(endpoint.prefixes)),
        "tables": ", ".join(sorted(endpoint.tables)),
    }
    return {what: (text, endpoint.origin) for what, text in said.items()}


def _session(session: Session) -> Facts:
    said = sorted(
        f"{s.router} AS{s.asn}, announces {', '.join(sorted((*s.announces, *s.prefixes))) or 'nothing'}, "
        f"learns into {', '.join(sorted(s.learns)) or 'nothing'}"
        f"{_passes('tells', s.exports)}{_passes('hears', s.imports)}"
        for s in session.speakers
    )
    return {"speakers": (" and ".join(said), session.origin)}


def _passes(word: str, filter_: PrefixFilter | None) -> str:
    if filter_ is None:
        return ""
    return f", {word} {'only' if filter_.action == 'allow' else 'all but'} {', '.join(sorted(filter_.prefixes))}"
