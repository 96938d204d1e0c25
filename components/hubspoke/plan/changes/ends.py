"""The clouds' ends of tunnels, read from a recorded state: one small reader per cloud.

An end is what its cloud changes together. `outside` are the cloud's own addresses and `endpoint` is Cloudflare's: by
the two a tunnel at Cloudflare is known again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hubspoke.plan.changes import types
from hubspoke.plan.changes.recorded import Recorded, RecordedState


@dataclass(frozen=True)
class End:
    """`carriers` are the URNs that carry it; a change to one of them touches its tunnels. `slot` tells apart the ends
    of one carrier: "1" and "2" on AWS, the index of a link connection on Azure."""

    key: str
    hub: str
    carriers: frozenset[str]
    owner: str
    slot: str = ""
    outside: tuple[str, ...] = ()
    endpoint: str | None = None


Reader = Callable[[RecordedState], Iterator[End]]


def ends(state: RecordedState) -> list[End]:
    return [end for read in (_aws, _azure_hubs, _azure_networks, _google) for end in read(state)]


def _aws(state: RecordedState) -> Iterator[End]:
    for connection in state.of_type(types.VPN_CONNECTION):
        reference = connection.get("transitGatewayId") or connection.get("vpnGatewayId")
        gateway = state.find(types.TRANSIT_GATEWAY, reference) or state.find(types.PRIVATE_GATEWAY, reference)
        far = state.find(types.CUSTOMER_GATEWAY, connection.get("customerGatewayId"))
        for slot in ("1", "2"):
            yield End(
                key=f"{connection.urn}#{slot}",
                hub=_hub(gateway, reference),
                carriers=_carriers(connection, gateway, far),
                owner=connection.urn,
                slot=slot,
                outside=_texts(connection.get(f"tunnel{slot}Address")),
                endpoint=far.get("ipAddress") if far else None,
            )


def _azure_hubs(state: RecordedState) -> Iterator[End]:
    sites = {
        link["id"].lower(): (site, link)
        for site in state.of_type(types.VPN_SITE)
        for link in site.get("vpnSiteLinks") or ()
        if isinstance(link.get("id"), str)
    }
    for connection in state.of_type(types.AZURE_CONNECTION):
        name = connection.get("gatewayName")
        gateway = state.find(types.AZURE_VPN_GATEWAY, name)
        outside = [each.get("publicIpAddress") for each in (gateway.get("ipConfigurations") if gateway else None) or ()]
        for index, link in enumerate(connection.inputs.get("vpnLinkConnections") or ()):
            site, far = sites.get(_id(link.get("vpnSiteLink")), (None, None))
            yield End(
                key=f"{connection.urn}#{link.get('name', index)}",
                hub=_hub(gateway, name),
                carriers=_carriers(connection, gateway, site),
                owner=connection.urn,
                slot=str(index),
                outside=_texts(*outside),
                endpoint=far.get("ipAddress") if far else None,
            )


def _azure_networks(state: RecordedState) -> Iterator[End]:
    for connection in state.of_type(types.VNET_CONNECTION):
        reference = connection.get("virtualNetworkGateway1.id")
        gateway = state.find(types.VNET_GATEWAY, reference)
        far = state.find(types.LOCAL_GATEWAY, connection.get("localNetworkGateway2.id"))
        configurations = (gateway.get("ipConfigurations") if gateway else None) or ()
        given = [(each.get("publicIPAddress") or {}).get("id") for each in configurations]
        addresses = [state.find(types.PUBLIC_ADDRESS, each) for each in given]
        yield End(
            key=connection.urn,
            hub=_hub(gateway, reference),
            carriers=_carriers(connection, gateway, far, *addresses),
            owner=connection.urn,
            outside=_texts(*(each.get("ipAddress") for each in addresses if each)),
            endpoint=far.get("gatewayIpAddress") if far else None,
        )


def _google(state: RecordedState) -> Iterator[End]:
    interfaces = _by_reference(state, types.ROUTER_INTERFACE, "vpnTunnel", types.GCP_TUNNEL)
    for tunnel in state.of_type(types.GCP_TUNNEL):
        gateway, hub, outside = _google_gateway(state, tunnel)
        far = state.find(types.EXTERNAL_GATEWAY, tunnel.get("peerExternalGateway"))
        own = interfaces.get(tunnel.urn, [])
        names = {(each.get("router"), each.get("name")) for each in own}
        peers = [p for p in state.of_type(types.ROUTER_PEER) if (p.get("router"), p.get("interface")) in names]
        router = state.find(types.ROUTER, tunnel.get("router"))
        joins = [each for each in state.of_type(types.NCC_SPOKE) if _links(state, each, tunnel)]
        yield End(
            key=tunnel.urn,
            hub=hub,
            carriers=_carriers(tunnel, gateway, far, router, *own, *peers, *joins),
            owner=tunnel.urn,
            outside=outside,
            endpoint=_far_address(far, tunnel),
        )


def _google_gateway(state: RecordedState, tunnel: Recorded) -> tuple[Recorded | None, str, tuple[str, ...]]:
    """The gateway, the hub's name, and the address. Classic gateways stand alone: their hub is the network."""
    if reference := tunnel.get("vpnGateway"):
        gateway = state.find(types.HA_GATEWAY, reference)
        index = int(tunnel.get("vpnGatewayInterface") or 0)
        own = [each for each in (gateway.get("vpnInterfaces") if gateway else None) or () if each.get("id") == index]
        return gateway, _hub(gateway, reference), _texts(*(each.get("ipAddress") for each in own))
    reference = tunnel.get("targetVpnGateway")
    gateway = state.find(types.CLASSIC_GATEWAY, reference)
    rules = _by_reference(state, types.FORWARDING_RULE, "target", types.CLASSIC_GATEWAY)
    addresses = {each.get("ipAddress") for each in rules.get(gateway.urn, [])} if gateway else set()
    return (
        gateway,
        str((gateway.get("network") if gateway else None) or reference),
        _texts(*sorted(map(str, addresses))),
    )


def _links(state: RecordedState, spoke: Recorded, tunnel: Recorded) -> bool:
    uris = spoke.get("linkedVpnTunnels.uris") or ()
    return any(state.find(types.GCP_TUNNEL, each) is tunnel for each in uris)


def _far_address(far: Recorded | None, tunnel: Recorded) -> str | None:
    index = int(tunnel.get("peerExternalGatewayInterface") or 0)
    own = [each for each in (far.get("interfaces") if far else None) or () if int(each.get("id") or 0) == index]
    found = own[0].get("ipAddress") if own else tunnel.get("peerIp")
    return found if isinstance(found, str) else None


def _by_reference(state: RecordedState, kind: str, name: str, target: str) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for each in state.of_type(kind):
        if on := state.find(target, each.get(name)):
            found.setdefault(on.urn, []).append(each)
    return found


def _hub(gateway: Recorded | None, reference: Any) -> str:
    return gateway.name if gateway else str(reference)


def _carriers(*resources: Recorded | None) -> frozenset[str]:
    return frozenset(each.urn for each in resources if each)


def _id(reference: Any) -> str:
    return str((reference or {}).get("id")).lower()


def _texts(*values: Any) -> tuple[str, ...]:
    return tuple(each for each in values if isinstance(each, str))
