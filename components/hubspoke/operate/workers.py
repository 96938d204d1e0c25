"""Processes to run engines in, forked from a server that has imported what they need once."""

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, spawn
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Literal

PRELOAD = "hubspoke.operate.preload"
PROVEN = "HUBSPOKE_PROVEN_PROJECT"  # to the server: the project that it is to prove before it forks
MAIN = "HUBSPOKE_MAIN"  # to the server: the script that started it, which workers need not run again
Runs = Literal["nothing", "packs", "programs"]  # besides the engine; who runs programs runs packs too
_FIRST = (f"{PRELOAD}_quietly", PRELOAD)
_preload = [*_FIRST, f"{PRELOAD}_packs", f"{PRELOAD}_programs"]
_running: set[int] = set()


def context() -> ForkServerContext:
    """The context that forks workers from the server."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_preload)
    return found


def prewarm(clouds: Iterable[str] = (), proven: Path | None = None, runs: Runs = "programs") -> None:
    """Start the server now, so that it imports while the caller still reads files and asks questions.

    It imports what every stack needs, and for each of these clouds ("azure", "gcp") what stacks of it do; the SDKs,
    which take far longer than all else, only where programs are run. `proven` is the root of a project many stacks of
    which are to be judged: what holds of its plan, and of the types it uses, is found once, for all of them.
    """
    _preload[:] = [*_FIRST, *(f"{PRELOAD}_{part}" for part in _parts(sorted(set(clouds)), proven is not None, runs))]
    context()
    main = spawn.get_preparation_data("").get("init_main_from_path", "")
    with _told({PROVEN: str(proven or ""), MAIN: main}):
        forkserver.ensure_running()


def _parts(clouds: list[str], proven: bool, runs: Runs) -> Iterator[str]:
    yield from clouds
    if runs != "nothing":
        yield "packs"
    if runs == "programs":
        yield from ["programs", *(f"programs_{cloud}" for cloud in clouds)]
    if runs == "programs" and proven:
        yield "types"
    if proven:
        yield "proofs"


@contextmanager
def _told(more: Mapping[str, str]) -> Iterator[None]:
    os.environ.update(more)
    try:
        yield
    finally:
        for name in more:
            del os.environ[name]


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
