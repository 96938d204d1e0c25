"""A replacement is created first, what uses it is updated, and only then is the old one deleted."""

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    with Group("group") as group:
        base = Thing("base", group.options(), fixed=stage)
        group.outputs = {"token": base.token}
    user = Thing("user", label=base.token)
    Thing("chained", fixed=user.label)
    Thing("bystander", size=1)


STEPS = [up(1), preview(2), up(2), up(2, expect_no_changes=True)]
