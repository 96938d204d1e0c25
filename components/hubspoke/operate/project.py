"""Where things are: the project's root, its intent, its state and its simulated clouds."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

from hubspoke.operate.errors import OperateError, UsageError


@dataclass(frozen=True)
class Paths:
    """The folders of one project. `root` holds Pulumi.yaml; `shadow` is a state folder to use in place of its own."""

    root: Path
    shadow: Path | None = None

    @property
    def wan(self) -> Path:
        """The intent."""
        return self.root / "stacks" / "wan.yaml"

    @property
    def lock(self) -> Path:
        """The allocations."""
        return self.wan.with_suffix(".lock")

    @property
    def policies(self) -> Path:
        """The project's own policy pack."""
        return self.root / "policies"

    @property
    def local(self) -> Path:
        """What the local engine and the simulated clouds keep; never committed."""
        return self.root / ".hubspoke"

    @property
    def clouds(self) -> Path:
        """The simulated clouds; HUBSPOKE_SIM names another folder."""
        return Path(os.environ.get("HUBSPOKE_SIM") or self.local / "clouds")

    @property
    def state(self) -> Path:
        """The folder of the file backend: PULUMI_BACKEND_URL if that is a file URL, else the project's own.

        Raises UsageError for a backend that is not a folder: the local engine keeps state in files.
        """
        url = os.environ.get("PULUMI_BACKEND_URL", "")
        if self.shadow:
            return self.shadow
        if not url:
            return self.local / "state"
        if not url.startswith("file://"):
            raise UsageError(
                f"PULUMI_BACKEND_URL is {urlparse(url).scheme}://..., but the local engine keeps state in a "
                "folder: unset it, set it to file://<folder>, or use --engine cli"
            )
        return (self.root / Path(url.removeprefix("file://")).expanduser()).resolve()

    def prepare(self) -> None:
        """Make the folders that the local engine writes to. Raises OperateError where that cannot be."""
        for folder in (self.state, self.clouds):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as error:
                why = "a file is in its place; move that away"
                raise OperateError(f"cannot make the folder {folder}: {why}") from error
            except OSError as error:
                raise OperateError(f"cannot make the folder {folder}: {error.strerror}") from error


def find_project(start: Path) -> Paths:
    """The project that `start` is in: the nearest folder upwards with a Pulumi.yaml.

    Raises UsageError where there is none.
    """
    for folder in [start.resolve(), *start.resolve().parents]:
        if (folder / "Pulumi.yaml").is_file():
            return Paths(folder)
    raise UsageError(
        f"no Pulumi.yaml in {start} or above it: change into a hubspoke project, or name one with --project "
        "(try `hubspoke demo` for an example)"
    )


def passphrase(paths: Paths) -> str:
    """The passphrase that secrets in state are encrypted with, from where the Pulumi CLI takes it.

    Where neither PULUMI_CONFIG_PASSPHRASE nor PULUMI_CONFIG_PASSPHRASE_FILE is set, the project's own, made on
    first use, readable by its owner only.
    """
    if (given := os.environ.get("PULUMI_CONFIG_PASSPHRASE")) is not None:
        return given
    if named := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return _read(Path(named)).strip()
    own = paths.local / "passphrase"
    if not own.exists():
        _write_private(own, secrets.token_urlsafe(32))
    return _read(own).strip()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise UsageError(f"cannot read the passphrase file {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the passphrase file {path} is no text: name the one that the stacks were made with"
        ) from error


def _write_private(path: Path, text: str) -> None:
    try:
        _write_once(path, text)
    except OSError as error:
        raise OperateError(f"cannot write the passphrase file {path}: {error.strerror}") from error


def _write_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(text + "\n")
    try:
        os.link(temporary, path)  # unlike rename, never replaces one that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
