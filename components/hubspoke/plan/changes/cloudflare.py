"""Cloudflare: its provider changes all but the account in place; what that does to a tunnel is told here."""

from hubspoke.plan.changes import types
from hubspoke.plan.changes.model import ChangeRule, Effect, Touch

_TUNNELS = "https://developers.cloudflare.com/cloudflare-wan/configuration/how-to/configure-tunnel-endpoints/"
_PROVIDER = "https://github.com/cloudflare/terraform-provider-cloudflare/blob/main/internal/services/"
_DATE = "2026-08"

RULES = (
    *(
        ChangeRule(
            kind, "accountId", Effect.REPLACES, "it is made anew in the other account", "make a second hub there",
            f"{_PROVIDER}{file}", _DATE, Touch.ALL,
        )
        for kind, file in (
            (types.CLOUDFLARE_TUNNEL, "magic_wan_ipsec_tunnel/schema.go"),
            (types.CLOUDFLARE_ROUTE, "magic_wan_static_route/schema.go"),
        )
    ),
    *(
        ChangeRule(
            types.CLOUDFLARE_TUNNEL, name, Effect.INTERRUPTS, "both ends negotiate anew; the tunnel is down meanwhile",
            "change one tunnel, wait until it is healthy, then the next", _TUNNELS, _DATE, Touch.ALL,
        )
        for name in (
            "psk", "cloudflareEndpoint", "customerEndpoint", "interfaceAddress*", "replayProtection",
            "customRemoteIdentities*", "bgp*",
        )
    ),
)  # fmt: skip
