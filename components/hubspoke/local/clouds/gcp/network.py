"""Networks, their subnetworks, peerings and routes."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from ..networks import any_cidr, between, cidr_between, network, one_of
from ..protocol import CloudError
from ..records import Record
from ..table import (
    Children,
    Computed,
    Immutable,
    Provisioning,
    Rule,
    TypeTable,
    Validation,
    always,
    defaults,
    immutables,
)
from ..view import View
from .common import TAKEN, invalid, named_like_gce, number, others, refers, small_number, target, thing, used_by
from .places import id_of, last
from .sources import (
    CLASSIC_VPN_GATEWAY,
    ERRORS,
    FIREWALL,
    FIREWALL_POLICY_ASSOCIATION,
    HA_VPN_GATEWAY,
    IN_USE,
    NETWORK,
    NETWORK_PEERING,
    ROUTE,
    ROUTER,
    SPOKE,
    SUBNETWORK,
    VPN_TUNNEL,
    api,
    compute,
)
from .spokes import clash_on_hub

_NETWORK_FILE, _SUBNET_FILE, _ROUTE_FILE = compute("network"), compute("subnetwork"), compute("route")
_PEERING_FILE = compute("network_peering")
PEERINGS = 25  # of one network; VPC documentation, Quotas and limits, read 2026-08


def _compares_in_standard_mode(_: View, draft: Record, __: Record | None) -> None:
    if draft.inputs.get("bgpAlwaysCompareMed") and draft.inputs.get("bgpBestPathSelectionMode") != "STANDARD":
        raise invalid("routingConfig.bgpAlwaysCompareMed", True, "It needs bgpBestPathSelectionMode STANDARD.")


NETWORK_ROWS = TypeTable(
    NETWORK,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(
        _NETWORK_FILE, autoCreateSubnetworks=True, networkFirewallPolicyEnforcementOrder="AFTER_CLASSIC_FIREWALL",
        deleteBgpAlwaysCompareMed=False, deleteDefaultRoutesOnCreate=False),
    immutable=immutables(
        _NETWORK_FILE, "name", "autoCreateSubnetworks", "description", "internalIpv6Range", "networkProfile",
        "project"),
    validations=(
        named_like_gce(_NETWORK_FILE),
        Validation("routingMode", one_of("REGIONAL", "GLOBAL"), _NETWORK_FILE, "REGIONAL or GLOBAL"),
        Validation("mtu", between(1300, 8896), api("networks"), "1300 to 8896"),
        Validation("bgpBestPathSelectionMode", one_of("LEGACY", "STANDARD"), _NETWORK_FILE, "LEGACY or STANDARD"),
        Validation("networkFirewallPolicyEnforcementOrder",
                   one_of("BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL", ""), _NETWORK_FILE,
                   "before or after the classic firewall"),
    ),
    rules=(Rule("MEDs are compared in the standard mode only", _compares_in_standard_mode, api("networks")),),
    computed=(
        Computed("bgpBestPathSelectionMode", always("LEGACY"), api("networks")),
        Computed("bgpAlwaysCompareMed", always(False), api("networks")),
        Computed("bgpInterRegionCost", always(""), api("networks")),
        Computed("routingMode", always("REGIONAL"), api("networks")),
        Computed("mtu", always(1460), api("networks")),
        Computed("internalIpv6Range", always(""), api("networks")),
        Computed("gatewayIpv4", always(""), api("networks")),
        Computed("networkId", number(), api("networks"), assigned=True),
        Computed("numericId", lambda _, r: r.outputs.get("networkId"), _NETWORK_FILE),
    ),
    in_use=used_by(
        IN_USE, (SUBNETWORK, "network"), (ROUTER, "network"), (HA_VPN_GATEWAY, "network"), (ROUTE, "network"),
        (CLASSIC_VPN_GATEWAY, "network"), (FIREWALL, "network"), (NETWORK_PEERING, "network"),
        (SPOKE, "linkedVpcNetwork.uri"), (FIREWALL_POLICY_ASSOCIATION, "attachmentTarget"), noun="network"),
    children=tuple(Children(type_, "network") for type_ in (SUBNETWORK, ROUTE, FIREWALL, ROUTER, NETWORK_PEERING)),
    provisioning=Provisioning(12, _NETWORK_FILE),
)  # fmt: skip


def ranges(subnetwork: Record) -> Iterator[str]:
    """Every range of a subnetwork: its own, and its secondary ones."""
    yield str(subnetwork.inputs.get("ipCidrRange"))
    for secondary in subnetwork.inputs.get("secondaryIpRanges") or []:
        yield str(secondary.get("ipCidrRange"))


def _apart(view: View, draft: Record, _: Record | None) -> None:
    where = target("network", draft, NETWORK)
    for other in others(draft, view.referring(where, SUBNETWORK, "network")):
        for mine in ranges(draft):
            if any(_overlap(mine, theirs) for theirs in ranges(other)):
                why = f"Invalid IPCidrRange: {mine} conflicts with existing subnetwork"
                name = other.inputs.get("name")
                raise invalid("ipCidrRange", mine, f"{why} '{name}' in region '{other.region}'.")


def _apart_on_hub(view: View, draft: Record, _: Record | None) -> None:
    where = target("network", draft, NETWORK)
    for spoke in view.referring(where, SPOKE, "linkedVpcNetwork.uri"):
        clash = clash_on_hub(view, spoke, [draft])
        if clash:
            raise invalid("ipCidrRange", draft.inputs.get("ipCidrRange"), clash)


def _overlap(one: str, other: str) -> bool:
    mine, theirs = network(one), network(other)
    return mine is not None and theirs is not None and mine.overlaps(theirs)


def _shrinks(old: Any, new: Any) -> bool:
    """Growing a range is an update (customdiff.ForceNewIfChange with IsShrinkageIpCidr)."""
    before, after = network(old), network(new)
    return before is None or after is None or not before.subnet_of(after)


def _gateway(_: View, record: Record) -> str:
    return str(ipaddress.IPv4Network(str(record.inputs["ipCidrRange"]))[1])


SUBNETWORK_ROWS = TypeTable(
    SUBNETWORK,
    new_id=id_of,
    twin=TAKEN,
    immutable=(
        *immutables(_SUBNET_FILE, "name", "network", "description", "externalIpv6Prefix", "internalIpv6Prefix",
                    "reservedInternalRange", "resolveSubnetMask", "project"),
        Immutable("ipCidrRange", _SUBNET_FILE, _shrinks, "a change that does not contain the old one replaces it"),
    ),
    references=(refers("network", NETWORK),),
    validations=(
        named_like_gce(_SUBNET_FILE),
        Validation("ipCidrRange", cidr_between(4, 29), api("subnetworks"), "a canonical block of /4 to /29"),
        Validation("stackType", one_of("IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"), _SUBNET_FILE, "a stack of IPv4 or IPv6"),
        Validation("role", one_of("ACTIVE", "BACKUP"), _SUBNET_FILE, "ACTIVE or BACKUP"),
    ),
    rules=(
        Rule("no two ranges of a network overlap", _apart, ERRORS),
        Rule("no range overlaps one of another network of the same hub", _apart_on_hub, ERRORS),
    ),
    computed=(
        Computed("privateIpGoogleAccess", always(False), api("subnetworks")),
        Computed("privateIpv6GoogleAccess", always("DISABLE_GOOGLE_ACCESS"), api("subnetworks")),
        Computed("purpose", always("PRIVATE"), api("subnetworks")),
        Computed("stackType", always("IPV4_ONLY"), api("subnetworks")),
        Computed("gatewayAddress", _gateway, api("subnetworks")),
        Computed("subnetworkId", small_number, api("subnetworks"), assigned=True),
        Computed("allowSubnetCidrRoutesOverlap", always(False), api("subnetworks")),
    ),
    provisioning=Provisioning(12, _SUBNET_FILE),
)  # fmt: skip


def _not_itself(_: View, draft: Record, __: Record | None) -> None:
    if last(draft.inputs["network"]) == last(draft.inputs["peerNetwork"]):
        mine, theirs = (target(name, draft, NETWORK) for name in ("network", "peerNetwork"))
        if mine == theirs:
            raise invalid("peerNetwork", draft.inputs["peerNetwork"], "A network cannot peer with itself.")


def _few_enough(view: View, draft: Record, before: Record | None) -> None:
    found = others(draft, view.referring(target("network", draft, NETWORK), NETWORK_PEERING, "network"))
    if before is None and len(found) >= PEERINGS:
        raise CloudError("quotaExceeded", f"Quota 'PEERINGS_PER_NETWORK' exceeded. Limit: {PEERINGS}.0 globally.")


def _back(view: View, record: Record) -> bool:
    """Whether the peer has a peering that leads back."""
    mine, theirs = (target(name, record, NETWORK) for name in ("network", "peerNetwork"))
    found = view.referring(theirs, NETWORK_PEERING, "network")
    return any(target("peerNetwork", other, NETWORK) == mine for other in found)


def _peering_state(view: View, record: Record) -> str:
    return "ACTIVE" if _back(view, record) else "INACTIVE"


def _peering_details(view: View, record: Record) -> str:
    return f"[{'Connected.' if _back(view, record) else 'Waiting for peer network to connect.'}]"


_PEERING_ROWS_SOURCE = api("networks, peerings")

NETWORK_PEERING_ROWS = TypeTable(
    NETWORK_PEERING,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(
        _PEERING_FILE, exportCustomRoutes=False, importCustomRoutes=False, exportSubnetRoutesWithPublicIp=True,
        stackType="IPV4_ONLY", updateStrategy="INDEPENDENT"),
    immutable=immutables(
        _PEERING_FILE, "name", "network", "peerNetwork", "exportSubnetRoutesWithPublicIp",
        "importSubnetRoutesWithPublicIp"),
    references=(refers("network", NETWORK), refers("peerNetwork", NETWORK, anywhere=True, loose=True)),
    validations=(
        named_like_gce(_PEERING_FILE),
        Validation("stackType", one_of("IPV4_ONLY", "IPV4_IPV6"), _PEERING_FILE, "IPV4_ONLY or IPV4_IPV6"),
        Validation("updateStrategy", one_of("INDEPENDENT", "CONSENSUS"), _PEERING_FILE, "INDEPENDENT or CONSENSUS"),
    ),
    rules=(
        Rule("a network does not peer with itself", _not_itself, _PEERING_ROWS_SOURCE),
        Rule(f"at most {PEERINGS} peerings of a network", _few_enough, _PEERING_ROWS_SOURCE),
    ),
    computed=(
        Computed("state", _peering_state, _PEERING_ROWS_SOURCE),
        Computed("stateDetails", _peering_details, _PEERING_ROWS_SOURCE),
    ),
    provisioning=Provisioning(20, _PEERING_FILE),
)  # fmt: skip

_HOPS = ("nextHopGateway", "nextHopIlb", "nextHopInstance", "nextHopIp", "nextHopVpnTunnel")


def _one_hop(_: View, draft: Record, __: Record | None) -> None:
    given = [name for name in _HOPS if draft.inputs.get(name)]
    if len(given) != 1:
        raise CloudError("required", f"exactly one of `{','.join(_HOPS)}` must be specified")


def _classic_tunnel(view: View, draft: Record, _: Record | None) -> None:
    tunnel = thing(view, VPN_TUNNEL, target("nextHopVpnTunnel", draft, VPN_TUNNEL))
    if tunnel is not None and not tunnel.inputs.get("targetVpnGateway"):
        why = "A route's next hop can only be a tunnel of a Classic VPN gateway: HA VPN needs a Cloud Router."
        raise invalid("nextHopVpnTunnel", draft.inputs["nextHopVpnTunnel"], why)


def _not_in_subnets(view: View, draft: Record, _: Record | None) -> None:
    mine = network(draft.inputs["destRange"])
    for subnet in view.referring(target("network", draft, NETWORK), SUBNETWORK, "network"):
        theirs = network(subnet.inputs.get("ipCidrRange"))
        if mine is not None and theirs is not None and mine.subnet_of(theirs):
            why = f"The destination range is the same as or inside that of subnetwork '{subnet.inputs.get('name')}'."
            raise invalid("destRange", mine, why)


def _hop_network(_: View, record: Record) -> str:
    return str(record.inputs.get("network")) if record.inputs.get("nextHopGateway") else ""


ROUTE_ROWS = TypeTable(
    ROUTE,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(_ROUTE_FILE, priority=1000),
    immutable=immutables(
        _ROUTE_FILE, "name", "destRange", "network", "description", *_HOPS, "priority", "tags", "nextHopInstanceZone",
        "project"),
    references=(refers("network", NETWORK), refers("nextHopVpnTunnel", VPN_TUNNEL)),
    validations=(
        named_like_gce(_ROUTE_FILE),
        Validation("destRange", any_cidr, _ROUTE_FILE, "a canonical block"),
        Validation("priority", between(0, 65535), api("routes"), "0 to 65535"),
    ),
    rules=(
        Rule("exactly one next hop", _one_hop, _ROUTE_FILE),
        Rule("only a classic tunnel is a next hop", _classic_tunnel, api("routes")),
        Rule("it leads to nothing that is in a subnetwork", _not_in_subnets, api("routes")),
    ),
    computed=(
        Computed("routeStatus", always("ACTIVE"), api("routes")),
        Computed("routeType", always("STATIC"), api("routes")),
        Computed("nextHopNetwork", _hop_network, api("routes")),
    ),
    sets=("tags",),
    provisioning=Provisioning(11, _ROUTE_FILE),
)  # fmt: skip

TABLES = (NETWORK_ROWS, SUBNETWORK_ROWS, NETWORK_PEERING_ROWS, ROUTE_ROWS)
