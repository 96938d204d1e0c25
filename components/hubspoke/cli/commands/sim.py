"""sim: look into the simulated clouds, and change them behind every stack's back."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape

from hubspoke.cli.commands import sim_fault
from hubspoke.cli.commands.sim_install import install
from hubspoke.cli.commands.sim_seed import seed
from hubspoke.cli.options import JsonOption, ProjectOption
from hubspoke.cli.render import short_type, table_of, unbound
from hubspoke.cli.session import Session
from hubspoke.local.clouds.protocol import CloudError
from hubspoke.local.clouds.records import Record
from hubspoke.local.clouds.sim import BadChange, Simulation
from hubspoke.operate.errors import OperateError, UsageError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look into the simulated clouds, and change them by hand, as somebody at a console would.",
)

app.command("install")(install)

app.command("seed")(seed)
app.add_typer(sim_fault.app, name="fault")

ThingArgument = Annotated[str, typer.Argument(help="Its id, its Name tag, or type=id where several share an id.")]
SettingsArgument = Annotated[
    list[str] | None, typer.Argument(help="path=value; value is JSON or plain text, and none removes the property.")
]
AccountOption = Annotated[str | None, typer.Option("--account", help="The one in this account.")]
RegionOption = Annotated[str | None, typer.Option("--region", help="The one in this region.")]
_ASSIGNMENT = re.compile(r"([\w.\[\]\"':-]+?)=(.*)", re.DOTALL)


@app.command("list")
def list_(
    cloud: str | None = typer.Option(None, "--cloud", help="Only this cloud, such as aws or azure-native."),
    account: str | None = typer.Option(None, "--account", help="Only this account."),
    type_: str | None = typer.Option(None, "--type", help="Only types whose token holds this text."),
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """List what the simulated clouds hold."""
    records = [r for r in _open(project).records(cloud, account) if type_ is None or type_.lower() in r.type.lower()]
    if as_json:
        typer.echo(json.dumps([_plain(record) for record in records], indent=2))
        return
    table = table_of("account", "region", "type", "id", "name")
    for record in records:
        table.add_row(record.account, record.region, short_type(record.type), record.id, escape(_name(record)))
    console = unbound()
    console.print(table)
    console.print(f"{len(records)} resources", highlight=False)


@app.command("show")
def show_(
    thing: ThingArgument, account: AccountOption = None, region: RegionOption = None, project: ProjectOption = None
) -> None:
    """Show one resource whole, as JSON: what was set, and what the cloud assigned. Keys are masked."""
    clouds = _open(project)
    record = _find(clouds, thing, account, region)
    typer.echo(json.dumps({**_plain(record), "outputs": mask(clouds.outputs(record))}, indent=2))


@app.command()
def create(
    type_: str = typer.Argument(metavar="TYPE", help="Type token, such as aws:ec2/vpc:Vpc."),
    settings: SettingsArgument = None,
    account: str = typer.Option(..., "--account", help="Account to create it in."),
    region: str = typer.Option("", "--region", help="Region to create it in."),
    id_: str | None = typer.Option(None, "--id", help="Its id; the cloud chooses one if not given."),
    project: ProjectOption = None,
) -> None:
    """Create a resource that no stack knows of. The cloud's own rules hold."""
    made = _ask(lambda: _open(project).create(account, region, type_, _assignments(settings), id_))
    typer.echo(f"created {short_type(made.type)} {made.id}")


@app.command()
def edit(
    thing: ThingArgument,
    settings: SettingsArgument = None,
    account: AccountOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
) -> None:
    """Change properties of a resource: cidrIpv4=0.0.0.0/0, tags.owner=me, tags.owner=none."""
    clouds = _open(project)
    changes = _assignments(settings)
    if not changes:
        raise UsageError("nothing to change: give path=value, for example tags.owner=me")
    record = _find(clouds, thing, account, region)
    changed = _ask(lambda: clouds.edit(record.id, changes, **_place(record)))
    typer.echo(f"changed {short_type(changed.type)} {changed.id}: {', '.join(changes)}")


@app.command()
def delete(
    thing: ThingArgument,
    force: bool = typer.Option(False, "--force", help="Even while something else uses it."),
    account: AccountOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
) -> None:
    """Delete a resource, though not one in use unless forced."""
    clouds = _open(project)
    record = _find(clouds, thing, account, region)
    _ask(lambda: clouds.delete(record.id, force=force, **_place(record)))
    typer.echo(f"deleted {short_type(record.type)} {record.id}")


@app.command()
def log(
    last: int = typer.Option(20, "--last", "-n", min=1, help="How many of the latest changes."),
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """Who changed what, latest last."""
    entries = _open(project).log()[-last:]
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    for entry in entries:
        when = datetime.fromtimestamp(entry.time, UTC).strftime("%H:%M:%S")
        what = f"{entry.action} {short_type(entry.type)} {entry.id}"
        typer.echo(f"{when}Z  {entry.actor:<16} {entry.account}  {what}  {', '.join(entry.properties)}")


def _open(project: Any) -> Simulation:
    paths = Session.open(project).paths
    paths.prepare()
    return Simulation(paths.clouds)


def _ask(question: Any) -> Any:
    """Ask the cloud; its refusal is an answer, not a crash. Raises OperateError."""
    try:
        return question()
    except (BadChange, CloudError) as error:
        raise OperateError(str(error)) from error


def _find(clouds: Simulation, thing: str, account: str | None, region: str | None) -> Record:
    """The resource meant: by id, by Name tag, or by type=id, in a place if one is named. Raises UsageError."""
    type_, _, id_ = thing.rpartition("=")
    records = [r for r in clouds.records(account=account) if region in (None, r.region)]
    found = [r for r in records if thing in (r.id, _name(r)) or (type_ and (r.type, r.id) == (type_, id_))]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{r.type}={r.id} --account {r.account} --region {r.region!r}" for r in found)
        raise UsageError(f"{thing!r} is several things; say which: {several}")
    raise UsageError(f"there is no {thing!r}: `hubspoke sim list` shows what there is")


def _place(record: Record) -> dict[str, str]:
    """What tells it apart from others of its name."""
    return {"type_": record.type, "account": record.account, "region": record.region}


def _name(record: Record) -> str:
    tags = record.inputs.get("tags") or {}
    return str(tags.get("Name") or record.inputs.get("name") or record.inputs.get("description") or "")


def _assignments(settings: list[str] | None) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for setting in settings or []:
        match = _ASSIGNMENT.fullmatch(setting)
        if not match:
            raise UsageError(f"{setting!r} is not of the form path=value")
        changes[match[1]] = _value(match[2])
    return changes


def _value(text: str) -> Any:
    """JSON where it reads as JSON, plain text otherwise; none is no value."""
    if text in ("none", "null"):
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _plain(record: Record) -> dict[str, Any]:
    return {
        "account": record.account,
        "region": record.region,
        "type": record.type,
        "id": record.id,
        "name": _name(record),
        "inputs": mask(record.inputs),
        "urn": record.urn,
    }


_SECRET = re.compile(r"psk|presharedkey|password|secret|token", re.IGNORECASE)


def mask(values: Any) -> Any:
    """Values with every key and password masked, whatever depth they are at."""
    if isinstance(values, dict):
        return {k: "[secret]" if _SECRET.search(k) and isinstance(v, str) and v else mask(v) for k, v in values.items()}
    return [mask(value) for value in values] if isinstance(values, list) else values
