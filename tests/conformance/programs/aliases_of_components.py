"""Renamed components take along what is in them, two levels deep, children named after them included."""

from pulumi import Alias, ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    name = "app" if stage == 1 else "service"
    type_ = "Group" if stage < 3 else "Newer"
    aliases = [Alias(name="app"), Alias(type_="conformance:index:Group"),
               Alias(name="app", type_="conformance:index:Group")]  # fmt: skip
    with Group(name, ResourceOptions(aliases=aliases if stage > 1 else None), type_=type_) as outer:
        with Group(f"{name}-inner", outer.options()) as inner:
            leaf = Thing(f"{name}-leaf", inner.options(), label="same")
            inner.outputs = {"leaf": leaf.token}
        Thing("plain", outer.options(), label=leaf.token)
    Thing("outside", ResourceOptions(depends_on=[outer]))


STEPS = [up(1), preview(2), up(2, expect_no_changes=True), up(3)]
