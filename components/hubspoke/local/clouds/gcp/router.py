"""Cloud Routers, their interfaces and BGP peers."""

import ipaddress
from typing import Any

from ..networks import address, any_cidr, between, one_of
from ..protocol import CloudError
from ..records import Record
from ..table import Children, Computed, Provisioning, Rule, Source, TypeTable, Validation, always, defaults, immutables
from ..view import View
from .common import TAKEN, invalid, named_like_gce, others, refers, target, thing, used_by
from .places import id_of, last
from .sources import IN_USE, NETWORK, ROUTER, ROUTER_INTERFACE, ROUTER_PEER, VPN_TUNNEL, api, compute

_ROUTER_FILE, _INTERFACE_FILE, _PEER_FILE = compute("router"), compute("router_interface"), compute("router_peer")
_QUOTAS = Source("Cloud Router documentation, Quotas and limits")
ROUTERS = 5  # of one network in one region
ADVERTISED = 200  # custom ranges of one session
LEARNED = 10  # custom learned ranges of one session
_MODE = one_of("DEFAULT", "CUSTOM")


def _private_asn(value: Any) -> str | None:
    number = int(value)
    if 64512 <= number <= 65534 or 4200000000 <= number <= 4294967294 or number == 16550:
        return None
    return (
        "expected to be a RFC6996-compliant Local ASN: must be either in the private ASN ranges: [64512..65534], "
        f"[4200000000..4294967294]; or be the value of [16550], got {number}"
    )


def _few_enough(view: View, draft: Record, before: Record | None) -> None:
    where = target("network", draft, NETWORK)
    found = [r for r in others(draft, view.referring(where, ROUTER, "network")) if r.region == draft.region]
    if before is None and len(found) >= ROUTERS:
        raise CloudError("quotaExceeded", f"Limit of {ROUTERS} routers in network '{where}' and region {draft.region}")


def _asn_stays(view: View, draft: Record, before: Record | None) -> None:
    if before is None or _asn(draft) == _asn(before):
        return
    if view.referring(draft, ROUTER_PEER, "router"):
        raise invalid("bgp.asn", _asn(draft), "The ASN cannot change while the router has BGP peers.")


def _asn(router: Record) -> Any:
    return (router.inputs.get("bgp") or {}).get("asn")


def _custom_only(_: View, draft: Record, __: Record | None) -> None:
    said = [draft.inputs, draft.inputs.get("bgp") or {}]
    for settings in said:
        mode = settings.get("advertiseMode") or "DEFAULT"
        if mode == "DEFAULT" and (settings.get("advertisedIpRanges") or settings.get("advertisedGroups")):
            raise invalid("advertiseMode", mode, "Ranges and groups are advertised in mode CUSTOM only.")


def _no_more(field: str, limit: int) -> Any:
    def check(_: View, draft: Record, __: Record | None) -> None:
        for settings in (draft.inputs, draft.inputs.get("bgp") or {}):
            if len(settings.get(field) or []) > limit:
                raise invalid(field, f"{len(settings[field])} ranges", f"At most {limit} are allowed.")

    return check


def _drop(view: View, record: Record) -> None:
    for part in view.referring(record, (ROUTER_INTERFACE, ROUTER_PEER), "router"):
        view.records.remove(part)


ROUTER_ROWS = TypeTable(
    ROUTER,
    new_id=id_of,
    twin=TAKEN,
    immutable=immutables(
        _ROUTER_FILE, "name", "network", "nccGateway", "encryptedInterconnectRouter", "project"),
    references=(refers("network", NETWORK),),
    validations=(
        named_like_gce(_ROUTER_FILE),
        Validation("bgp.asn", _private_asn, _ROUTER_FILE, "a private ASN (RFC 6996), or 16550"),
        Validation("bgp.advertiseMode", _MODE, _ROUTER_FILE, "DEFAULT or CUSTOM"),
        Validation("bgp.keepaliveInterval", between(20, 60), api("routers"), "20 to 60"),
        Validation("bgp.advertisedIpRanges[*].range", any_cidr, api("routers"), "a canonical block"),
    ),
    rules=(
        Rule(f"at most {ROUTERS} routers in a network and region", _few_enough, _QUOTAS),
        Rule("its ASN stays while it has peers", _asn_stays, api("routers, bgp.asn: fixed for a router")),
        Rule("ranges are advertised in custom mode only", _custom_only, api("routers")),
        Rule(f"at most {ADVERTISED} advertised ranges", _no_more("advertisedIpRanges", ADVERTISED), _QUOTAS),
    ),
    in_use=used_by(IN_USE, (VPN_TUNNEL, "router"), noun="router"),
    removed=_drop,
    children=(Children(ROUTER_INTERFACE, "router"), Children(ROUTER_PEER, "router")),
    provisioning=Provisioning(12, _ROUTER_FILE),
)  # fmt: skip

_LINK_LOCAL = ipaddress.IPv4Network("169.254.0.0/16")
_ENDS = ("ipRange", "interconnectAttachment", "subnetwork", "vpnTunnel")


def _link_local(value: Any) -> str | None:
    """An address of RFC 3927's space with its prefix length."""
    try:
        found = ipaddress.IPv4Interface(str(value))
    except ValueError:
        return f"must be an address with a prefix length, such as 169.254.240.1/30, got {value}"
    if found.network.prefixlen == 32:
        return f"must have a prefix length, such as 169.254.240.1/30, got {value}"
    if not found.network.subnet_of(_LINK_LOCAL):
        return f"must be in the RFC3927 link-local IP space, got {value}"
    return None if found.ip in list(found.network.hosts()) else f"must be a host of {found.network}, got {value}"


def _has_an_end(_: View, draft: Record, __: Record | None) -> None:
    if not any(draft.inputs.get(name) for name in _ENDS):
        raise CloudError("required", f"one of `{','.join(_ENDS)}` must be specified")


def _own_tunnel(view: View, draft: Record, _: Record | None) -> None:
    """A tunnel carries one interface, of the router that the tunnel names."""
    id_ = target("vpnTunnel", draft, VPN_TUNNEL)
    tunnel = thing(view, VPN_TUNNEL, id_)
    if tunnel is None:
        return
    if target("router", tunnel, ROUTER) != target("router", draft, ROUTER):
        raise invalid("interfaces.linkedVpnTunnel", id_, "The VPN tunnel is not one of this router.")
    if others(draft, view.referring(id_, ROUTER_INTERFACE, "vpnTunnel")):
        raise invalid("interfaces.linkedVpnTunnel", id_, "The VPN tunnel is linked to another interface already.")


def _inside(record: Record) -> ipaddress.IPv4Interface | None:
    found = record.value("ipRange")
    return ipaddress.IPv4Interface(str(found)) if found else None


def _apart(view: View, draft: Record, _: Record | None) -> None:
    mine = _inside(draft)
    for other in others(draft, view.referring(target("router", draft, ROUTER), ROUTER_INTERFACE, "router")):
        theirs = _inside(other)
        if mine and theirs and mine.network.overlaps(theirs.network):
            why = f"It overlaps that of interface '{last(other.id)}'."
            raise invalid("interfaces.ipRange", mine, why)


ROUTER_INTERFACE_ROWS = TypeTable(
    ROUTER_INTERFACE,
    new_id=id_of,
    twin=TAKEN,
    immutable=immutables(
        _INTERFACE_FILE, "name", "router", "vpnTunnel", "interconnectAttachment", "ipRange", "ipVersion",
        "privateIpAddress", "subnetwork", "redundantInterface", "project"),
    references=(refers("router", ROUTER), refers("vpnTunnel", VPN_TUNNEL)),
    validations=(
        Validation("ipRange", _link_local, _INTERFACE_FILE, "a host of a link-local block"),
        Validation("ipVersion", one_of("IPV4", "IPV6"), _INTERFACE_FILE, "IPV4 or IPV6"),
    ),
    rules=(
        Rule("it has a range or leads somewhere", _has_an_end, _INTERFACE_FILE),
        Rule("its tunnel is one of the router, and carries no other", _own_tunnel, api("routers")),
        Rule("no two ranges of a router overlap", _apart, api("routers")),
    ),
    computed=(
        Computed("ipVersion", always("IPV4"), api("routers")),
        Computed("ipRange", always(""), api("routers")),
        Computed("redundantInterface", always(""), api("routers")),
    ),
    in_use=used_by(IN_USE, (ROUTER_PEER, "interface"), noun="router interface", local=True),
    provisioning=Provisioning(12, _INTERFACE_FILE),
)  # fmt: skip


def _interface_of(view: View, peer: Record) -> Record | None:
    id_ = target("interface", peer, ROUTER_INTERFACE)
    return next((r for r in view.anywhere(ROUTER_INTERFACE, id_) if r.account == peer.account), None)


def _other_asn(view: View, draft: Record, _: Record | None) -> None:
    """The peer is of another AS than any router of the network and region."""
    router = thing(view, ROUTER, target("router", draft, ROUTER))
    if router is None:
        return
    near = view.referring(target("network", router, NETWORK), ROUTER, "network")
    for each in (r for r in near if r.region == router.region):
        if _asn(each) == draft.inputs["peerAsn"]:
            why = f"The peer ASN is that of router '{last(each.id)}' in the same network and region."
            raise invalid("bgpPeers.peerAsn", draft.inputs["peerAsn"], why)


def _in_range(view: View, draft: Record, _: Record | None) -> None:
    interface = _interface_of(view, draft)
    mine = _inside(interface) if interface else None
    for name, own in (("ipAddress", True), ("peerIpAddress", False)):
        given = draft.inputs.get(name)
        if not given or mine is None:
            continue
        found = ipaddress.IPv4Address(str(given))
        if (found != mine.ip) if own else (found not in mine.network or found == mine.ip):
            raise invalid(f"bgpPeers.{name}", given, f"The interface's range is {mine}.")


def _one_session(view: View, draft: Record, _: Record | None) -> None:
    users = view.referring(target("interface", draft, ROUTER_INTERFACE), ROUTER_PEER, "interface")
    for other in others(draft, (r for r in users if r.account == draft.account)):
        why = f"The interface has the peer '{last(other.id)}' already."
        raise invalid("bgpPeers.interfaceName", draft.inputs["interface"], why)


def _address(view: View, record: Record) -> str:
    """The interface's own address."""
    interface = _interface_of(view, record)
    mine = _inside(interface) if interface else None
    return str(mine.ip) if mine else ""


def _peer_address(view: View, record: Record) -> str:
    """The other host of the interface's block."""
    interface = _interface_of(view, record)
    mine = _inside(interface) if interface else None
    return next((str(h) for h in mine.network.hosts() if h != mine.ip), "") if mine else ""


def _is_set(name: str) -> Any:
    return lambda _, record: record.inputs.get(name) is not None


ROUTER_PEER_ROWS = TypeTable(
    ROUTER_PEER,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(
        _PEER_FILE, advertiseMode="DEFAULT", enable=True, enableIpv6=False, zeroCustomLearnedRoutePriority=False),
    immutable=immutables(_PEER_FILE, "name", "interface", "router", "project"),
    references=(refers("router", ROUTER), refers("interface", ROUTER_INTERFACE)),
    validations=(
        Validation("advertiseMode", _MODE, _PEER_FILE, "DEFAULT or CUSTOM"),
        Validation("peerAsn", between(1, 4294967295), api("routers"), "1 to 4294967295"),
        Validation("ipAddress", address, api("routers"), "an IPv4 address"),
        Validation("peerIpAddress", address, api("routers"), "an IPv4 address"),
        Validation("advertisedRoutePriority", between(0, 65535), api("routers"), "0 to 65535"),
    ),
    rules=(
        Rule("its ASN is that of no router of the network and region", _other_asn, api("routers")),
        Rule("its addresses are those of the interface's block", _in_range, api("routers")),
        Rule("an interface has one peer", _one_session, api("routers")),
        Rule("ranges are advertised in custom mode only", _custom_only, api("routers")),
        Rule(f"at most {ADVERTISED} advertised ranges", _no_more("advertisedIpRanges", ADVERTISED), _QUOTAS),
        Rule(f"at most {LEARNED} custom learned ranges", _no_more("customLearnedIpRanges", LEARNED), _QUOTAS),
    ),
    computed=(
        Computed("ipAddress", _address, api("routers")),
        Computed("peerIpAddress", _peer_address, api("routers")),
        Computed("enableIpv4", always(True), api("routers")),
        Computed("managementType", always("MANAGED_BY_USER"), api("routers")),
        Computed("isAdvertisedRoutePrioritySet", _is_set("advertisedRoutePriority"), _PEER_FILE),
        Computed("isCustomLearnedPrioritySet", _is_set("customLearnedRoutePriority"), _PEER_FILE),
    ),
    provisioning=Provisioning(12, _PEER_FILE),
)  # fmt: skip

TABLES = (ROUTER_ROWS, ROUTER_INTERFACE_ROWS, ROUTER_PEER_ROWS)
