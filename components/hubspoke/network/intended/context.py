"""What the Plan says of all stacks but some: the setting in which those are judged by what they really hold.

Every part of an intended network names its origin, "plan: spoke web, WAN"; and every part of a Plan is in a stack.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from hubspoke.network.changed import SHELL, Changed, Over
from hubspoke.network.intended.build import intended
from hubspoke.network.model import Keyed, Network, Route, Table
from hubspoke.plan.model import CLOUDFLARE, HubPlan, OnRampPlan, Plan

_ORIGIN = re.compile(r"plan: (?P<kind>[a-z]+)(?: (?P<key>[a-z0-9-]+))?")
Owners = Mapping[tuple[str, str], str]
At = TypeVar("At", int, str)
Held = Mapping[str, Sequence[At]]  # keys, or places in a row, by whose stack makes what is there
_PARTS = ("links", "endpoints", "filters", "sessions")


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
        self._routes = {
            table.key: _held((at, [self._of[route.origin]]) for at, route in enumerate(table.routes))
            for table in network.tables
        }
        self._keys = {
            name: _held((part.key, [self._of[part.origin]]) for part in getattr(network, name)) for name in _PARTS
        }
        self._tables = _held((table.key, self._makers(table)) for table in network.tables)

    def _makers(self, table: Table) -> Iterator[str]:
        yield self._of[table.origin]
        yield from self._routes[table.key]
        yield from (self._filtered_by[key] for key in table.filters)

    def of(self, origin: str) -> str:
        """The account whose stack makes what is of this origin; "" for what none does."""
        return self._of[origin] if origin in self._of else owner(self._owners, origin)

    def without(self, accounts: Iterable[str]) -> Changed:
        """What `context` is of them, without looking at what the others make."""
        gone, whole = frozenset(accounts), self._network
        tables = {key: self._table(whole.table[key], gone) for key in _theirs(self._tables, gone)}
        return Changed(
            whole, Over(whole.table, tables), self._left("links", whole.link, gone),
            self._left("endpoints", whole.endpoint, gone), self._left("filters", whole.filter, gone),
            self._left("sessions", whole.session, gone), whole.findings, whole.quota,
        )  # fmt: skip

    def _left(self, name: str, parts: Mapping[str, Keyed], gone: Iterable[str]) -> Over[Keyed]:
        return Over(parts, dict.fromkeys(_theirs(self._keys[name], gone)))

    def _table(self, table: Table, gone: frozenset[str]) -> Table | None:
        routes = _others(table.routes, _theirs(self._routes[table.key], gone))
        filters = tuple(key for key in table.filters if self._filtered_by[key] not in gone)
        left = replace(table, routes=routes, filters=filters)
        if self._of[table.origin] not in gone:
            return left
        return replace(left, origin=SHELL) if routes else None


def _held(made: Iterable[tuple[At, Iterable[str]]]) -> Held[At]:
    """What each account has something in, from who has something in each."""
    found: dict[str, list[At]] = {}
    for at, accounts in made:
        for account in set(accounts):
            found.setdefault(account, []).append(at)
    return found


def _theirs(held: Held[At], gone: Iterable[str]) -> set[At]:
    return {at for account in gone for at in held.get(account, ())}


def _others(routes: tuple[Route, ...], theirs: Iterable[int]) -> tuple[Route, ...]:
    """A row without what is in these places."""
    left = list(routes)
    for place in sorted(theirs, reverse=True):
        del left[place]
    return tuple(left)


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
