"""How a table chooses among the routes to one prefix: an order per kind of table, as data with its source.

Every kind looks for the longest prefix first. What beats even that is a shield: routes of some sources hide longer
ones of others. Then the ranks of `by` are compared in turn, lower first. What is still equal shares the traffic where
the kind or the table allows it, and is ambiguous where the order is not the user's to know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hubspoke.network.model import Health, Route, Source, Table, Via

L, S, P = Source.LOCAL, Source.STATIC, Source.PREFIX_LIST
A, D, C, B, N, Y = Source.ATTACHED, Source.DIRECT, Source.CONNECT, Source.BGP, Source.PEER, Source.SYSTEM
Links = Mapping[str, Health]
By = Literal["class", "kind", "priority", "remote", "path", "med"]
WhenDown = Literal["drop", "withdraw", "penalty"]


@dataclass(frozen=True)
class Order:
    """How one kind of table chooses."""

    classes: Mapping[Source, int]
    by: tuple[By, ...]
    source: str
    shields: frozenset[Source] = frozenset()
    shielded: frozenset[Source] = frozenset()
    shares: frozenset[Source] = frozenset()  # equal routes of these sources share traffic
    one_path: bool = False  # and only where their AS paths are the same
    when_down: WhenDown = "drop"  # what becomes of a configured route whose links are all down
    absent_med: int = 0
    learned: "Learned | None" = None  # what priority a learned route gets
    same_class: bool = False  # equal routes of different classes are ambiguous


@dataclass(frozen=True)
class Learned:
    """Priority of a learned route: the lowest its communities name, or the base; more for each repeated ASN."""

    base: int
    communities: Mapping[str, int] = field(default_factory=dict)
    per_prepend: int = 0

    def priority(self, route: Route) -> int:
        named = [self.communities[each] for each in route.communities if each in self.communities]
        repeated = sum(1 for a, b in zip(route.as_path, route.as_path[1:], strict=False) if a == b)
        return min(named, default=self.base) + self.per_prepend * repeated


_HUB_CLASSES = {S: 0, L: 0, A: 1, D: 2, B: 2, C: 2, N: 2, P: 0, Y: 3}
_HUB = "learn.microsoft.com, virtual-wan/about-virtual-hub-routing-preference, 2022"
_KIND_LOCAL, _KIND_REMOTE = {D: 0, B: 1}, {B: 0, D: 1}
PENALTY: Mapping[Health, int] = {"up": 0, "degraded": 500_000, "down": 1_000_000}  # magic-wan traffic steering, 2026-10

ORDERS: Mapping[str, Order] = {
    "router": Order({L: 0, S: 1, P: 1, A: 2, D: 3, C: 3, B: 3, N: 3, Y: 4}, ("class", "path"), "any router",
                    shares=frozenset(Source)),
    "aws vpc": Order(
        # A gateway's static routes, which are propagated, are ATTACHED: below the table's own, above BGP.
        {L: 0, S: 1, P: 2, D: 3, A: 4, C: 5, B: 6, N: 1, Y: 7}, ("class", "path", "med"),
        "docs.aws.amazon.com, vpc/latest/userguide/route-tables-priority; vpn-route-priority, 2026-08",
        shields=frozenset({L}), shielded=frozenset({D, A, C, B}),
    ),
    "aws tgw": Order(
        {L: 0, S: 0, P: 1, A: 2, D: 3, C: 4, B: 5, N: 6, Y: 7}, ("class", "path", "med"),
        "docs.aws.amazon.com, vpc/latest/tgw/how-transit-gateways-work, 2026-08",
        shares=frozenset({D, C, B}), one_path=True, absent_med=100,
    ),
    "azure subnet": Order(
        {S: 0, P: 0, B: 1, D: 1, C: 1, A: 1, N: 2, L: 2, Y: 3}, ("class", "path"),
        "learn.microsoft.com, virtual-network/virtual-networks-udr-overview, 2026-08",
        shields=frozenset({L, N}), shielded=frozenset({B, D, C, A}), shares=frozenset({B, D}),
    ),
    "azure hub": Order(_HUB_CLASSES, ("class", "remote", "kind", "path"), _HUB, shares=frozenset(Source)),
    "azure hub, vpn": Order(_HUB_CLASSES, ("class", "remote", "kind", "path"), _HUB, shares=frozenset(Source)),
    "azure hub, as path": Order(_HUB_CLASSES, ("class", "path", "remote", "kind"), _HUB, shares=frozenset(Source)),
    "cloudflare": Order(
        {L: 0, S: 0, P: 0, A: 0, D: 1, C: 1, B: 1, N: 1, Y: 2}, ("priority", "class"),
        "developers.cloudflare.com, magic-wan traffic steering, 2026-10",
        shares=frozenset(Source), when_down="penalty",
        learned=Learned(100, {
            "13335:60010": 10, "13335:60050": 50, "13335:60150": 150, "13335:60200": 200,
            "13335:60901": 501_000, "13335:60902": 1_001_000,
        }, per_prepend=10),
    ),
    "gcp network": Order(
        {L: 0, N: 0, S: 1, P: 1, A: 1, B: 2, D: 2, C: 2, Y: 3}, ("priority",),
        "docs.cloud.google.com, vpc/docs/routes, 2026-08",
        shields=frozenset({L, N}), shielded=frozenset({S, B, D, C, A}), shares=frozenset({S, B, D, C}),
        when_down="withdraw", same_class=True,
    ),
}  # fmt: skip
_PREFERS_DIRECT = frozenset({"azure hub", "azure hub, as path"})


def order_of(table: Table) -> Order:
    """The table's order. Raises KeyError with the known kinds."""
    if table.kind not in ORDERS:
        raise KeyError(f"table {table.key!r} is of no known kind {table.kind!r}; there are: {', '.join(ORDERS)}")
    return ORDERS[table.kind]


def penalty(route: Route, links: Links) -> int:
    """What ill health adds to a configured route's priority: that of its healthiest link."""
    if not isinstance(route.next_hop, Via):
        return 0
    return min((PENALTY[links.get(link, "down")] for link in route.next_hop.links), default=PENALTY["down"])


def usable(table: Table, route: Route, links: Links) -> bool:
    """Whether a route takes part at all: a withdrawn one does not, one that leads nowhere may."""
    if not isinstance(route.next_hop, Via):
        return True
    for link in route.next_hop.links:  # asked of every route: no generator
        if links.get(link) != "down":
            return True
    return order_of(table).when_down != "withdraw" and route.source not in (A, B, C, D, N)


def rank(table: Table, route: Route, links: Links) -> tuple[int, ...]:
    """Where a route stands among those to the same prefix; the lowest wins."""
    order = order_of(table)
    return tuple(_RANKS[by](order, table, route, links) for by in order.by)


def _priority(order: Order, _: Table, route: Route, links: Links) -> int:
    learned = order.learned if route.source in (B, C, D) else None
    base = learned.priority(route) if learned else route.priority
    return base + (penalty(route, links) if order.when_down == "penalty" else 0)


def _kind(_: Order, table: Table, route: Route, __: Links) -> int:
    if not route.remote and table.kind in _PREFERS_DIRECT:
        return _KIND_LOCAL.get(route.source, 0)
    return _KIND_REMOTE.get(route.source, 0)


_RANKS: Mapping[By, Callable[[Order, Table, Route, Links], int]] = {
    "class": lambda order, _, route, __: order.classes[route.source],
    "kind": _kind,
    "priority": _priority,
    "remote": lambda _, __, route, ___: int(route.remote),
    "path": lambda _, __, route, ___: len(route.as_path),
    "med": lambda order, _, route, __: order.absent_med if route.med is None else route.med,
}


def shares(table: Table, routes: tuple[Route, ...]) -> bool:
    """Whether equal routes share the traffic. If not, which one is used is for the cloud to say: ambiguous."""
    if len({route.next_hop for route in routes}) == 1:
        return True
    order, first = order_of(table), routes[0]
    return (
        table.multipath
        and all(route.source in order.shares for route in routes)
        and (not order.one_path or all(route.as_path == first.as_path for route in routes))
        and (not order.same_class or len({order.classes[route.source] for route in routes}) == 1)
    )
