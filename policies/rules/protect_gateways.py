"""Gateways are not deleted by accident."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from rules import types
from rules.resource import Resource
from rules.rule import About, Finding, Settings, resource_rule


def _check(gateway: Resource, _: Settings) -> Iterator[Finding]:
    if not gateway.protect:
        yield "it is not protected from deletion"


POLICY = resource_rule(
    About(
        name="protect-gateways",
        title="Protected gateways",
        description=(
            "Hubs, VPN gateways and AWS's VPN connections are protected from deletion, because replacing one cuts off "
            "every network behind it, and a new one has other outside addresses."
        ),
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        remedy="Set the resource option protect; take it off, on purpose, before a planned removal.",
        url="https://www.pulumi.com/docs/iac/concepts/options/protect/",
        tags=("availability", "transit-gateway", "vpn"),
    ),
    dict.fromkeys(
        (
            types.TRANSIT_GATEWAY,
            types.VPN_CONNECTION,
            types.PRIVATE_GATEWAY,
            types.VIRTUAL_HUB,
            types.AZURE_VPN_GATEWAY,
            types.VNET_GATEWAY,
            types.HA_GATEWAY,
            types.CLASSIC_GATEWAY,
            types.NCC_HUB,
        ),
        _check,
    ),
)
