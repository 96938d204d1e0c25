"""One operation on a stack, from its lock to its outcome."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubspoke.collecting import uncollected
from hubspoke.local.engine.analyzer_types import AnalyzerError, PolicyPack, Violation
from hubspoke.local.engine.backend import ORGANIZATION
from hubspoke.local.engine.checkpoint import Deployment
from hubspoke.local.engine.config import Config
from hubspoke.local.engine.errors import EngineError, UnexpectedChanges
from hubspoke.local.engine.events import EventSink, Masker, OnEvent, has_changes
from hubspoke.local.engine.executor import Stopped
from hubspoke.local.engine.journal import Journal
from hubspoke.local.engine.judging import PackJudge
from hubspoke.local.engine.progress import Options, Progress
from hubspoke.local.engine.project import Program
from hubspoke.local.engine.recorded import RecordedFile
from hubspoke.local.engine.run import Run, Setting
from hubspoke.local.engine.snapshot import Snapshot
from hubspoke.local.engine.storage import Storage
from hubspoke.local.engine.urns import STACK_TYPE
from hubspoke.local.engine.values import Properties

if TYPE_CHECKING:
    from hubspoke.local.engine.analyzer import Analyzer


@dataclass(frozen=True)
class Outcome:
    """What a run did, or (of a preview) would do. `changes` counts resources by operation."""

    changes: dict[str, int]
    outputs: dict[str, Any]  # secrets as `Secret`
    duration_seconds: float
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class Request:
    """`kind` is as the history names it: preview, update, refresh, destroy."""

    kind: str
    on_event: OnEvent
    options: Options
    policy_packs: Sequence[PolicyPack] = ()
    refresh: bool = False
    program: Program | None = None
    expect_no_changes: bool = False
    new: bool = False  # of a preview: the stack may not be there yet


@dataclass
class Operation:
    """To be done once. `cancel` may come at any time, from any thread."""

    storage: Storage
    request: Request
    _run: Run | None = field(default=None, init=False)
    _cancelled: bool = field(default=False, init=False)

    def cancel(self) -> None:
        self._cancelled = True
        if self._run is not None:
            self._run.executor.cancel()

    def perform(self) -> Outcome:
        """Raises `EngineError`. Whatever is raised, what was done is recorded."""
        started, dry_run = time.time(), self.request.options.dry_run
        with uncollected(kept=False), nullcontext([]) if dry_run else self.storage.lock() as notes:
            config = self.storage.config()
            loaded = self.storage.load(new=self.request.new)
            events = EventSink(self.request.on_event, Masker())
            events.masker.learn(config.secrets())
            events.prelude(config.blinded())
            for message in (*notes, *loaded.messages):
                events.warning(message)
            try:
                checkpoint = loaded.checkpoint
                if loaded.replayed and not dry_run:
                    checkpoint = self.storage.settle(loaded.deployment)
                session = _Session(config, events, Snapshot(loaded.deployment), checkpoint, started)
                return self._judged(session)
            finally:
                events.cancelled()

    def _judged(self, session: "_Session") -> Outcome:
        progress = Progress()
        with closing(RecordedFile()) as recorded:
            packs = self._start_packs(session.config, recorded)
            judge = PackJudge(packs, progress, session.events, dry_run=self.request.options.dry_run)
            session.recorded = recorded if packs else None
            try:
                return self._execute(session, progress, judge)
            finally:
                judge.close()

    def _execute(self, session: "_Session", progress: Progress, judge: PackJudge) -> Outcome:
        workspace = self.storage.workspace
        setting = Setting(
            workspace.project, self.storage.stack, session.config, self.request.options, session.events,
            session.snapshot, workspace.providers, workspace,
        )  # fmt: skip
        run = self._run = Run(setting, progress, judge)
        if self._cancelled:
            run.executor.cancel()
        failure = self._follow(run, session)
        return self._conclude(run, judge, session, failure)

    def _follow(self, run: Run, session: "_Session") -> EngineError | None:
        """Do it, and write down what came of it, however it ends. The failure, or None."""
        journal: Journal | None = None
        dry_run, kind = self.request.options.dry_run, self.request.kind
        try:
            if kind == "refresh" and not dry_run:
                self.storage.begin_key()
            if self.request.refresh:
                run.refresh()
            if not dry_run and kind != "refresh":
                journal = self._open_journal(session)
            if session.recorded:
                session.recorded.write(session.snapshot.base)
            self._body(run)()
        except Stopped:
            pass  # the run knows why
        failure = run.settle()
        if not dry_run:
            self.storage.write(session.snapshot.result(), journal)
        return failure

    def _body(self, run: Run) -> Callable[[], None]:
        if self.request.kind == "refresh":
            return _nothing
        return run.destroy if self.request.kind == "destroy" else lambda: run.program(self.request.program)

    def _open_journal(self, session: "_Session") -> Journal:
        if self.request.refresh:
            # The journal numbers what is recorded: what the refresh found has to be, first.
            session.checkpoint = self.storage.write(session.snapshot.result())
        crypter = self.storage.crypter(session.snapshot.deployment.crypter)
        session.snapshot.deployment.crypter = crypter
        journal = self.storage.journal(session.checkpoint, crypter)
        session.snapshot.open_journal(journal)
        return journal

    def _conclude(self, run: Run, judge: PackJudge, session: "_Session", failure: EngineError | None) -> Outcome:
        request, dry_run = self.request, self.request.options.dry_run
        seconds, changes = time.time() - session.started, run.executor.changes.as_dict()
        if failure is not None and run.verdict:
            session.events.error(f"{'preview' if dry_run else 'update'} {run.verdict}")
        session.events.summary(seconds, changes, {} if request.kind == "refresh" else judge.versions)
        if not dry_run:
            self.storage.record(request.kind, session.config, session.started, changes, succeeded=failure is None)
        if failure is not None:
            raise failure
        if request.expect_no_changes and has_changes(changes):
            raise UnexpectedChanges("no changes were expected but changes occurred", changes)
        return Outcome(changes, stack_outputs(session.snapshot.result()), seconds, tuple(judge.violations))

    def _start_packs(self, config: Config, recorded: RecordedFile) -> "list[Analyzer]":
        started: list[Analyzer] = []
        try:
            for pack in self.request.policy_packs:
                started.append(self._start_pack(pack, config, recorded))
        except BaseException:
            for analyzer in started:
                analyzer.close()
            raise
        return started

    def _start_pack(self, pack: PolicyPack, config: Config, recorded: RecordedFile) -> "Analyzer":
        from hubspoke.local.engine.analyzer import Analyzer

        try:
            return Analyzer.start(
                pack, project=self.storage.project, stack=self.storage.stack, organization=ORGANIZATION,
                dry_run=self.request.options.dry_run, config=config.values, secret_keys=config.secret_keys,
                environment=recorded.environment,
            )  # fmt: skip
        except AnalyzerError as problem:
            raise EngineError(str(problem)) from problem


@dataclass
class _Session:
    config: Config
    events: EventSink
    snapshot: Snapshot
    checkpoint: bytes
    started: float
    recorded: RecordedFile | None = None  # where packs are to judge


def _nothing() -> None:
    """A refresh has nothing to do after the refresh."""


def stack_outputs(deployment: Deployment) -> Properties:
    return next((dict(state.outputs) for state in deployment.resources if state.type == STACK_TYPE), {})
