"""Each hub reaches Cloudflare in more than one way: connections, endpoints and tunnels.

In a preview ids and addresses are not known yet; what refers to what is then read from property dependencies.
"""

from collections.abc import Collection, Iterator
from typing import Any

from pulumi_policy import PolicyComplianceFramework, Severity

from rules import redundant_elsewhere, types
from rules.managed import MANAGED_SETTINGS, is_managed
from rules.resource import Resource, Stack
from rules.rule import About, Finding, Schema, Settings, stack_rule
from rules.values import Unknown


def _minimum(default: int, description: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "default": default, "description": description}


_SETTINGS: Schema = {
    "connections": _minimum(2, "VPN connections a hub must have; on Azure links, on Google tunnels."),
    "endpoints": _minimum(2, "Different Cloudflare addresses they must end at; 1 where the account has one."),
    "tunnels": _minimum(2, "Cloudflare tunnels to each connection; 0 where another stack makes them."),
    **MANAGED_SETTINGS,
}


def _check(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    for check in (_aws, redundant_elsewhere.azure_hubs, redundant_elsewhere.azure_networks, redundant_elsewhere.google):
        yield from check(stack, settings)


def _aws(stack: Stack, settings: Settings) -> Iterator[tuple[Resource, Finding]]:
    by_hub: dict[str, list[Resource]] = {}
    for connection in stack.of_type(types.VPN_CONNECTION):
        yield from _check_tunnels(stack, connection, settings["tunnels"])
        hub = stack.target(connection, "transitGatewayId", types.TRANSIT_GATEWAY)
        if isinstance(hub, Unknown):
            yield connection, hub
        elif hub:
            by_hub.setdefault(hub if isinstance(hub, str) else hub.urn, []).append(connection)
    for gateway in stack.of_type(types.TRANSIT_GATEWAY):
        own = by_hub.pop(gateway.urn, [])
        if own or is_managed(gateway, settings):
            yield from _check_hub(stack, gateway, own, settings)
    for own in by_hub.values():  # of hubs that were brought: there is only an id of them
        yield from _check_hub(stack, own[0], own, settings)


def _check_hub(
    stack: Stack, at: Resource, connections: list[Resource], settings: Settings
) -> Iterator[tuple[Resource, Finding]]:
    names = [connection.name for connection in connections]
    yield from _too_few(at, "VPN connections", names, settings["connections"])
    ends = [_endpoint(stack, connection) for connection in connections]
    unknown = [end for end in ends if isinstance(end, Unknown)]
    yield from ((at, end) for end in unknown)
    if not unknown:
        different = {end for end in ends if isinstance(end, str)}
        yield from _too_few(at, "different ends of VPN connections", different, settings["endpoints"])


def _too_few(at: Resource, what: str, found: Collection[str], required: int) -> Iterator[tuple[Resource, Finding]]:
    if len(found) < required:
        yield at, f"{what}: {len(found)} of {required} required ({', '.join(sorted(found)) or 'none'})"


def _endpoint(stack: Stack, connection: Resource) -> str | Unknown | None:
    """The far end's address, or the id of a customer gateway that is not of this stack."""
    gateway = stack.target(connection, "customerGatewayId", types.CUSTOMER_GATEWAY)
    if not isinstance(gateway, Resource):
        return gateway
    address: str | Unknown | None = gateway.get("ipAddress")
    return address


def _check_tunnels(stack: Stack, connection: Resource, required: int) -> Iterator[tuple[Resource, Finding]]:
    tunnels = [each for each in stack.of_type(types.CLOUDFLARE_TUNNEL) if _ends_at(stack, each, connection)]
    # Two tunnels to one address are one. An address that is not known yet is each tunnel's own.
    ends = [(each, each.get("customerEndpoint")) for each in tunnels]
    distinct = {end if isinstance(end, str) else each.urn: each.name for each, end in ends}
    yield from _too_few(connection, "tunnels at Cloudflare", list(distinct.values()), required)


def _ends_at(stack: Stack, tunnel: Resource, connection: Resource) -> bool:
    end = tunnel.get("customerEndpoint")
    outside = [connection.get(f"tunnel{number}Address") for number in (1, 2)]
    if isinstance(end, str) and all(isinstance(address, str) for address in outside):
        return end in outside
    made_from = stack.made_from(tunnel, "customerEndpoint", types.VPN_CONNECTION)
    return any(each.urn == connection.urn for each in made_from)


POLICY = stack_rule(
    About(
        name="redundant-tunnels",
        title="Redundant tunnels per hub",
        description=(
            "Each hub has at least two VPN connections (on Azure links, on Google tunnels) to different Cloudflare "
            "endpoints, because clouds replace tunnel endpoints without asking and take one of two down meanwhile."
        ),
        severity=Severity.HIGH,
        remedy=(
            "Add a VPN connection with a customer gateway for another Cloudflare endpoint, and at Cloudflare a "
            "tunnel for each of its two outside addresses; on Azure a link, on Google a tunnel from each interface."
        ),
        url="https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-redundant-connection.html",
        tags=("availability", "vpn"),
        framework=PolicyComplianceFramework("AWS Foundational Security Best Practices", "1.0.0", "EC2.20"),
    ),
    _check,
    _SETTINGS,
)
