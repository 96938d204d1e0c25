"""VPN gateways of hubs, and their connections to sites."""

from collections.abc import Iterator
from typing import Any

from ..faults import tunnels_down
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Children, Computed, Provisioning, Rule, TypeTable, always
from ..view import View
from . import bgp, inline, ipsec
from .hub_network import routing, table_references, tables_of_hub
from .places import nth_host, public_address
from .sources import (
    EXISTS,
    VIRTUAL_HUB,
    VPN_CONNECTION,
    VPN_GATEWAY,
    VPN_SITE,
    api,
    docs,
    id_at,
    in_group,
    inside,
    keeps,
    named,
    new_id,
    path_immutables,
    refers,
    refuse,
)

_SITES = docs("Virtual WAN, Create a site-to-site connection")
_FAQ = docs("Virtual WAN FAQ")
_AZURERM = docs("terraform-provider-azurerm, vpn_gateway and vpn_gateway_connection")
_INSTANCES = ("Instance0", "Instance1")


def _one_for_a_hub(view: View, draft: Record, _: Record | None) -> None:
    me, hub = new_id(view, draft), id_at(draft.inputs.get("virtualHub"))
    others = [r for r in view.referring(hub, VPN_GATEWAY, "virtualHub.id") if r.id != me]
    refuse(f"{hub} has a VPN gateway already: {others[0].id}" if others else None)


def _asn(_: View, draft: Record, __: Record | None) -> None:
    asn = (draft.inputs.get("bgpSettings") or {}).get("asn", 65515)
    refuse(None if asn == 65515 else f"the ASN of a hub's VPN gateway is 65515, not {asn}")


def _gateway_stays(_: View, draft: Record, before: Record | None) -> None:
    keeps(draft, before, "isRoutingPreferenceInternet")
    if before is not None:
        old, new = (id_at(r.inputs.get("virtualHub")) for r in (before, draft))
        refuse(None if old.lower() == new.lower() else f"{draft.id} cannot be moved to another hub")


def _units(_: View, draft: Record, __: Record | None) -> None:
    units = draft.inputs.get("vpnGatewayScaleUnit", 1)
    refuse(None if 1 <= int(units) <= 40 else f"vpnGatewayScaleUnit is 1 to 40 (500 Mbps each), not {units}")


def _instances(view: View, record: Record) -> list[Properties]:
    """The two instances, each with a public and a private address."""
    hubs = view.anywhere(VIRTUAL_HUB, id_at(record.inputs.get("virtualHub")))
    prefix = hubs[0].inputs.get("addressPrefix") if hubs else None
    return [
        {"id": name, "publicIpAddress": public_address(view, record),
         "privateIpAddress": nth_host(prefix, 4 + number) if prefix else ""}
        for number, name in enumerate(_INSTANCES)
    ]  # fmt: skip


def _bgp(_: View, record: Record) -> Properties:
    """Its BGP speakers: each instance's default address is its private one."""
    given: Properties = record.inputs.get("bgpSettings") or {}
    instances = record.outputs.get("ipConfigurations") or []
    custom = {p.get("ipconfigurationId"): p.get("customBgpIpAddresses") or []
              for p in given.get("bgpPeeringAddresses") or []}  # fmt: skip
    peers = [
        {"ipconfigurationId": i["id"], "defaultBgpIpAddresses": [i["privateIpAddress"]],
         "customBgpIpAddresses": custom.get(i["id"], []),
         "tunnelIpAddresses": [i["publicIpAddress"], i["privateIpAddress"]]}
        for i in instances
    ]  # fmt: skip
    speakers = ",".join(i["privateIpAddress"] for i in instances)
    return {"asn": 65515, "peerWeight": 0, **given, "bgpPeeringAddress": speakers, "bgpPeeringAddresses": peers}


GATEWAY_ROWS = TypeTable(
    VPN_GATEWAY,
    new_id=new_id,
    regional=False,
    auto_name=named(VPN_GATEWAY),
    immutable=path_immutables(VPN_GATEWAY),
    references=(in_group(), refers("virtualHub.id", VIRTUAL_HUB)),
    rules=(
        Rule("one for a hub", _one_for_a_hub, _FAQ),
        Rule("its ASN is 65515", _asn, _FAQ),
        Rule("its own BGP addresses are link-local ones of Azure's", bgp.own_addresses, bgp.RANGE_SOURCE),
        Rule("1 to 40 scale units", _units, docs("Virtual WAN, About gateway settings")),
        Rule("its hub and routing preference stay", _gateway_stays, _AZURERM),
    ),
    computed=(
        Computed("ipConfigurations", _instances, api("VpnGateways_Get"), assigned=True),
        Computed("bgpSettings", _bgp, api("VpnGateways_Get"), overrides=True),
        Computed("connections", inline.told(VPN_CONNECTION), api("VpnGateways_Get")),
        Computed("vpnGatewayScaleUnit", always(1), api("VpnGateways_CreateOrUpdate")),
        Computed("isRoutingPreferenceInternet", always(False), api("VpnGateways_CreateOrUpdate")),
        Computed("enableBgpRouteTranslationForNat", always(False), api("VpnGateways_CreateOrUpdate")),
    ),
    effects=inline.wins("connections", VPN_CONNECTION),
    removed=inline.drop(VPN_CONNECTION),
    children=(Children(VPN_CONNECTION, "gatewayName"),),
    twin=EXISTS,
    provisioning=Provisioning(1800, _SITES),
)


def _gateway(view: View, draft: Record) -> Record | None:
    id_ = new_id(view, draft).rpartition("/vpnConnections/")[0]
    return next(iter(view.anywhere(VPN_GATEWAY, id_)), None)


def _hub(view: View, draft: Record) -> str:
    gateway = _gateway(view, draft)
    return id_at(gateway.inputs.get("virtualHub")) if gateway else ""


def _links(record: Record) -> list[Properties]:
    return list(record.inputs.get("vpnLinkConnections") or [])


def _own_wan(view: View, draft: Record, _: Record | None) -> None:
    site = view.anywhere(VPN_SITE, id_at(draft.inputs.get("remoteVpnSite")))
    hub = view.anywhere(VIRTUAL_HUB, _hub(view, draft))
    if site and hub and id_at(site[0].inputs.get("virtualWan")) != id_at(hub[0].inputs.get("virtualWan")):
        refuse(f"{site[0].id} and {hub[0].id} are of different Virtual WANs")


def _links_of_the_site(view: View, draft: Record, _: Record | None) -> None:
    """Each link connection uses a link of the site of its own."""
    sites = view.anywhere(VPN_SITE, id_at(draft.inputs.get("remoteVpnSite")))
    known = {f"{s.id}/vpnSiteLinks/{link['name']}" for s in sites for link in s.inputs.get("vpnSiteLinks") or []}
    used = [id_at(link.get("vpnSiteLink")) for link in _links(draft)]
    for link in used:
        if link not in known:
            raise CloudError("InvalidResourceReference", f"Resource {link} was not found among the links of the site.")
    refuse("a link of a site is used once in a connection" if len(used) > len(set(used)) else None)


def _bgp_at_both_ends(view: View, draft: Record, _: Record | None) -> None:
    """A link's own settings count, or else its site's."""
    gateway = _gateway(view, draft)
    sites = view.anywhere(VPN_SITE, id_at(draft.inputs.get("remoteVpnSite")))
    for link in _links(draft) if gateway and sites else ():
        if link.get("enableBgp"):
            far = id_at(link.get("vpnSiteLink"))
            known = [each for each in sites[0].inputs.get("vpnSiteLinks") or [] if far.endswith(f"/{each['name']}")]
            own = known[0].get("bgpProperties") if known else None
            bgp.check_spoken(gateway, own or sites[0].inputs.get("bgpProperties"), far)  # type: ignore[arg-type]


def _policies(_: View, draft: Record, __: Record | None) -> None:
    ipsec.check_policies([p for part in (draft.inputs, *_links(draft)) for p in part.get("ipsecPolicies") or []])


def _site_once(view: View, draft: Record, _: Record | None) -> None:
    me, site = new_id(view, draft), id_at(draft.inputs.get("remoteVpnSite"))
    mine = me.rpartition("/vpnConnections/")[0]
    others = [r for r in view.referring(site, VPN_CONNECTION, "remoteVpnSite.id") if r.id != me]
    refuse(next((f"{site} is connected already, by {r.id}" for r in others if r.id.startswith(f"{mine}/")), None))


def _connection_stays(_: View, draft: Record, before: Record | None) -> None:
    if before is not None:
        old, new = (id_at(r.inputs.get("remoteVpnSite")) for r in (before, draft))
        refuse(None if old.lower() == new.lower() else f"{draft.id} cannot be moved to another site")


def _own_tables(view: View, draft: Record, _: Record | None) -> None:
    tables_of_hub(_hub(view, draft), draft)


def _told_links(_: View, record: Record) -> Iterator[Properties]:
    for link in _links(record):
        shown = {name: value for name, value in link.items() if name != "sharedKey"}
        yield {
            "vpnConnectionProtocolType": "IKEv2", "connectionBandwidth": 10, "routingWeight": 0, "enableBgp": False,
            "enableRateLimiting": False, "useLocalAzureIpAddress": False, "usePolicyBasedTrafficSelectors": False,
            "vpnLinkConnectionMode": "Default", **shown,
            "id": f"{record.id}/vpnLinkConnections/{link.get('name')}", "provisioningState": "Succeeded",
        }  # fmt: skip


def _status(view: View, record: Record) -> str:
    return "NotConnected" if len(tunnels_down(view.records.connection, record.id)) == 2 else "Connected"


def _routing(view: View, record: Record) -> Any:
    return routing(_hub(view, record), record.inputs.get("routingConfiguration"))


CONNECTION_ROWS = TypeTable(
    VPN_CONNECTION,
    new_id=new_id,
    regional=False,
    auto_name=named(VPN_CONNECTION),
    immutable=path_immutables(VPN_CONNECTION),
    references=(in_group(), inside(VPN_CONNECTION), refers("remoteVpnSite.id", VPN_SITE), *table_references()),
    rules=(
        Rule("site and hub are of one WAN", _own_wan, _SITES),
        Rule("a site is connected to a gateway once", _site_once, _SITES),
        Rule("its links are the site's, each once", _links_of_the_site, _SITES),
        Rule("BGP is spoken at both ends", _bgp_at_both_ends, bgp.SOURCE),
        Rule("its IPsec policies are Azure's", _policies, ipsec.SOURCE),
        Rule("its tables are the hub's", _own_tables, docs("Virtual WAN, About virtual hub routing")),
        Rule("its site stays", _connection_stays, _AZURERM),
    ),
    computed=(
        Computed("vpnLinkConnections", lambda v, r: list(_told_links(v, r)), api("VpnConnections_Get"), overrides=True),
        Computed("routingConfiguration", _routing, api("VpnConnections_Get"), overrides=True),
        Computed("connectionStatus", _status, api("VpnConnections_Get")),
        Computed("egressBytesTransferred", always(0), api("VpnConnections_Get")),
        Computed("ingressBytesTransferred", always(0), api("VpnConnections_Get")),
        Computed("enableInternetSecurity", always(False), api("VpnConnections_Get")),
    ),
    write_only=("sharedKey", "vpnLinkConnections[*].sharedKey"),
    twin=EXISTS,
    provisioning=Provisioning(300, _SITES),
)

TABLES = (GATEWAY_ROWS, CONNECTION_ROWS)
