"""Resources that are only looked up: read, used, read again, missing, and taken over."""

import pulumi
from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, preview, refresh, up


def program(stage: int) -> None:
    id_ = {4: "missing"}.get(stage, "there")
    made = Thing("made")
    late = Thing("late", ResourceOptions(id=made.token.apply(lambda _: "there")))
    found = Thing("found", ResourceOptions(id=id_, additional_secret_outputs=["label"], depends_on=[late]))
    Thing("user", label=found.label, other=found.token)
    if stage == 3:
        Thing("managed", ResourceOptions(id="there"))
    elif stage < 3:
        Thing("managed", size=stage)
    pulumi.export("id", found.id)


STEPS = [
    preview(1, put={"there": {"label": "l", "size": 3}}), up(1), up(1, expect_no_changes=True),
    up(2, edit={"there": {"label": "edited"}}), refresh(edit={"there": {"label": "again"}}), up(3), preview(4), up(4),
    destroy(),
]  # fmt: skip
