"""Transit gateways do nothing on their own: no default association, no default propagation, no auto-accept."""

from collections.abc import Iterator

from pulumi_policy import PolicyComplianceFramework, Severity

from rules import types
from rules.resource import Resource
from rules.rule import About, Finding, Settings, resource_rule
from rules.values import Unknown

# What an absent property means: pulumi-aws 7.51, TransitGateway.
_DEFAULTS = {
    "defaultRouteTableAssociation": "enable",
    "defaultRouteTablePropagation": "enable",
    "autoAcceptSharedAttachments": "disable",
}


def _check(gateway: Resource, _: Settings) -> Iterator[Finding]:
    for name, default in _DEFAULTS.items():
        value = gateway.get(name)
        if isinstance(value, Unknown):
            yield value
        elif (value or default) != "disable":
            yield f'{name} is "{value or default}"{"" if value else " by default"}; set it to "disable"'


POLICY = resource_rule(
    About(
        name="transit-gateway-no-defaults",
        title="Transit gateways without defaults",
        description=(
            "A transit gateway associates, propagates and accepts nothing by default, because a default table "
            "joins every attachment to every other and so undoes the segments, silently, for whatever is "
            "attached next."
        ),
        severity=Severity.CRITICAL,
        remedy=(
            "Set defaultRouteTableAssociation, defaultRouteTablePropagation and autoAcceptSharedAttachments to "
            '"disable", and associate and propagate each attachment explicitly.'
        ),
        url="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html",
        tags=("segmentation", "transit-gateway"),
        framework=PolicyComplianceFramework("AWS Foundational Security Best Practices", "1.0.0", "EC2.23"),
    ),
    {types.TRANSIT_GATEWAY: _check},
)
