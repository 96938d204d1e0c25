"""Time, processor time and memory of a command and of everything that it starts."""

import ctypes
import os
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_EVERY = 0.25  # seconds between two looks at memory, at least
_SHARE = 50  # a look costs processor time itself: so many times as long passes before the next


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock, seconds of processor (user and system, all processes), and peak memory in MiB, shared
    pages counted once."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Spread:
    minimum: float
    median: float
    maximum: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Raises statistics.StatisticsError for no values."""
        return cls(min(values), statistics.median(values), max(values))

    def __str__(self) -> str:
        return f"{self.minimum:.2f} / {self.median:.2f} / {self.maximum:.2f}"


def adopt_orphans() -> None:
    """What a measured command leaves behind becomes this process's child, so that its time is counted too."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measure(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Cost:
    """Run a command to its end, and that of all its descendants. Raises RuntimeError with what it said if it fails."""
    before, started = _children_cpu(), time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **env}, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    peak = _Peak(process.pid)
    said, _ = process.communicate()
    wall = time.perf_counter() - started
    peak.stop()
    _await_orphans()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said[-3000:]}")
    return Cost(wall, _children_cpu() - before, peak.mib)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _await_orphans() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


class _Peak:
    """Watches the memory of a process and its descendants from a thread."""

    def __init__(self, pid: int) -> None:
        self.mib = 0.0
        self._pid, self._done = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = _EVERY
        while not self._done.wait(pause):
            began = time.thread_time()
            self.mib = max(self.mib, sum(map(_memory, _tree(self._pid))) / 1024)
            pause = max(_EVERY, _SHARE * (time.thread_time() - began))


def _tree(pid: int) -> list[int]:
    try:
        listed = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [pid, *(found for text in listed for child in text.split() for found in _tree(int(child)))]


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
