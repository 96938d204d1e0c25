"""Resources that are left in the cloud when they are deleted, or when they are replaced."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, up


def program(stage: int) -> None:
    if stage < 3:
        Thing("retained", ResourceOptions(retain_on_delete=True), fixed=stage)
    with Group("group", ResourceOptions(retain_on_delete=True)) as group:
        Thing("inherits", group.options())
    Thing("plain")


STEPS = [up(1), up(2), up(3), destroy()]
