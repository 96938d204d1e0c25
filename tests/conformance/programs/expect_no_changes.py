"""Runs in which nothing may change."""

import pulumi

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, refresh, up


def program(stage: int) -> None:
    Thing("thing", size=min(stage, 2))
    pulumi.export("stage", stage)


STEPS = [
    preview(1, expect_no_changes=True), up(1), preview(1, expect_no_changes=True), preview(2, expect_no_changes=True),
    up(2, expect_no_changes=True), preview(3, expect_no_changes=True), refresh(expect_no_changes=True),
]  # fmt: skip
