"""recover: what a killed run left, put in order for whoever runs next."""

import json

import typer

from hubspoke.cli.options import AllOption, JsonOption, ProjectOption, StackOption
from hubspoke.cli.session import Session
from hubspoke.operate.recovery import recover as settle


def recover(
    named: StackOption = None,
    every: AllOption = False,
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """Put what a killed run of the local engine did into the state, and take its lock away.

    Every other command does this by itself; it is for the Pulumi CLI on its own, which refuses such a stack. Creations
    that nobody saw the end of are looked for in the simulated clouds. Changes no cloud.
    """
    session = Session.open(project)
    stacks = [name for name in session.chosen(named, every) if session.stack(name).exists()]
    settled = {name: settle(session.paths, name) for name in stacks}
    if as_json:
        typer.echo(json.dumps({"stacks": settled}, indent=2))
        return
    for name, messages in settled.items():
        for text in messages or ["nothing was left to settle"]:
            typer.echo(f"{name}: {text}")
