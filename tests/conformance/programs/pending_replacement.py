"""A replacement that deletes first and then fails to create: gone on with, or given up."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    base = Thing("base", ResourceOptions(delete_before_replace=True), fixed=min(stage, 3))
    if stage < 4:
        Thing("user", fixed=base.token)


STEPS = [
    up(1), up(2, faults={"create base": "quota exceeded"}), preview(2), up(2), up(3, faults={"create base": "no"}),
    refresh(), up(4),
]  # fmt: skip
