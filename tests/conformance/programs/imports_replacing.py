"""An import that takes the place of what the stack had made itself."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    options = ResourceOptions(import_="there") if stage > 1 else None
    thing = Thing("thing", options, label="l" if stage < 3 else "changed")
    Thing("user", label=thing.token)


STEPS = [up(1), preview(2, put={"there": {"label": "l", "size": 1}}), up(2), up(3)]
