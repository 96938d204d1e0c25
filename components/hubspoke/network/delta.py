"""What is other in one network than in another: elements that are not the very same objects; and networks with some."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from hubspoke.network.by_id import exchanged
from hubspoke.network.choose import swayed
from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Keyed, Link, Network, Table

T = TypeVar("T")


def unlike(before: Sequence[T], after: Sequence[T]) -> list[T]:
    """The elements of the two that are in one of them only, or not in the same place."""
    return list(chain.from_iterable(exchanged(before, after)))


def changes(before: Network, after: Network) -> Network:
    """A network of all that is in one of the two only."""
    return Network(
        tuple(unlike(before.tables, after.tables)), tuple(unlike(before.links, after.links)),
        tuple(unlike(before.endpoints, after.endpoints)), tuple(unlike(before.filters, after.filters)),
        tuple(unlike(before.sessions, after.sessions)),
    )  # fmt: skip


def rerouted(classes: Classes, before: Table, after: Table) -> Bits:
    """The classes of the routes that are other in one state of a table than in another."""
    if before is after:
        return 0
    if (before.kind, before.router, before.multipath) != (after.kind, after.router, after.multipath):
        return classes.all
    bits = 0
    for route in unlike(before.routes, after.routes):
        bits |= swayed(classes, after, route.source, classes.own(route.prefixes))
    return bits


_INDEXED = {"table": "tables", "link": "links", "health": "links", "endpoint": "endpoints", "filter": "filters"}


def with_tables(network: Network, tables: Iterable[Table]) -> Network:
    """The network with these tables in place of those of their keys."""
    table = {**network.table, **{each.key: each for each in tables}}
    other = replace(network, tables=tuple(table.values()))
    vars(other).update(table=table)
    return indexed(other, network)


def with_links(network: Network, links: Sequence[Link]) -> Network:
    """The network with these links in place of those of their keys."""
    link = {**network.link, **{each.key: each for each in links}}
    health = {**network.health, **{each.key: each.health for each in links}}
    other = replace(network, links=tuple(link.values()))
    vars(other).update(link=link, health=health)
    return indexed(other, network)


def indexed(network: Network, last: Network) -> Network:
    """The network with what is indexed in another already, of parts that are the very same or mostly."""
    for index, part in _INDEXED.items():
        if index in vars(last) and index not in vars(network):
            before, after = getattr(last, part), getattr(network, part)
            if before is after:
                vars(network)[index] = vars(last)[index]
            elif index != "health" and (found := _reindexed(vars(last)[index], before, after)):
                vars(network)[index] = found
    return network


def _reindexed(index: Mapping[str, Keyed], before: Sequence[Keyed], after: Sequence[Keyed]) -> dict[str, Keyed]:
    """The index with what came in the places of what went; nothing where keys are others, as it is made anew then."""
    went, came = exchanged(before, after)
    same = [each.key for each in went] == [each.key for each in came]
    return {**index, **{each.key: each for each in came}} if same else {}
