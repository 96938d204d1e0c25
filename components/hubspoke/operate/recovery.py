"""What killed runs left, put in order: the journal into the checkpoint, creations that nobody saw the end of found.

The local engine does this by itself before each run. The Pulumi CLI knows no journal: it refuses a stack that has one,
and this is what it waits for.
"""

import threading
from collections.abc import Iterator

from hubspoke.local.engine import LocalStack, StackLocked, Workspace, list_stacks
from hubspoke.operate.local_stack import open_workspace
from hubspoke.operate.project import Paths, passphrase

_ONE_AT_A_TIME = threading.Lock()  # a fleet's threads would find each other's locks


def recover(paths: Paths, stack: str) -> list[str]:
    """Settle one stack; a message for each thing that was settled. Raises `EngineError`."""
    return LocalStack(_workspace(paths), stack).recover()


def recover_left(paths: Paths) -> list[str]:
    """Settle every stack of the project that a killed run left; those of runs that go on are left to them.

    Raises `EngineError` where one cannot be settled.
    """
    with _ONE_AT_A_TIME:
        return list(_settled(_workspace(paths)))


def _settled(workspace: Workspace) -> Iterator[str]:
    for name in list_stacks(workspace):
        if _is_left(workspace, name):
            try:
                yield from LocalStack(workspace, name).recover()
            except StackLocked:
                continue


def _is_left(workspace: Workspace, stack: str) -> bool:
    backend, project = workspace.backend, workspace.project.name
    locks = backend.locks(project, stack)
    return (
        backend.journal(project, stack).exists()
        or (locks.is_dir() and any(locks.iterdir()))
        or b'"pending_operations"' in backend.checkpoint(project, stack).read_bytes()
    )


def _workspace(paths: Paths) -> Workspace:
    return open_workspace(paths, passphrase(paths))
