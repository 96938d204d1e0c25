"""Invokes: plain, of outputs, with unknowns and secrets, by an explicit provider, and refused."""

import pulumi
from pulumi import InvokeOptions, InvokeOutputOptions, Output

from tests.conformance.resources import Provider, Thing, lookup, lookup_output
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    pulumi.export("plain", lookup(a=1, b=["x", None, {"c": True}]))
    base = Thing("base", size=stage)
    provider = Provider("own", account="two")
    pulumi.export("output", lookup_output(token=base.token))
    pulumi.export("secret", lookup_output(secret=Output.secret("s")))
    pulumi.export("own", lookup_output(InvokeOutputOptions(provider=provider), a=1))
    pulumi.export("parent", lookup_output(InvokeOutputOptions(parent=base), a=1))
    pulumi.export("ordered", lookup_output(InvokeOutputOptions(depends_on=[base]), a=1))
    found = lookup_output(token=base.token)
    Thing("user", label=found["found"]["token"])
    if stage == 2:
        lookup(InvokeOptions(), fail="nothing there")


STEPS = [preview(1), up(1), up(1, expect_no_changes=True), preview(2), up(2)]
