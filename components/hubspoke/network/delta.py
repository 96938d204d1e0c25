"""What is other in one network than in another: the elements that are not the very same objects."""

from collections.abc import Sequence
from itertools import compress
from operator import is_not
from typing import TypeVar

from hubspoke.network.choose import swayed
from hubspoke.network.classes import Bits, Classes
from hubspoke.network.model import Network, Table

T = TypeVar("T")


def unlike(before: Sequence[T], after: Sequence[T]) -> list[T]:
    """The elements of the two that are in one of them only, or not in the same place."""
    if before is after:
        return []
    if len(before) == len(after):
        pairs = compress(zip(before, after, strict=True), map(is_not, before, after))
        return [each for pair in pairs for each in pair]
    shared = set(map(id, before)) & set(map(id, after))
    return [each for each in (*before, *after) if id(each) not in shared]


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
