"""Everything in a network that can go wrong alone: each part of it removed or widened in turn, by name."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hubspoke.network.model import ALL_PORTS, Filter, Link, Network, Prefixes, Route, Rule, Session, Speaker, Table, Via

Part = TypeVar("Part")
Element = TypeVar("Element", Table, Link, Filter, Session)


@dataclass(frozen=True)
class Mutation:
    """`place` is the table, link, filter or session that is not as it was."""

    name: str
    place: str
    network: Network

    @property
    def is_spare(self) -> bool:
        """Whether it takes away a way through a tunnel, which others may stand in for until one of them fails."""
        return "tunnel" in self.name and ("removed" in self.name or "does not" in self.name)


def mutations(network: Network, everywhere: Prefixes) -> Iterator[Mutation]:
    """All of them. `everywhere` are the prefixes that something widened is widened to."""
    for table in network.tables:
        for what, routes in (*_routes(table, everywhere), *_propagated(network, table)):
            yield _changed(network, "tables", table, what, replace(table, routes=routes))
    for filter_ in network.filters:
        for what, rules in _rules(filter_):
            yield _changed(network, "filters", filter_, what, replace(filter_, rules=rules))
    for link in network.links:
        yield _changed(network, "links", link, "removed")
        yield from (_changed(network, "links", link, *made) for made in _associations(network, link))
    for session in network.sessions:
        yield _changed(network, "sessions", session, "removed")
        yield from (_changed(network, "sessions", session, *made) for made in _sessions(network, session))


def _changed(network: Network, sort: str, old: Element, what: str, *new: Element) -> Mutation:
    parts: Any = _with(getattr(network, sort), old, *new)
    return Mutation(f"{old.key}: {what}", old.key, replace(network, **{sort: parts}))


def _with(parts: tuple[Part, ...], old: Part, *new: Part) -> tuple[Part, ...]:
    return tuple(each for part in parts for each in (new if part is old else (part,)))


def _less(keys: tuple[str, ...], key: str) -> tuple[str, ...]:
    return tuple(each for each in keys if each != key)


def _text(route: Route) -> str:
    ways = " ".join(route.next_hop.links) if isinstance(route.next_hop, Via) else ""
    return f"{', '.join(route.prefixes)} {route.source}{' over ' if ways else ''}{ways}"


def _routes(table: Table, everywhere: Prefixes) -> Iterator[tuple[str, tuple[Route, ...]]]:
    for route in table.routes:
        yield f"{_text(route)} removed", _with(table.routes, route)
        if route.prefixes != everywhere:
            yield f"{_text(route)} widened", _with(table.routes, route, replace(route, prefixes=everywhere))


def _propagated(network: Network, table: Table) -> Iterator[tuple[str, tuple[Route, ...]]]:
    """What other tables of the same router know, and this one does not."""
    ways = {(route.prefixes, route.next_hop) for route in table.routes}
    siblings = (other for other in network.tables if other.router == table.router and other is not table)
    found = {
        _text(route): route
        for other in siblings
        for route in other.routes
        if (route.prefixes, route.next_hop) not in ways
    }
    for text, route in found.items():
        yield f"{text} propagated too", (*table.routes, route)


def _associations(network: Network, link: Link) -> Iterator[tuple[str, Link]]:
    """With no table, and with each other one of the router."""
    for side in (0, 1):
        end = link.ends[side]
        others = [table.key for table in network.tables if table.router == end.router and table.key not in end.tables]
        for tables in ((), *((key,) for key in others)):
            ends = (
                (replace(end, tables=tables), link.ends[1])
                if side == 0
                else (link.ends[0], replace(end, tables=tables))
            )
            what = f"at {end.router} associated with {', '.join(tables) or 'nothing'}"
            yield what, replace(link, ends=ends)


def _sessions(network: Network, session: Session) -> Iterator[tuple[str, Session]]:
    for side in (0, 1):
        for what, speaker in _speakers(network, session.speakers[side]):
            speakers = (speaker, session.speakers[1]) if side == 0 else (session.speakers[0], speaker)
            yield f"{speaker.router} {what}", replace(session, speakers=speakers)


def _speakers(network: Network, speaker: Speaker) -> Iterator[tuple[str, Speaker]]:
    own = [table.key for table in network.tables if table.router == speaker.router]
    for key in own:
        if key in speaker.learns:
            yield f"does not teach {key}", replace(speaker, learns=_less(speaker.learns, key))
        if key in speaker.announces:
            yield f"does not announce {key}", replace(speaker, announces=_less(speaker.announces, key))
        else:
            yield f"announces {key} too", replace(speaker, announces=(*speaker.announces, key))
    for prefix in speaker.prefixes:
        yield f"does not announce {prefix}", replace(speaker, prefixes=_less(speaker.prefixes, prefix))


def _rules(filter_: Filter) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    for rule in filter_.rules:
        name = rule.origin.removeprefix("plan: ")
        yield f"{name} removed", _with(filter_.rules, rule)
        if rule.sources:
            yield f"{name} from anywhere", _with(filter_.rules, rule, replace(rule, sources=()))
        if rule.destinations:
            yield f"{name} to anywhere", _with(filter_.rules, rule, replace(rule, destinations=()))
        if (rule.protocol, rule.ports) != ("any", ALL_PORTS):
            wide = replace(rule, protocol="any", ports=ALL_PORTS)
            yield f"{name} for all traffic", _with(filter_.rules, rule, wide)
