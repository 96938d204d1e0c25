"""What is both secret and unknown in a preview, and outputs that depend on it."""

import pulumi
from pulumi import Output

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base", size=Output.secret(stage))
    both = Output.all(base.token, base.size).apply(lambda both: f"{both[0]}{both[1]}")
    Thing("user", label=both, fixed=Output.secret(base.revision))
    pulumi.export("both", both)
    pulumi.export("is_secret", Output.from_input(base.token).apply(lambda token: token))


STEPS = [preview(1), up(1), preview(2), up(2)]
