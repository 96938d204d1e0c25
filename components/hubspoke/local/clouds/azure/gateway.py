"""VPN gateways inside a network, with their public addresses."""

from typing import Any

from ..protocol import Properties
from ..records import Record
from ..table import Computed, InUse, Provisioning, Rule, TypeTable, always, immutables
from ..view import View
from . import bgp
from .network import GATEWAY_SUBNET, subnet_parent, subnet_prefix, usable
from .places import ASNS, nth_host, public_address, reserved_asn
from .sources import (
    EXISTS,
    GATEWAY_CONNECTION,
    HUB_CONNECTION,
    NETWORK_GATEWAY,
    PUBLIC_ADDRESS,
    REFUSED,
    REPLACEMENT,
    SUBNET,
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
_SUBNET_ID, _ADDRESS_ID = "ipConfigurations[*].subnet.id", "ipConfigurations[*].publicIPAddress.id"


def _configured(view: View, record: Record) -> Properties | None:
    users = view.referring(record, NETWORK_GATEWAY, _ADDRESS_ID)
    return {"id": users[0].id} if users else None


ADDRESS_ROWS = TypeTable(
    PUBLIC_ADDRESS,
    new_id=new_id,
    regional=False,
    auto_name=named(PUBLIC_ADDRESS),
    immutable=(
        *path_immutables(PUBLIC_ADDRESS),
        *immutables(REPLACEMENT, "location", "publicIPAddressVersion", "publicIPPrefix", "sku"),
    ),
    references=(in_group(),),
    computed=(
        Computed("ipAddress", public_address, api("PublicIPAddresses_Get"), assigned=True),
        Computed("ipConfiguration", _configured, api("PublicIPAddresses_Get")),
        Computed("publicIPAddressVersion", always("IPv4"), api("PublicIPAddresses_CreateOrUpdate")),
        Computed("publicIPAllocationMethod", always("Static"), api("PublicIPAddresses_CreateOrUpdate")),
        Computed("idleTimeoutInMinutes", always(4), api("PublicIPAddresses_CreateOrUpdate")),
        Computed("sku", always({"name": "Standard", "tier": "Regional"}), api("PublicIPAddresses_CreateOrUpdate")),
    ),
    in_use=(
        InUse(NETWORK_GATEWAY, _ADDRESS_ID, "PublicIPAddressCannotBeDeleted",
              "Public IP address {id} can not be deleted since it is still allocated to resource {user}.",
              docs("Azure Resource Manager, Common deployment errors")),
    ),
    twin=EXISTS,
    provisioning=Provisioning(5, api("PublicIPAddresses_CreateOrUpdate")),
)  # fmt: skip


def configurations(record: Record) -> list[Properties]:
    return list(record.inputs.get("ipConfigurations") or [])


def _subnet(view: View, record: Record) -> Record | None:
    ids = [id_at(c.get("subnet")) for c in configurations(record)]
    return next(iter(view.anywhere(SUBNET, ids[0])), None) if ids else None


def _in_gateway_subnet(_: View, draft: Record, __: Record | None) -> None:
    for configuration in configurations(draft):
        id_ = id_at(configuration.get("subnet"))
        refuse(None if id_.endswith(f"/{GATEWAY_SUBNET}") else f"a gateway's subnet is {GATEWAY_SUBNET}, not {id_}")


def _room(view: View, draft: Record, _: Record | None) -> None:
    subnet = _subnet(view, draft)
    if subnet is not None and usable(subnet_prefix(subnet)) < 32:
        refuse(f"{GATEWAY_SUBNET} is /27 or larger, not {subnet_prefix(subnet)}")


def _one_for_a_network(view: View, draft: Record, _: Record | None) -> None:
    me, subnet = new_id(view, draft), _subnet(view, draft)
    others = [r for r in view.referring(subnet, NETWORK_GATEWAY, _SUBNET_ID) if r.id != me] if subnet else []
    refuse(f"the network has a VPN gateway already: {others[0].id}" if others else None)


def _not_a_spoke(view: View, draft: Record, _: Record | None) -> None:
    subnet = _subnet(view, draft)
    network = subnet_parent(subnet.id) if subnet else ""
    hubs = view.referring(network, HUB_CONNECTION, "remoteVirtualNetwork.id") if network else []
    refuse(f"{network} is connected to a hub by {hubs[0].id}: it has no gateway of its own" if hubs else None)


def _two_for_active_active(_: View, draft: Record, __: Record | None) -> None:
    wanted = 2 if draft.inputs.get("activeActive") else 1
    addresses = {id_at(c.get("publicIPAddress")) for c in configurations(draft)}
    if len(addresses) != wanted or len(configurations(draft)) != wanted:
        refuse(f"activeActive {bool(draft.inputs.get('activeActive'))} needs {wanted} IP configurations, each with a "
               "public address of its own")  # fmt: skip


def _asn(_: View, draft: Record, __: Record | None) -> None:
    asn = (draft.inputs.get("bgpSettings") or {}).get("asn")
    refuse(None if asn == 65515 else reserved_asn(asn))  # its own default is the one exception


def _stays(_: View, draft: Record, before: Record | None) -> None:
    keeps(draft, before, "gatewayType", "vpnType", "location")


def _private(view: View, record: Record) -> list[str]:
    subnet = _subnet(view, record)
    return [nth_host(subnet_prefix(subnet), 4 + n) if subnet else "" for n in range(len(configurations(record)))]


def _told_configurations(_: View, record: Record) -> list[Properties]:
    return [
        {**c, "id": f"{record.id}/ipConfigurations/{c.get('name')}", "provisioningState": "Succeeded",
         "privateIPAllocationMethod": "Dynamic"}
        for c in configurations(record)
    ]  # fmt: skip


def _bgp(view: View, record: Record) -> Properties:
    """Its BGP speakers: a private address for each instance, and the APIPA addresses that were given."""
    given: Properties = record.inputs.get("bgpSettings") or {}
    ids = [str(c["id"]) for c in _told_configurations(view, record)]
    custom = {p.get("ipconfigurationId"): p.get("customBgpIpAddresses") or []
              for p in given.get("bgpPeeringAddresses") or []}  # fmt: skip
    private = _private(view, record)
    peers: list[Any] = [
        {"ipconfigurationId": id_, "defaultBgpIpAddresses": [own], "customBgpIpAddresses": custom.get(id_, []),
         "tunnelIpAddresses": _public(view, configuration)}
        for id_, own, configuration in zip(ids, private, configurations(record), strict=True)
    ]  # fmt: skip
    return {
        "asn": 65515,
        "peerWeight": 0,
        **given,
        "bgpPeeringAddress": ",".join(private),
        "bgpPeeringAddresses": peers,
    }


def _public(view: View, configuration: Properties) -> list[str]:
    found = view.anywhere(PUBLIC_ADDRESS, id_at(configuration.get("publicIPAddress")))
    return [str(r.value("ipAddress")) for r in found]


GATEWAY_ROWS = TypeTable(
    NETWORK_GATEWAY,
    new_id=new_id,
    regional=False,
    auto_name=named(NETWORK_GATEWAY),
    immutable=path_immutables(NETWORK_GATEWAY),
    references=(in_group(), refers(_SUBNET_ID, SUBNET), refers(_ADDRESS_ID, PUBLIC_ADDRESS)),
    rules=(
        Rule("it is in the gateway subnet", _in_gateway_subnet, _ABOUT),
        Rule("the gateway subnet is /27 or larger", _room, _ABOUT),
        Rule("one for a network", _one_for_a_network, docs("VPN Gateway FAQ")),
        Rule("its network is connected to no hub", _not_a_spoke, docs("Virtual WAN FAQ")),
        Rule("an address for each instance", _two_for_active_active, docs("VPN Gateway, About active-active gateways")),
        Rule("no reserved ASN but the default", _asn, ASNS),
        Rule("its own BGP addresses are link-local ones of Azure's", bgp.own_addresses, bgp.RANGE_SOURCE),
        Rule("its type and region stay", _stays, docs("terraform-provider-azurerm, virtual_network_gateway")),
    ),
    computed=(
        Computed("ipConfigurations", _told_configurations, api("VirtualNetworkGateways_Get"), overrides=True),
        Computed("bgpSettings", _bgp, api("VirtualNetworkGateways_Get"), overrides=True),
        Computed("activeActive", always(False), api("VirtualNetworkGateways_Get")),
        Computed("enableBgp", always(False), api("VirtualNetworkGateways_Get")),
        Computed("disableIPSecReplayProtection", always(False), api("VirtualNetworkGateways_Get")),
        Computed("enablePrivateIpAddress", always(False), api("VirtualNetworkGateways_Get")),
        Computed("vpnType", always("RouteBased"), api("VirtualNetworkGateways_Get")),
    ),
    in_use=(
        InUse(GATEWAY_CONNECTION, "virtualNetworkGateway1.id", REFUSED, "{id} has the connection {user}", _ABOUT),
    ),
    twin=EXISTS,
    provisioning=Provisioning(1800, docs("VPN Gateway, Create and manage a VPN gateway")),
)  # fmt: skip

TABLES = (ADDRESS_ROWS, GATEWAY_ROWS)
