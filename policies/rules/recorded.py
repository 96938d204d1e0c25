"""What a stack records before a run: a pack is told what a program wants, and has to find out what is in use.

The local engine hands it over in a file (HUBSPOKE_RECORDED_STATE). Under the Pulumi CLI the pack asks for it, once,
before the first resource is judged and so before the first one changes: `pulumi stack export` takes no lock.
"""

import hashlib
import json
import os
import secrets
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from hubspoke.plan.changes import RecordedState

from rules.values import Unknown

_SIG, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"  # Pulumi's marks of a secret
_SECONDS = 120


class Sealed:
    """A recorded secret, known by its digest: it can be told whether a value is the same."""

    def __init__(self, digest: str, key: bytes) -> None:
        self._digest, self._key = digest, key

    def __eq__(self, other: object) -> bool:
        return not isinstance(other, Unknown) and _digest(other, self._key) == self._digest

    __hash__ = None  # type: ignore[assignment]


def _digest(value: Any, key: bytes) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return hashlib.blake2b(text.encode(), key=key, digest_size=32).hexdigest()


@cache
def recorded_state() -> RecordedState | Unknown:
    """What is recorded of the stack that is being changed, as it was when this was first called."""
    try:
        key = bytes.fromhex(os.environ.get("HUBSPOKE_RECORDED_STATE_KEY") or secrets.token_hex(32))
        return RecordedState.of_document(_unsealed(json.loads(_document()), key))
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as problem:
        return Unknown("the recorded state", f"cannot be had ({_said(problem)}); {_REMEDY}")


_REMEDY = (
    "see that the pack finds `pulumi` on PATH, with the login and the secrets provider of the run, or set allowUnknown "
    "for this policy"
)


def _document() -> str:
    if named := os.environ.get("HUBSPOKE_RECORDED_STATE"):
        return Path(named).read_text()
    if not os.environ.get("PULUMI_STACK"):
        return "{}"  # `pulumi policy analyze`: there is no run, and nothing is about to change
    stack = "/".join(
        os.environ.get(f"PULUMI_{part}") or "organization" for part in ("ORGANIZATION", "PROJECT", "STACK")
    )
    command = ["pulumi", "--non-interactive", "stack", "export", "--stack", stack, "--show-secrets"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    return done.stdout


def _unsealed(value: Any, key: bytes) -> Any:
    if isinstance(value, list):
        return [_unsealed(each, key) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get(_SIG) == _SECRET:
        return Sealed(value["digest"], key) if "digest" in value else _sealed(json.loads(value["plaintext"]), key)
    return {name: _unsealed(each, key) for name, each in value.items()}


def _sealed(value: Any, key: bytes) -> Any:
    """What an export shows of a secret, as far from sight as a digest is."""
    if isinstance(value, dict):
        return {name: _sealed(each, key) for name, each in value.items()}
    return [_sealed(each, key) for each in value] if isinstance(value, list) else Sealed(_digest(value, key), key)


def _said(problem: Exception) -> str:
    """Why, without what an export may have printed."""
    if isinstance(problem, subprocess.CalledProcessError):
        lines = [line for line in (problem.stderr or "").splitlines() if line.startswith("error:")]
        return f"pulumi stack export: {lines[0].removeprefix('error:').strip() if lines else problem.returncode}"
    if isinstance(problem, FileNotFoundError):
        return f"there is no {problem.filename}"
    return f"it could not be read: {type(problem).__name__}"
