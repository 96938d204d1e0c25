"""A timeout that is none."""

from pulumi import CustomTimeouts, ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(_: int) -> None:
    base = Thing("base")
    Thing("timed", ResourceOptions(custom_timeouts=CustomTimeouts(create="soon"), depends_on=[base]))


STEPS = [preview(1), up(1)]
