"""One stack reads another's outputs, secret ones as secrets; a missing stack is refused."""

import pulumi
from pulumi import StackReference

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, preview, refresh, up


def write(stage: int) -> None:
    thing = Thing("source", size=stage)
    pulumi.export("plain", {"list": [1, stage], "token": thing.token})
    pulumi.export("secret", pulumi.Output.secret("s"))
    pulumi.export("half", {"open": 1, "closed": pulumi.Output.secret({"deep": 2})})


def read(stage: int) -> None:
    name = "organization/conformance/source" if stage < 3 else "organization/conformance/missing"
    other = StackReference("other", stack_name=name)
    Thing("user", label=other.require_output("secret"), size=other.get_output("plain")["list"][1])
    pulumi.export("half", other.get_output("half"))
    pulumi.export("none", other.get_output("nothing"))
    pulumi.export("all", other.outputs)
    if stage == 2:
        StackReference("organization/conformance/source")


def program(stage: int) -> None:
    write(stage) if pulumi.get_stack() == "source" else read(stage)


STEPS = [
    up(1, stack="source"), preview(1), up(1), up(1, expect_no_changes=True), up(2, stack="source"), preview(1),
    refresh(), up(2), preview(3), up(3), destroy(),
]  # fmt: skip
