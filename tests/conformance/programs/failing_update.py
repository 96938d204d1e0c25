"""Updates and deletions that fail."""

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, up


def program(stage: int) -> None:
    first = Thing("first", size=stage)
    if stage < 3:
        second = Thing("second", label=first.revision)
        Thing("third", label=second.revision)


STEPS = [
    up(1), up(2, faults={"update second-1": "conflict"}), up(2), up(3, faults={"delete third-1": "in use"}), up(3),
    destroy(faults={"delete first-1": "in use"}), destroy(),
]  # fmt: skip
