"""A target that needs something that is not made yet and not a target."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing, urn
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    old = Thing("old", size=stage)
    if stage > 1:
        base = Thing("base")
        Thing("user", ResourceOptions(depends_on=[old]), label=base.token)


STEPS = [up(1), preview(2, targets=(urn("user"),)), up(2, targets=(urn("user"),)), up(2, targets=(urn("old"),)), up(2)]
