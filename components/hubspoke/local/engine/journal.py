"""What a run has done since its last checkpoint, so that `kill -9` at any moment loses nothing that was made.

One JSON document per line, written with one system call: a killed process leaves at most a torn last line. The first
line names the checkpoint that the journal goes with. Resources are numbered: those of the checkpoint in their order,
new ones from there on.

    {"journal": 1, "base": <sha256>}        the checkpoint it begins from, fenced
    {"same": n}                             resource n was looked at and is unchanged
    {"begin": k, "type": t, "state": {..}}  operation k is about to be done
    {"end": k, "done": [n..], "new": [[n, {..}]..], "set": [[n, {..}]..]}
                                            it ended: resources n are no more, new ones came, others changed
    {"commit": <sha256>}                    the checkpoint that replaces `base` has been staged

While there is a journal the checkpoint is fenced (`checkpoint.fenced`): it names a feature that no other engine has, so
that none goes on from it without the journal. The journal is begun before the fence and removed after it.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hubspoke.local.engine.checkpoint import NO_CIPHER, Deployment, Operation, is_fenced, normalized
from hubspoke.local.engine.errors import StateDamaged
from hubspoke.local.engine.forms import compact
from hubspoke.local.engine.graph import ordered
from hubspoke.local.engine.state import State, state_from_json, state_to_json
from hubspoke.local.engine.values import Cipher, Properties


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Journal:
    """An open journal. Not thread-safe: the snapshot that owns it serialises access."""

    def __init__(self, path: Path, base: bytes, cipher: Cipher) -> None:
        self._path, self._cipher = path, cipher
        self._waiting: list[str] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as problem:
            raise StateDamaged(f"cannot write the journal: {problem}; nothing was changed") from problem
        self._write({"journal": 1, "base": digest(base)})

    def same(self, ref: int) -> None:
        # Only order depends on it, so it waits for a line that matters.
        self._waiting.append(compact({"same": ref}))

    def begin(self, number: int, kind: str, state: State) -> None:
        self._write({"begin": number, "type": kind, "state": state_to_json(state, self._cipher)})

    def end(
        self,
        number: int | None,
        *,
        done: Sequence[State] = (),
        new: Sequence[State] = (),
        changed: Sequence[State] = (),
    ) -> None:
        line: Properties = {"end": number, "done": [state.ref for state in done]}
        line["new"] = [[state.ref, state_to_json(state, self._cipher)] for state in new]
        line["set"] = [[state.ref, state_to_json(state, self._cipher)] for state in changed]
        self._write(line)

    def commit(self, content: bytes) -> None:
        self._write({"commit": digest(content)})

    def close(self) -> None:
        """To be called once the checkpoint that it led to is in place."""
        os.close(self._file)
        self._path.unlink(missing_ok=True)

    def _write(self, line: Properties) -> None:
        text = "\n".join([*self._waiting, compact(line), ""]).encode()
        self._waiting.clear()
        try:
            written = os.write(self._file, text)
        except OSError as problem:
            raise StateDamaged(f"cannot write the journal {self._path}: {problem}") from problem
        if written != len(text):
            raise StateDamaged(f"cannot write the journal {self._path}: the disk is full")


@dataclass
class Replay:
    """What a journal says happened after its checkpoint."""

    deployment: Deployment
    interrupted: list[Operation] = field(default_factory=list)


def replay(path: Path, base: bytes, deployment: Deployment) -> Replay | None:
    """The deployment brought up to date by the journal at `path`; None where there is nothing to add.

    Raises `StateDamaged` where the journal belongs to another checkpoint: then the state was changed by someone else
    after the run that wrote the journal was killed, and what that run made must be looked at by a person.
    """
    lines, current = _lines(path), digest(base)
    if any(line.get("commit") == current for line in lines):
        return None
    if lines and lines[0].get("base") == current:
        return _Player(deployment).play(lines[1:])
    if len(lines) > 1:
        raise StateDamaged(_stale(path, lines))
    if is_fenced(base):
        raise StateDamaged(_lost(path))
    return None  # killed while it was being begun: nothing had been done


def commit_left(path: Path, content: bytes) -> None:
    """In a journal that a killed run left, name the checkpoint with which it is done. Raises `StateDamaged`."""
    try:
        with path.open("r+b") as file:
            file.truncate(file.read().rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
            file.write(f"{compact({'commit': digest(content)})}\n".encode())
    except FileNotFoundError:
        pass  # the checkpoint had pending operations, and there never was a journal
    except OSError as problem:
        raise StateDamaged(f"cannot write the journal {path}: {problem}; nothing was changed") from problem


def _lines(path: Path) -> list[Properties]:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return []
    # A torn last line was never acted upon: what it announces had not begun, or is announced by the line before it.
    whole = text[: text.rfind(b"\n") + 1]
    try:
        return [json.loads(line) for line in whole.splitlines()]
    except ValueError as problem:
        raise StateDamaged(f"journal {path} is damaged: {problem}") from problem


def _stale(path: Path, lines: Sequence[Properties]) -> str:
    made = sorted({state["urn"] for line in lines for _, state in line.get("new", ()) if state.get("custom")})
    begun = sorted({line["state"]["urn"] for line in lines if line.get("type") == "creating"} - set(made))
    return (
        f"{path} was left by a run that was killed, and the state has been changed by something else since. "
        f"It made: {', '.join(made) or 'nothing'}; it was making: {', '.join(begun) or 'nothing'}. See that the state "
        "has them (`pulumi import` adds them), then delete the journal."
    )


def _lost(path: Path) -> str:
    return (
        f"the state is that of before a run that was killed, and what that run did is in {path}, which is missing or "
        f"empty. Put it back; or, if the run is known to have done nothing, put {path.with_suffix('.json')}.bak in "
        "place of the state"
    )


class _Player:
    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._cipher = deployment.crypter or NO_CIPHER
        self._base = list(deployment.resources)
        self._states: dict[int, State] = dict(enumerate(self._base))
        self._order: list[int] = []
        self._gone: set[int] = set()
        self._open: dict[int, Operation] = {}

    def play(self, lines: Sequence[Properties]) -> Replay:
        for line in lines:
            self._step(line)
        moved = dict.fromkeys(self._order)
        kept = [*moved, *(number for number in range(len(self._base)) if number not in moved)]
        left = [self._states[number] for number in kept if number not in self._gone]
        self._deployment.resources = ordered(normalized(left))
        return Replay(self._deployment, list(self._open.values()))

    def _step(self, line: Properties) -> None:
        if "same" in line:
            self._order.append(line["same"])
        elif "begin" in line:
            self._open[line["begin"]] = Operation(state_from_json(line["state"], self._cipher), line["type"])
        elif "end" in line:
            self._end(line)

    def _end(self, line: Properties) -> None:
        self._open.pop(line["end"], None)
        self._gone.update(line["done"])
        for number, found in line["new"]:
            self._order.append(number)
            self._states[number] = state_from_json(found, self._cipher)
        for number, found in line["set"]:
            self._states[number] = state_from_json(found, self._cipher)
