"""What the SDK's own work costs, lowered from outside while a program runs. Nothing that it does changes."""

import contextlib
import gc
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from pulumi.runtime import resource

_POSITION = "_get_source_position_for_frame"


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Each resource leaves dozens of futures that live until the run ends: to look through them all again and again
    for cycles is a third of a run of a thousand resources."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextlib.contextmanager
def positions_kept() -> Iterator[None]:
    """The SDK works out a URI for every frame of the stack above every resource: the same few frames, over and over.
    Each is worked out once here. An SDK without that function is left as it is."""
    found: Callable[[traceback.FrameSummary], Any] | None = getattr(resource, _POSITION, None)
    if found is None:
        yield
        return
    setattr(resource, _POSITION, _remembered(found))
    try:
        yield
    finally:
        setattr(resource, _POSITION, found)


def _remembered(find: Callable[[traceback.FrameSummary], Any]) -> Callable[[traceback.FrameSummary], Any]:
    known: dict[tuple[str, int | None], Any] = {}

    def position(frame: traceback.FrameSummary) -> Any:
        key = (frame.filename, frame.lineno)
        if key not in known:
            known[key] = find(frame)
        return known[key]

    return position
