"""Cloudflare's lists of prefixes, which the firewall's rules name: `$hubspoke_prod`."""

from collections.abc import Iterator, Mapping
from typing import Any

from hubspoke.network.snapshot import Resource, Snapshot

LIST = "cloudflare:index/list:List"
LIST_ITEM = "cloudflare:index/listItem:ListItem"
Lists = Mapping[str, tuple[str, ...]]


def prefix_lists(snapshot: Snapshot) -> Lists:
    """The prefixes of every list by its name: of items in resources of their own, and of those in the list itself.

    A list that holds anything but prefixes is left out, as is every one where an item's list is not known.
    """
    items: dict[str, list[Any]] = {each.urn: list(_inside(each)) for each in snapshot.of_type(LIST)}
    for item in snapshot.of_type(LIST_ITEM):
        found = snapshot.target(item, "listId", LIST)
        if found is None:
            return {}
        items[found.urn].append(item.get("ip"))
    return {
        each.known("name"): tuple(items[each.urn])
        for each in snapshot.of_type(LIST)
        if all(isinstance(value, str) for value in items[each.urn])
    }


def _inside(list_: Resource) -> Iterator[Any]:
    for each in list_.get("items") or ():
        yield each.get("ip")
