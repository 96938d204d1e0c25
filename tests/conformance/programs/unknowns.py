"""What is not known in a preview: through apply, into inputs, and into what depends on an update."""

import pulumi
from pulumi import Output

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base", size=stage)
    upper = base.token.apply(str.upper)
    Thing("applied", label=upper, both=Output.all(base.token, base.size).apply(lambda both: [*both]))
    nested = {"deep": [{"token": base.token}, {"size": base.size}]}
    Thing("nested", tags=nested, fixed=base.revision)
    formatted = Output.format("{0}/{1}", base.token, base.revision)
    with Group("group", path=formatted) as group:
        Thing("child", group.options(), label=formatted)
        group.outputs = {"path": formatted}
    pulumi.export("revision", base.revision)
    pulumi.export("upper", upper)


STEPS = [preview(1), up(1), preview(2), up(2), up(2, expect_no_changes=True)]
