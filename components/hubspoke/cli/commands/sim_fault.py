"""sim fault: make the simulated clouds fail as real ones do, for a while or a number of times."""

import json
import time
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Annotated, Any

import typer

from hubspoke.cli.options import JsonOption, ProjectOption
from hubspoke.cli.render import short_type
from hubspoke.cli.session import Session
from hubspoke.local.clouds.aws.places import REGION
from hubspoke.local.clouds.azure.places import LOCATION
from hubspoke.local.clouds.faults import ACTIONS, Fault, FaultKind, actions
from hubspoke.local.clouds.gcp.places import REGION as GOOGLE_REGION
from hubspoke.local.clouds.installed import UnknownType
from hubspoke.local.clouds.packages import STORED, package, package_of
from hubspoke.local.clouds.sim import BadChange, Simulation
from hubspoke.local.clouds.tunnel_ends import down_faults
from hubspoke.operate.errors import UsageError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make the simulated clouds fail as real ones do, and see what a deployment makes of it.",
)
ADD_HELP = """Switch a fault on. It hits every call that it does not exclude, until cleared.

\b
throttle     refused for being too many; --seconds is the retry-after   (retried, then reported)
lost         the change is done, its answer never arrives               (retried, never done twice)
hidden       a read does not find what is new for --seconds             (waited for)
slow         ready only --seconds later                                 (waited for)
denied       refused for want of permission                             (reported at once)
unavailable  the region or service is down                              (reported at once)
fail         an internal error; nothing is done                         (reported at once)
partial      done in part, and says so                                  (recorded, then reported)
tunnel-down  a VPN tunnel has no session, seen from both its ends       (in outputs, no drift)

\b
Examples:
  hubspoke sim fault add throttle --times 5 --seconds 2
  hubspoke sim fault add hidden --seconds 3 --for 60
  hubspoke sim fault add lost --action create --type aws:ec2/vpc:Vpc --times 1
  hubspoke sim fault add slow --seconds 30 --type aws:ec2transitgateway/transitGateway:TransitGateway
  hubspoke sim fault add denied --account 222222222222 --action delete
  hubspoke sim fault add unavailable --region eu-central-1
  hubspoke sim fault add tunnel-down --id vpn-0123456789abcdef0 --tunnel 2
"""
_REGIONS = {"aws": (REGION, "eu-west-1"), "azure-native": (LOCATION, "westeurope"),
            "gcp": (GOOGLE_REGION, "europe-west4")}  # fmt: skip
_USES_SECONDS = (FaultKind.THROTTLE, FaultKind.SLOW, FaultKind.HIDDEN)
CloudName = StrEnum("CloudName", [(name, name) for name in STORED])  # type: ignore[misc]
Action = StrEnum("Action", [(name, name) for name in ACTIONS])  # type: ignore[misc]


@app.command("add", help=ADD_HELP)
def add(
    kind: Annotated[FaultKind, typer.Argument(metavar="KIND", help="What goes wrong; see above.")],
    cloud: Annotated[CloudName | None, typer.Option(help="In which cloud; default: that of --type, or aws.")] = None,
    account: str | None = typer.Option(None, help="Only calls in this account."),
    region: str | None = typer.Option(None, help="Only calls in this region."),
    type_: str | None = typer.Option(None, "--type", help="Only this type, such as aws:ec2/vpc:Vpc."),
    action: Annotated[Action | None, typer.Option(help="Only this kind of call.")] = None,
    id_: str | None = typer.Option(None, "--id", help="Only calls about the resource with this id."),
    tunnel: int | None = typer.Option(None, min=1, max=2, help="For tunnel-down: only this tunnel of a VPN."),
    times: int | None = typer.Option(None, min=1, help="Ends after so many calls."),
    lasting: float | None = typer.Option(None, "--for", min=0.001, max=86_400, help="Ends after so many seconds."),
    seconds: float = typer.Option(0.0, min=0.0, max=86_400, help="Retry-after, delay, or time unseen, in seconds."),
    project: ProjectOption = None,
) -> None:
    """Switch a fault on."""
    until = time.time() + lasting if lasting is not None else None
    fault = Fault(kind, account, region, type_, action, id_, times, until, seconds)
    clouds = _open(project)
    for where, each in _meant(clouds, fault, cloud, str(tunnel) if tunnel else None):
        key = clouds.add_fault(where, each)
        typer.echo(f"{where}-{key}  {_said(where, replace(each, key=key))}")


@app.command("list")
def list_(as_json: JsonOption = False, project: ProjectOption = None) -> None:
    """List the faults that can still happen."""
    found = _all(_open(project))
    if as_json:
        typer.echo(json.dumps([_plain(cloud, fault) for cloud, fault in found], indent=2))
        return
    for cloud, fault in found:
        typer.echo(f"{_key(cloud, fault):<14} {_said(cloud, fault)}")
    if not found:
        typer.echo("no fault is switched on; `hubspoke sim fault add --help` shows what there is")


@app.command()
def clear(
    key: str | None = typer.Argument(None, help="The fault's key, such as aws-1."),
    every: Annotated[bool, typer.Option("--all", help="All faults.")] = False,
    project: ProjectOption = None,
) -> None:
    """Switch a fault off, or all."""
    if (key is None) is not every:
        raise UsageError("say which fault to clear: its key, as `hubspoke sim fault list` shows it, or --all")
    clouds = _open(project)
    found = [(cloud, fault) for cloud, fault in _all(clouds) if every or _key(cloud, fault) == key]
    if not found and not every:
        on = ", ".join(_key(cloud, fault) for cloud, fault in _all(clouds)) or "none"
        raise UsageError(f"no fault {key!r} is switched on; those that are: {on}")
    for cloud, fault in found:
        clouds.clear_faults(cloud, fault.key)
    typer.echo("cleared " + (", ".join(_key(cloud, fault) for cloud, fault in found) or "nothing: none was on"))


def _open(project: Any) -> Simulation:
    paths = Session.open(project).paths
    paths.prepare()
    return Simulation(paths.clouds)


def _all(clouds: Simulation) -> list[tuple[str, Fault]]:
    return [(cloud, fault) for cloud in STORED for fault in clouds.faults(cloud)]


def _key(cloud: str, fault: Fault) -> str:
    return f"{cloud}-{fault.key}"


def _meant(clouds: Simulation, fault: Fault, cloud: str | None, tunnel: str | None) -> list[tuple[str, Fault]]:
    """The faults to switch on, each with its cloud. Raises UsageError for what makes no sense."""
    if fault.kind is FaultKind.TUNNEL_DOWN:
        return _tunnels(clouds, fault, cloud, tunnel)
    where = cloud or (fault.type.split(":")[0] if fault.type else "aws")
    if tunnel:
        raise UsageError("--tunnel goes with tunnel-down only")
    _check_call(fault)
    _check_type(where, fault.type)
    _check_region(where, fault.region)
    _check_seconds(fault)
    if fault.id is not None and not any(r.id == fault.id for r in clouds.records(where)):
        raise UsageError(f"nothing in {where} has the id {fault.id!r}; `hubspoke sim list` shows what there is")
    return [(where, fault)]


def _tunnels(clouds: Simulation, fault: Fault, cloud: str | None, tunnel: str | None) -> list[tuple[str, Fault]]:
    given = {"--cloud": cloud, "--account": fault.account, "--region": fault.region, "--type": fault.type,
             "--action": fault.action, "--times": fault.remaining, "--seconds": fault.seconds or None}  # fmt: skip
    senseless = [name for name, value in given.items() if value is not None]
    if senseless:
        raise UsageError(f"{', '.join(senseless)}: a tunnel is no call; tunnel-down takes --id, --tunnel and --for")
    try:
        found = down_faults(clouds, fault.id, tunnel)
    except BadChange as error:
        raise UsageError(str(error)) from error
    return [(where, replace(each, until=fault.until)) for where, each in found]


def _check_call(fault: Fault) -> None:
    possible = actions(fault.kind)
    if fault.action is not None and fault.action not in possible:
        raise UsageError(f"{fault.kind} cannot hit a {fault.action}, only: {', '.join(possible)}")
    if fault.action == "create" and fault.id is not None:
        raise UsageError("a create has no --id yet: name its --type, or leave out --action")


def _check_type(cloud: str, type_: str | None) -> None:
    if type_ is None:
        return
    try:
        owner = package_of(type_).name
        if type_ not in package(owner).invokes:
            package(owner).schema(type_)
    except KeyError:
        raise UsageError(f"{type_!r} is of no simulated cloud; those at hand: {', '.join(STORED)}") from None
    except UnknownType as error:
        raise UsageError(str(error)) from error
    if owner != cloud:
        raise UsageError(f"{type_} is not of {cloud}: leave out --cloud, or name another type")


def _check_region(cloud: str, region: str | None) -> None:
    if region is None:
        return
    if cloud not in _REGIONS:
        raise UsageError(f"{cloud} has no regions: leave out --region")
    form, example = _REGIONS[cloud]
    if not form.match(region):
        raise UsageError(f"{region!r} is not a region such as {example}")


def _check_seconds(fault: Fault) -> None:
    if fault.seconds and fault.kind not in _USES_SECONDS:
        raise UsageError(f"--seconds means nothing for {fault.kind}; how long it lasts is --for")
    if fault.kind is FaultKind.SLOW and not fault.seconds:
        raise UsageError("slow by how much? Give --seconds")
    if fault.kind is FaultKind.HIDDEN and not fault.seconds and fault.remaining is None:
        raise UsageError("hidden for how long? Give --seconds, or --times for a number of reads")


def _said(cloud: str, fault: Fault) -> str:
    """One fault in words."""
    if fault.kind is FaultKind.TUNNEL_DOWN:
        return f"tunnel-down: {_tunnel(cloud, fault)}{_ends(fault)}"
    calls = f"every {fault.action or 'call'}"
    of = f" of {short_type(fault.type)}" if fault.type else ""
    about = f" {fault.id}" if fault.id else ""
    place = " ".join(part for part in (cloud, fault.account, fault.region) if part)
    amount = f" ({fault.seconds:g} s)" if fault.seconds else ""
    return f"{fault.kind}{amount}: {calls}{of}{about} in {place}{_ends(fault)}"


def _tunnel(cloud: str, fault: Fault) -> str:
    slot = f"tunnel {fault.action} of " if fault.action else ""
    return f"{slot}{fault.id or 'every tunnel'} in {cloud}"


def _ends(fault: Fault) -> str:
    left = [f"{fault.remaining} more times"] if fault.remaining is not None else []
    if fault.until is not None:
        left.append(f"for {max(0.0, fault.until - time.time()):.0f} s more")
    return f", {' or '.join(left)}" if left else ", until cleared"


def _plain(cloud: str, fault: Fault) -> dict[str, Any]:
    return {**asdict(fault), "key": _key(cloud, fault), "cloud": cloud}
