"""sim seed: the networks that the intent adopts, in the simulated clouds."""

import typer

from hubspoke.cli.options import ProjectOption
from hubspoke.cli.render import short_type
from hubspoke.cli.session import Session
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.sim import Simulation
from hubspoke.operate.errors import OperateError
from hubspoke.operate.seed import seed as seed_networks


def seed(project: ProjectOption = None) -> None:
    """Make the networks that the intent adopts, so that stacks with them can be previewed without a real cloud.

    What is there already is left as it is.
    """
    session = Session.open(project)
    session.paths.prepare()
    try:
        made = seed_networks(session.plan, Simulation(session.paths.clouds))
    except CloudError as error:
        raise OperateError(f"an adopted network is there in part, or differs: {error}") from error
    for record in made:
        typer.echo(f"created {short_type(record.type)} {record.id} in account {record.account}")
    if not made:
        typer.echo("nothing to make: every adopted network is there, or none is adopted")
