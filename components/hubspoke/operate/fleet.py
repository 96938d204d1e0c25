"""Many stacks in dependency order, with bounded parallelism."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter

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

    def run(self, operation: Operation, run: Run, *, parallel: int) -> list[Result]:
        """Run every stack once those it depends on have succeeded. Results are in the order of keys.

        A stack that waits for one which did not succeed is not begun: its result is SKIPPED and says so.
        Raises graphlib.CycleError where stacks depend on each other in a circle.
        """
        results: dict[str, Result] = {}
        order = TopologicalSorter(self.depends_on)
        order.prepare()
        with ThreadPoolExecutor(max_workers=max(1, parallel)) as pool:
            running: set[Future[Result]] = set()
            while True:
                running |= {pool.submit(run, stack) for stack in order.get_ready()}
                if not running:
                    break
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for result in (future.result() for future in done):
                    results[result.stack] = result
                    if result.status is Status.SUCCEEDED:
                        order.done(result.stack)
        skipped = {s: self._skipped(s, operation) for s in self.depends_on if s not in results}
        return [{**results, **skipped}[stack] for stack in sorted(self.depends_on)]

    def _skipped(self, stack: str, operation: Operation) -> Result:
        needs = ", ".join(sorted(self.depends_on[stack]))
        error = f"not begun: it waits for {needs}, and not all of that succeeded"
        return Result(stack, operation, Status.SKIPPED, errors=(error,))
