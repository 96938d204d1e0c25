"""What is wrong, where, and what to do: one message, the right exit code, no traceback, nothing written."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import World
from tests.local.engine.disks import read_only


@dataclass(frozen=True)
class Case:
    """A command that must be refused, after a change of the project."""

    words: str
    says: tuple[str, ...]
    code: int = 2
    before: Callable[[World], object] = field(default=lambda _: None)
    environment: dict[str, str] = field(default_factory=dict)


def replaced(file: str, old: str, new: str) -> Callable[[World], object]:
    def change(world: World) -> None:
        path = world.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return change


def written(file: str, text: str) -> Callable[[World], object]:
    return lambda world: (world.root / file).write_text(text)


BAD_LEVEL = {"no-open-ingress": {"enforcementLevel": "strict"}}
CASES = {
    "unknown stack": Case("up --stack staging --yes", ("there is no account 'staging'", "dev-apps, network, prod-apps")),
    "unknown stack beside a known one": Case("preview --stack network --stack staging", ("there is no account 'staging'",)),
    "stack and all": Case("preview --stack network --all", ("--stack and --all exclude each other",)),
    "neither": Case("up --yes", ("which stack? Give --stack with one of dev-apps, network",)),
    "nobody to ask: up": Case("up --all", ("there is no terminal to ask at: add --yes",)),
    "nobody to ask: destroy": Case("destroy --all", ("there is no terminal to ask at: add --yes",)),
    "nobody to ask: refresh": Case("refresh --all", ("there is no terminal to ask at: add --yes",)),
    "nobody to ask: revert": Case("drift --all --revert", ("there is no terminal to ask at: add --yes",)),
    "unknown option": Case("up --al", ("No such option: --al",)),
    "unknown command": Case("apply", ("No such command 'apply'",)),
    "unknown engine": Case("up --all --engine terraform", ("'terraform' is not one of",)),
    "no parallelism": Case("up --all --parallel 0", ("'--parallel' / '-p'", "greater than or equal to 1")),
    "unknown account": Case("plan --account staging", ("there is no account 'staging'",)),
    "bad intent": Case(
        "preview --all",
        ("wan.yaml:", "hubs.use1", "nowhere", "spokes.web.hub", "use9"),
        before=lambda w: (
            replaced("stacks/wan.yaml", "region: us-east-1", "region: nowhere")(w),
            replaced("stacks/wan.yaml", "web: { account: prod-apps, hub: use1,", "web: { account: prod-apps, hub: use9,")(w),
        ),
    ),
    "intent is no YAML": Case("plan", ("wan.yaml:4:1: this is not YAML",), before=written("stacks/wan.yaml", "name: a\n\nhubs: [\n")),
    "project is no YAML": Case("preview --all", ("Pulumi.yaml:2: ",), before=written("Pulumi.yaml", "name: [\n")),
    "no intent": Case("plan", ("wan.yaml",), before=lambda w: w.paths.wan.unlink()),
    "damaged lock": Case("preview --all", ("wan.lock",), before=written("stacks/wan.lock", "version: [1\n")),
    "lock not up to date": Case(
        "up --all --yes",
        ("wan.yaml:", "spokes.web: no CIDR is allocated yet; run `hubspoke plan --write` and commit the lock file"),
        before=replaced("stacks/wan.lock", "  web: 10.16.32.0/20\n", ""),
    ),
    "missing pack": Case("preview --all --policy-pack nowhere", ("nowhere is not a policy pack", "PulumiPolicy.yaml")),
    "missing pack config": Case("preview --all --policy-pack-config nowhere.json", ("nowhere.json",)),
    "bad pack config": Case(
        "preview --stack network --policy-pack-config levels.json",
        ("levels.json",),
        before=written("levels.json", "{ not json"),
    ),
    "unknown pack level": Case(
        "preview --stack network --policy-pack-config levels.json",
        ("strict",),
        code=1,
        before=lambda w: (w.stack("network"), written("levels.json", json.dumps(BAD_LEVEL))(w)),
    ),
    "backend that is no folder": Case(
        "up --all --yes",
        ("PULUMI_BACKEND_URL is s3://...", "keeps state in a folder: unset it, set it to file://<folder>"),
        environment={"PULUMI_BACKEND_URL": "s3://state"},
    ),
    "passphrase file that is not there": Case(
        "up --all --yes", ("cannot read the passphrase file nowhere",),
        environment={"PULUMI_CONFIG_PASSPHRASE_FILE": "nowhere"},
    ),
    "passphrase file that is no text": Case(
        "drift --all", ("the passphrase file stacks/noise is no text: name the one that the stacks were made with",),
        before=lambda w: (w.root / "stacks" / "noise").write_bytes(bytes(range(128, 256))),
        environment={"PULUMI_CONFIG_PASSPHRASE_FILE": "stacks/noise"},
    ),
    "unknown type": Case(
        "sim create aws:ec2/vpcc:Vpcc --account 321098765432 --region us-east-1", ("aws:ec2/vpcc:Vpcc",), code=1
    ),
    "unknown cloud": Case("sim create oci:core/vcn:Vcn --account 1", ("oci:core/vcn:Vcn", "aws, azure-native, "), code=1),
    "unknown path": Case(
        "sim edit meridian-ledgers tags.owner.name=x bucketNam=y", ("aws:s3/bucket:Bucket has no property", "Did you mean"), code=1
    ),
    "no assignment": Case("sim edit meridian-ledgers owner", ("'owner' is not of the form path=value",)),
    "nothing to edit": Case("sim edit meridian-ledgers", ("nothing to change: give path=value",)),
    "unknown thing": Case("sim show vpc-1", ("there is no 'vpc-1': `hubspoke sim list` shows what there is",)),
    "in use": Case("sim delete vpc-0a1b2c3d4e5f67890", ("DependencyViolation",), code=1),
    "refused by the cloud": Case(
        "sim create aws:ec2/vpc:Vpc cidrBlock=10.0.0.0/8 --account 321098765432 --region us-east-1",
        ("between 16 and 28", "Vpc.cidrBlock"),
        code=1,
    ),
    "something else in the demo's folder": Case(
        "demo --dir stacks --yes", ("stacks holds something that is not a demo: name another folder with --dir",)
    ),
    "the demo's folder cannot be": Case("demo --dir Pulumi.yaml/demo", ("error: Pulumi.yaml/demo: Not a directory",), code=1),
}  # fmt: skip
NO_PROJECT_OPTION = ("demo", "apply")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> World:
    from tests.conftest import furnish, make_world

    world = make_world(tmp_path_factory.mktemp("bad") / "project")
    furnish(world)
    return world


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_refused_in_words(case: Case, furnished: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = furnished.copy_to(tmp_path / "project")
    case.before(world)
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(world.root)
    before = world.held(), contents(world.root)
    ended = world.hubspoke(*case.words.split(), project=case.words.split()[0] not in NO_PROJECT_OPTION)
    said = ended.err + ended.out
    assert [text for text in case.says if text not in said] == [], said
    assert ended.code == case.code, said
    assert "Traceback" not in said
    assert "defect" not in said
    assert (world.held(), contents(world.root)) == before


def contents(root: Path) -> dict[str, bytes]:
    """Every file; but for the passphrase, which any look makes, and what SQLite and Python keep."""
    made = ("passphrase", ".db", ".db-wal", ".db-shm", ".pyc")
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file() and not p.name.endswith(made)}


def test_outside_a_project(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = world.hubspoke("up", "--all", "--yes", project=False)
    assert ended.code == 2
    assert ended.err.startswith(f"error: no Pulumi.yaml in {tmp_path} or above it: change into a hubspoke project")
    assert "hubspoke demo" in ended.err


def test_the_wrong_passphrase(fleet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    state = contents(fleet.paths.state)
    for words in (["preview", "--stack", "network"], ["up", "--stack", "network", "--yes"], ["drift", "--all"]):
        with monkeypatch.context() as patch:
            patch.setenv("PULUMI_CONFIG_PASSPHRASE", "not the one")
            ended = fleet.hubspoke(*words)
        assert ended.code == 1
        assert "incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE" in ended.err + ended.out
        assert "Traceback" not in ended.err + ended.out
    assert contents(fleet.paths.state) == state


def test_a_damaged_state_file(fleet: World) -> None:
    path = next(fleet.paths.state.rglob("network.json"))
    path.write_text(path.read_text()[:-200])
    ended = fleet.hubspoke("preview", "--stack", "network")
    assert ended.code == 1
    assert str(path) in ended.err + ended.out
    assert "Traceback" not in ended.err + ended.out


def test_a_stack_that_another_run_holds(fleet: World) -> None:
    stack = fleet.stack("network")
    with stack._storage.lock():
        ended = fleet.hubspoke("up", "--stack", "network", "--yes")
    assert ended.code == 1
    assert "stack 'network' is locked by" in ended.err + ended.out
    assert "Wait for that run to end" in ended.err + ended.out


def test_a_program_that_fails_names_its_own_line(fleet: World) -> None:
    program = fleet.root / "stacks" / "__main__.py"
    program.write_text(program.read_text() + "\nraise ValueError('no such thing')\n")
    ended = fleet.hubspoke("preview", "--stack", "network", "--json")
    assert ended.code == 1
    (stack,) = ended.document["stacks"]
    assert "ValueError: no such thing" in "\n".join(stack["errors"])
    assert "stacks/__main__.py" in "\n".join(stack["errors"])


def test_a_project_without_policies_is_previewed_without(fleet: World) -> None:
    shutil.rmtree(fleet.paths.policies)
    assert fleet.hubspoke("preview", "--stack", "network").code == 0


def test_a_project_in_which_nothing_can_be_written(world: World) -> None:
    with read_only(world.root):
        ended = world.hubspoke("preview", "--stack", "network")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == f"error: cannot make the folder {world.paths.state}: Permission denied"


def test_a_file_where_the_clouds_would_be(world: World) -> None:
    shutil.rmtree(world.paths.clouds)
    world.paths.clouds.write_text("mine")
    ended = world.hubspoke("preview", "--all")
    said = f"error: cannot make the folder {world.paths.clouds}: a file is in its place; move that away"
    assert (ended.code, ended.err.splitlines()[-1], world.paths.clouds.read_text()) == (1, said, "mine")


@pytest.mark.parametrize("words", ["sim list", "sim log", "sim show use1"])
def test_a_simulated_cloud_that_is_none(words: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sick = world.root / "sick"
    sick.mkdir()
    for cloud in ("aws", "cloudflare"):
        (sick / f"{cloud}.db").write_text("garbage")
    monkeypatch.setenv("HUBSPOKE_SIM", str(sick))
    ended = world.hubspoke(*words.split())
    assert ended.code == 1
    assert (
        "db cannot be used: file is not a database; is the folder writable, the disk not full" in ended.err + ended.out
    )
    assert "Traceback" not in ended.err + ended.out
