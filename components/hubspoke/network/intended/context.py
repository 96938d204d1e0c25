"""What the Plan says of all stacks but some: the setting in which those are judged by what they really hold.

Every part of an intended network names its origin, "plan: spoke web, WAN"; and every part of a Plan is in a stack.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hubspoke.network.intended.build import intended
from hubspoke.network.model import Network, Route, Table
from hubspoke.plan.model import CLOUDFLARE, HubPlan, OnRampPlan, Plan

_ORIGIN = re.compile(r"plan: (?P<kind>[a-z]+)(?: (?P<key>[a-z0-9-]+))?")
Owners = Mapping[tuple[str, str], str]
_SHELL = ""  # origin of a table that is only kept for the routes that others have in it


def context(plan: Plan, without: Iterable[str], meant: Network | None = None) -> Network:
    """The intended network without what the stacks of these accounts make; `meant` is that network, if it is at hand.

    Tables of theirs stay as shells where other stacks have routes in them; `actual` fills or removes them.
    """
    network, owners, gone = meant or intended(plan), owners_of(plan), set(without)

    def stays(origin: str) -> bool:
        return owner(owners, origin) not in gone

    return replace(
        network,
        tables=tuple(
            table for each in network.tables
            if (table := _kept(each, tuple(r for r in each.routes if stays(r.origin)), stays(each.origin)))
        ),
        links=tuple(each for each in network.links if stays(each.origin)),
        endpoints=tuple(each for each in network.endpoints if stays(each.origin)),
        filters=tuple(each for each in network.filters if stays(each.origin)),
        sessions=tuple(each for each in network.sessions if stays(each.origin)),
    )  # fmt: skip


def _kept(table: Table, routes: tuple[Route, ...], stays: bool) -> Table | None:
    if stays:
        return table if len(routes) == len(table.routes) else replace(table, routes=routes)
    return replace(table, routes=routes, origin=_SHELL) if routes else None


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
