"""What the CLI engine does without touching a stack: looks for drift, and previews of what is not there yet."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.local.plugins.conftest import settings

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy


def named(args, report):
    if args.resource_type == "aws:ec2/vpc:Vpc" and args.props["tags"]["Name"] != "main":
        report("not main")


def counted(args, report):
    report(f"{sum(r.resource_type.startswith('aws:') for r in args.resources)} of aws")


PolicyPack(
    name="looks",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(name="named", description="-", validate=named),
        StackValidationPolicy(
            name="counted", description="-", validate=counted, enforcement_level=EnforcementLevel.ADVISORY
        ),
    ],
)
"""


@pytest.fixture
def simulated(small: Any, pulumi_home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small project, in an environment in which the CLI works on its simulated clouds."""
    for name, value in {**settings(pulumi_home), "HUBSPOKE_SIM": str(small.paths.clouds)}.items():
        monkeypatch.setenv(name, value)
    return small


@pytest.fixture
def pack(tmp_path: Path) -> Any:
    from hubspoke.operate.stack import PackRef

    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (folder / "__main__.py").write_text(PACK)
    return PackRef(folder)


def look(small: Any, *packs: Any) -> Any:
    from hubspoke.operate.cli_drift import CliLook
    from hubspoke.operate.cli_stack import CliStack

    return CliLook(small.paths, "dev", CliStack(small.paths, "dev").states(["dev"]), None, packs).report(lambda _: None)


def files(small: Any) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in small.root.rglob("*") if path.is_file() and "clouds" not in str(path)
    }


def test_a_look_finds_and_judges_what_is_there_and_changes_nothing(simulated: Any, pack: Any) -> None:
    simulated.up("dev")
    (vpc,), (subnet,) = (simulated.clouds.records(type_=type_) for type_ in (VPC, SUBNET))
    (group,) = [r for r in simulated.clouds.records(type_=GROUP) if r.urn]
    simulated.clouds.edit(vpc.id, {"tags.Name": "drifted"})
    simulated.clouds.edit(group.id, {"description": "s3cr3t-too"})
    simulated.clouds.delete(subnet.id)
    before = files(simulated)

    report = look(simulated, pack)

    assert report.errors == ()
    differences = {
        (f.name, str(f.kind)): [(d.path, d.recorded, d.observed) for d in f.differences] for f in report.findings
    }
    assert differences == {
        ("main", "edited"): [("tags.Name", "main", "drifted")],
        ("keeper", "edited"): [("description", "[secret]", "[secret]")],
        ("a", "gone"): [],
    }
    assert {(v.policy, v.level, v.message.splitlines()[-1]) for v in report.violations} == {
        ("named", "mandatory", "not main"), ("counted", "advisory", "2 of aws"),
    }  # fmt: skip
    assert "s3cr3t" not in str(dataclasses.asdict(report))
    assert files(simulated) == before


def test_what_is_extra_is_said_to_be_unknown_without_an_inventory(simulated: Any) -> None:
    simulated.up("dev")
    report = look(simulated)
    assert report.clean
    assert [text.partition(" was not")[0] for text in report.unknown] == [
        "what others put into 1 managed route tables, security groups and tunnels"
    ]


def test_a_pack_that_cannot_run_is_an_error_and_no_verdict(simulated: Any, pack: Any) -> None:
    simulated.up("dev")
    (pack.path / "__main__.py").write_text("raise RuntimeError('no pack')\n")
    report = look(simulated, pack)
    assert not report.clean
    assert "the policy packs could not judge what was found" in report.errors[0]


def test_a_stack_that_was_never_made_is_previewed_and_not_made(simulated: Any, cli: Any) -> None:
    from hubspoke.operate.cli_stack import CliStack
    from hubspoke.operate.stack import Options

    (simulated.root / "Pulumi.new.yaml").write_bytes((simulated.root / "Pulumi.dev.yaml").read_bytes())
    before = files(simulated)
    previewed = CliStack(simulated.paths, "new").preview(lambda _: None, Options())
    assert (str(previewed.status), previewed.errors) == ("succeeded", ())
    assert sum(step.op == "create" for step in previewed.steps if "pulumi:" not in step.type) == 4
    assert files(simulated) == before
    assert "no stack named 'new' found" in cli.run("preview", "--stack", "new", code=6)


def test_without_an_inventory_it_is_put_back_and_what_was_touched_is_said(simulated: Any) -> None:
    from hubspoke.operate.cli_stack import CliStack
    from hubspoke.operate.revert import revert
    from hubspoke.operate.stack import Options

    simulated.up("dev")
    (vpc,), (subnet,) = (simulated.clouds.records(type_=type_) for type_ in (VPC, SUBNET))
    simulated.clouds.edit(vpc.id, {"tags.Name": "drifted"})
    simulated.clouds.delete(subnet.id)

    done = revert(CliStack(simulated.paths, "dev"), look(simulated).findings, None, lambda _: None, Options())

    (renewed,) = simulated.clouds.records(type_=SUBNET)
    assert (done.touched, done.untouched, done.removed) == (((SUBNET, renewed.id), (VPC, vpc.id)), None, ())
    assert simulated.clouds.get(vpc.id, VPC).inputs["tags"] == {"Name": "main"}
    assert look(simulated).clean
