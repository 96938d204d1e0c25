"""Deletion first, of something whose dependent the program no longer wants, and of one that becomes unprotected."""

from pulumi import ResourceOptions

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base", type_="Exclusive", fixed=min(stage, 2))
    if stage == 1:
        Thing("gone", fixed=base.token)
    kept = Thing("kept", label=base.token)
    Thing("guarded", ResourceOptions(protect=True, depends_on=[base, kept]), type_="Exclusive", fixed=max(stage, 2))


STEPS = [up(1), up(2), preview(3), up(3)]
