"""A worker's life: one job in a process of its own, its events sent as they come, one last word."""

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from hubspoke.local.engine import Cancelled, EngineError, PolicyBlocked
from hubspoke.local.engine.analyzer_fork import allow_fork
from hubspoke.operate import workers
from hubspoke.operate.result import Event, Status, Violation
from hubspoke.operate.stack import OnEvent

TOGETHER = 0.1  # seconds
RECORDED = "what it made is recorded: run the command again to go on"


@dataclass(frozen=True)
class Ended:
    """A worker's last word."""

    status: Status
    error: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()  # of what was only judged; those of a run are among its events


J = TypeVar("J")


def run_in_process(work: Callable[[J, Connection], None], job: J, on_event: OnEvent, if_lost: str = RECORDED) -> Ended:
    """Do one job in a worker. `workers.interrupt` reaches it, and an interrupt here is passed on to it.

    The worker finishes what is running and records it before it ends, so no created resource is lost. `if_lost` is what
    to do where it ends without a word.
    """
    context = workers.context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(job, theirs), daemon=False)
    with workers.at_work(process):
        theirs.close()
        try:
            ended = _receive(ours, on_event)
        except KeyboardInterrupt:
            workers.interrupt()
            ended = _receive(ours, on_event)
    return ended or Ended(Status.FAILED, f"{_died(process.exitcode)}; {if_lost}")


def _receive(connection: Connection, on_event: OnEvent) -> Ended | None:
    """Pass events on until the last word; None where the worker died without one."""
    while True:
        try:
            message = connection.recv()
        except EOFError:
            return None
        if isinstance(message, Ended):
            return message
        for event in message:
            on_event(event)


def _died(exitcode: int | None) -> str:
    cause = f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"
    return f"the engine's process ended early ({cause})"


def live(act: Callable[[], Ended], root: Path, connection: Connection) -> None:
    """Any worker's life: in the project's folder, with packs that may be its forks, until its last word."""
    try:
        signal.signal(signal.SIGINT, _stop_before_it_begins)
        os.chdir(root)
        allow_fork()
        ended = act()
    except PolicyBlocked as error:
        ended = Ended(Status.BLOCKED, f"stopped by {len(error.violations)} mandatory policy violations")
    except Cancelled as error:
        ended = Ended(Status.CANCELLED, str(error))
    except EngineError as error:
        ended = Ended(Status.FAILED, _with_hint(str(error)))
    except Exception as error:  # the last word must be said whatever happens
        last = traceback.extract_tb(error.__traceback__)[-1]
        ended = Ended(
            Status.FAILED,
            f"{type(error).__name__}: {error} ({last.filename}:{last.lineno}); this is a defect",
        )
    connection.send(ended)
    connection.close()


def _with_hint(error: str) -> str:
    """A resource that is read but not there is most likely an adopted one, in clouds that are new."""
    if not error.endswith("does not exist"):
        return error
    return f"{error}; if the intent adopts it, `hubspoke sim seed` makes it in the simulated clouds"


def _stop_before_it_begins(*_: object) -> None:
    raise Cancelled("interrupted before anything was done")


class Sender:
    """Sends events, those of a short while together: one by one, they cost a stack as much as its clouds do.

    For `together` seconds an event may wait for the next; 0.0 where an operation waits for clouds, and people for it.
    """

    def __init__(self, connection: Connection, together: float) -> None:
        self._connection, self._together = connection, together
        self._turn = threading.Lock()  # steps run in threads, and a pipe takes one message at a time
        self._events: list[Event] = []
        self._sent = time.monotonic()

    def __call__(self, event: Event) -> None:
        with self._turn:
            self._events.append(event)
            if time.monotonic() - self._sent >= self._together:
                self._send()

    def _send(self) -> None:
        if self._events:
            self._connection.send(self._events)
        self._events, self._sent = [], time.monotonic()

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._send()
