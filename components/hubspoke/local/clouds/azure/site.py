"""VPN sites: what is at the far end of a hub's VPN connections, with its links."""

from typing import Any

from ..networks import address, any_cidr
from ..protocol import Properties
from ..records import Record
from ..table import Computed, InUse, Rule, TypeTable, always
from ..view import View
from . import bgp
from .places import ASNS, reserved_asn
from .sources import (
    EXISTS,
    REFUSED,
    VIRTUAL_WAN,
    VPN_CONNECTION,
    VPN_SITE,
    api,
    docs,
    in_group,
    named,
    new_id,
    path_immutables,
    refers,
    refuse,
)

_SITES = docs("Virtual WAN, Create a site-to-site connection")


def links(record: Record) -> list[Properties]:
    return list(record.inputs.get("vpnSiteLinks") or [])


def _ends(_: View, draft: Record, __: Record | None) -> None:
    refuse(None if links(draft) else f"{draft.inputs['vpnSiteName']} has no links")
    for link in links(draft):
        if not link.get("name") or bool(link.get("ipAddress")) == bool(link.get("fqdn")):
            refuse("a link of a site has a name, and either ipAddress or fqdn")
        refuse(address(link["ipAddress"]) if link.get("ipAddress") else None)


def _few_links(_: View, draft: Record, __: Record | None) -> None:
    names = [link.get("name") for link in links(draft)]
    refuse("a site has at most 4 links, each with a name of its own" if len(names) > 4 or _twice(names) else None)


def _twice(values: list[Any]) -> bool:
    return len(values) != len(set(values))


def _no_reserved_asn(_: View, draft: Record, __: Record | None) -> None:
    for spoken in (draft.inputs.get("bgpProperties"), *(link.get("bgpProperties") for link in links(draft))):
        refuse(reserved_asn((spoken or {}).get("asn")))


def _peers(_: View, draft: Record, __: Record | None) -> None:
    bgp.check_peer(draft.inputs.get("bgpProperties"), draft.inputs.get("ipAddress"))
    for link in links(draft):
        bgp.check_peer(link.get("bgpProperties"), link.get("ipAddress"))


def _canonical_space(_: View, draft: Record, __: Record | None) -> None:
    for cidr in (draft.inputs.get("addressSpace") or {}).get("addressPrefixes") or []:
        refuse(any_cidr(cidr))


def _told_links(_: View, record: Record) -> list[Properties]:
    """Its links, each with an id of its own."""
    return [{**link, "id": f"{record.id}/vpnSiteLinks/{link['name']}", "provisioningState": "Succeeded"}
            for link in links(record)]  # fmt: skip


SITE_ROWS = TypeTable(
    VPN_SITE,
    new_id=new_id,
    regional=False,
    auto_name=named(VPN_SITE),
    immutable=path_immutables(VPN_SITE),
    references=(in_group(), refers("virtualWan.id", VIRTUAL_WAN)),
    rules=(
        Rule("each link leads to one place", _ends, _SITES),
        Rule("at most 4 links, named apart", _few_links, docs("Virtual WAN FAQ")),
        Rule("no reserved ASN at the far end", _no_reserved_asn, ASNS),
        Rule("its BGP peers have an ASN and an address inside the tunnel", _peers, bgp.SOURCE),
        Rule("its address space is canonical blocks", _canonical_space, _SITES),
    ),
    computed=(
        Computed("vpnSiteLinks", _told_links, api("VpnSites_Get"), overrides=True),
        Computed("isSecuritySite", always(False), api("VpnSites_Get")),
    ),
    in_use=(InUse(VPN_CONNECTION, "remoteVpnSite.id", REFUSED, "{id} is in use by {user}", _SITES),),
    twin=EXISTS,
)

TABLES = (SITE_ROWS,)
