"""A replacement whose old resource could not be deleted: it is remembered, and deleted by a later run."""

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    base = Thing("base", fixed=min(stage, 2))
    Thing("user", label=base.token, size=stage)


STEPS = [
    up(1), up(2, faults={"delete base-1": "in use"}), preview(2), refresh(), up(3, faults={"delete base-1": "in use"}),
    up(3), up(3, expect_no_changes=True),
]  # fmt: skip
