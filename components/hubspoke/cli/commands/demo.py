"""demo: the whole story in a terminal, in a folder of its own, against simulated clouds."""

import shlex
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from ruamel.yaml import YAML

from hubspoke.cli.exits import Exit
from hubspoke.cli.options import YesOption
from hubspoke.cli.session import Session
from hubspoke.local.clouds.records import Record
from hubspoke.local.clouds.sim import Simulation
from hubspoke.operate.errors import OperateError, UsageError
from hubspoke.operate.example import copy_example
from hubspoke.operate.project import Paths

MARKER = ".hubspoke/demo"

# What a hurried colleague adds to a program to look at a database from home.
BAD_CHANGE = """
import pulumi
import pulumi_aws as aws

if pulumi.get_stack() == "prod-apps":
    group = aws.ec2.SecurityGroup("debug", description="temporary", region="us-east-1", vpc_id="vpc-0a1b2c3d4e5f67890")
    aws.vpc.SecurityGroupIngressRule(
        "debug", region="us-east-1", security_group_id=group.id, cidr_ipv4="0.0.0.0/0", ip_protocol="tcp",
        from_port=5432, to_port=5432,
    )
"""


# What a developer adds to a program in a hurry: one rule, for the wrong network. No resource is wrong by itself.
MISTAKE = '''
import pulumi


def redirect(args):
    """The sandbox in Europe asks for names at the old directory's addresses."""
    if args.name == "sandbox-eu/dev-dns-directory":
        args.props["cidr_ipv4"] = "10.5.0.0/22"
    return pulumi.ResourceTransformationResult(args.props, args.opts)


pulumi.runtime.register_stack_transformation(redirect)
'''


# Static routes have one way: a hub's to Cloudflare, and two joined hubs' to each other.
ACCEPTED = ("endpoint/e1:euc1", "peering/atlantic:euc1", "peering/atlantic:use1")


@dataclass(frozen=True)
class Story:
    """Tells the steps, and checks that each ends as it should."""

    folder: Path
    console: Console
    pause: bool

    def say(self, title: str, text: str) -> None:
        """A new chapter."""
        self.console.print()
        self.console.print(Panel(text, title=f"[bold]{title}[/]", title_align="left", border_style="cyan"))

    def run(self, *words: str, expect: Exit = Exit.CLEAN) -> None:
        """One hubspoke command, as a person would type it. Raises OperateError if it ends otherwise than it should."""
        if self.pause:
            typer.prompt("Enter goes on", default="", show_default=False)
        self.console.print(f"[bold green]$[/] hubspoke {escape(shlex.join(words))}", highlight=False)
        code = self._command([*words, "--project", str(self.folder)])
        if code != expect:
            raise OperateError(f"`hubspoke {' '.join(words)}` ended with code {code} instead of {int(expect)}")
        if expect:
            self.console.print(f"[dim](exit code {code})[/]")

    def _command(self, words: list[str]) -> int:
        from hubspoke.cli.app import app

        try:
            return int(app(words, standalone_mode=False) or 0)
        except SystemExit as end:
            return int(end.code or 0)


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to make the demo's project.")] = Path("hubspoke-demo"),
    pause: Annotated[bool, typer.Option("--pause", help="Wait for Enter before every command.")] = False,
    yes: YesOption = False,
) -> None:
    """Prove, deploy, judge, break, find out, put back and destroy a whole network on this machine.

    Makes a project of its own in ./hubspoke-demo. Touches no real cloud and needs no credentials.
    """
    _make_project(folder, yes)
    started = time.monotonic()
    Session.begin(folder, judged=True)
    story = Story(folder.resolve(), Console(emoji=False), pause and sys.stdin.isatty())
    for chapter in CHAPTERS:
        chapter(story)
    _farewell(story, folder, time.monotonic() - started)


def _make_project(folder: Path, yes: bool) -> None:
    """A fresh project; an earlier demo is replaced, anything else is left alone."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name another folder with --dir")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise UsageError(f"{folder} holds something that is not a demo: name another folder with --dir")
        if not yes and sys.stdin.isatty():
            typer.confirm(f"{folder} holds an earlier demo. Start over?", abort=True)
        shutil.rmtree(folder)
    copy_example(folder)
    (folder / MARKER).parent.mkdir(exist_ok=True)
    (folder / MARKER).touch()


def _before(story: Story) -> None:
    story.say(
        "1. What was there before",
        "A production VPC that the WAN will adopt, and next to it a virtual machine and a bucket that are "
        "nobody's business but their owners'. They are made by hand, as far as hubspoke can tell.",
    )
    story.run("sim", "seed")
    made = ["sim", "create", "--account", "321098765432", "--region", "us-east-1"]
    machine = ["ami=ami-0123456789abcdef0", "instanceType=t3.small", "subnetId=subnet-0a11b22c33d44e55f"]
    story.run(*made, "aws:ec2/instance:Instance", *machine, "--id", "i-0123456789abcdef0")
    story.run(*made, "aws:s3/bucket:Bucket", "bucket=meridian-ledgers", "--id", "meridian-ledgers")


def _plan(story: Story) -> None:
    story.say(
        "2. Plan",
        "stacks/wan.yaml says what the company wants: hubs on AWS, Azure and Google Cloud, twenty networks in ten "
        "accounts, what may talk to what and what must not. The plan is everything that follows from it. Here is one "
        "account.",
    )
    story.run("plan", "--account", "prod-apps")


def _prove(story: Story) -> None:
    story.say(
        "3. Proven before it is there",
        "Every flow arrives and its answers come back, what must not meet does not, whatever single thing fails; "
        "three weaknesses of static routing are accepted by name. Then a program gets one rule wrong, and a preview is "
        "enough to find the packet that no longer arrives: exit code 3.",
    )
    story.run("verify", *(word for each in ACCEPTED for word in ("--accept", each)))
    program = story.folder / "stacks" / "__main__.py"
    good = program.read_text()
    try:
        program.write_text(MISTAKE + good)
        story.run("verify", "--of", "planned", "--stack", "dev-apps", "--no-failures", expect=Exit.BLOCKED)
    finally:
        program.write_text(good)


def _up(story: Story) -> None:
    story.say(
        "4. Up",
        "Every account is a Pulumi stack. All are previewed and judged by the policy pack; then the hubs come up, and "
        "the accounts with spokes after them, side by side.",
    )
    story.run("up", "--all", "--yes")


def _blocked(story: Story) -> None:
    story.say(
        "5. A bad change is stopped",
        "Somebody opens a database to the internet, in a pull request. The preview is judged by the same pack, and "
        "nothing is changed: exit code 3.",
    )
    program = story.folder / "stacks" / "__main__.py"
    good = program.read_text()
    try:
        program.write_text(good + BAD_CHANGE)
        story.run("preview", "--stack", "prod-apps", expect=Exit.BLOCKED)
    finally:
        program.write_text(good)


def _break(story: Story) -> None:
    story.say(
        "6. Changes behind its back",
        "Somebody at a console adds a route to a managed route table, opens a security group to the world, and "
        "deletes a tunnel's route at Cloudflare. No stack knows of it.",
    )
    clouds = Simulation(Paths(story.folder).clouds)
    table = _named(clouds, "aws:ec2/routeTable:RouteTable", "web")
    gateway = _named(clouds, "aws:ec2transitgateway/transitGateway:TransitGateway", "use1")
    route = [f"routeTableId={table.id}", "destinationCidrBlock=203.0.113.0/24", f"transitGatewayId={gateway.id}"]
    place = ["--account", table.account, "--region", table.region]
    story.run("sim", "create", *place, "aws:ec2/route:Route", *route)
    story.run("sim", "edit", "web/ci-prod-ci", "cidrIpv4=0.0.0.0/0")
    story.run("sim", "delete", "spoke web-eu over euc1-e1-a")


def _named(clouds: Simulation, type_: str, name: str) -> Record:
    """The one resource of a type with this Name tag."""
    return next(r for r in clouds.records(type_=type_) if (r.inputs.get("tags") or {}).get("Name") == name)


def _drift(story: Story) -> None:
    story.say(
        "7. Found out, and judged",
        "A copy of each stack's state is refreshed; the real one stays as it is. What differs is named by property, "
        "and the policy pack judges what is really there: exit code 7.",
    )
    story.run("drift", "--all", expect=Exit.DIFFERS)


def _revert(story: Story) -> None:
    story.say(
        "8. Put back",
        "All of it was in one account. Only what the WAN manages is put back; every other resource is left alone, and "
        "counted to show it.",
    )
    story.run("drift", "--stack", "prod-apps", "--revert", "--yes")


def _retire(story: Story) -> None:
    story.say(
        "9. Taken down",
        "Gateways are protected: that is lifted in the intent, as everything is. Then all is destroyed, spokes first. "
        "What was there before is still there.",
    )
    stacks = _lift_protection(story.folder / "stacks" / "wan.yaml")
    story.run("up", *(word for stack in stacks for word in ("--stack", stack)), "--yes")
    story.run("destroy", "--all", "--yes")
    story.run("sim", "list")


def _lift_protection(intent: Path) -> list[str]:
    """What a person would edit: `protect: false` on every hub and on-ramp. Returns the stacks that they are in."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 200
    document = yaml.load(intent)
    gateways = [*document["hubs"].values(), *document["onramps"].values()]
    for gateway in gateways:
        gateway["protect"] = False
    yaml.dump(document, intent)
    return sorted({str(gateway["account"]) for gateway in gateways})


CHAPTERS: tuple[Callable[[Story], None], ...] = (
    _before,
    _plan,
    _prove,
    _up,
    _blocked,
    _break,
    _drift,
    _revert,
    _retire,
)


def _farewell(story: Story, folder: Path, seconds: float) -> None:
    story.say(
        f"Done in {seconds:.0f} s. What to run next",
        f"cd {folder}\n"
        "hubspoke up --all               deploy it again, and look around:\n"
        "hubspoke sim list               what the simulated clouds hold\n"
        "hubspoke sim --help             change something, then find it with hubspoke drift --all\n"
        "$EDITOR stacks/wan.yaml         add a spoke, then hubspoke plan --write and hubspoke preview --all\n"
        "hubspoke --help                 all commands",
    )
