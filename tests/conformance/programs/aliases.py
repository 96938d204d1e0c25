"""Renames of single resources: by name, type, parent and whole URN, and by several at once."""

from pulumi import Alias, ResourceOptions

from tests.conformance.resources import Group, Thing, urn
from tests.conformance.steps import destroy, preview, up


def before() -> None:
    Thing("name-old", label="n")
    Thing("type", type_="Older", label="t")
    Thing("parent", label="p")
    Thing("urn-old", label="u")
    with Group("group") as group:
        Thing("orphan", group.options(), label="o")
    several = Thing("several-1", label="s")
    Thing("user", label=several.token)


def after(stage: int) -> None:
    Thing("name", ResourceOptions(aliases=[Alias(name="name-old")]), label="n")
    Thing("type", ResourceOptions(aliases=[Alias(type_="conformance:index:Older")]), label="t")
    with Group("group") as group:
        Thing("parent", group.options(aliases=[Alias(parent=None)]), label="p")
    Thing("urn", ResourceOptions(aliases=[urn("urn-old")]), label="u" if stage == 2 else "changed")
    Thing("orphan", ResourceOptions(aliases=[Alias(parent=group)]), label="o")
    names = [Alias(name=name) for name in ("several-2", "several-1")]
    several = Thing("several", ResourceOptions(aliases=names), label="s")
    Thing("user", label=several.token)


def program(stage: int) -> None:
    before() if stage == 1 else after(stage)


STEPS = [up(1), preview(2), up(2, expect_no_changes=True), up(3), destroy()]
