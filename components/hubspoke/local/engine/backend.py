"""Pulumi's file backend ("diy", layout version 1): where a stack's checkpoint, history and backups are."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubspoke.local.engine.checkpoint import parse_checkpoint
from hubspoke.local.engine.errors import StackNotFound, StateDamaged, Unsupported
from hubspoke.local.engine.forms import compact
from hubspoke.local.engine.values import Properties

ORGANIZATION = "organization"  # the one organization of a file backend


@dataclass(frozen=True)
class Backend:
    """The folder that `file://<root>` points to."""

    root: Path

    @property
    def _base(self) -> Path:
        return self.root / ".pulumi"

    def checkpoint(self, project: str, stack: str) -> Path:
        return self._base / "stacks" / project / f"{stack}.json"

    def journal(self, project: str, stack: str) -> Path:
        """Beside the checkpoint; Pulumi's own listing skips names without .json."""
        return self._base / "stacks" / project / f"{stack}.journal"

    def locks(self, project: str, stack: str) -> Path:
        return self._base / "locks" / ORGANIZATION / project / stack

    def stacks(self, project: str) -> list[str]:
        self.check_layout()
        folder = self._base / "stacks" / project
        return sorted(path.stem for path in folder.glob("*.json")) if folder.is_dir() else []

    def check_layout(self) -> None:
        """Raises `Unsupported` for a layout of another version than 1."""
        meta = self._base / "meta.yaml"
        if meta.exists():
            text = meta.read_text().strip()
            if text != "version: 1":
                raise Unsupported(f"the file backend's layout ({text!r} in {meta})", "run `pulumi state upgrade`")
        elif any((self._base / "stacks").glob("*.json")):
            raise Unsupported(f"the file backend's layout before projects ({self._base})", "run `pulumi state upgrade`")

    def ensure_layout(self) -> None:
        self.check_layout()
        meta = self._base / "meta.yaml"
        if not meta.exists():
            write_atomically(meta, b"version: 1\n")

    def read(self, project: str, stack: str) -> tuple[bytes, Properties]:
        """The checkpoint as it is, and its deployment. Raises `StackNotFound` and `StateDamaged`."""
        path = self.checkpoint(project, stack)
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            raise StackNotFound(self._not_found(project, stack)) from None
        except OSError as problem:
            raise StateDamaged(f"cannot read the state: {problem}") from problem
        return text, parse_checkpoint(text, str(path))

    def _not_found(self, project: str, stack: str) -> str:
        for suffix in (".gz", ".zst"):
            if Path(f"{self.checkpoint(project, stack)}{suffix}").exists():
                raise Unsupported("compressed state files", "unset PULUMI_DIY_BACKEND_GZIP and write it once more")
        known = ", ".join(self.stacks(project)) or "none"
        return f"no stack named {stack!r} in project {project!r} at {self.root} (there: {known})"

    def write(self, project: str, stack: str, text: bytes, *, backup: bool = True) -> None:
        """Replace the checkpoint, the one before it kept as `.bak`. Raises `StateDamaged`, the old one then whole."""
        path = self.checkpoint(project, stack)
        try:
            staged = stage(path, text)
            if backup and path.exists():
                _replace_with_link(path, Path(f"{path}.bak"))
            commit(staged, path)
        except OSError as problem:
            raise StateDamaged(f"cannot write the state: {problem}; {path} is as it was before") from problem

    def record(self, project: str, stack: str, update: dict[str, Any]) -> None:
        """Add a run to the history, and the state after it to the backups. Raises `StateDamaged`."""
        text = self.checkpoint(project, stack).read_bytes()
        history, backups = (self._base / kind / project / stack for kind in ("history", "backups"))
        stamp = time.time_ns()
        try:
            _write(history / f"{stack}-{stamp}.history.json", compact(update).encode())
            _write(history / f"{stack}-{stamp}.checkpoint.json", text)
            _write(backups / f"{stack}.{stamp}.json", text)
        except OSError as problem:
            raise StateDamaged(f"the run is recorded in the state, but not in the history: {problem}") from problem

    def remove(self, project: str, stack: str) -> None:
        """Forget the stack and its history; the last checkpoint stays as `.bak`."""
        path = self.checkpoint(project, stack)
        self.journal(project, stack).unlink(missing_ok=True)
        if path.exists():
            path.replace(f"{path}.bak")
        history = self._base / "history" / project / stack
        for each in history.glob("*") if history.is_dir() else ():
            each.unlink()


def write_atomically(path: Path, content: bytes) -> None:
    """Raises `StateDamaged` where the disk is full or the folder read-only; what was there is then still whole."""
    try:
        commit(stage(path, content), path)
    except OSError as problem:
        raise StateDamaged(f"cannot write {path}: {problem}") from problem


def stage(path: Path, content: bytes) -> Path:
    """The content in a file beside `path`, on disk for certain."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        staged.unlink(missing_ok=True)
        raise
    return staged


def commit(staged: Path, path: Path) -> None:
    staged.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _replace_with_link(path: Path, backup: Path) -> None:
    # A link costs nothing and the file it names is never written in place.
    link = backup.with_name(f".{backup.name}.{os.getpid()}.tmp")
    link.unlink(missing_ok=True)
    os.link(path, link)
    link.replace(backup)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def read_history(backend: Backend, project: str, stack: str) -> list[dict[str, Any]]:
    """The runs of a stack, oldest first, as `pulumi stack history --json` reads them."""
    folder = backend.root / ".pulumi" / "history" / project / stack
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.history.json"))]
