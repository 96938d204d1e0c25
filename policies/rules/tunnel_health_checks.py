"""Cloudflare watches every tunnel from both ends."""

import json
from collections.abc import Iterator

from pulumi_policy import Severity

from rules import types
from rules.resource import Resource
from rules.rule import About, Finding, Settings, resource_rule
from rules.values import Unknown

# The provider's defaults differ from the product's, so each field must be there.
_RIGHT = {
    "enabled": ((True,), "true"),
    "direction": (("bidirectional",), '"bidirectional"'),
    "type": (("request", "reply"), '"request" or "reply"'),
    "rate": (("low", "mid", "high"), '"low", "mid" or "high"'),
}


def _check(tunnel: Resource, _: Settings) -> Iterator[Finding]:
    health = tunnel.get("healthCheck") or {}
    if isinstance(health, Unknown):
        yield health
        return
    for name, (allowed, words) in _RIGHT.items():
        value = health.get(name)
        if isinstance(value, Unknown):
            yield value
        elif value not in allowed:
            yield f"healthCheck.{name} is {'not set' if value is None else json.dumps(value)}; it must be {words}"


POLICY = resource_rule(
    About(
        name="tunnel-health-checks",
        title="Health checks on every tunnel",
        description=(
            "Every Cloudflare tunnel is checked for health in both directions, because routes leave a dead "
            "tunnel only when its check fails; without one, traffic keeps going into it."
        ),
        severity=Severity.HIGH,
        remedy='Set healthCheck: enabled true, direction "bidirectional", and a type and rate.',
        url="https://developers.cloudflare.com/cloudflare-wan/reference/tunnel-health-checks/",
        tags=("availability", "vpn"),
    ),
    {types.CLOUDFLARE_TUNNEL: _check},
)
