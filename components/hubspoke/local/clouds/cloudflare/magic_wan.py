"""Cloudflare WAN: IPsec tunnels, static routes and filter profiles of an account."""

import ipaddress
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..faults import tunnels_down
from ..networks import address, any_cidr, between, one_of
from ..protocol import CloudError, Properties
from ..records import Record
from ..table import Computed, Rule, Source, TypeTable, Validation, immutables
from ..view import View

TUNNEL = "cloudflare:index/magicWanIpsecTunnel:MagicWanIpsecTunnel"
GRE_TUNNEL = "cloudflare:index/magicWanGreTunnel:MagicWanGreTunnel"
ROUTE = "cloudflare:index/magicWanStaticRoute:MagicWanStaticRoute"
PROFILE = "cloudflare:index/magicWanBgpFilterProfile:MagicWanBgpFilterProfile"

_REFUSED = "400 Bad Request"
_TUNNEL_FILE = Source("terraform-provider-cloudflare, internal/services/magic_wan_ipsec_tunnel/schema.go")
_ROUTE_FILE = Source("terraform-provider-cloudflare, internal/services/magic_wan_static_route/schema.go")
_TUNNEL_DOCS = Source("cloudflare-docs, Cloudflare WAN, Configure tunnel endpoints")
_IKE_DOCS = Source("cloudflare-docs, Cloudflare WAN, GRE and IPsec tunnels: supported IKE IDs")
_ROUTE_DOCS = Source("cloudflare-docs, Cloudflare WAN, Configure routes; Traffic steering")
_API = Source("Cloudflare API, magic/ipsec_tunnels and magic/routes")

_INNER = [ipaddress.IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.240.0/20")]
_MD5 = re.compile(r"[^\n\"\v\r\t\f?]{1,80}\Z")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


COMMON = (
    Computed("createdOn", lambda _, r: _time(r.created), _API),
    Computed("modifiedOn", lambda _, r: _time(r.created), _API),
    Computed("description", lambda _, __: "", _API),
)


def _new_id(_: View, __: Record) -> str:
    return secrets.token_hex(16)


def _tunnel_name(value: Any) -> str | None:
    if not 1 <= len(value) <= 15:
        return f"must be at most 15 characters long, got {len(value)}"
    return "must not contain spaces or special characters" if re.search(r"[^A-Za-z0-9_\-.]", value) else None


def _interface(value: Any) -> str | None:
    """One side's address with its prefix length, /30 or /31, in an address range meant for tunnels."""
    try:
        found = ipaddress.IPv4Interface(value)
    except ValueError:
        return f"must be an address with a prefix length, such as 10.0.0.0/31, got {value}"
    if found.network.prefixlen not in (30, 31):
        return f"must be a /30 or /31, got {value}"
    if not any(found.network.subnet_of(inner) for inner in _INNER):
        return f"must be in {', '.join(map(str, _INNER))}, got {value}"
    hosts = list(found.network.hosts())
    return None if found.ip in hosts else f"must be a host of {found.network}, got {value}"


_TUNNELS = (TUNNEL, GRE_TUNNEL)


def _interface_of(record: Record) -> ipaddress.IPv4Interface | None:
    found = record.inputs.get("interfaceAddress")
    return ipaddress.IPv4Interface(found) if found else None


def _near(account: str, inside: ipaddress.IPv4Interface) -> str:
    """The mark of tunnels around an inner address: a /30 holds whatever could overlap or reach it."""
    whole = inside.network if inside.network.prefixlen <= 30 else inside.network.supernet(new_prefix=30)
    return f"{account} inside {whole}"


def _tunnel_marks(record: Record) -> list[str]:
    inside = _interface_of(record)
    around = [_near(record.account, inside)] if inside else []
    bgp = record.inputs.get("bgp") or {}
    filters = {bgp[name] for name in ("importFilterId", "exportFilterId") if bgp.get(name)}
    return [
        *around, *(f"{record.account} filters by {id_}" for id_ in sorted(filters)),
        f"{record.account} named {record.inputs['name']}", f"{record.account} between {_ends(record)}",
    ]  # fmt: skip


def _others(view: View, draft: Record, mark: str, types: tuple[str, ...]) -> list[Record]:
    return [r for r in view.marked(mark, types) if r.key != draft.key]


def _apart(view: View, draft: Record, _: Record | None) -> None:
    mine = ipaddress.IPv4Interface(draft.inputs["interfaceAddress"])
    for other in _others(view, draft, _near(draft.account, mine), _TUNNELS):
        theirs = _interface_of(other)
        if theirs and mine.network.overlaps(theirs.network):
            raise CloudError(_REFUSED, f"interface_address {mine} overlaps that of {other.inputs['name']}")


def _own_name(view: View, draft: Record, _: Record | None) -> None:
    name = draft.inputs["name"]
    if _others(view, draft, f"{draft.account} named {name}", _TUNNELS):
        raise CloudError(_REFUSED, f"the tunnel name {name} is taken")


def _own_identity(view: View, draft: Record, _: Record | None) -> None:
    ends = _ends(draft)
    for other in _others(view, draft, f"{draft.account} between {ends}", (TUNNEL,)):
        if draft.inputs.get("customerEndpoint"):
            raise CloudError(_REFUSED, f"a tunnel between {ends} exists: {other.inputs['name']}")


def _ends(record: Record) -> str:
    return f"{record.inputs.get('cloudflareEndpoint')} and {record.inputs.get('customerEndpoint')}"


def _filters_exist(view: View, draft: Record, _: Record | None) -> None:
    bgp = draft.inputs.get("bgp") or {}
    for name in ("importFilterId", "exportFilterId"):
        if bgp.get(name) and not any(r.account == draft.account for r in view.anywhere(PROFILE, bgp[name])):
            raise CloudError(_REFUSED, f"bgp.{name} names no filter profile: {bgp[name]}")


def _health_check(_: View, record: Record) -> Properties:
    """What was set, and the provider's defaults for the rest."""
    given = record.inputs.get("healthCheck") or {}
    saved = (given.get("target") or {}).get("saved")
    target = {"effective": saved or record.inputs.get("customerEndpoint") or "", **({"saved": saved} if saved else {})}
    return {"direction": "unidirectional", "enabled": True, "rate": "mid", "type": "reply", **given, "target": target}


def _bgp_status(view: View, record: Record) -> Properties:
    """The session's state: the only health of a tunnel that the resource tells."""
    up = bool(record.inputs.get("bgp")) and not tunnels_down(view.records.connection, record.id)
    return {"state": "BGP_UP" if up else "BGP_DOWN", "tcpEstablished": up}


def _note_key(view: View, record: Record, before: Record | None) -> None:
    """The only trace that a key leaves where it can be read: when it was last set."""
    if before is None or before.inputs.get("psk") == record.inputs.get("psk"):
        return

    view.records.restate(
        replace(record, outputs={**record.outputs, "pskMetadata": {"lastGeneratedOn": _time(view.records.now())}})
    )


def _md5_key(value: Any) -> str | None:
    return None if _MD5.match(value) else "must be 1 to 80 printable characters"


def _health(name: str, *allowed: str) -> Validation:
    return Validation(f"healthCheck.{name}", one_of(*allowed), _TUNNEL_FILE, " or ".join(allowed))


TUNNEL_ROWS = TypeTable(
    TUNNEL,
    new_id=_new_id,
    immutable=immutables(_TUNNEL_FILE, "accountId"),
    validations=(
        Validation("name", _tunnel_name, _TUNNEL_DOCS, "at most 15 characters, no spaces or special characters"),
        Validation("interfaceAddress", _interface, _TUNNEL_DOCS, "a /30 or /31 host, RFC 1918 or 169.254.240.0/20"),
        Validation("cloudflareEndpoint", address, _API, "an IPv4 address"),
        Validation("customerEndpoint", address, _API, "an IPv4 address"),
        _health("direction", "unidirectional", "bidirectional"), _health("rate", "low", "mid", "high"),
        _health("type", "reply", "request"),
        Validation("bgp.customerAsn", between(0, 4294967295), _TUNNEL_FILE, "0 to 4294967295"),
        Validation("bgp.md5Key", _md5_key, _TUNNEL_FILE, "1 to 80 characters"),
    ),
    rules=(
        Rule("its name is unique in the account", _own_name, _TUNNEL_FILE),
        Rule("interface networks do not overlap", _apart, _TUNNEL_DOCS),
        Rule("the pair of endpoints is unique, so that IKE can tell tunnels apart", _own_identity, _IKE_DOCS),
        Rule("its filter profiles exist", _filters_exist, _API),
    ),
    computed=(
        Computed("healthCheck", _health_check, _TUNNEL_FILE, overrides=True),
        Computed("replayProtection", lambda _, __: False, _TUNNEL_FILE),
        Computed("automaticReturnRouting", lambda _, __: False, _TUNNEL_FILE),
        Computed("allowNullCipher", lambda _, __: False, _TUNNEL_FILE),
        Computed("bgpStatus", _bgp_status, _TUNNEL_FILE),
        Computed("pskMetadata", lambda _, r: {"lastGeneratedOn": _time(r.created)}, _API, assigned=True),
    ),
    marks=_tunnel_marks,
    effects=_note_key,
    write_only=("psk",),
)  # fmt: skip


def _leads_into_tunnel(view: View, draft: Record, _: Record | None) -> None:
    hop = ipaddress.IPv4Address(draft.inputs["nexthop"])
    for tunnel in view.marked(_near(draft.account, ipaddress.IPv4Interface(f"{hop}/30")), _TUNNELS):
        inside = _interface_of(tunnel)
        if inside and hop in inside.network and hop != inside.ip:
            return
    raise CloudError(_REFUSED, f"nexthop {hop} is not the far side of any tunnel of account {draft.account}")


def _route_mark(record: Record) -> list[str]:
    meaning = " ".join(str(record.inputs.get(name)) for name in ("prefix", "nexthop", "priority", "scope"))
    return [f"{record.account} route {meaning}"]


def _own_route(view: View, draft: Record, _: Record | None) -> None:
    if _others(view, draft, _route_mark(draft)[0], (ROUTE,)):
        raise CloudError(_REFUSED, f"the route {draft.inputs['prefix']} via {draft.inputs['nexthop']} exists already")


ROUTE_ROWS = TypeTable(
    ROUTE,
    new_id=_new_id,
    immutable=immutables(_ROUTE_FILE, "accountId"),
    validations=(
        Validation("prefix", any_cidr, _ROUTE_DOCS, "a canonical block"),
        Validation("nexthop", address, _ROUTE_DOCS, "an IPv4 address"),
        Validation("priority", between(0, 2**31 - 1), _ROUTE_DOCS, "a number; the lower wins"),
        Validation("weight", between(1, 256), _ROUTE_DOCS, "1 to 256"),
    ),
    rules=(
        Rule("its next hop is the far side of a tunnel", _leads_into_tunnel, _ROUTE_DOCS),
        Rule("no second route equal to it", _own_route, _API),
    ),
    marks=_route_mark,
)  # fmt: skip

_TARGET = re.compile(r"(?P<block>[^{+]+)(?P<lengths>\+|\{(?P<low>\d+)(,(?P<high>\d+))?\})?\Z")


def _target(value: Any) -> str | None:
    """A block, and which prefix lengths are meant: "+", "{X}" or "{X,Y}" with N <= X <= Y <= 32."""
    found = _TARGET.match(str(value))
    if found is None or any_cidr(found["block"]):
        return f"{value} is not a valid prefix list entry"
    block = ipaddress.ip_network(found["block"])
    low = int(found["low"] or block.prefixlen)
    high = int(found["high"] or low)
    if not block.prefixlen <= low <= high <= block.max_prefixlen:
        return f"{value}: lengths must be between {block.prefixlen} and {block.max_prefixlen}, lowest first"
    return None


def _in_no_session(view: View, record: Record, _: Record | None) -> None:
    users = view.marked(f"{record.account} filters by {record.id}", TUNNEL)
    if users:
        raise CloudError(
            _REFUSED, f"filter profile {record.inputs['name']} is used by tunnel {users[0].inputs['name']}"
        )


_PROFILE_FILE = Source("terraform-provider-cloudflare, internal/services/magic_wan_bgp_filter_profile", "2026-11")
_PROFILE_API = Source("Cloudflare API, magic/bgp/filter_profiles", "2026-11")

PROFILE_ROWS = TypeTable(
    PROFILE,
    new_id=_new_id,
    immutable=immutables(_PROFILE_FILE, "accountId"),
    validations=(
        Validation("matchAction", one_of("allow", "deny"), _API, "allow or deny"),
        Validation("targets", _target, _PROFILE_API, "blocks, with + or {X} or {X,Y} behind them"),
    ),
    deletion_rules=(Rule("no tunnel's session is filtered by it", _in_no_session, _PROFILE_API),),
)

GRE_ROWS = TypeTable(
    GRE_TUNNEL,
    new_id=_new_id,
    immutable=immutables(Source("terraform-provider-cloudflare, magic_wan_gre_tunnel/schema.go"), "accountId"),
    validations=(
        Validation("name", _tunnel_name, _TUNNEL_DOCS, "at most 15 characters, no spaces or special characters"),
        Validation("interfaceAddress", _interface, _TUNNEL_DOCS, "a /30 or /31 host, RFC 1918 or 169.254.240.0/20"),
    ),
    rules=(
        Rule("its name is unique in the account", _own_name, _TUNNEL_DOCS),
        Rule("interface networks do not overlap", _apart, _TUNNEL_DOCS),
    ),
    marks=_tunnel_marks,
)

TABLES = (TUNNEL_ROWS, GRE_ROWS, ROUTE_ROWS, PROFILE_ROWS)
