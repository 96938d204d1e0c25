"""More than one way to Cloudflare on Azure and Google Cloud."""

from collections.abc import Iterable, Iterator
from typing import Any

from rules import types
from rules.managed import is_managed
from rules.resource import Resource, Stack
from rules.rule import Finding, Settings
from rules.values import Unknown

Findings = Iterator[tuple[Resource, Finding]]


def azure_hubs(stack: Stack, settings: Settings) -> Findings:
    """A VPN gateway of a virtual hub: its links, and Cloudflare's addresses that they end at. Each link has two
    tunnels, one from each of the gateway's instances."""
    sites = stack.of_type(types.VPN_SITE)
    for gateway in stack.of_type(types.AZURE_VPN_GATEWAY):
        own = [each for each in stack.of_type(types.AZURE_CONNECTION) if _of(stack, each, "gatewayName", gateway)]
        if not own and not is_managed(gateway, settings):
            continue
        links = [link for each in own for link in _items(each, "vpnLinkConnections")]
        yield from _unknown(gateway, links)
        yield from _too_few(gateway, "links", len(links), settings["connections"])
        far = [link for site in sites for link in _items(site, "vpnSiteLinks")]
        ends = [link if isinstance(link, Unknown) else link.get("ipAddress") for link in far]
        yield from _ends(gateway, ends, settings)


def azure_networks(stack: Stack, settings: Settings) -> Findings:
    """A network's own VPN gateway: both its instances must be at work."""
    for gateway in stack.of_type(types.VNET_GATEWAY):
        active = gateway.get("activeActive")
        if isinstance(active, Unknown):
            yield gateway, active
        elif not active and is_managed(gateway, settings):
            yield gateway, "activeActive is not true: one of its two instances carries everything"


def google(stack: Stack, settings: Settings) -> Findings:
    """An HA VPN gateway: tunnels from both its interfaces."""
    for gateway in stack.of_type(types.HA_GATEWAY):
        tunnels = [each for each in stack.of_type(types.GCP_TUNNEL) if _of(stack, each, "vpnGateway", gateway)]
        numbers = [each.get("vpnGatewayInterface") for each in tunnels]
        yield from _unknown(gateway, numbers)
        yield from _too_few(gateway, "tunnels", len(tunnels), settings["connections"])
        used = {number for number in numbers if isinstance(number, int)}
        if tunnels and not any(isinstance(number, Unknown) for number in numbers):
            yield from _too_few(gateway, "interfaces with a tunnel", len(used), 2)


def _of(stack: Stack, resource: Resource, name: str, gateway: Resource) -> bool:
    """Whether a property refers to a gateway: by id or link, by its name, or as what it is made from.

    What is only part of a path, as an Azure gateway's name is, is not among a deployed resource's properties.
    """
    on = stack.target(resource, name, gateway.type)
    if on is None:
        return any(each.urn == gateway.urn for each in stack.made_from(resource, name, gateway.type))
    if isinstance(on, Resource):
        return on.urn == gateway.urn
    names = [gateway.get(each) for each in ("id", "selfLink", "name", name)]
    return isinstance(on, str) and on in [each for each in names if isinstance(each, str)]


def _items(resource: Resource, name: str) -> list[Any]:
    value = resource.get(name)
    return [value] if isinstance(value, Unknown) else value or []


def _unknown(at: Resource, values: Iterable[object]) -> Findings:
    yield from ((at, each) for each in values if isinstance(each, Unknown))


def _ends(at: Resource, ends: list[Any], settings: Settings) -> Findings:
    yield from _unknown(at, ends)
    if not any(isinstance(end, Unknown) for end in ends):
        yield from _too_few(at, "different ends of links", len(set(ends)), settings["endpoints"])


def _too_few(at: Resource, what: str, found: int, required: int) -> Findings:
    if found < required:
        yield at, f"{what}: {found} of {required} required"
