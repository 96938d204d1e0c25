"""Two resources with one name; and with one name but different parents, which is allowed."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    first = Thing("same")
    with Group("group") as group:
        inner = Thing("same", group.options(depends_on=[first]))  # so that ids are given in this order
    if stage == 2:
        Thing("same", ResourceOptions(depends_on=[first, inner]))


STEPS = [up(1), preview(2), up(2)]
