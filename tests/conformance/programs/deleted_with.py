"""Resources that go with another one: not deleted by themselves where that one is deleted or replaced."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    if stage < 4:
        holder = Thing("holder", type_="Exclusive" if stage > 1 else "Thing", fixed=stage // 2)
        Thing("held", ResourceOptions(deleted_with=holder), label=f"l{stage}")
        with Group("group", ResourceOptions(deleted_with=holder)) as group:
            Thing("inherits", group.options())
    Thing("plain")


STEPS = [up(1), preview(2), up(2), up(3), preview(4), up(4), up(2), destroy()]
