"""Protected resources: not deleted, not replaced; protection inherited from parents, and lifted."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    guard = stage < 4
    with Group("group", ResourceOptions(protect=guard)) as group:
        Thing("inherits", group.options())
        Thing("refuses", group.options(protect=False))
    before = [Thing("guarded", ResourceOptions(protect=guard), label=f"l{stage}")] if stage != 3 else []
    Thing("replaced", ResourceOptions(protect=guard, depends_on=[*before, group]), fixed=2 if stage == 2 else 1)


STEPS = [up(1), preview(2), up(2), preview(3), up(3), destroy(), up(4), destroy()]
