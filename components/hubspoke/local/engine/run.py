"""One run over one stack: everything between the recorded state and the one after it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hubspoke.local.clouds.protocol import ProviderFactory
from hubspoke.local.engine import steps as ops
from hubspoke.local.engine import urns
from hubspoke.local.engine.applying import Applier
from hubspoke.local.engine.builtin import BuiltinPlugin, StackReader
from hubspoke.local.engine.config import Config
from hubspoke.local.engine.deleting import Deleting
from hubspoke.local.engine.errors import (
    Cancelled,
    EngineError,
    PolicyBlocked,
    ProgramFailed,
    ResourceFailed,
    RunFailed,
    Unsupported,
)  # fmt: skip
from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.executor import Executor, Stopped
from hubspoke.local.engine.generator import Chain, Generator, Registration
from hubspoke.local.engine.goal import Goal, ReadGoal
from hubspoke.local.engine.graph import rebuilt
from hubspoke.local.engine.hooks import Hooks
from hubspoke.local.engine.judging import PackJudge
from hubspoke.local.engine.naming import Names
from hubspoke.local.engine.plugins import Plugin, Refused
from hubspoke.local.engine.progress import Bail, Options, Progress, Recorded
from hubspoke.local.engine.project import Program, Project
from hubspoke.local.engine.registry import Registry
from hubspoke.local.engine.snapshot import Snapshot
from hubspoke.local.engine.state import State
from hubspoke.local.engine.steps import Step
from hubspoke.local.engine.values import Properties

_DELETE_HOOKS = ("BeforeDelete", "AfterDelete")


@dataclass(frozen=True)
class Setting:
    """What a run is given."""

    project: Project
    stack: str
    config: Config
    options: Options
    events: EventSink
    snapshot: Snapshot
    providers: ProviderFactory
    stacks: StackReader


class Run:
    """Implements what the monitor asks of the engine. To be used once."""

    def __init__(self, setting: Setting, progress: Progress, judge: PackJudge) -> None:
        self._setting = setting
        events, options = setting.events, setting.options
        self._progress, self._judge, self.judged = progress, judge, judge.waits
        self._recorded = Recorded(setting.snapshot.base)
        self._hooks = Hooks(events, dry_run=options.dry_run)
        self._registry = Registry(setting.providers, BuiltinPlugin(setting.stacks, self._find))
        applier = Applier(self._recorded, self._progress, options, self._registry, events, self._hooks)
        self.executor = Executor(applier, setting.snapshot, events, self._hooks, options)
        names = Names(setting.stack, setting.project.name, self._recorded, self._progress, events)
        self._generator = Generator(names, self._recorded, self._progress, options, self._registry, events, self._judge)
        self._lock = threading.Lock()
        self._stack_outputs: Properties | None = None

    # --- what is to be done -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read every recorded resource. Raises `Stopped` where a provider refused; the others are read all the same."""
        self._attempt(lambda: self._generator.selection.check(self._setting.options.targets))
        states = list(self._generator.selection.refreshed())
        found = {state: Step(ops.REFRESH, state, state) for state in states}
        self.executor.together(list(found.values()), keep_going=True)
        self._rebuild(found)
        if self.executor.stopped:
            raise Stopped

    def _rebuild(self, found: Mapping[State, Step]) -> None:
        kept = []
        for state in self._recorded.resources:
            step = found.get(state)
            if step is None or not step.gone:
                kept.append(step.new if step and step.new else state)
        resources = rebuilt(kept)
        for state, step in found.items():
            if step.new and step.new is not state:
                step.new.adopt_ciphertexts(state)
        self._setting.snapshot.rebase(resources)
        self._recorded.refresh(self._setting.snapshot.base)

    def program(self, program: Program | None) -> None:
        """Run the program; what it does not register is deleted as it ends. Raises `Stopped`."""
        self._attempt(lambda: self._generator.selection.check(self._setting.options.replace))
        self._attempt(lambda: self._host(program))

    def _host(self, program: Program | None) -> None:
        from hubspoke.local.engine.host import host

        host(program, self, self._setting, self._hooks)

    def _attempt(self, call: Callable[[], None]) -> None:
        """Raises `Stopped` for anything that goes wrong, after it has been recorded as the run's failure."""
        try:
            call()
        except Stopped:
            raise
        except (ProgramFailed, SystemExit) as problem:
            self._program_failed(problem)
        except BaseException as problem:
            self.executor.fail(problem)
            raise Stopped from problem
        if self.executor.stopped:
            raise Stopped

    def _program_failed(self, problem: BaseException) -> None:
        # Once the engine has stopped, the program fails because of that: the first error is the one that counts.
        if not self.executor.stopped:
            text = f"program exited with code {problem.code}" if isinstance(problem, SystemExit) else str(problem)
            stack = urns.stack_urn(self._setting.stack, self._setting.project.name)
            known = stack if stack in self.executor.news else ""
            self._setting.events.error(text, known)
            self.executor.fail(ProgramFailed(text), reported=True)
        raise Stopped from problem

    def destroy(self) -> None:
        """Delete all that is recorded, or the targets. Raises `Stopped`."""
        self._refuse_delete_hooks()
        self._attempt(self.finish)

    def _refuse_delete_hooks(self) -> None:
        hooks = {
            state.urn: [name for kind in _DELETE_HOOKS for name in state.resource_hooks.get(kind, ())]
            for state in self._recorded.resources
        }
        for urn, names in hooks.items():
            if names:
                message = "Resource has delete hooks registered, but the program is not running. Hooks: "
                self._setting.events.error(message + ", ".join(names), urn)
        if any(hooks.values()):
            self.executor.fail(Unsupported("delete hooks without the program"), reported=True)
            raise Stopped

    def finish(self) -> None:
        """Delete what is recorded and was not registered. Raises `Stopped` and `Bail`."""
        options, events = self._setting.options, self._setting.events
        deleting = Deleting(self._recorded, self._progress, options, self._registry, events)
        with self._lock:
            missing = self._generator.selection.missing(options.targets)
            kept, groups = deleting.steps()
        self.executor.chain(kept)
        for group in groups:
            self.executor.together(self._deletable(group))
            if self.executor.stopped:
                raise Stopped
        if missing:
            raise Bail

    def _deletable(self, group: list[Step]) -> list[Step]:
        """Without what a resource depends on that could not be deleted because it is protected."""
        needed = self._needed_by(self.executor.kept)
        return [step for step in group if step.res not in needed]

    def _needed_by(self, kept: set[State]) -> set[State]:
        if not kept:
            return set()
        needed: set[State] = set()
        urns_needed: set[str] = set()
        for state in reversed(self._recorded.resources):
            if state in kept or state.urn in urns_needed:
                needed.add(state)
                urns_needed.update(state.all_dependency_urns())
                if state.provider:
                    urns_needed.add(state.provider_urn())
        return needed - kept

    # --- what the monitor asks --------------------------------------------------------------------------------------

    def plan(self, goal: Goal) -> Chain:
        with self._lock:
            return self._generator.register(goal)

    def plan_read(self, goal: ReadGoal) -> Chain:
        with self._lock:
            return self._generator.read(goal)

    def after_import(self, found: Registration, read: State) -> Chain:
        with self._lock:
            return Chain(self._generator.after_import(found, read))

    def plugin(self, ref: str) -> Plugin:
        return self._registry.ensure(ref, self._recorded.olds)

    def stack_outputs(self, outputs: Properties) -> None:
        self._stack_outputs = outputs

    def _find(self, urn: str) -> State | None:
        return self.executor.news.get(urn) or self.executor.reads.get(urn)

    # --- how it ends ------------------------------------------------------------------------------------------------

    def settle(self) -> RunFailed | EngineError | None:
        """Set the stack's outputs and judge the stack; what the run failed of, or None."""
        try:
            self._judge.collect()
            self._settle_outputs()
            if self.executor.failure is None and not self.executor.cancelled:
                self._judge.judge_stack(list(self.executor.news.values()), self._progress.providers)
        except Exception as problem:  # a pack that breaks must not keep the state from being written
            self.executor.fail(problem)
        return self._failure()

    @property
    def verdict(self) -> str:
        """What the CLI says last; nothing where the program, or what it asked for, was at fault: that has been said."""
        if self.executor.failure is None and self.executor.cancelled:
            return "canceled"
        failed = self.executor.step_failed or self._hooks.failed or self._progress.failed
        return "failed" if failed and not isinstance(self.executor.failure, Bail) else ""

    def _settle_outputs(self) -> None:
        urn = urns.stack_urn(self._setting.stack, self._setting.project.name)
        if self._stack_outputs is None or urn not in self.executor.news:
            return
        outputs = self._stack_outputs
        if self.executor.failure is not None or self._progress.failed:
            # What is missing may only not have been come to.
            old = self._recorded.olds.get(urn)
            outputs = {**(old.outputs if old else {}), **outputs}
        self.executor.register_outputs(urn, outputs)

    def _failure(self) -> RunFailed | EngineError | None:
        problem, changes = self.executor.failure, self.executor.changes.as_dict()
        if self._judge.mandatory and (problem is None or isinstance(problem, Bail)):
            return _counted(PolicyBlocked(self._judge.mandatory), changes)
        if problem is None and self.executor.cancelled:
            return Cancelled("the run was cancelled; what was under way has ended and is recorded", changes)
        if problem is None and not self._progress.failed:
            return None
        return _counted(self._described(problem), changes)

    def _described(self, problem: BaseException | None) -> EngineError:
        if isinstance(problem, EngineError):
            return problem
        errors = self._setting.events.errors
        if problem is None or isinstance(problem, Bail):
            return ResourceFailed(*errors[0]) if errors else ResourceFailed("", "the run failed")
        reason = str(problem) if isinstance(problem, Refused) else f"{type(problem).__name__}: {problem}"
        found = ResourceFailed(self.executor.failed_urn, self._setting.events.masker.mask(reason))
        found.__cause__ = problem
        return found


def _counted(problem: EngineError, changes: dict[str, int]) -> EngineError:
    if isinstance(problem, RunFailed):
        problem.changes = changes
    return problem
