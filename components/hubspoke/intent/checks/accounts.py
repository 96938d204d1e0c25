"""Every account is one stack of its own, and stacks come after each other in some order."""

from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from hubspoke.intent.model import Wan
from hubspoke.intent.names import CLOUDFLARE
from hubspoke.intent.problem import Issue


def check_accounts(wan: Wan) -> Iterator[Issue]:
    if CLOUDFLARE in wan.accounts:
        what = f"{CLOUDFLARE!r} is the stack of Cloudflare's own account"
        yield Issue(("accounts", CLOUDFLARE), what, "choose another key")
    yield from _ids(wan)
    yield from _circles(wan)


def depends_on(wan: Wan) -> dict[str, set[str]]:
    """Per account, those whose stacks must be up first: of its spokes' hubs, and of hubs that its hubs join."""
    needs: dict[str, set[str]] = defaultdict(set)
    for spoke in wan.spokes.values():
        if hub := wan.hubs.get(spoke.hub):
            needs[spoke.account].add(hub.account)
    for peering in wan.peerings.values():
        hubs = [wan.hubs[key] for key in peering.hubs if key in wan.hubs]
        if len(hubs) == 2:
            needs[hubs[0].account].add(hubs[1].account)
    return {account: others - {account} for account, others in needs.items()}


def _ids(wan: Wan) -> Iterator[Issue]:
    first: dict[str, str] = {}
    for key, account in wan.accounts.items():
        if (other := first.setdefault(account.id, key)) != key:
            what = f"{account.id} is account {other!r} already"
            yield Issue(("accounts", key, "id"), what, "give each account its own id, or use the one key")


def _circles(wan: Wan) -> Iterator[Issue]:
    try:
        TopologicalSorter(depends_on(wan)).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        what = f"its stack and others need each other first: {' -> '.join(circle)}"
        remedy = "keep hubs in accounts without spokes of others' hubs; of a peering, the first hub comes last"
        yield Issue(("accounts", min(circle)), what, remedy)
