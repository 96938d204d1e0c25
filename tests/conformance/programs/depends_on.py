"""Explicit order: on resources, on components and so on what is in them, on lists and on outputs of these."""

import pulumi
from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    first = Thing("first")
    Thing("second", ResourceOptions(depends_on=first))
    with Group("group") as group:
        Thing("inside", group.options())
        with Group("deeper", group.options()) as deeper:
            Thing("inside-deeper", deeper.options())
    Thing("after-group", ResourceOptions(depends_on=[group]))
    Thing("after-output", ResourceOptions(depends_on=pulumi.Output.from_input([first, group])))
    with Group("late", ResourceOptions(depends_on=[first])) as late:
        Thing("in-late", late.options(depends_on=[group] if stage == 2 else []))


STEPS = [preview(1), up(1, faults={"create first": "slow", "create inside-deeper": "slow"}), up(2), destroy()]
