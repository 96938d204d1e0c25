"""A policy pack over a recorded state, in a worker: the pack is then a fork of one that has everything imported."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from hubspoke.local.engine import PolicyPack
from hubspoke.local.engine.analysis import analyze_state
from hubspoke.local.engine.analyzer import load_policy_config
from hubspoke.local.engine.analyzer_fork import allow_fork
from hubspoke.local.engine.state import State
from hubspoke.operate import workers
from hubspoke.operate.errors import OperateError
from hubspoke.operate.local_stack import open_workspace
from hubspoke.operate.project import Paths, passphrase
from hubspoke.operate.result import Violation
from hubspoke.operate.stack import PackRef


def judge(paths: Paths, stack: str, packs: Sequence[PackRef], extras: Sequence[State]) -> tuple[Violation, ...]:
    """What packs say of what a stack records, and of `extras` beside it.

    Raises EngineError where a pack cannot be run, and OperateError where the worker is ended.
    """
    if not packs:
        return ()
    with ProcessPoolExecutor(max_workers=1, mp_context=workers.context()) as worker:
        try:
            return worker.submit(_judge, paths, passphrase(paths), stack, packs, extras).result()
        except BrokenProcessPool as problem:
            raise OperateError(f"{stack} is not judged: its process ended early; run the command again") from problem


def _judge(
    paths: Paths, secret: str, stack: str, packs: Sequence[PackRef], extras: Sequence[State]
) -> tuple[Violation, ...]:
    allow_fork()
    chosen = [PolicyPack(p.path, load_policy_config(p.config) if p.config else None) for p in packs]
    found = analyze_state(open_workspace(paths, secret), stack, chosen, extras)
    return tuple(Violation(v.policy, v.pack, v.level, v.severity, v.urn, v.message) for v in found)
