"""A stack that forbids default providers."""

import pulumi

from tests.conformance.resources import Provider, Thing, lookup
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    provider = Provider("own")
    first = Thing("a", pulumi.ResourceOptions(provider=provider))
    if stage == 2:
        Thing("b", pulumi.ResourceOptions(depends_on=[first]))
    if stage == 3:
        lookup(a=1)


STEPS = [up(1, config={"pulumi:disable-default-providers": '["conformance"]'}), preview(2), up(2), up(3)]
