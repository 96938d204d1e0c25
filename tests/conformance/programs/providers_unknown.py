"""A provider whose configuration is not known before something else is made, and one with a secret in it."""

import pulumi

from tests.conformance.resources import Provider, Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    base = Thing("base", fixed=stage)
    provider = Provider("late", note=base.token)
    Thing("managed", pulumi.ResourceOptions(provider=provider), label="l")
    hidden = Provider("hidden", note=pulumi.Output.secret("n"), nested={"a": [1, True, None]})
    Thing("other", pulumi.ResourceOptions(provider=hidden))


STEPS = [preview(1), up(1), preview(2), up(2), up(2, expect_no_changes=True), destroy()]
