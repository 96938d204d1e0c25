"""Many stacks in dependency order, with bounded parallelism."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter

from hubspoke.collecting import uncollected
from hubspoke.operate import workers
from hubspoke.operate.result import Operation, Result, Status
from hubspoke.plan.model import Plan

Run = Callable[[str], Result]


@dataclass(frozen=True)
class Fleet:
    """Stacks and what each must wait for."""

    depends_on: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, plan: Plan, stacks: Sequence[str] | None = None) -> "Fleet":
        """The stacks of a plan, all or those named; what is not named is not waited for."""
        chosen = frozenset(stacks if stacks is not None else (a.key for a in plan.accounts))
        return cls({a.key: chosen & set(a.depends_on) for a in plan.accounts if a.key in chosen})

    def reversed(self) -> "Fleet":
        """The order for taking down: what depended on a stack goes before it."""
        return Fleet(
            {
                stack: frozenset(other for other, needs in self.depends_on.items() if stack in needs)
                for stack in self.depends_on
            }
        )

    def run(
        self, operation: Operation, run: Run, *, parallel: int, interrupt: Callable[[], None] = workers.interrupt
    ) -> list[Result]:
        """Run every stack once those it depends on have succeeded. Results are in the order of keys.

        A stack that waits for one which did not succeed is not begun: its result is SKIPPED and says so. On Ctrl-C
        `interrupt` asks those running to stop, none is begun any more, and the results of all are awaited.
        Raises graphlib.CycleError where stacks depend on each other in a circle.
        """
        stopped = threading.Event()

        def one(stack: str) -> Result:
            return _skipped(stack, operation, "interrupted") if stopped.is_set() else run(stack)

        # What workers tell is many objects that are kept, and no cycle.
        together = ThreadPoolExecutor(max_workers=max(1, parallel))
        with _on_interrupt(stopped, interrupt), uncollected(), together as pool:
            results = self._in_order(lambda stack: pool.submit(one, stack))
        return [results.get(stack) or self._waiting(stack, operation) for stack in sorted(self.depends_on)]

    def _in_order(self, submit: Callable[[str], Future[Result]]) -> dict[str, Result]:
        """The results of those stacks whose turn came."""
        results: dict[str, Result] = {}
        order = TopologicalSorter(self.depends_on)
        order.prepare()
        running: set[Future[Result]] = set()
        while running := running | {submit(stack) for stack in order.get_ready()}:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for result in (future.result() for future in done):
                results[result.stack] = result
                if result.status is Status.SUCCEEDED:
                    order.done(result.stack)
        return results

    def _waiting(self, stack: str, operation: Operation) -> Result:
        needs = ", ".join(sorted(self.depends_on[stack]))
        return _skipped(stack, operation, f"it waits for {needs}, and not all of that succeeded")


def _skipped(stack: str, operation: Operation, why: str) -> Result:
    return Result(stack, operation, Status.SKIPPED, errors=(f"not begun: {why}",))


@contextmanager
def _on_interrupt(stopped: threading.Event, interrupt: Callable[[], None]) -> Iterator[None]:
    """While this lasts, Ctrl-C raises nothing here: it sets `stopped` and asks what is running to stop."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return

    def stop(*_: object) -> None:
        stopped.set()
        interrupt()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
