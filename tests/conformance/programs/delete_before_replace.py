"""Deletion first: what must be replaced with it goes before it, what needs not stays."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base", ResourceOptions(delete_before_replace=True), fixed=stage)
    replaced = Thing("replaced", fixed=base.token)
    Thing("replaced-too", fixed=replaced.token)
    Thing("updated", label=base.token)
    Thing("ordered", ResourceOptions(depends_on=[base]))
    exclusive = Thing("exclusive", type_="Exclusive", fixed=stage)
    Thing("behind", fixed=exclusive.token)
    Thing("overruled", ResourceOptions(delete_before_replace=False), type_="Exclusive", fixed=stage)
    Thing("child", ResourceOptions(parent=base), size=1)
    with Group("group", ResourceOptions(depends_on=[base])) as group:
        Thing("inside", group.options())


STEPS = [up(1), preview(2), up(2), up(2, expect_no_changes=True)]
