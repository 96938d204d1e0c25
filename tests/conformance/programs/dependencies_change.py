"""Dependencies, options and parents that change without any property changing."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    first = Thing("first")
    second = Thing("second")
    more = ResourceOptions(depends_on=[first] if stage == 1 else [second, first], protect=stage == 2,
                           ignore_changes=["label"] if stage > 1 else None,
                           additional_secret_outputs=["token"] if stage > 1 else None)  # fmt: skip
    Thing("user", more, label="l", other=first.account if stage == 1 else second.account)


STEPS = [up(1), preview(2), up(2, expect_no_changes=True), up(3)]
