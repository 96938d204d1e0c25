"""Resources as parents of resources; a parent that changes; an adopted orphan; children of a replaced parent."""

from pulumi import Alias, ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    parent = Thing("parent", fixed=min(stage, 2))
    child = Thing("child", ResourceOptions(parent=parent))
    Thing("grandchild", ResourceOptions(parent=child), label=parent.token)
    if stage < 3:
        Thing("moved", ResourceOptions(parent=parent))
    else:
        with Group("group", ResourceOptions(parent=parent)) as group:
            Thing("moved", group.options(aliases=[Alias(parent=parent)]))


STEPS = [up(1), preview(2), up(2), up(3, expect_no_changes=False), destroy()]
