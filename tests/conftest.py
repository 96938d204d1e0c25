"""A project of its own for each test, with simulated clouds; and the example fleet, brought up once and then copied."""

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent
STACKS = ("network", "dev-apps", "prod-apps", "shared-services")  # hubs first
SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"  # of Pulumi's own, for a secret in JSON


# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="Write what is kept beside the tests anew.")


def pytest_configure(config: pytest.Config) -> None:
    # The SDK's StackReference makes coroutines that nobody awaits where a program fails; they surface whenever the
    # collector finds them.
    config.addinivalue_line("filterwarnings", r"ignore:coroutine 'Output\.\w+' was never awaited:RuntimeWarning")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the one kept under a path beside the test, or writes it when asked to."""

    def compare(path: str, text: str) -> None:
        kept = request.path.parent / path
        if request.config.getoption("--write-golden"):
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(text)
        again = f"if that is meant: python -m pytest {request.path.relative_to(TESTS.parent)} --write-golden"
        assert kept.exists(), f"nothing is kept in {kept}; {again}"
        assert text == kept.read_text(), f"not as kept in {kept}; {again}"

    return compare


@dataclass
class Ran:
    """What one operation of the local engine came to."""

    outcome: Any
    events: list[Any]

    @property
    def changed(self) -> dict[str, str]:
        """Operation by URN, of what did not stay as it is."""
        from hubspoke.operate.result import fold

        return {step.urn: step.op for step in fold(self.events, "", "up").changed}


@dataclass
class Ended:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class World:
    """A project folder with its intent, its state and its simulated clouds."""

    root: Path
    done: list[Ran] = field(default_factory=list)

    @property
    def paths(self) -> Any:
        from hubspoke.operate.project import Paths

        return Paths(self.root)

    @property
    def clouds(self) -> Any:
        from hubspoke.local.clouds.sim import Simulation

        return Simulation(self.paths.clouds)

    def stack(self, name: str) -> Any:
        """A stack, made if it is not there yet."""
        from hubspoke.local.engine import LocalStack
        from hubspoke.operate.local_stack import open_workspace
        from hubspoke.operate.project import passphrase

        self.paths.prepare()
        stack = LocalStack(open_workspace(self.paths, passphrase(self.paths)), name)
        return stack if stack.exists() else LocalStack.init(stack.workspace, name)

    def run(self, operation: str, name: str, **options: Any) -> Ran:
        """One operation in this process; `program` may be a callable in place of the project's own."""
        # Loaded before any thread, as the lazy modules of the SDKs need it before Python 3.12.
        import hubspoke.operate.preload_programs  # noqa: F401

        events: list[Any] = []
        outcome = getattr(self.stack(name), operation)(on_event=events.append, **options)
        self.done.append(Ran(outcome, events))
        return self.done[-1]

    def up(self, name: str, program: Callable[[], object] | None = None, **options: Any) -> Ran:
        return self.run("up", name, program=program, **options)

    def up_all(self) -> dict[str, Ran]:
        return {name: self.up(name) for name in STACKS}

    def resources(self, name: str) -> dict[str, dict[str, Any]]:
        """What the state records, by URN; times and places in source aside."""
        found = self.stack(name).export_stack()["deployment"].get("resources", [])
        aside = {"created", "modified", "sourcePosition", "stackTrace"}
        return {r["urn"]: {k: v for k, v in r.items() if k not in aside} for r in found}

    def urn(self, stack: str, type_: str, name: str) -> str:
        """The one URN of a stack with this type and name."""
        (found,) = [u for u in self.resources(stack) if u.endswith(f"{type_}::{name}")]
        return found

    def recorded(self, stack: str, type_: str, name: str) -> dict[str, Any]:
        return self.resources(stack)[self.urn(stack, type_, name)]

    def held(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What the clouds hold, by type and id: settings as they are there."""
        return {(r.type, r.id): r.inputs for r in self.clouds.records()}

    def settles(self, name: str, program: Callable[[], object]) -> None:
        """A second `up` changes nothing, nor does one after a refresh; and all of it comes down again."""
        before = self.held()
        self.up(name, program)
        held = self.held()
        assert self.up(name, program).changed == {}
        self.run("refresh", name)
        assert self.up(name, program).changed == {}
        assert self.held() == held
        self.run("destroy", name)
        assert self.held() == before

    def change_intent(self, change: Callable[[Any], None]) -> None:
        """Edit stacks/wan.yaml as a person would, then `hubspoke plan --write`."""
        from hubspoke.plan import allocate_files, write_lock
        from ruamel.yaml import YAML

        yaml = YAML()
        yaml.preserve_quotes, yaml.width = True, 200
        document = yaml.load(self.paths.wan)
        change(document)
        yaml.dump(document, self.paths.wan)
        write_lock(self.paths.lock, allocate_files(self.paths.wan, self.paths.lock)[1])

    def take_intent(self, intent: Path, change: Callable[[Any], None] = lambda _: None) -> None:
        """Another intent in place of the project's own, changed, with new allocations."""
        self.paths.wan.write_text(intent.read_text())
        self.paths.lock.unlink()
        self.change_intent(change)

    def hubspoke(self, *words: str, project: bool = True) -> Ended:
        """The `hubspoke` command, whole, in this process; in this project unless told otherwise."""
        from hubspoke.cli.app import main

        place = ["--project", str(self.root)] if project else []
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["hubspoke", *words, *place])
            try:
                main()
            except SystemExit as end:
                return Ended(int(end.code or 0), out.getvalue(), err.getvalue())
        return Ended(0, out.getvalue(), err.getvalue())

    def command(self, *words: str, **more: Any) -> "subprocess.Popen[str]":
        """The `hubspoke` command, begun in a process group of its own."""
        program = "from hubspoke.cli.app import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", program, *words],
            cwd=self.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True, **more,
        )  # fmt: skip

    def copy_to(self, root: Path) -> "World":
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return World(root)


def make_world(root: Path) -> World:
    from hubspoke.operate.example import copy_example

    copy_example(root)
    for suffix in ("yaml", "lock"):  # one cloud of the example's three: what most tests need, and quicker
        shutil.copy(TESTS / "intents" / f"aws.{suffix}", root / "stacks" / f"wan.{suffix}")
    return World(root)


ADOPTED_VPC, NEIGHBOUR = "vpc-0a1b2c3d4e5f67890", ("321098765432", "us-east-1")


def furnish(world: World) -> None:
    """What was there before the WAN: the VPC that it adopts, a machine and a bucket that are none of its business."""
    clouds, (account, region) = world.clouds, NEIGHBOUR

    def make(type_: str, id_: str, **inputs: Any) -> None:
        clouds.create(account, region, type_, inputs, id_)

    make("aws:ec2/vpc:Vpc", ADOPTED_VPC, cidrBlock="10.8.0.0/20", tags={"team": "warehouse"})
    for zone, cidr, id_ in (
        ("a", "10.8.0.0/24", "subnet-0a11b22c33d44e55f"),
        ("b", "10.8.1.0/24", "subnet-0b66c77d88e99f00a"),
    ):
        place = {"availabilityZone": f"{region}{zone}", "cidrBlock": cidr}
        make("aws:ec2/subnet:Subnet", id_, vpcId=ADOPTED_VPC, **place)
    for id_ in ("rtb-0c1d2e3f405162738", "rtb-0d9e8f7a6b5c4d3e2"):
        make("aws:ec2/routeTable:RouteTable", id_, vpcId=ADOPTED_VPC)
    make("aws:ec2/instance:Instance", "i-0123456789abcdef0", ami="ami-0123456789abcdef0", instanceType="t3.small",
         subnetId="subnet-0a11b22c33d44e55f")  # fmt: skip
    make("aws:s3/bucket:Bucket", "meridian-ledgers", bucket="meridian-ledgers")


_OURS = re.compile(r"PULUMI_|HUBSPOKE_|AWS_|CLOUDFLARE_")


@pytest.fixture(autouse=True, scope="session")
def plain_environment() -> Iterator[None]:
    """What the person running the tests has set for work of their own is not looked at."""
    import os

    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if _OURS.match(name)]:
            patch.delenv(name)
        yield


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The example project, and what was there before it."""
    made = make_world(tmp_path / "project")
    furnish(made)
    return made


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, plain_environment: None) -> World:  # noqa: ARG001
    """The example fleet, up. Not to be changed: `fleet` is a copy that may be."""
    made = make_world(tmp_path_factory.mktemp("deployed") / "project")
    furnish(made)
    made.up_all()
    return made


@pytest.fixture
def fleet(deployed: World, tmp_path: Path) -> World:
    """The example fleet, up, to do anything with."""
    return deployed.copy_to(tmp_path / "project")
