"""Processes to run engines in, forked from a server that has imported the SDKs once."""

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

PRELOAD = ["hubspoke.operate.preload"]


def context() -> ForkServerContext:
    """The context that forks workers from the server."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(PRELOAD)
    return found


def prewarm() -> None:
    """Start the server now, so that it imports while the caller still reads files and asks questions."""
    context()
    forkserver.ensure_running()
