"""No search for cycles of garbage while much is made that stays: a network that is worked out, the state of a stack."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected(*, kept: bool = True) -> Iterator[None]:
    """Puts the search off. What is made meanwhile is many objects that live as long as it takes, and each search passes
    over them all: a fifth of the time for a large network, a third of a run of a thousand resources, each of which
    leaves dozens of futures. Without it, reference counts free what is not used any more.

    What was made counts as old then, if it is `kept`. What a run leaves is garbage, to be found while it is young.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            if kept:
                _age()
            gc.enable()


def _age() -> None:
    """Makes what was made meanwhile old, where it would be searched at once: it stays, so that would be in vain.

    Not where something is frozen, which has to stay so: for the processes that are forked.
    """
    if gc.get_count()[0] > gc.get_threshold()[0] and not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
