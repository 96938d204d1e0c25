"""A policy pack's process, forked from a worker that has the policy SDK imported already.

Starting an interpreter and importing Pulumi costs a pack far more than judging a small stack. Forking is only right in
a process with one thread, and only asked for by workers, which are themselves forks that did nothing else yet.
"""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from mmap import PAGESIZE, mmap
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, cast

_ASKED_ON = 3  # the descriptor, after the standard three, that a pack answers calls on

_allowed: list[bool] = []


def allow_fork() -> None:
    """To be called by a process that has imported the policy SDK and whose first pack may be a fork of it."""
    _allowed[:] = [True]


def may_fork(python: str) -> bool:
    """Whether the pack about to be started for this interpreter can be a fork. Once at most: whoever speaks to a pack
    has gRPC's threads, and must not be forked from then on."""
    if not _allowed or python != sys.executable or threading.active_count() > 1:
        return False
    return _allowed.pop()


class ForkedPack:
    """As much of `subprocess.Popen` as a pack's process needs, and `connection`, on which it can be called.

    `at` is a number in memory that both processes see.
    """

    def __init__(self, boot: str, argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        inside, outside = zip(os.pipe(), os.pipe()[::-1], os.pipe()[::-1], strict=True)
        self.connection, theirs = Pipe()
        self.at = memoryview(mmap(-1, PAGESIZE)).cast("i")  # shared with forks
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _become(boot, argv, folder, env, (*inside, theirs.fileno()), self.at)
        for end in inside:
            os.close(end)
        theirs.close()
        self.stdin: IO[str] = os.fdopen(outside[0], "w")
        self.stdout, self.stderr = (os.fdopen(end, errors="replace") for end in outside[1:])

    def wait(self, timeout: float) -> int:
        """Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif time.monotonic() >= until:
                raise subprocess.TimeoutExpired("policy pack", timeout)
            else:
                time.sleep(0.002)
        return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, what: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, what)


def _become(
    boot: str, argv: Sequence[str], folder: Path, env: Mapping[str, str], ends: Sequence[int], at: memoryview
) -> None:
    """The fork's life: what `python -u -c boot argv...` would do. Never returns."""
    code = 1
    try:
        _settle(argv, folder, env, ends)
        _lower(at)
        exec(compile(boot, "<string>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _lower(at: memoryview) -> None:
    from hubspoke.local.pack_thrift import lower  # imports the policy SDK, which only packs need

    lower()
    _answer_on_the_pipe(at)


def _answer_on_the_pipe(at: memoryview) -> None:
    """The first gRPC server of this process, which is the policy SDK's, answers its worker's calls without a port."""
    import grpc

    from hubspoke.local.engine.analyzer_pipe import PipeServer

    ordinary = grpc.server

    def serve(*_: object, **__: object) -> PipeServer:
        grpc.server = ordinary
        return PipeServer(Connection(_ASKED_ON), at)

    grpc.server = serve


def _settle(argv: Sequence[str], folder: Path, env: Mapping[str, str], ends: Sequence[int]) -> None:
    os.setsid()
    kept = [os.dup(end) for end in ends]  # an end may have the number that another is to get
    for number, end in enumerate(kept):
        os.dup2(end, number)
    os.closerange(len(ends), 4096)  # the worker's own pipes: they must close when it does
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv[:] = ["-c", *argv]
    sys.path[0:0] = [""]
    sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)


def _unbuffered(number: int) -> io.TextIOWrapper:
    # As `-u` makes them: the SDK writes its port to the buffer below the text.
    raw = cast("IO[bytes]", os.fdopen(number, "wb", buffering=0, closefd=False))
    return io.TextIOWrapper(raw, write_through=True, errors="backslashreplace")
