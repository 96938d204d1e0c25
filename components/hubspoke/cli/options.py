"""Options that many commands share, written once."""

from pathlib import Path
from typing import Annotated

import typer

from hubspoke.cli.session import Engine

ProjectOption = Annotated[
    Path | None, typer.Option("--project", "-C", help="Folder of the project; default: here, or above.")
]
StackOption = Annotated[
    list[str] | None, typer.Option("--stack", "-s", help="A stack: the key of an account. May be given several times.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Every stack, in dependency order.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine",
        help="local: in-process, simulated clouds, no credentials. cli: the Pulumi CLI, as in production.",
    ),
]
PackOption = Annotated[
    list[Path] | None,
    typer.Option("--policy-pack", help="Policy pack to run; default: the project's policies/."),
]
PackConfigOption = Annotated[
    Path | None, typer.Option("--policy-pack-config", help="JSON file with levels and settings of the pack.")
]
ParallelOption = Annotated[int, typer.Option("--parallel", "-p", min=1, help="Resources at a time within a stack.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
FullOption = Annotated[bool, typer.Option("--full", help="Show every change, not the first dozen of a stack.")]
