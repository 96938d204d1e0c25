"""Two resources that claim one past, and one whose past is still there under its own name."""

from pulumi import Alias, ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    if stage == 1:
        Thing("old")
    elif stage == 2:
        first = Thing("a", ResourceOptions(aliases=[Alias(name="old")]))
        Thing("b", ResourceOptions(aliases=[Alias(name="old")], depends_on=[first]))
    else:
        old = Thing("old")
        Thing("a", ResourceOptions(aliases=[Alias(name="old")], depends_on=[old]))


STEPS = [up(1), preview(2), up(2), preview(3), up(3)]
