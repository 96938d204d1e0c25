"""VPN tunnels: of an HA gateway with a router, or of a classic one with static routes."""

import base64
import hashlib
import ipaddress
from typing import Any

from ..faults import tunnels_down
from ..networks import any_cidr, one_of
from ..protocol import CloudError
from ..records import Record
from ..table import Computed, Provisioning, Rule, Source, TypeTable, Validation, always, defaults, immutables
from ..view import View
from .common import TAKEN, invalid, named_like_gce, number, others, refers, target, thing, used_by
from .places import id_of
from .sources import (
    CLASSIC_VPN_GATEWAY,
    EXTERNAL_VPN_GATEWAY,
    FORWARDING_RULE,
    HA_VPN_GATEWAY,
    IN_USE,
    NETWORK,
    ROUTE,
    ROUTER,
    ROUTER_INTERFACE,
    SPOKE,
    VPN_TUNNEL,
    api,
    compute,
)

_FILE = compute("vpn_tunnel")
_CIPHERS_SOURCE = Source("Cloud VPN documentation, Supported IKE ciphers")
_ANYWHERE = ["0.0.0.0/0"]  # without selectors a tunnel is route-based

# The words of `cipherSuite`.
_ENCRYPTIONS = (*(f"AES-CBC-{n}" for n in (128, 192, 256)),
                *(f"AES-GCM-{icv}-{n}" for icv in (8, 12, 16) for n in (128, 192, 256)))  # fmt: skip
_INTEGRITIES = ("HMAC-SHA1-96", "HMAC-SHA2-256-128", "HMAC-SHA2-384-192", "HMAC-SHA2-512-256", "AES-XCBC-96",
                "AES-CMAC-96", "HMAC-MD5-96")  # fmt: skip
_PRFS = ("PRF-HMAC-SHA1", "PRF-HMAC-SHA2-256", "PRF-HMAC-SHA2-384", "PRF-HMAC-SHA2-512", "PRF-HMAC-MD5",
         "PRF-AES128-XCBC", "PRF-AES128-CMAC")  # fmt: skip
_GROUPS = tuple(f"Group-{n}" for n in (2, 5, *range(14, 25)))
_RESERVED = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
)))  # fmt: skip


def _peer_address(value: Any) -> str | None:
    """An address of the internet (validatePeerAddr)."""
    try:
        found = ipaddress.IPv4Address(str(value))
    except ValueError:
        return f'could not parse "{value}" to IP address'
    if any(found in block for block in _RESERVED):
        return f"address is invalid: {value} conflicts with RFC5735"
    return None


def _ciphers(path: str, words: tuple[str, ...], says: str) -> Validation:
    return Validation(f"cipherSuite.{path}", one_of(*words), _CIPHERS_SOURCE, says)


def _one_of_each(_: View, draft: Record, __: Record | None) -> None:
    for names in (("vpnGateway", "targetVpnGateway"), ("sharedSecret", "sharedSecretWo")):
        if sum(1 for name in names if draft.inputs.get(name)) != 1:
            raise CloudError("required", f"exactly one of `{','.join(names)}` must be specified")


def _ha_is_whole(_: View, draft: Record, __: Record | None) -> None:
    """A tunnel of an HA gateway says which interface, which peer and which router."""
    if not draft.inputs.get("vpnGateway"):
        return
    if draft.inputs.get("vpnGatewayInterface") not in (0, 1):
        raise invalid("vpnGatewayInterface", draft.inputs.get("vpnGatewayInterface"), "It is 0 or 1.")
    if not draft.inputs.get("router"):
        raise invalid("router", "", "A tunnel of an HA VPN gateway needs a Cloud Router: it has no static routing.")
    if not (draft.inputs.get("peerExternalGateway") or draft.inputs.get("peerGcpGateway")):
        raise invalid("peerExternalGateway", "", "A tunnel of an HA VPN gateway names its peer's gateway.")


def _external(view: View, draft: Record) -> str | None:
    """The address of the external gateway's interface that the tunnel leads to."""
    gateway = thing(view, EXTERNAL_VPN_GATEWAY, target("peerExternalGateway", draft, EXTERNAL_VPN_GATEWAY))
    wanted = draft.inputs.get("peerExternalGatewayInterface") or 0
    interfaces = (gateway.inputs.get("interfaces") or []) if gateway else []
    return next((str(i.get("ipAddress")) for i in interfaces if (i.get("id") or 0) == wanted), None)


def _peer_interface(view: View, draft: Record, _: Record | None) -> None:
    if draft.inputs.get("peerExternalGateway") and _external(view, draft) is None:
        wanted = draft.inputs.get("peerExternalGatewayInterface")
        raise invalid("peerExternalGatewayInterface", wanted, "The external VPN gateway has no such interface.")


def _same_network(view: View, draft: Record, _: Record | None) -> None:
    gateway = thing(view, HA_VPN_GATEWAY, target("vpnGateway", draft, HA_VPN_GATEWAY))
    router = thing(view, ROUTER, target("router", draft, ROUTER))
    if gateway and router and _place(gateway) != _place(router):
        raise invalid("router", draft.inputs["router"], "It is not in the network and region of the VPN gateway.")


def _place(record: Record) -> tuple[str, str]:
    return target("network", record, NETWORK), record.region


_LEADING = {("ESP", ""), ("UDP", "500"), ("UDP", "4500")}


def _classic_is_reached(view: View, draft: Record, _: Record | None) -> None:
    """A classic gateway has forwarding rules for ESP, UDP 500 and UDP 4500 before it has tunnels, and they a peer."""
    gateway = target("targetVpnGateway", draft, CLASSIC_VPN_GATEWAY)
    if not gateway:
        return
    rules = view.referring(gateway, FORWARDING_RULE, "target")
    found = {(str(r.inputs.get("ipProtocol")), str(r.inputs.get("portRange") or "").split("-")[0]) for r in rules}
    if not found >= _LEADING:
        missing = ", ".join(" ".join(each).strip() for each in sorted(_LEADING - found))
        raise invalid("targetVpnGateway", gateway, f"The VPN gateway has no forwarding rule for {missing}.")
    if not draft.inputs.get("peerIp"):
        raise invalid("peerIp", "", "A tunnel of a Classic VPN gateway names its peer's address.")


def _no_second(view: View, draft: Record, _: Record | None) -> None:
    """Between one interface, or one classic gateway, and one peer there is one tunnel."""
    for name, type_ in (("vpnGateway", HA_VPN_GATEWAY), ("targetVpnGateway", CLASSIC_VPN_GATEWAY)):
        id_ = target(name, draft, type_)
        for other in others(draft, view.referring(id_, VPN_TUNNEL, name) if id_ else []):
            if _ends(view, other) == _ends(view, draft):
                why = f"The tunnel '{other.id}' leads to the same peer."
                raise invalid(name, id_, why)


def _ends(view: View, tunnel: Record) -> tuple[Any, str]:
    return tunnel.inputs.get("vpnGatewayInterface"), _peer(view, tunnel)


def _peer(view: View, record: Record) -> str:
    return str(record.inputs.get("peerIp") or _external(view, record) or "")


def slot(tunnel: Record) -> str:
    """Which tunnel of its gateway it is, as faults count them: "1" or "2" on an HA gateway, "1" on a classic one."""
    return str((tunnel.inputs.get("vpnGatewayInterface") or 0) + 1)


def _status(view: View, record: Record) -> str:
    if slot(record) in tunnels_down(view.records.connection, record.id):
        return "No incoming packets from peer."
    return "Tunnel is up and running."


def _hash(_: View, record: Record) -> str:
    """What the API tells of a key: a salted digest."""
    secret = str(record.inputs.get("sharedSecret") or record.inputs.get("sharedSecretWo") or "")
    return base64.b64encode(hashlib.scrypt(secret.encode(), salt=record.id.encode(), n=2, r=1, p=1, dklen=20)).decode()


ROWS = TypeTable(
    VPN_TUNNEL,
    new_id=id_of,
    twin=TAKEN,
    defaults=defaults(_FILE, ikeVersion=2),
    immutable=immutables(
        _FILE, "name", "cipherSuite", "description", "ikeVersion", "localTrafficSelectors", "peerExternalGateway",
        "peerExternalGatewayInterface", "peerGcpGateway", "peerIp", "remoteTrafficSelectors", "router",
        "sharedSecret", "sharedSecretWoVersion", "targetVpnGateway", "vpnGateway", "vpnGatewayInterface", "project"),
    references=(
        refers("vpnGateway", HA_VPN_GATEWAY), refers("targetVpnGateway", CLASSIC_VPN_GATEWAY),
        refers("peerExternalGateway", EXTERNAL_VPN_GATEWAY),
        refers("peerGcpGateway", HA_VPN_GATEWAY, anywhere=True), refers("router", ROUTER),
    ),
    validations=(
        named_like_gce(_FILE),
        Validation("ikeVersion", one_of(1, 2), api("vpnTunnels"), "1 or 2"),
        Validation("peerIp", _peer_address, _FILE, "an address of the internet"),
        Validation("localTrafficSelectors", any_cidr, api("vpnTunnels"), "a canonical block"),
        Validation("remoteTrafficSelectors", any_cidr, api("vpnTunnels"), "a canonical block"),
        _ciphers("phase1.encryptions", _ENCRYPTIONS, "Google's words for a cipher"),
        _ciphers("phase1.integrities", _INTEGRITIES, "Google's words for an integrity algorithm"),
        _ciphers("phase1.prves", _PRFS, "Google's words for a pseudo-random function"),
        _ciphers("phase1.dhs", _GROUPS, "Google's words for a group"),
        _ciphers("phase2.encryptions", _ENCRYPTIONS, "Google's words for a cipher"),
        _ciphers("phase2.integrities", _INTEGRITIES, "Google's words for an integrity algorithm"),
        _ciphers("phase2.pfs", _GROUPS, "Google's words for a group"),
    ),
    rules=(
        Rule("one gateway and one key", _one_of_each, _FILE),
        Rule("of an HA gateway it names interface, peer and router", _ha_is_whole, api("vpnTunnels")),
        Rule("its peer's gateway has the interface", _peer_interface, api("vpnTunnels")),
        Rule("its router is in the gateway's network and region", _same_network, api("vpnTunnels")),
        Rule("its classic gateway is reached by all three protocols", _classic_is_reached, api("vpnTunnels")),
        Rule("no second tunnel between the same ends", _no_second, api("vpnTunnels")),
    ),
    computed=(
        Computed("peerIp", _peer, api("vpnTunnels")),
        Computed("localTrafficSelectors", always(_ANYWHERE), api("vpnTunnels")),
        Computed("remoteTrafficSelectors", always(_ANYWHERE), api("vpnTunnels")),
        Computed("sharedSecretHash", _hash, api("vpnTunnels")),
        Computed("detailedStatus", _status, api("vpnTunnels")),
        Computed("tunnelId", number(), api("vpnTunnels"), assigned=True),
    ),
    in_use=used_by(
        IN_USE, (ROUTER_INTERFACE, "vpnTunnel"), (ROUTE, "nextHopVpnTunnel"), (SPOKE, "linkedVpnTunnels.uris"),
        noun="vpn_tunnel"),
    sets=("localTrafficSelectors", "remoteTrafficSelectors"),
    write_only=("sharedSecret", "sharedSecretWo"),
    provisioning=Provisioning(25, _FILE),
)  # fmt: skip

TABLES = (ROWS,)
