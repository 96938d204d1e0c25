"""Small networks in few words, for scenarios that are worked out by hand."""

from hubspoke.network.look_ups import look_up
from hubspoke.network.model import (
    Deliver,
    End,
    Endpoint,
    Link,
    Network,
    NextHop,
    Route,
    Source,
    Table,
    Via,
)
from hubspoke.network.settle import settle


def via(*links: str) -> Via:
    return Via(links)


def route(prefix: str, hop: NextHop, source: Source, **more: object) -> Route:
    """A route; its origin says what it is."""
    return Route((prefix,), hop, source, f"{source} {prefix}", **more)  # type: ignore[arg-type]


def table(key: str, kind: str, *routes: Route, **more: object) -> Table:
    """A table of the router in its name: "vpc/main" is of "vpc"."""
    return Table(key, key.split("/")[0], kind, routes, key, **more)  # type: ignore[arg-type]


def link(key: str, one: str, other: str, **more: object) -> Link:
    """A link between two tables: what comes out at either end is looked up there."""
    ends = End(one.split("/")[0], (one,)), End(other.split("/")[0], (other,))
    return Link(key, ends, key, risks=(key,), **more)  # type: ignore[arg-type]


def endpoint(key: str, prefix: str, entry: str, **more: object) -> Endpoint:
    return Endpoint(key, "s", (prefix,), (entry,), key, **more)  # type: ignore[arg-type]


def local(key: str, prefix: str) -> Route:
    return route(prefix, Deliver(key), Source.LOCAL)


def winners(network: Network, key: str, address: str) -> set[str]:
    """The origins of the routes that win for an address, once all sessions have come to rest."""
    from ipaddress import IPv4Address

    settled = settle(network)
    found, _ = look_up(settled.network.table[key], int(IPv4Address(address)), settled.network.health)
    return {each.origin for each in found}
