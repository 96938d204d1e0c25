"""Local network gateways, and the connections of a network's gateway to them."""

from ..faults import tunnels_down
from ..networks import address, any_cidr
from ..protocol import Properties
from ..records import Record
from ..table import Computed, InUse, Provisioning, Rule, TypeTable, always
from ..view import View
from . import bgp, ipsec
from .places import ASNS, reserved_asn
from .sources import (
    EXISTS,
    GATEWAY_CONNECTION,
    LOCAL_GATEWAY,
    NETWORK_GATEWAY,
    REFUSED,
    api,
    docs,
    id_at,
    in_group,
    keeps,
    named,
    new_id,
    path_immutables,
    refers,
    refuse,
)

_ABOUT = docs("VPN Gateway, About VPN Gateway settings")


def _end(_: View, draft: Record, __: Record | None) -> None:
    ip, fqdn = draft.inputs.get("gatewayIpAddress"), draft.inputs.get("fqdn")
    refuse(None if bool(ip) != bool(fqdn) else "a local network gateway has either gatewayIpAddress or fqdn")
    refuse(address(ip) if ip else None)


def _space(_: View, draft: Record, __: Record | None) -> None:
    for cidr in (draft.inputs.get("localNetworkAddressSpace") or {}).get("addressPrefixes") or []:
        refuse(any_cidr(cidr))
        refuse("0.0.0.0/0 is refused here: give 0.0.0.0/1 and 128.0.0.0/1" if str(cidr) == "0.0.0.0/0" else None)


def _asn(_: View, draft: Record, __: Record | None) -> None:
    refuse(reserved_asn((draft.inputs.get("bgpSettings") or {}).get("asn")))


def _peer(_: View, draft: Record, __: Record | None) -> None:
    bgp.check_peer(draft.inputs.get("bgpSettings"), draft.inputs.get("gatewayIpAddress"))


LOCAL_ROWS = TypeTable(
    LOCAL_GATEWAY,
    new_id=new_id,
    regional=False,
    auto_name=named(LOCAL_GATEWAY),
    immutable=path_immutables(LOCAL_GATEWAY),
    references=(in_group(),),
    rules=(
        Rule("it is in one place", _end, _ABOUT),
        Rule("its address space is canonical blocks, not the default route", _space,
             docs("Cloudflare WAN, Azure VPN Gateway; VPN Gateway FAQ")),
        Rule("no reserved ASN", _asn, ASNS),
        Rule("its BGP peer has an ASN and an address inside the tunnel", _peer, bgp.SOURCE),
    ),
    in_use=(
        InUse(GATEWAY_CONNECTION, "localNetworkGateway2.id", REFUSED, "{id} is in use by {user}", _ABOUT),
    ),
    twin=EXISTS,
)  # fmt: skip


def _both_ends(_: View, draft: Record, __: Record | None) -> None:
    kind = draft.inputs.get("connectionType")
    refuse(None if kind in ("IPsec", "Vnet2Vnet", "ExpressRoute") else f"connectionType {kind} is not known")
    if kind == "IPsec" and not draft.inputs.get("localNetworkGateway2"):
        refuse("an IPsec connection needs localNetworkGateway2")


def _bgp_at_both_ends(view: View, draft: Record, _: Record | None) -> None:
    if not draft.inputs.get("enableBgp"):
        return
    gateway = view.anywhere(NETWORK_GATEWAY, id_at(draft.inputs.get("virtualNetworkGateway1")))
    local = view.anywhere(LOCAL_GATEWAY, id_at(draft.inputs.get("localNetworkGateway2")))
    if gateway and not gateway[0].inputs.get("enableBgp"):
        refuse(f"{gateway[0].id} does not speak BGP")
    if gateway and local:
        bgp.check_spoken(gateway[0], local[0].inputs.get("bgpSettings"), local[0].id)


def _policies(_: View, draft: Record, __: Record | None) -> None:
    ipsec.check_policies(draft.inputs.get("ipsecPolicies") or [])


def _stays(_: View, draft: Record, before: Record | None) -> None:
    keeps(draft, before, "connectionType")
    for name in ("virtualNetworkGateway1", "localNetworkGateway2") if before is not None else ():
        old, new = id_at(before.inputs.get(name)), id_at(draft.inputs.get(name))  # type: ignore[union-attr]
        refuse(None if old.lower() == new.lower() else f"{name} of {draft.id} cannot change")


def _down(view: View, record: Record) -> set[str]:
    return tunnels_down(view.records.connection, record.id)


def _status(view: View, record: Record) -> str:
    return "NotConnected" if len(_down(view, record)) == 2 else "Connected"


def _tunnels(view: View, record: Record) -> list[Properties]:
    """One tunnel for each of the gateway's instances."""
    found = view.anywhere(NETWORK_GATEWAY, id_at(record.inputs.get("virtualNetworkGateway1")))
    count = len(found[0].inputs.get("ipConfigurations") or []) if found else 0
    down = _down(view, record)
    return [
        {"tunnel": f"{record.id.rpartition('/')[2]}_{number}", "egressBytesTransferred": 0,
         "ingressBytesTransferred": 0, "connectionStatus": "NotConnected" if str(number + 1) in down else "Connected"}
        for number in range(count)
    ]  # fmt: skip


CONNECTION_ROWS = TypeTable(
    GATEWAY_CONNECTION,
    new_id=new_id,
    regional=False,
    auto_name=named(GATEWAY_CONNECTION),
    immutable=path_immutables(GATEWAY_CONNECTION),
    references=(
        in_group(), refers("virtualNetworkGateway1.id", NETWORK_GATEWAY),
        refers("localNetworkGateway2.id", LOCAL_GATEWAY),
    ),
    rules=(
        Rule("it has both ends", _both_ends, api("VirtualNetworkGatewayConnections_CreateOrUpdate")),
        Rule("BGP is spoken at both ends", _bgp_at_both_ends, bgp.SOURCE),
        Rule("its IPsec policies are Azure's", _policies, ipsec.SOURCE),
        Rule("its ends stay", _stays, docs("terraform-provider-azurerm, virtual_network_gateway_connection")),
    ),
    computed=(
        Computed("connectionStatus", _status, api("VirtualNetworkGatewayConnections_Get")),
        Computed("tunnelConnectionStatus", _tunnels, api("VirtualNetworkGatewayConnections_Get")),
        Computed("egressBytesTransferred", always(0), api("VirtualNetworkGatewayConnections_Get")),
        Computed("ingressBytesTransferred", always(0), api("VirtualNetworkGatewayConnections_Get")),
        Computed("connectionProtocol", always("IKEv2"), api("VirtualNetworkGatewayConnections_Get")),
        Computed("connectionMode", always("Default"), api("VirtualNetworkGatewayConnections_Get")),
        Computed("enableBgp", always(False), api("VirtualNetworkGatewayConnections_Get")),
        Computed("routingWeight", always(0), api("VirtualNetworkGatewayConnections_Get")),
    ),
    write_only=("sharedKey",),
    twin=EXISTS,
    provisioning=Provisioning(60, api("VirtualNetworkGatewayConnections_CreateOrUpdate")),
)  # fmt: skip

TABLES = (LOCAL_ROWS, CONNECTION_ROWS)
