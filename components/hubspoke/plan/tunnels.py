"""The tunnels of a hub or on-ramp: two to each Cloudflare endpoint, with both ends' inside addresses."""

from hubspoke.intent.limits import TUNNEL_PREFIXES
from hubspoke.intent.model import Cloud, Gateway, Wan
from hubspoke.plan.lock import Lock
from hubspoke.plan.model import Connection, StaticRoute, Tunnel
from hubspoke.plan.needs import SLOTS, Slot, tunnel_key

_LONGEST_WITH_HOSTS = 30  # a longer prefix is a pair of addresses without a network's own (RFC 3021)


def connections(wan: Wan, lock: Lock, key: str, gateway: Gateway, cloud: Cloud) -> tuple[Connection, ...]:
    """One connection per endpoint, sorted by its key."""
    return tuple(
        Connection(
            endpoint,
            str(address),
            tuple(_tunnel(lock, key, gateway, cloud, endpoint, slot) for slot in SLOTS),
        )
        for endpoint, address in sorted(wan.cloudflare.endpoints.items())
    )


def static_routes(made: tuple[Connection, ...], prefix: str, priority: int) -> tuple[StaticRoute, ...]:
    """One route at Cloudflare per tunnel, at one priority for all: equal-cost paths."""
    tunnels = (tunnel for connection in made for tunnel in connection.tunnels)
    return tuple(StaticRoute(tunnel.key, prefix, tunnel.cloud_address, priority) for tunnel in tunnels)


def _tunnel(lock: Lock, key: str, gateway: Gateway, cloud: Cloud, endpoint: str, slot: Slot) -> Tunnel:
    name = tunnel_key(key, endpoint, slot)
    inside = lock.tunnels[name]
    first = 1 if TUNNEL_PREFIXES[cloud] <= _LONGEST_WITH_HOSTS else 0
    epoch = gateway.psk_epochs.get(endpoint if cloud == "azure" else f"{endpoint}-{slot}", gateway.psk_epoch)
    return Tunnel(name, slot, str(inside), str(inside[first]), str(inside[first + 1]), epoch)
