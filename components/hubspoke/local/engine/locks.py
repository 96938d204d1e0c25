"""Locks of the file backend: one JSON file per run, in `.pulumi/locks/organization/<project>/<stack>/`."""

import getpass
import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hubspoke.local.engine.errors import StackLocked, StateDamaged


@contextmanager
def locked(folder: Path, stack: str) -> Iterator[list[str]]:
    """Hold the stack's lock; yields a message for each lock of a dead process that was taken over.

    The lock is written first and the others are looked for again after it, as the Pulumi CLI does: of two runs that
    start together, at most one goes on.
    """
    taken = _clear(folder, stack, ours=None)
    ours = folder / f"{uuid.uuid4()}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ours.write_text(json.dumps(_content(), separators=(",", ":")))
    except OSError as problem:
        ours.unlink(missing_ok=True)
        raise StateDamaged(f"cannot lock the stack: {problem}") from problem
    try:
        _clear(folder, stack, ours)
        yield taken
    finally:
        ours.unlink(missing_ok=True)


def _content() -> dict[str, Any]:
    stamp = datetime.now(UTC).astimezone().isoformat()
    return {"pid": os.getpid(), "username": _user(), "hostname": socket.gethostname(), "timestamp": stamp}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _clear(folder: Path, stack: str, ours: Path | None) -> list[str]:
    """Remove the locks of dead processes of this host. Raises `StackLocked` for any other."""
    taken = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        if path == ours:
            continue
        holder = _read(path)
        if holder is None:
            continue
        pid, host, user, since = _holder(holder)
        if host != socket.gethostname() or _alive(pid):
            raise StackLocked(stack, pid, host, user, since, str(path))
        path.unlink(missing_ok=True)
        taken.append(f"the run of {user}@{host} (pid {pid}, since {since}) is dead; its lock was taken over")
    return taken


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return None  # its run has just ended
    except (OSError, ValueError) as problem:
        raise StateDamaged(f"lock {path} cannot be read ({problem}); delete it if no run is under way") from problem


def _holder(found: dict[str, Any]) -> tuple[int, str, str, str]:
    text = {name: str(found.get(name, "?")) for name in ("hostname", "username", "timestamp")}
    return int(found.get("pid", 0)), text["hostname"], text["username"], text["timestamp"]


def _alive(pid: int) -> bool:
    """Whether a process has this id; our own counts too: two runs in one process must not share a stack."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _zombie(pid)


def _zombie(pid: int) -> bool:
    """A killed child that nobody has waited for still has its id."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
