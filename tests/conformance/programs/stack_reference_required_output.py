"""An output that is required and not there."""

import pulumi
from pulumi import StackReference

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    if pulumi.get_stack() == "source":
        pulumi.export("there", stage)
    else:
        other = StackReference("organization/conformance/source")
        Thing("user", label=other.require_output("missing"))


STEPS = [up(1, stack="source"), preview(1), up(1)]
