"""Runs chains of steps, reports each, and records what came of it."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

from hubspoke.local.engine import steps as ops
from hubspoke.local.engine.applying import Applier, refresh_result
from hubspoke.local.engine.errors import EngineError
from hubspoke.local.engine.events import Changes, EventSink
from hubspoke.local.engine.hooks import Hooks
from hubspoke.local.engine.plugins import Protected, Refused
from hubspoke.local.engine.progress import Bail, Options
from hubspoke.local.engine.snapshot import Snapshot
from hubspoke.local.engine.state import State
from hubspoke.local.engine.steps import Step
from hubspoke.local.engine.values import Secret

_INSIDE = {ops.SAME, ops.REPLACE, ops.REMOVE_PENDING_REPLACE}  # change nothing but the state
_LOOKING = {ops.READ, ops.READ_REPLACEMENT, ops.IMPORT, ops.IMPORT_REPLACEMENT}  # ask the cloud in a preview too


class Stopped(Exception):
    """The run takes no more steps: one has failed, or it was cancelled."""


class Executor:
    """At most `parallel` steps at a time, in the threads of those who ask for them. After a failure no step begins;
    those under way end and are recorded."""

    def __init__(self, applier: Applier, snapshot: Snapshot, events: EventSink, hooks: Hooks, options: Options) -> None:
        self._applier, self._snapshot, self._events, self._hooks = applier, snapshot, events, hooks
        self._options = options
        self._slots = threading.BoundedSemaphore(max(1, options.parallel))
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.changes = Changes()
        self.failure: BaseException | None = None  # the first
        self.failed_urn = ""
        self.cancelled = False
        self.step_failed = False
        self.kept: set[State] = set()  # protected, and so not deleted
        self.news: dict[str, State] = {}
        self.reads: dict[str, State] = {}
        self._pending_outputs: dict[str, Step] = {}

    def cancel(self) -> None:
        self.cancelled = True
        self._stop.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def fail(self, problem: BaseException, urn: str = "", *, reported: bool = False) -> None:
        """No step begins from here on; the first failure is the one that counts."""
        if not reported and not isinstance(problem, (Bail, Stopped)):
            self._events.error(_reason(problem), urn)
        with self._lock:
            if self.failure is None:
                self.failure, self.failed_urn = problem, urn
        self._stop.set()

    def chain(self, steps: Iterable[Step]) -> None:
        """Raises `Stopped` where one failed, here or elsewhere."""
        for step in steps:
            with nullcontext() if self._is_quick(step) else self._slots:
                if self.stopped:
                    raise Stopped
                self._run(step)
        if self.stopped:
            raise Stopped

    def quick(self, steps: Iterable[Step]) -> bool:
        """Whether none of the steps has to wait for a cloud."""
        return all(map(self._is_quick, steps))

    def _is_quick(self, step: Step) -> bool:
        if self._hooks.any:
            return False
        inside = self._options.dry_run or not step.res.custom or step.res.is_provider
        return step.op in _INSIDE or (inside and step.op not in _LOOKING) or self._applier.is_prompt(step)

    def together(self, steps: Sequence[Step], *, keep_going: bool = False) -> None:
        """All at once, as far as `parallel` allows, or one after the other where nobody has to wait for a cloud. With
        `keep_going` a failure does not keep others from running."""
        run = self._one_of_many(keep_going)
        if self.quick(steps):
            for step in steps:
                run(step)
            return
        with ThreadPoolExecutor(min(self._options.parallel, len(steps)) or 1) as pool:
            list(pool.map(run, steps))

    def _one_of_many(self, keep_going: bool) -> Callable[[Step], None]:
        def run(step: Step) -> None:
            if self.cancelled or (self.stopped and not keep_going):
                return
            with contextlib.suppress(Stopped):  # recorded and reported; the caller asks `failure`
                self._run(step)

        return run

    def _run(self, step: Step) -> None:
        self._events.before(step.metadata(), planning=self._options.dry_run)
        self._snapshot.begin(step)
        problem: Exception | None = None
        try:
            self._applier.apply(step)
        except Refused as refusal:
            problem = refusal
        except Exception as fault:  # a provider's own fault: what it did is not known, the rest must still be recorded
            problem = fault
        self._settle(step, problem)
        if isinstance(problem, Protected):
            self._keep(problem, step)
        elif problem is not None:
            self.step_failed = True
            self.fail(problem, step.urn, reported=True)
            raise Stopped from problem

    def _keep(self, problem: Protected, step: Step) -> None:
        # Nothing was attempted, and nobody waits for it: the others go on, so that all of the protected are reported.
        with self._lock:
            self.step_failed = True
            self.kept.add(step.res)
            if self.failure is None:
                self.failure, self.failed_urn = problem, step.urn

    def _settle(self, step: Step, problem: Exception | None) -> None:
        partial = isinstance(problem, Refused) and problem.partial is not None
        if problem is None and step.logical and step.new:
            self._pending_outputs[step.urn] = step
        if step.new and step.op != ops.REPLACE:
            _mark_secrets(step.new)
            if step.old:
                step.new.adopt_ciphertexts(step.old)
            self._publish(step, step.new)
        if problem is None:
            self._report(step)
        else:
            self._report_failure(step, problem, partial)
        self._snapshot.end(step, successful=problem is None or partial)
        if self._hooks.failed:
            self.fail(Refused(self._hooks.failed[0][1]), self._hooks.failed[0][0], reported=True)

    def _publish(self, step: Step, new: State) -> None:
        self._events.masker.learn_from(new.outputs)
        into = self.reads if step.op in (ops.READ, ops.READ_REPLACEMENT) else self.news
        into[new.urn] = new

    def _report(self, step: Step) -> None:
        op, counted = step.op, step.logical
        if step.op == ops.REFRESH and self._options.counts_refreshes:
            op, counted = refresh_result(step), True
        if step.op == ops.READ:
            counted = bool(step.old and step.new and step.old.outputs != step.new.outputs)
        if counted and not step.internal:
            self.changes.add(op)
        # A component's outputs come later, when it registers them.
        if self._options.dry_run or step.res.custom or step.op in (ops.REFRESH, ops.DELETE):
            self._events.after(step.metadata(op), planning=self._options.dry_run)

    def _report_failure(self, step: Step, problem: Exception, partial: bool) -> None:
        reason = _reason(problem)
        if self._options.dry_run:
            self._events.error(f"Preview failed: {reason}", step.urn)
            return
        self._events.error(reason, step.urn)
        self._events.failed(step.metadata(), partial=partial, steps=self.changes.total)

    def register_outputs(self, urn: str, outputs: dict[str, object]) -> None:
        """The outputs that a component has only now. Raises ValueError where no such registration is open."""
        step = self._pending_outputs.pop(urn, None)
        if step is None or step.new is None:
            raise ValueError(f"cannot complete a resource '{urn}' whose registration isn't pending")
        if step.skipped:
            return
        before = step.new.outputs
        step.new.outputs = outputs
        if step.old:
            step.new.adopt_ciphertexts(step.old)
        self._events.masker.learn_from(outputs)
        self._run_component_hooks(step, step.new)
        self._events.after(step.metadata(), planning=self._options.dry_run)
        if outputs != before:
            self._snapshot.outputs_set(step.new)

    def _run_component_hooks(self, step: Step, new: State) -> None:
        kind = {ops.CREATE: "AfterCreate", ops.UPDATE: "AfterUpdate"}.get(step.op)
        if kind and not new.custom:
            self._hooks.run(kind, new, old=step.old, new_inputs=new.inputs, new_outputs=new.outputs)
            if self._hooks.failed:
                self.fail(Refused(self._hooks.failed[0][1]), new.urn, reported=True)


def _reason(problem: BaseException) -> str:
    if isinstance(problem, Refused) and problem.partial:
        return f"1 error occurred:\n\t* {problem}"  # as Pulumi lists the reasons of a half-made resource
    known = isinstance(problem, (Refused, EngineError))
    return str(problem) if known else f"{type(problem).__name__}: {problem}"


def _mark_secrets(state: State) -> None:
    """Outputs that were asked to be secret, and those that repeat a secret input."""
    for key in state.additional_secret_outputs:
        if key != "id" and key in state.outputs and not isinstance(state.outputs[key], Secret):
            state.outputs[key] = Secret(state.outputs[key])
    for key, given in state.inputs.items():
        if type(given) is Secret and key in state.outputs and not isinstance(state.outputs[key], Secret):
            state.outputs[key] = Secret(state.outputs[key])
