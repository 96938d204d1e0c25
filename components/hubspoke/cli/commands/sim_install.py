"""sim install: the simulated clouds as plugins for the Pulumi CLI."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from hubspoke.local.plugins.installing import (
    ForeignPlugin,
    SimulatedPlugin,
    install_all,
    pulumi_home,
    simulated_plugins,
)
from hubspoke.operate.errors import OperateError, UsageError

ListOption = Annotated[bool, typer.Option("--list", help="Only say what is installed, and where.")]
UninstallOption = Annotated[bool, typer.Option("--uninstall", help="Remove them again. Real providers stay.")]


def install(show: ListOption = False, uninstall: UninstallOption = False) -> None:
    """Install the simulated clouds as provider plugins for the Pulumi CLI.

    They go to $PULUMI_HOME/plugins (~/.pulumi/plugins if it is not set), in the versions that the SDKs ask for. A real
    provider that is already there is never replaced.
    """
    if show and uninstall:
        raise UsageError("--list and --uninstall exclude each other")
    home = pulumi_home()
    try:
        _list(home) if show else _uninstall(home) if uninstall else _install(home)
    except ForeignPlugin as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise OperateError(f"cannot write to {error.filename or home}: {error.strerror}") from error


def _list(home: Path) -> None:
    for plugin in simulated_plugins(home):
        typer.echo(f"{_name(plugin)}  {plugin.standing()}  {plugin.folder}")


def _uninstall(home: Path) -> None:
    for plugin in simulated_plugins(home):
        done = "removed" if plugin.uninstall() else f"not installed ({plugin.standing()})"
        typer.echo(f"{_name(plugin)}  {done}  {plugin.folder}")


def _install(home: Path) -> None:
    for plugin, written in install_all(home).items():
        typer.echo(f"{_name(plugin)}  {'installed' if written else 'was installed already'}  {plugin.folder}")
    for line in _next_steps():
        typer.echo(line)


def _name(plugin: SimulatedPlugin) -> str:
    return f"simulated {plugin.package} {plugin.version}"


def _next_steps() -> list[str]:
    """What to set so that the CLI goes on where the local engine stopped."""
    lines = ["", "The Pulumi CLI now uses these instead of the real providers of the same version. In a project:"]
    if "PULUMI_HOME" in os.environ:
        lines.append(f"  export PULUMI_HOME={pulumi_home()}")
    lines += [
        "  export HUBSPOKE_SIM=$PWD/.hubspoke/clouds",
        "  export PULUMI_BACKEND_URL=file://$PWD/.hubspoke/state",
        "  export PULUMI_CONFIG_PASSPHRASE_FILE=$PWD/.hubspoke/passphrase",
        "  pulumi preview --stack <account>      # or: hubspoke preview --all --engine cli",
    ]
    if shutil.which("pulumi") is None:
        lines.append("There is no pulumi on PATH yet: pulumi.com/docs/install")
    return lines
