"""How Google Cloud names things: ids, self links, and what a bare name means."""

import re
from collections.abc import Mapping
from typing import Any

from ..protocol import CloudError
from ..records import Record
from ..table import Source
from ..view import View
from . import sources as of

HOST = "https://www.googleapis.com/compute/v1/"
LINK_SOURCE = Source("Compute Engine API, selfLink of every resource")
REGION = re.compile(r"[a-z]+(-[a-z]+)+\d+\Z")
_NAME = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?\Z")
_GLOBAL, _REGIONAL = "projects/{project}/global/", "projects/{project}/regions/{region}/"

# The id of a type's thing by what it says; the provider's `ReplaceVars` templates.
IDS: Mapping[str, str] = {
    of.NETWORK: _GLOBAL + "networks/{name}",
    of.SUBNETWORK: _REGIONAL + "subnetworks/{name}",
    of.NETWORK_PEERING: "{network}/{name}",
    of.ROUTE: _GLOBAL + "routes/{name}",
    of.ROUTER: _REGIONAL + "routers/{name}",
    of.ROUTER_INTERFACE: "{region}/{router}/{name}",
    of.ROUTER_PEER: _REGIONAL + "routers/{router}/{name}",
    of.HA_VPN_GATEWAY: _REGIONAL + "vpnGateways/{name}",
    of.EXTERNAL_VPN_GATEWAY: _GLOBAL + "externalVpnGateways/{name}",
    of.CLASSIC_VPN_GATEWAY: _REGIONAL + "targetVpnGateways/{name}",
    of.VPN_TUNNEL: _REGIONAL + "vpnTunnels/{name}",
    of.ADDRESS: _REGIONAL + "addresses/{name}",
    of.FORWARDING_RULE: _REGIONAL + "forwardingRules/{name}",
    of.FIREWALL_POLICY: _GLOBAL + "firewallPolicies/{name}",
    of.FIREWALL_POLICY_RULE: _GLOBAL + "firewallPolicies/{firewallPolicy}/rules/{priority}",
    of.FIREWALL_POLICY_ASSOCIATION: _GLOBAL + "firewallPolicies/{firewallPolicy}/associations/{name}",
    of.FIREWALL: _GLOBAL + "firewalls/{name}",
    of.HUB: "projects/{project}/locations/global/hubs/{name}",
    of.GROUP: "projects/{project}/locations/global/hubs/{hub}/groups/{name}",
    of.SPOKE: "projects/{project}/locations/{location}/spokes/{name}",
}


def link(id_: str) -> str:
    """The self link of a Compute Engine resource."""
    return HOST + id_


def last(value: Any) -> str:
    """The name at the end of an id or a self link; a bare name is one already."""
    return str(value).rsplit("/", 1)[-1]


def id_of(_: View | None, record: Record) -> str:
    """The id of a record, made of its place and what it says. Raises CloudError where it has no region."""
    template = IDS[record.type]
    if "{region}" in template and not record.region:
        message = "Cannot determine region: set in this resource, or set provider-level 'region' or 'zone'."
        raise CloudError("required", message)
    said = {name: last(value) for name, value in record.inputs.items() if not isinstance(value, dict | list)}
    return template.format(**{**said, "project": record.account, "region": record.region})


def meant(type_: str, record: Record, value: str) -> str:
    """The id that a value means in a record: a self link, an id, or the name of a thing in the record's own place."""
    start = value.find("projects/")
    if start >= 0:
        return value[start:]
    said = {"network": "", "router": last(record.inputs.get("router", "")), "hub": "", "location": "global"}
    return IDS[type_].format(**{**said, "project": record.account, "region": record.region, "name": value})


def place_of(id_: str) -> tuple[str | None, str | None]:
    """The project and the region that an id names, as far as it does."""
    found = re.match(r"(?:.*?/)?projects/([^/]+)/(?:regions/([^/]+)/)?", id_)
    if found:
        return found[1], found[2]
    region, _, rest = id_.partition("/")
    return None, region if rest and REGION.match(region) else None


def gce_name(value: Any) -> str | None:
    """A Compute Engine resource name (terraform-provider-google, verify.ValidateGCEName)."""
    if _NAME.match(str(value)):
        return None
    return f'"{value}" doesn\'t match regexp "^(?:[a-z](?:[-a-z0-9]{{0,61}}[a-z0-9])?)$"'
