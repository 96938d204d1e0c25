"""No tunnel carries traffic in the clear. The option exists in Cloudflare's API only, so it is seen once deployed."""

from collections.abc import Iterator

from pulumi_policy import Severity

from rules import types
from rules.resource import Resource, Stack
from rules.rule import About, Finding, Settings, stack_rule


def _check(stack: Stack, _: Settings) -> Iterator[tuple[Resource, Finding]]:
    for tunnel in stack.of_type(types.CLOUDFLARE_TUNNEL):
        # Not known before deployment: the provider cannot set it, and a new tunnel has it off.
        if tunnel.get("allowNullCipher") is True:
            yield tunnel, "allowNullCipher is true: this tunnel may carry traffic unencrypted"


POLICY = stack_rule(
    About(
        name="no-null-cipher",
        title="No unencrypted tunnels",
        description=(
            "No Cloudflare tunnel allows the null cipher, because a peer that asks for it then gets a tunnel "
            "that looks healthy and encrypts nothing."
        ),
        severity=Severity.CRITICAL,
        remedy="Switch allow_null_cipher off for the tunnel in Cloudflare's API or dashboard.",
        url="https://developers.cloudflare.com/cloudflare-wan/reference/gre-ipsec-tunnels/",
        tags=("encryption", "vpn"),
    ),
    _check,
)
