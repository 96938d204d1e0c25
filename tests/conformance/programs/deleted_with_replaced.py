"""What goes with a replaced resource is replaced too; alone, it is deleted by itself."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    holder = Thing("holder", fixed=min(stage, 2))
    if stage < 3:
        Thing("held", ResourceOptions(deleted_with=holder))


STEPS = [up(1), preview(2), up(2), up(3)]
