"""A place for the Pulumi CLI to look from: the project's name, some stacks' state, a backend that ends with the look.

What is done there is written nowhere else: not to the user's backend, nor to the stacks' files in the project.
"""

import io
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from hubspoke.local.engine import Project
from hubspoke.local.engine.backend import ORGANIZATION, Backend
from hubspoke.local.engine.checkpoint import versioned
from hubspoke.local.engine.config import StackFile
from hubspoke.local.engine.forms import compact
from hubspoke.operate.project import Paths

Document = dict[str, Any]
# What a stack's file says of the encryption of its state.
_ENCRYPTION = ("secretsprovider", "encryptedkey", "encryptionsalt")


@dataclass(frozen=True)
class Shadow:
    """`root` has the project's files, and a stack's state once it is there."""

    root: Path
    project: Project

    def environment(self, usual: Mapping[str, str]) -> dict[str, str]:
        """In place of the usual. State that another service encrypts is still read by that service's login."""
        own = {"PULUMI_BACKEND_URL": self._backend.root.as_uri()}
        if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & {*usual, *os.environ}:
            own["PULUMI_CONFIG_PASSPHRASE"] = secrets.token_urlsafe(16)
        return {**usual, **own}

    @property
    def _backend(self) -> Backend:
        return Backend(self.root / "state")

    def put(self, stack: str, exported: Mapping[str, Any]) -> None:
        """A stack's state, as `pulumi stack export` gives it."""
        checkpoint = {"stack": f"{ORGANIZATION}/{self.project.name}/{stack}", "latest": exported["deployment"]}
        text = compact(versioned("checkpoint", checkpoint, exported.get("features") or ()))
        self._backend.write(self.project.name, stack, text.encode())

    def state(self, stack: str) -> Document:
        """A stack's deployment, as it now is."""
        return self._backend.read(self.project.name, stack)[1]


@contextmanager
def shadow(
    paths: Paths, stack: str, states: Mapping[str, Mapping[str, Any]], *, runs: bool = False
) -> Iterator[Shadow]:
    """A shadow of the project with these stacks in it; with `runs`, one where the program can be run for `stack`."""
    with tempfile.TemporaryDirectory(prefix="hubspoke-look-") as folder:
        project = Project.load(paths.root)
        place = Shadow(Path(folder), project)
        place._backend.ensure_layout()
        _write(place.root / "Pulumi.yaml", _project_file(paths, runs=runs))
        _write(place.root / f"Pulumi.{stack}.yaml", _stack_file(project, stack, runs=runs))
        for name, exported in states.items():
            place.put(name, exported)
        yield place


def _project_file(paths: Paths, *, runs: bool) -> Document:
    found = _read(paths.root / "Pulumi.yaml")
    kept = {name: value for name, value in found.items() if name not in ("main", "stackConfigDir")}
    if not runs:
        return {"name": kept["name"], "runtime": "python"}
    return {**kept, "main": str((paths.root / str(found.get("main", "."))).resolve())}


def _stack_file(project: Project, stack: str, *, runs: bool) -> Document:
    """Without configuration where no program is run: what encrypted it may not be at hand."""
    path = StackFile(project, stack).path
    found = _read(path) if path.exists() else {}
    return found if runs else {name: found[name] for name in _ENCRYPTION if name in found}


def _read(path: Path) -> Document:
    return dict(YAML(typ="safe").load(path.read_text()) or {})


def _write(path: Path, document: Document) -> None:
    text = io.StringIO()
    YAML(typ="safe").dump(document, text)
    path.write_text(text.getvalue())
