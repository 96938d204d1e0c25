"""A replacement left half done, and then all is destroyed."""

from tests.conformance.resources import Thing
from tests.conformance.steps import destroy, up


def program(stage: int) -> None:
    base = Thing("base", fixed=stage)
    Thing("user", label=base.token)


STEPS = [up(1), up(2, faults={"delete base-1": "in use"}), up(3, faults={"delete base-1": "in use"}), destroy()]
