"""Processes to run engines in, forked from a server that has imported the SDKs once."""

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess

PRELOAD = "hubspoke.operate.preload"
_preload = [PRELOAD]
_running: set[int] = set()


def context() -> ForkServerContext:
    """The context that forks workers from the server."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_preload)
    return found


def prewarm(clouds: Iterable[str] = ()) -> None:
    """Start the server now, so that it imports while the caller still reads files and asks questions.

    It imports what every stack needs, and for each of these clouds ("azure", "gcp") what stacks of it do.
    """
    _preload[1:] = [f"{PRELOAD}_{cloud}" for cloud in sorted(set(clouds))]
    context()
    forkserver.ensure_running()


@contextmanager
def at_work(process: ForkServerProcess) -> Iterator[None]:
    """Start a worker, and wait for its end; meanwhile `interrupt` reaches it."""
    process.start()
    assert process.pid is not None
    _running.add(process.pid)
    try:
        yield
        process.join()
    finally:
        _running.discard(process.pid)


def interrupt() -> None:
    """Ask every worker to end what is running, record it, and stop."""
    for pid in tuple(_running):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
