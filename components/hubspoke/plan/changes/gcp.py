"""Google Cloud: what may change while in use. Hardly anything of a VPN does."""

from hubspoke.plan.changes import types
from hubspoke.plan.changes.model import ChangeRule, Effect, Touch

_MODULES = "https://github.com/GoogleCloudPlatform/magic-modules/blob/main/mmv1/products/compute/"
_NCC = "https://github.com/GoogleCloudPlatform/magic-modules/blob/main/mmv1/products/networkconnectivity/Spoke.yaml"
_RANGES = "https://github.com/GoogleCloudPlatform/magic-modules/pull/"
_PAIR = "https://github.com/terraform-google-modules/terraform-google-vpn/issues/204"
_DATE = "2026-08"

_SECOND_WAY = "add a tunnel under a new key, let it come up, and remove this one in a run of its own"
_ONE_BY_ONE = "change one tunnel, wait until it is up, then the next"
_NEW_HUB = "make a second hub and move the spokes to it"


def _all(kind: str, names: tuple[str, ...], why: str, remedy: str, source: str) -> tuple[ChangeRule, ...]:
    return tuple(
        ChangeRule(kind, name, Effect.REPLACES, why, remedy, source, _DATE, Touch.ALL) for name in names
    )  # fmt: skip


RULES = (
    ChangeRule(types.GCP_TUNNEL, "labels*", Effect.IN_PLACE, "labels only", "", f"{_MODULES}VpnTunnel.yaml", _DATE),
    ChangeRule(
        types.GCP_TUNNEL, "deletionPolicy", Effect.IN_PLACE, "a setting of the provider's own", "",
        f"{_MODULES}VpnTunnel.yaml", _DATE,
    ),
    *_all(
        types.GCP_TUNNEL, ("*",), "Google changes no tunnel: the old one goes, then the new one is made", _ONE_BY_ONE,
        f"{_MODULES}VpnTunnel.yaml",
    ),
    *_all(
        types.EXTERNAL_GATEWAY, ("interfaces*", "redundancyType", "name", "description", "project"),
        "Google changes no external gateway: its tunnels are made anew with it", _SECOND_WAY,
        f"{_MODULES}ExternalVpnGateway.yaml",
    ),
    *_all(
        types.HA_GATEWAY,
        ("network", "region", "name", "description", "project", "stackType", "gatewayIpVersion", "vpnInterfaces*"),
        "a new gateway takes its place, with other addresses: all its tunnels are made anew", _NEW_HUB,
        f"{_MODULES}HaVpnGateway.yaml",
    ),
    *_all(
        types.CLASSIC_GATEWAY, ("network", "region", "name", "description", "project"),
        "a new gateway takes its place: all its tunnels are made anew", _NEW_HUB, f"{_MODULES}VpnGateway.yaml",
    ),
    ChangeRule(
        types.ROUTER, "bgp.asn", Effect.REFUSED,
        "another ASN ends every session of the router at once, and Cloudflare still expects the old one",
        _NEW_HUB, f"{_MODULES}Router.yaml", _DATE, Touch.ALL,
    ),
    *_all(
        types.ROUTER, ("network", "region", "name", "project", "encryptedInterconnectRouter", "nccGateway"),
        "a new router takes its place: every session ends", _NEW_HUB, f"{_MODULES}Router.yaml",
    ),
    ChangeRule(
        types.ROUTER, "bgp.keepaliveInterval", Effect.INTERRUPTS, "every session of the router is set up anew",
        "change it in a quiet hour", f"{_MODULES}Router.yaml", _DATE, Touch.ALL,
    ),
    *_all(
        types.ROUTER_INTERFACE, ("*",), "the interface and its BGP peer are made anew together; the session ends",
        _ONE_BY_ONE, _PAIR,
    ),
    *_all(
        types.ROUTER_PEER, ("name", "interface", "router", "region", "project"),
        "the BGP peer is made anew; the session ends", _ONE_BY_ONE, _PAIR,
    ),
    *(
        ChangeRule(
            types.ROUTER_PEER, name, Effect.INTERRUPTS, "the BGP session is set up anew", _ONE_BY_ONE,
            f"{_MODULES}RouterBgpPeer.yaml", _DATE, Touch.ALL,
        )
        for name in ("peerAsn", "peerIpAddress", "ipAddress", "md5AuthenticationKey*", "enable", "bfd*")
    ),
    *(
        ChangeRule(
            types.NCC_SPOKE, name, Effect.IN_PLACE, "the spoke stays; the networks of the hub know other routes to it",
            "", f"{_RANGES}{number}", "2026-11",
        )
        for name, number in (
            ("linkedVpcNetwork.includeExportRanges*", 14757),
            ("linkedVpcNetwork.excludeExportRanges*", 14757),
            ("linkedVpnTunnels.includeImportRanges*", 12519),
        )
    ),
    *(
        ChangeRule(
            types.NCC_SPOKE, name, Effect.REPLACES,
            "the spoke leaves the hub before it joins again: its routes are gone meanwhile",
            "change one spoke at a time, in a quiet hour", _NCC, _DATE, Touch.ALL,
        )
        for name in ("hub", "linked*", "location", "name", "group", "gateway", "project")
    ),
)  # fmt: skip
