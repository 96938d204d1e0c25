"""Plugin folders in Pulumi's plugin cache, written and removed as the CLI does it.

A plugin is the folder `resource-<package>-v<version>` with the executable `pulumi-resource-<package>`. Next to it,
`<folder>.lock` keeps two installers apart, and `<folder>.partial` says that one has not finished.
"""

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hubspoke.local.clouds.installed import sdk_version
from hubspoke.local.clouds.packages import SIMULATED

MARKER = "hubspoke.json"  # in a folder of ours, and in no other


class Standing(StrEnum):
    """What is in the cache under a simulated package's name and version."""

    ABSENT = "absent"
    OURS = "ours"
    STALE = "stale"  # ours, but it runs in another Python environment, or its installation was broken off
    FOREIGN = "foreign"  # a real provider


class ForeignPlugin(Exception):
    """A real provider is where the simulated one would go; the message says what to do."""


@dataclass(frozen=True)
class SimulatedPlugin:
    """One package's plugin in one cache."""

    package: str
    version: str
    folder: Path

    @property
    def executable(self) -> Path:
        """What the CLI starts."""
        return self.folder / f"pulumi-resource-{self.package}"

    def standing(self) -> Standing:
        """What is there now."""
        if not self.folder.exists():
            return Standing.ABSENT
        if not self._is_ours():
            return Standing.FOREIGN
        whole = not _beside(self.folder, "partial").exists()
        return Standing.OURS if whole and self._files_are_right() else Standing.STALE

    def install(self) -> bool:
        """Write it; whether that was needed. Raises `ForeignPlugin`, and OSError for a cache that is not writable."""
        with _locked(self.folder):
            found = self.standing()
            if found is Standing.FOREIGN:
                raise ForeignPlugin(_foreign(self))
            if found is Standing.OURS:
                return False
            self._write()
            return True

    def uninstall(self) -> bool:
        """Remove it, if it is ours; whether it was there."""
        with _locked(self.folder):
            if self.standing() not in (Standing.OURS, Standing.STALE):
                return False
            partial = _beside(self.folder, "partial")
            partial.touch()
            shutil.rmtree(self.folder)
            partial.unlink()
        for suffix in ("lock", "lastused"):
            _beside(self.folder, suffix).unlink(missing_ok=True)
        return True

    def _about(self) -> dict[str, str]:
        """What tells a plugin of ours, and which environment it runs in, however that names its Python."""
        return {"simulates": self.package, "version": self.version, "environment": sys.prefix}

    def _files(self) -> dict[str, str]:
        script = (
            "#!/bin/sh\n"
            f"# hubspoke's simulation of the {self.package} provider: it touches no real cloud.\n"
            f'exec {shlex.quote(sys.executable)} -m hubspoke.local.plugins {self.package} "$@"\n'
        )
        return {MARKER: json.dumps(self._about(), indent=2) + "\n", self.executable.name: script}

    def _write(self) -> None:
        partial = _beside(self.folder, "partial")
        partial.touch()
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
        for name, text in self._files().items():
            (self.folder / name).write_text(text)
        self.executable.chmod(0o755)
        partial.unlink()

    def _is_ours(self) -> bool:
        # An empty folder with a mark beside it is what a broken-off installation leaves, whoever began it.
        begun = _beside(self.folder, "partial").exists() and not any(self.folder.iterdir())
        return begun or (self.folder / MARKER).is_file()

    def _files_are_right(self) -> bool:
        marker = self.folder / MARKER
        return marker.read_text() == self._files()[MARKER] and os.access(self.executable, os.X_OK)


def pulumi_home() -> Path:
    """Where Pulumi keeps its plugins and credentials: PULUMI_HOME, or ~/.pulumi."""
    named = os.environ.get("PULUMI_HOME")
    return Path(named).expanduser().absolute() if named else Path.home() / ".pulumi"


def simulated_plugins(home: Path) -> tuple[SimulatedPlugin, ...]:
    """The plugin of every simulated package, at the version of its SDK, installed in `home` or not."""
    versions = {package: sdk_version(package) for package in SIMULATED}
    return tuple(
        SimulatedPlugin(package, version, home / "plugins" / f"resource-{package}-v{version}")
        for package, version in versions.items()
    )


def install_all(home: Path) -> dict[SimulatedPlugin, bool]:
    """Install every simulated package; which of them were written. Raises `ForeignPlugin` before anything is."""
    plugins = simulated_plugins(home)
    for plugin in plugins:
        if plugin.standing() is Standing.FOREIGN:
            raise ForeignPlugin(_foreign(plugin))
    return {plugin: plugin.install() for plugin in plugins}


def _foreign(plugin: SimulatedPlugin) -> str:
    return (
        f"{plugin.folder} holds the real {plugin.package} provider, which is left alone. Give the simulated ones a "
        "place of their own: PULUMI_HOME=$PWD/.hubspoke/pulumi hubspoke sim install, and the same PULUMI_HOME for "
        "every pulumi command"
    )


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _beside(folder, "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
