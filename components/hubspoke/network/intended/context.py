"""What the Plan says of all stacks but some: the setting in which those are judged by what they really hold.

Every part of an intended network names its origin, "plan: spoke web, WAN"; and every part of a Plan is in a stack.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hubspoke.network.changed import Changed, Over
from hubspoke.network.intended.build import intended
from hubspoke.network.model import Keyed, Network, Route, Table
from hubspoke.plan.model import CLOUDFLARE, HubPlan, OnRampPlan, Plan

_ORIGIN = re.compile(r"plan: (?P<kind>[a-z]+)(?: (?P<key>[a-z0-9-]+))?")
Owners = Mapping[tuple[str, str], str]
Places = Mapping[str, Sequence[int]]  # in a row, by whose stack makes what is there
_PARTS = ("links", "endpoints", "filters", "sessions")
_SHELL = ""  # origin of a table that is only kept for the routes that others have in it


def context(plan: Plan, without: Iterable[str]) -> Network:
    """The intended network without what the stacks of these accounts make.

    Tables of theirs stay as shells where other stacks have routes in them; `actual` fills or removes them.
    """
    return Made(plan, intended(plan)).without(without).network


class Made:
    """An intended network, and by whose stack each part of it is made: found once, however many stacks are judged."""

    def __init__(self, plan: Plan, network: Network) -> None:
        self._network, self._owners = network, owners_of(plan)
        self._of = {origin: owner(self._owners, origin) for origin in set(_origins(network))}
        self._filtered_by = {each.key: self._of[each.origin] for each in network.filters}
        self._places = {name: _places([self._of[part.origin]] for part in getattr(network, name)) for name in _PARTS}
        self._routes = [_places([self._of[route.origin]] for route in table.routes) for table in network.tables]
        self._places["tables"] = _places(map(self._makers, network.tables, self._routes))

    def _makers(self, table: Table, routes: Iterable[str]) -> Iterator[str]:
        yield self._of[table.origin]
        yield from routes
        yield from (self._filtered_by[key] for key in table.filters)

    def of(self, origin: str) -> str:
        """The account whose stack makes what is of this origin; "" for what none does."""
        return self._of[origin] if origin in self._of else owner(self._owners, origin)

    def without(self, accounts: Iterable[str]) -> Changed:
        """What `context` is of them, without looking at what the others make."""
        gone, whole = frozenset(accounts), self._network
        tables = {whole.tables[at].key: self._table(at, gone) for at in self._at("tables", gone)}
        return Changed(
            whole, Over(whole.table, tables), self._left("links", whole.link, gone),
            self._left("endpoints", whole.endpoint, gone), self._left("filters", whole.filter, gone),
            self._left("sessions", whole.session, gone), whole.findings, whole.quota,
        )  # fmt: skip

    def _at(self, name: str, gone: Iterable[str]) -> list[int]:
        return _theirs(self._places[name], gone)

    def _left(self, name: str, parts: Mapping[str, Keyed], gone: Iterable[str]) -> Over[Keyed]:
        row = getattr(self._network, name)
        return Over(parts, {row[at].key: None for at in self._at(name, gone)})

    def _table(self, place: int, gone: frozenset[str]) -> Table | None:
        table = self._network.tables[place]
        routes = _others(table.routes, self._routes[place], gone)
        filters = tuple(key for key in table.filters if self._filtered_by[key] not in gone)
        left = replace(table, routes=routes, filters=filters)
        if self._of[table.origin] not in gone:
            return left
        return replace(left, origin=_SHELL) if routes else None


def _places(makers: Iterable[Iterable[str]]) -> Places:
    """Where in a row each account has something, from those that have something at each place."""
    found: dict[str, list[int]] = {}
    for place, accounts in enumerate(makers):
        for account in set(accounts):
            found.setdefault(account, []).append(place)
    return found


def _theirs(places: Places, gone: Iterable[str]) -> list[int]:
    return sorted({place for account in gone for place in places.get(account, ())})


def _others(routes: tuple[Route, ...], places: Places, gone: Iterable[str]) -> tuple[Route, ...]:
    """A row without what these accounts have in it."""
    theirs = _theirs(places, gone)
    left = list(routes) if theirs else []
    for place in reversed(theirs):
        del left[place]
    return tuple(left) if theirs else routes


def _origins(network: Network) -> Iterator[str]:
    yield from (each.origin for each in network.tables)
    yield from (each.origin for each in network.links)
    yield from (each.origin for each in network.endpoints)
    yield from (each.origin for each in network.filters)
    yield from (each.origin for each in network.sessions)
    yield from (route.origin for table in network.tables for route in table.routes)


def owner(owners: Owners, origin: str) -> str:
    """The account whose stack makes what is of this origin, "plan: spoke web"; "" for what none does."""
    match = _ORIGIN.match(origin)
    assert match, origin
    return owners.get((match["kind"], match["key"] or ""), "")


def owners_of(plan: Plan) -> Owners:
    """Accounts by kind and key of a part, in the words of origins."""
    found: dict[tuple[str, str], str] = {("firewall", ""): CLOUDFLARE}
    for account in plan.accounts:
        for hub in account.hubs:
            found["hub", hub.key] = account.key
            found |= {("peering", peer.key): account.key for peer in hub.peers if peer.initiates}
        for kind, networks in (("spoke", account.spokes), ("onramp", account.onramps)):
            for network in networks:
                found |= dict.fromkeys(
                    [(kind, network.key), ("network", network.key), ("route", network.key)], account.key
                )
        owners: list[HubPlan | OnRampPlan] = [*account.hubs, *account.onramps]
        for owner in owners:
            tunnels = (tunnel.key for connection in owner.connections for tunnel in connection.tunnels)
            found |= {("tunnel", key): account.key for key in tunnels}
    return found
