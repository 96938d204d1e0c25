"""An import of what is not as the program says is updated to what it says."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    Thing("thing", ResourceOptions(import_="there", protect=True), label=f"mine{stage}", tags={"a": 1})


STEPS = [preview(1, put={"there": {"label": "theirs", "size": 1}}), up(1), up(2)]
