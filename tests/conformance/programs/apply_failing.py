"""An exception inside apply."""

from tests.conformance.resources import Thing
from tests.conformance.steps import preview, up


def refuse(_: str) -> str:
    raise ValueError("refused inside apply")


def program(stage: int) -> None:
    base = Thing("base")
    Thing("user", label=base.token.apply(refuse) if stage == 2 else "l")


STEPS = [up(1), preview(2), up(2)]
