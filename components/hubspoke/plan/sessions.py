"""BGP between a hub or on-ramp and Cloudflare: over which of its tunnels, and what it may tell."""

from hubspoke.plan.model import Connection, HubPlan, OnRampPlan

_SLOTS = ("a", "b")  # Azure: of the gateway's instances


def sessions(owner: HubPlan | OnRampPlan) -> frozenset[str]:
    """Keys of the tunnels that have a BGP session: all of them, and none with static routing.

    A connection of Azure's has one peer address, but ends at Cloudflare in two tunnels with an address each: it can
    speak over one of them (azure-docs #112249). So the connections take turns, and each instance of the gateway has a
    session with an endpoint of its own.
    """
    if owner.routing == "static":
        return frozenset()
    turns = enumerate(owner.connections)
    return frozenset(
        tunnel.key
        for number, connection in turns
        for tunnel in connection.tunnels
        if owner.cloud != "azure" or tunnel.slot == _SLOTS[number % len(_SLOTS)]
    )


def peer_address(connection: Connection, spoken: frozenset[str]) -> str | None:
    """Cloudflare's inside address of the tunnel that a connection speaks over, None where it speaks over none."""
    return next((tunnel.cloudflare_address for tunnel in connection.tunnels if tunnel.key in spoken), None)


def silent_addresses(connection: Connection, spoken: frozenset[str]) -> list[str]:
    """Cloudflare's inside addresses of the other tunnels, as prefixes."""
    return [f"{tunnel.cloudflare_address}/32" for tunnel in connection.tunnels if tunnel.key not in spoken]


def owned(owner: HubPlan | OnRampPlan) -> tuple[str, ...]:
    """The prefixes that Cloudflare learns from a hub or on-ramp: its own. Empty where the hub names none."""
    return owner.advertised if isinstance(owner, HubPlan) else (owner.cidr,)
