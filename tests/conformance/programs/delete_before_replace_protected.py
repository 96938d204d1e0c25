"""Deletion first, where something protected would have to go before it: nothing is touched."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base", type_="Exclusive", fixed=stage)
    Thing("guarded", ResourceOptions(protect=True), fixed=base.token)


STEPS = [up(1), preview(2), up(2)]
