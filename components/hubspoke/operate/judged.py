"""Policy packs over what a stack records, as forks of a worker: they go on from what is proven there."""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from hubspoke.local.engine.state import State
from hubspoke.operate.errors import OperateError
from hubspoke.operate.local_stack import loaded, open_workspace
from hubspoke.operate.project import Paths, passphrase
from hubspoke.operate.result import Status, Violation
from hubspoke.operate.stack import PackRef
from hubspoke.operate.work import Ended, live, run_in_process


@dataclass(frozen=True)
class _Recorded:
    """What is to be judged: a stack as recorded, with what else is found in its containers."""

    paths: Paths
    stack: str
    packs: tuple[PackRef, ...]
    extras: tuple[State, ...]
    passphrase: str


def judge(paths: Paths, stack: str, packs: tuple[PackRef, ...], extras: Sequence[State]) -> tuple[Violation, ...]:
    """What packs say of a stack's record and of `extras`. Raises OperateError where a pack cannot be run."""
    if not packs:
        return ()
    job = _Recorded(paths, stack, packs, tuple(extras), passphrase(paths))
    ended = run_in_process(_work, job, lambda _: None, if_lost="run the command again")
    if ended.status is not Status.SUCCEEDED:
        raise OperateError(f"{stack} is not judged: {ended.error}")
    return ended.violations


def _work(job: _Recorded, connection: Connection) -> None:
    live(lambda: _judge(job), job.paths.root, connection)


def _judge(job: _Recorded) -> Ended:
    from hubspoke.local.engine.analysis import analyze_state  # only the worker needs what speaks to packs

    workspace = open_workspace(job.paths, job.passphrase)
    found = analyze_state(workspace, job.stack, loaded(job.packs), job.extras)
    violations = (Violation(v.policy, v.pack, v.level, v.severity, v.urn, v.message) for v in found)
    return Ended(Status.SUCCEEDED, violations=tuple(violations))
