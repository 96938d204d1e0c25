"""A program that raises half-way: what it has registered is done, nothing is deleted."""

import pulumi

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    Thing("first", size=stage)
    if stage == 2:
        raise pulumi.RunError("the program gave up")
    Thing("second", size=stage)
    pulumi.export("stage", stage)


STEPS = [up(1), preview(2), up(2), up(3)]
