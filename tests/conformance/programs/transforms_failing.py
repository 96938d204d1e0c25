"""A transform that raises."""

from pulumi import ResourceOptions, ResourceTransformArgs

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def refuse(_: ResourceTransformArgs) -> None:
    raise ValueError("not this one")


def program(stage: int) -> None:
    base = Thing("base")
    if stage == 2:
        Thing("refused", ResourceOptions(transforms=[refuse], depends_on=[base]))


STEPS = [up(1), preview(2), up(2)]
