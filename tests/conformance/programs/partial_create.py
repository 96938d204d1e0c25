"""A creation that goes half through: recorded with what went wrong, and updated by the next run."""

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    half = Thing("half", label="l", size=stage)
    Thing("after", label=half.token)


STEPS = [
    up(1, faults={"create half": "partial: not ready"}), preview(1), up(1), up(1, expect_no_changes=True),
    up(2, faults={"update half-1": "partial: still not ready"}), refresh(), up(2),
]  # fmt: skip
