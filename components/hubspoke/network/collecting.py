"""No search for cycles of garbage while a network is worked out."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Puts the search off. What is made meanwhile is many objects and no cycle, and each search passes over them all:

    a fifth of the time for a large network. Without it, reference counts free what is not used any more.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
