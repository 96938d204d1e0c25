"""Random networks, small enough to follow every packet by hand."""

from hubspoke.network.filters import Action
from hubspoke.network.model import (
    Deliver,
    Drop,
    End,
    Endpoint,
    Filter,
    Health,
    Internet,
    Link,
    Network,
    Prefixes,
    Protocol,
    Route,
    Rule,
    Session,
    Source,
    Speaker,
    Table,
    Unknown,
    Via,
)
from hubspoke.network.packet import Packet
from hubspoke.network.selection import ORDERS
from hubspoke.network.settle import Oscillation, Settled, settle
from hypothesis import assume
from hypothesis import strategies as st

# Nested and beside each other, so that longest prefixes, shields and parts without an owner all occur.
PREFIXES = (
    "0.0.0.0/0", "10.0.0.0/24", "10.0.0.0/26", "10.0.0.0/28", "10.0.0.16/28", "10.0.0.64/26", "10.0.0.128/25",
    "10.0.1.0/24", "10.0.1.0/25", "192.168.0.0/16",
)  # fmt: skip
ADDRESSES = (
    "10.0.0.1", "10.0.0.17", "10.0.0.33", "10.0.0.65", "10.0.0.129", "10.0.1.1", "10.0.1.129", "10.0.2.1",
    "192.168.3.4", "8.8.8.8",
)  # fmt: skip


def prefixes(least: int = 1) -> st.SearchStrategy[Prefixes]:
    return st.lists(st.sampled_from(PREFIXES), min_size=least, max_size=3, unique=True).map(tuple)


@st.composite
def networks(draw: st.DrawFn, talk: bool = True) -> Network:
    """Up to five routers with a table or two each, joined at random."""
    routers = [f"r{n}" for n in range(draw(st.integers(2, 5)))]
    tables = {router: [f"{router}/{n}" for n in range(draw(st.integers(1, 2)))] for router in routers}
    links = tuple(draw(_link(f"l{n}", routers, tables)) for n in range(draw(st.integers(1, 6))))
    endpoints = tuple(draw(_endpoint(f"e{n}", tables)) for n in range(draw(st.integers(1, 3))))
    made = tuple(draw(_table(key, router, links, endpoints)) for router, keys in tables.items() for key in keys)
    sessions = tuple(draw(_session(link, tables)) for link in links) if talk else ()
    return Network(made, links, endpoints, draw(filters()), sessions)


@st.composite
def _link(draw: st.DrawFn, key: str, routers: list[str], tables: dict[str, list[str]]) -> Link:
    a, b = draw(st.lists(st.sampled_from(routers), min_size=2, max_size=2, unique=True))
    ends = [
        End(router, tuple(draw(st.lists(st.sampled_from(tables[router]), max_size=2, unique=True))))
        for router in (a, b)
    ]
    healths: list[Health] = ["up", "up", "up", "degraded", "down"]
    health = draw(st.sampled_from(healths))
    return Link(key, (ends[0], ends[1]), key, health=health, risks=(f"tunnel {key}",))


@st.composite
def _endpoint(draw: st.DrawFn, key: str, tables: dict[str, list[str]]) -> Endpoint:
    some = draw(st.sampled_from([key for keys in tables.values() for key in keys]))
    ways = st.sampled_from(["f0", "f1"])
    chosen = st.lists(ways, max_size=2, unique=True).map(tuple)
    return Endpoint(key, "s", draw(prefixes()), (some,), key, draw(chosen), draw(chosen))


@st.composite
def _table(draw: st.DrawFn, key: str, router: str, links: tuple[Link, ...], endpoints: tuple[Endpoint, ...]) -> Table:
    kind = draw(st.sampled_from(sorted(ORDERS)))
    mine = [link.key for link in links if router in (link.ends[0].router, link.ends[1].router)]
    hops = (
        [Deliver(e.key) for e in endpoints]
        + [Drop(), Internet(), Unknown("not known")]
        + [Via((key,)) for key in mine] * 3
    )
    routes = tuple(draw(_route(f"{key}#{n}", hops)) for n in range(draw(st.integers(0, 6))))
    return Table(
        key, router, kind, routes, key, filters=draw(st.sampled_from([(), (), ("f2",)])), multipath=draw(st.booleans())
    )


@st.composite
def _route(draw: st.DrawFn, origin: str, hops: list[object]) -> Route:
    return Route(
        draw(prefixes()),
        draw(st.sampled_from(hops)),  # type: ignore[arg-type]
        draw(st.sampled_from(list(Source))),
        origin,
        priority=draw(st.integers(0, 2)),
        as_path=draw(st.sampled_from([(), (1,), (1, 1), (2, 3)])),
        med=draw(st.sampled_from([None, 0, 100])),
        remote=draw(st.booleans()),
    )


@st.composite
def _session(draw: st.DrawFn, link: Link, tables: dict[str, list[str]]) -> Session:
    speakers = []
    for end in link.ends:
        some = st.lists(st.sampled_from(tables[end.router]), max_size=2, unique=True).map(tuple)
        speakers.append(
            Speaker(
                end.router, 65000 + int(end.router[1:]), announces=draw(some), learns=draw(some),
                prefixes=draw(prefixes(0)), prepend=draw(st.integers(0, 1)),
                communities=draw(st.sampled_from([frozenset(), frozenset({"13335:60010"})])),
            )
        )  # fmt: skip
    return Session(f"bgp {link.key}", link.key, (speakers[0], speakers[1]), f"bgp {link.key}")


@st.composite
def filters(draw: st.DrawFn) -> tuple[Filter, ...]:
    def rule(n: int) -> Rule:
        actions: list[Action] = ["allow", "deny", "unknown", "allow"]
        protocols: list[Protocol] = ["any", "tcp", "udp"]
        action, protocol = draw(st.sampled_from(actions)), draw(st.sampled_from(protocols))
        ports = draw(st.sampled_from([(0, 65535), (443, 443), (400, 500)]))
        return Rule(action, f"rule {n}", draw(prefixes(0)), draw(prefixes(0)), protocol, ports)

    def filter_(key: str) -> Filter:
        rules = tuple(rule(n) for n in range(draw(st.integers(0, 4))))
        return Filter(key, rules, key, draw(st.sampled_from(["allow", "deny"])), draw(st.booleans()))

    return tuple(filter_(f"f{n}") for n in range(3))


def packets() -> st.SearchStrategy[Packet]:
    return st.builds(
        Packet,
        st.sampled_from(ADDRESSES),
        st.sampled_from(ADDRESSES),
        st.sampled_from(["any", "tcp", "udp", "icmp"]),
        st.sampled_from([(0, 65535), (443, 443), (1024, 65535), (450, 600)]),
    )


def settled_or_not(network: Network) -> Settled:
    try:
        return settle(network)
    except Oscillation:
        assume(False)
        raise
