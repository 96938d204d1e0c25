"""One stack's files: its state, journal and lock in the backend, and its Pulumi.<stack>.yaml."""

import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from hubspoke.local.engine.backend import ORGANIZATION
from hubspoke.local.engine.builtin import BuiltinPlugin
from hubspoke.local.engine.checkpoint import Deployment, Operation, checkpoint_text, fenced, is_fenced
from hubspoke.local.engine.config import Config, StackFile
from hubspoke.local.engine.errors import StateDamaged, Unsupported
from hubspoke.local.engine.journal import Journal, Replay, commit_left
from hubspoke.local.engine.locks import locked
from hubspoke.local.engine.recovery import resolve
from hubspoke.local.engine.registry import Registry
from hubspoke.local.engine.secrets import Crypter
from hubspoke.local.engine.state import State
from hubspoke.local.engine.workspace import Workspace


@dataclass(frozen=True)
class Loaded:
    """A stack's state, what a killed run did put in, and a message for everything that was settled in doing so."""

    checkpoint: bytes
    deployment: Deployment
    messages: tuple[str, ...]
    replayed: bool  # the checkpoint itself does not have it yet


@dataclass(frozen=True)
class Storage:
    workspace: Workspace
    stack: str

    @property
    def project(self) -> str:
        return self.workspace.project.name

    @property
    def file(self) -> StackFile:
        return StackFile(self.workspace.project, self.stack)

    def exists(self) -> bool:
        return self.workspace.backend.checkpoint(self.project, self.stack).exists()

    def lock(self) -> AbstractContextManager[list[str]]:
        """Raises `StackLocked`; gives a message for each lock of a dead run that was taken over."""
        return locked(self.workspace.backend.locks(self.project, self.stack), self.stack)

    def load(self, *, new: bool = False) -> Loaded:
        """With `new`, an empty stack where there is none.

        Raises `StackNotFound`, `StateDamaged`, `WrongPassphrase` and `Unsupported`.
        """
        if new and not self.exists():
            return Loaded(b"", Deployment(), (), replayed=False)
        checkpoint, deployment, found = self.workspace.load(self.stack)
        messages = self._resolve(deployment, found)
        return Loaded(checkpoint, deployment, tuple(messages), found is not None or bool(messages))

    def _resolve(self, deployment: Deployment, found: Replay | None) -> list[str]:
        interrupted: Iterable[Operation] = found.interrupted if found else ()
        registry = Registry(self.workspace.providers, BuiltinPlugin(self.workspace, _no_resource))
        return resolve(deployment, interrupted, registry)

    def write(self, deployment: Deployment, journal: Journal | None = None) -> bytes:
        """Replace the checkpoint; the journal that led to it is then done with. Raises `StateDamaged`."""
        text = self._text(deployment)
        if journal:
            journal.commit(text)
        # With a journal the backup is already of what was before the run.
        self.workspace.backend.write(self.project, self.stack, text, backup=journal is None)
        if journal:
            journal.close()
        return text

    def settle(self, deployment: Deployment) -> bytes:
        """Make this the state, also of what a killed run left; its journal is then done with. Raises `StateDamaged`."""
        text, backend = self._text(deployment), self.workspace.backend
        commit_left(self._journal, text)
        path = backend.checkpoint(self.project, self.stack)
        backend.write(self.project, self.stack, text, backup=not (path.exists() and is_fenced(path.read_bytes())))
        self.forget_journal()
        return text

    def _text(self, deployment: Deployment) -> bytes:
        deployment.crypter = self.crypter(deployment.crypter)
        return checkpoint_text(f"{ORGANIZATION}/{self.project}/{self.stack}", deployment).encode()

    @property
    def _journal(self) -> Path:
        return self.workspace.backend.journal(self.project, self.stack)

    def journal(self, checkpoint: bytes, crypter: Crypter) -> Journal:
        """Opens it, and lets nobody use the checkpoint without it. Raises `StateDamaged`, nothing then changed."""
        text = fenced(checkpoint, self.stack)
        journal = Journal(self._journal, text, crypter)
        try:
            self.workspace.backend.write(self.project, self.stack, text)
        except StateDamaged:
            journal.close()
            raise
        return journal

    def forget_journal(self) -> None:
        self._journal.unlink(missing_ok=True)

    def crypter(self, recorded: Crypter | None) -> Crypter:
        """The stack file's, else the state's, else a new one; the file is given the salt that it lacks."""
        file = self.file
        if file.salt:
            crypter = self.workspace.unlock(file.salt)
        else:
            crypter = recorded or Crypter.new(self.workspace.passphrase)
            file.set_salt(crypter.salt)
        crypter.verify()
        return crypter

    def begin_key(self) -> None:
        """For a run that writes the state when all else is done, and only then needs the key. Raises `StateDamaged`."""
        if salt := self.file.salt:
            self.workspace.unlock(salt).begin()

    def config(self) -> Config:
        """Raises `ProjectInvalid`, `WrongPassphrase` and `Unsupported`."""
        config = self.file.load(self.workspace.unlock)
        if any(key.startswith("pulumi:autonaming") for key in config.values):
            raise Unsupported("pulumi:autonaming")
        return config

    def record(self, kind: str, config: Config, started: float, changes: Mapping[str, int], *, succeeded: bool) -> None:
        """Add a run to the stack's history."""
        update = {
            "kind": kind, "startTime": int(started), "message": "", "environment": {"exec.kind": "hubspoke"},
            "config": config.recorded, "version": 0, "result": "succeeded" if succeeded else "failed",
            "endTime": int(time.time()), "resourceChanges": dict(changes),
        }  # fmt: skip
        self.workspace.backend.record(self.project, self.stack, update)


def _no_resource(_: str) -> State | None:
    return None
