"""Explicit providers: passed on, inherited through parents, from a map, updated, and replaced with what they manage."""

import pulumi

from tests.conformance.resources import Group, Provider, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    account = "one" if stage < 3 else "other"
    first = Provider("first", account=account, note=f"n{min(stage, 2)}")
    second = Provider("second", account="two")
    Thing("default")
    Thing("explicit", pulumi.ResourceOptions(provider=first))
    parent = Thing("parent", pulumi.ResourceOptions(provider=second))
    Thing("child", pulumi.ResourceOptions(parent=parent))
    with Group("list", pulumi.ResourceOptions(providers=[first])) as group:
        Thing("in-list", group.options())
        with Group("deeper", group.options()) as deeper:
            Thing("in-deeper", deeper.options())
            Thing("own", deeper.options(provider=second))
    with Group("map", pulumi.ResourceOptions(providers={"conformance": second})) as group:
        Thing("in-map", group.options())
    with Group("single", pulumi.ResourceOptions(provider=first)) as group:
        Thing("in-single", group.options())


STEPS = [preview(1), up(1), preview(2), up(2), preview(3), up(3), destroy()]
