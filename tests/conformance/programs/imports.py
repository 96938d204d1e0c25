"""Resources taken over by import: equal, different, missing, in place of another, and replaced later."""

from pulumi import ResourceOptions

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    with Group("group") as group:
        label = {2: "changed"}.get(stage, "l")
        imported = Thing("same", group.options(import_="there"), label=label, size=3)
    user = Thing("user", label=imported.token)
    ignoring = Thing("ignoring", ResourceOptions(import_="other", ignore_changes=["label"]), label="mine", size=1)
    if stage == 3:
        Thing("missing", ResourceOptions(import_="missing", depends_on=[user, ignoring]))
    if stage == 4:
        Thing("fixed", ResourceOptions(import_="fixed", depends_on=[user, ignoring]), fixed="mine")


STEPS = [
    preview(1, put={"there": {"label": "l", "size": 3}, "other": {"label": "theirs", "size": 1},
                    "fixed": {"fixed": "theirs", "size": 1}}),
    up(1), up(1, expect_no_changes=True), up(2), preview(3), up(3), preview(4), up(4), destroy(),
]  # fmt: skip
