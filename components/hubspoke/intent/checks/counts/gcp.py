"""What the intent needs of Google's quotas."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import collapse_addresses

from hubspoke.intent.checks.counts.shared import Count, hubs_on, learned_prefixes, onramps_on
from hubspoke.intent.model import Wan

_TUNNELS = 2  # to each endpoint


def counts(wan: Wan) -> Iterator[Count]:
    hubs = hubs_on(wan, "gcp")
    attached = Counter(spoke.hub for spoke in wan.spokes.values())
    for key, hub in hubs.items():
        at = ("hubs", key)
        if hub.routing == "static":  # its spokes' networks are peered with its own
            yield at, "network-peerings", attached[key]
        else:
            yield at, "ncc-networks", attached[key]
            yield at, "ncc-tunnels", _TUNNELS * len(wan.cloudflare.endpoints)
            yield at, "router-advertised-routes", _advertised(wan, key)
            yield from _router(wan, ("hubs", key), key)
    for key, onramp in onramps_on(wan, "gcp").items():
        if onramp.routing == "bgp":
            yield from _router(wan, ("onramps", key), key)


def _router(wan: Wan, at: tuple[str, str], key: str) -> Iterator[Count]:
    yield at, "router-peers", _TUNNELS * len(wan.cloudflare.endpoints)
    yield at, "router-learned-routes", learned_prefixes(wan)[key]


def _advertised(wan: Wan, hub: str) -> int:
    """The hub's pool is advertised as one, and what its spokes give themselves outside it."""
    pool = [wan.pools[hub]] if hub in wan.pools else []
    return len(list(collapse_addresses([*pool, *(s.cidr for s in wan.spokes.values() if s.hub == hub and s.cidr)])))
