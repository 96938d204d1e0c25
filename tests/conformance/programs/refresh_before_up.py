"""An up that refreshes first, and one refused where no changes are expected; a destroy that refreshes first."""

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, preview, up


def program(stage: int) -> None:
    base = Thing("base", label="mine", size=stage)
    Thing("user", label=base.token)


STEPS = [
    up(1), preview(1, expect_no_changes=True, edit={"base-1": {"label": "theirs"}}),
    preview(1, refresh=True, expect_no_changes=True), up(1, refresh=True), preview(2, expect_no_changes=True),
    up(2, expect_no_changes=True), up(1, refresh=True, drop=("user-1",)), destroy(refresh=True, drop=("base-1",)),
]  # fmt: skip
