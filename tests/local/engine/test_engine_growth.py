"""What a run costs grows with the number of its resources and not with its square. Counted, not timed."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from tests.local.engine.engine_bench import Bench, Thing

FEW, FACTOR = 20, 5


def program(count: int) -> Callable[[], None]:
    """Each thing made of what the one before it is."""

    def make() -> None:
        before: Thing | None = None
        for number in range(count):
            before = Thing(f"thing-{number:03}", label=before.flavor if before else "first")

    return make


def calls(run: Callable[[], object]) -> int:
    """How many functions of Python are called in this thread; the rest of the work is other threads waiting for it."""
    counted = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("operation", ["preview", "preview again"])
def test_a_preview_is_linear_in_its_resources(bench: Bench, operation: str) -> None:
    found = []
    for count in (FEW, FEW * FACTOR):
        stack, things = f"of-{count}", program(count)
        bench.preview(program(1), stack=stack)  # what is done once a process is not counted
        if operation == "preview again":
            bench.up(things, stack=stack)
        found.append(calls(lambda: bench.preview(things, stack=stack)))  # noqa: B023 - called at once
    few, many = found
    assert many < few * FACTOR * 1.1
