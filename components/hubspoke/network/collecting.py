"""No search for cycles of garbage while a network is worked out."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 2_000  # objects, of which a search takes long enough to be felt


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
            _age()
            gc.enable()


def _age() -> None:
    """Makes what was made meanwhile old, where it is much: it stays, so to search it as if it were young is in vain.

    Not where something is frozen, which has to stay so: for the processes that are forked.
    """
    if gc.get_count()[0] > MANY and not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
