"""Inputs that the provider refuses, in a preview and in an update."""

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def program(stage: int) -> None:
    base = Thing("base")
    Thing("bad", size=1 if stage == 1 else -stage, label=base.token)


STEPS = [up(1), preview(2), up(2)]
