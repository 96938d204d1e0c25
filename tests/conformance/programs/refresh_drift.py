"""A refresh finds what was edited and what is gone; the next up puts it back."""

from typing import Any

from pulumi import Output, ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, refresh, up


def program(_: int) -> None:
    with Group("group") as group:
        edited = Thing("edited", group.options(), label="mine", tags={"a": "1", "b": "2"})
        gone = Thing("gone", group.options())
    Thing("ignoring", ResourceOptions(ignore_changes=["label"]), label="mine", other="mine")
    Thing("user", label=edited.token, other=gone.token)
    Thing("hidden", label=Output.secret("mine"))
    Thing("same")


DRIFT: dict[str, Any] = {
    "edit": {"edited-1": {"label": "theirs", "tags": {"b": "3", "c": "4"}}, "ignoring-1": {"label": "theirs"},
             "hidden-1": {"label": "theirs"}},
    "drop": ("gone-1",),
}  # fmt: skip

STEPS = [
    up(1), refresh(expect_no_changes=True), refresh(preview_only=True, **DRIFT),
    refresh(preview_only=True, expect_no_changes=True),
    preview(1, refresh=True, expect_no_changes=True), refresh(), preview(1), up(1),
    refresh(expect_no_changes=True),
]  # fmt: skip
