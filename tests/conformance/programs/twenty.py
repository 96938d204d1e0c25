"""Twenty resources: four chains side by side, that end in one component, with a secret that goes down a chain."""

import pulumi

from tests.conformance.resources import Group, Thing
from tests.conformance.steps import destroy, up

CHAINS, LENGTH = 4, 5


def program(stage: int) -> None:  # noqa: ARG001
    with Group("group") as group:
        lasts = [_chain(number, group) for number in range(CHAINS)]
        group.outputs = {"lasts": lasts}
    pulumi.export("lasts", lasts)


def _chain(number: int, group: Group) -> pulumi.Output[str]:
    label = pulumi.Output.secret("hush-hush") if number == 0 else pulumi.Output.from_input("plain")
    for place in range(LENGTH):
        label = Thing(f"thing-{number}-{place}", group.options(), label=label).token
    return label


# One at a time, so that the order is the same each time.
STEPS = [up(parallel=1), destroy(parallel=1)]
