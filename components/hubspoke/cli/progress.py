"""Progress on stderr: a live table in a terminal, a line per stack's beginning and end anywhere else."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table

from hubspoke.operate.result import UNCHANGED, Event, Result, Status, op_of

MARKS = {
    Status.SUCCEEDED: "[green]✓[/]",
    Status.FAILED: "[red]✗[/]",
    Status.BLOCKED: "[magenta]■[/]",
    Status.CANCELLED: "[yellow]◼[/]",
    Status.SKIPPED: "[dim]-[/]",
}


@dataclass
class _Row:
    operation: str
    started: float = field(default_factory=time.monotonic)
    steps: Counter[str] = field(default_factory=Counter)
    current: str = "starting"
    ended: Result | None = None


class Progress:
    """What the stacks of one command are doing. Safe to call from many threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows: dict[str, _Row] = {}
        self._lock = threading.Lock()
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def begin(self, stack: str, operation: str) -> None:
        """A stack's operation begins."""
        with self._lock:
            self._rows[stack] = _Row(operation)
        if not self._console.is_terminal:
            self._console.print(f"{stack}: {operation} ...", highlight=False)

    def event(self, stack: str, event: Event) -> None:
        """The engine did something."""
        done = event.res_outputs_event
        begun = event.resource_pre_event
        with self._lock:
            row = self._rows[stack]
            if begun:
                row.current = begun.metadata.urn.rsplit("::", 1)[-1]
            if done:
                row.steps[op_of(done.metadata)] += 1

    def end(self, result: Result) -> None:
        """A stack's operation ended."""
        with self._lock:
            row = self._rows.setdefault(result.stack, _Row(result.operation))
            row.ended = result
        if not self._console.is_terminal:
            self._console.print(
                f"{result.stack}: {result.operation} {result.status} in {result.seconds:.1f} s, "
                f"{counts(result.changes)}",
                highlight=False,
            )

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        with self._lock:
            for stack, row in self._rows.items():
                table.add_row(*_cells(stack, row))
        return table


def _cells(stack: str, row: _Row) -> tuple[str, ...]:
    if row.ended:
        ended = row.ended
        return MARKS[ended.status], stack, row.operation, f"{ended.seconds:.1f} s", counts(ended.changes)
    seconds = time.monotonic() - row.started
    return (
        "[cyan]…[/]",
        stack,
        row.operation,
        f"{seconds:.1f} s",
        f"{counts(row.steps)} [dim]{row.current}[/]",
    )


def counts(changes: dict[str, int] | Counter[str]) -> str:
    """ "3 create, 1 update, 40 unchanged"."""
    same = sum(n for op, n in changes.items() if op in UNCHANGED)
    parts = [f"{n} {op}" for op, n in sorted(changes.items()) if op not in UNCHANGED]
    return ", ".join([*parts, *([f"{same} unchanged"] if same else [])]) or "nothing yet"
