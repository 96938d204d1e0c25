"""The example fleet by the Pulumi CLI, with the simulated clouds as its plugins: `hubspoke ... --engine cli`."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import STACKS
from tests.local.plugins.conftest import Cli, settings

pytestmark = pytest.mark.usefixtures("simulated")

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OPEN = """
import pulumi
import pulumi_aws as aws

if pulumi.get_stack() == "network":
    group = aws.ec2.SecurityGroup("debug", region="us-east-1", description="temporary")
    aws.vpc.SecurityGroupIngressRule("debug", region="us-east-1", security_group_id=group.id, cidr_ipv4="0.0.0.0/0",
                                     ip_protocol="tcp", from_port=22, to_port=22)
"""


@pytest.fixture
def simulated(pulumi_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as `hubspoke sim install` says to make it, the simulation's folder aside."""
    for name, value in settings(pulumi_home).items():
        monkeypatch.setenv(name, value)
    return pulumi_home


def by_cli(world: Any, monkeypatch: pytest.MonkeyPatch, *words: str, code: int = 0) -> dict[str, Any]:
    """One command with the CLI; its results by stack. What the test itself runs by the local engine is not touched."""
    with monkeypatch.context() as patch:
        patch.setenv("HUBSPOKE_SIM", str(world.paths.clouds))
        ended = world.hubspoke(*words, "--engine", "cli", "--json")
    assert ended.code == code, f"{ended.code}: {ended.out}{ended.err}"
    return {result["stack"]: result for result in ended.document["stacks"]}


def changed(result: dict[str, Any]) -> dict[str, Any]:
    return {step["urn"]: step for step in result["steps"] if step["op"] not in ("same", "read", "refresh")}


def test_what_the_local_engine_made_has_no_changes_to_the_cli(fleet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    previewed = by_cli(fleet, monkeypatch, "preview", "--all")
    assert {stack: changed(previewed[stack]) for stack in STACKS} == {stack: {} for stack in STACKS}

    held, recorded = fleet.held(), fleet.resources("prod-apps").keys()
    brought_up = by_cli(fleet, monkeypatch, "up", "--stack", "prod-apps", "--yes")
    assert changed(brought_up["prod-apps"]) == {}
    assert (fleet.held(), fleet.resources("prod-apps").keys()) == (held, recorded)


def test_what_the_cli_made_has_no_changes_to_the_local_engine(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    by_cli(world, monkeypatch, "up", "--stack", "network", "--yes")
    by_cli(world, monkeypatch, "up", "--stack", "prod-apps", "--yes")

    assert [world.run("preview", stack).changed for stack in ("network", "prod-apps")] == [{}, {}]
    assert world.run("refresh", "prod-apps", preview_only=True).changed == {}
    by_cli(world, monkeypatch, "destroy", "--stack", "prod-apps", "--yes")
    assert world.resources("prod-apps") == {}
    assert world.run("preview", "network").changed == {}


def test_a_bad_change_is_blocked(fleet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fleet.root / "stacks" / "__main__.py"
    program.write_text(program.read_text() + OPEN)

    blocked = by_cli(fleet, monkeypatch, "preview", "--stack", "network", code=3)["network"]
    assert blocked["status"] == "blocked"
    assert "no-open-ingress" in {violation["policy"] for violation in blocked["violations"]}
    mandatory = [violation for violation in blocked["violations"] if violation["level"] == "mandatory"]
    assert blocked["errors"][0] == f"stopped by {len(mandatory)} mandatory policy violations"


def test_the_pack_judges_what_was_found(fleet: Any, simulated: Path) -> None:
    cli = Cli(fleet, simulated)
    stack = ("--stack", "dev-apps")
    cli.run("preview", *stack, "--refresh", "--expect-no-changes", "--policy-pack", "policies")
    cli.run("policy", "analyze", *stack, "--policy-pack", "policies")

    rule = fleet.recorded("dev-apps", RULE, opened(fleet))
    fleet.clouds.edit(rule["id"], {"cidrIpv4": "0.0.0.0/0"}, type_=RULE)
    cli.run("refresh", *stack, "--yes", "--skip-preview")
    assert "no-open-ingress" in cli.run("policy", "analyze", *stack, "--policy-pack", "policies", code=1)


def opened(fleet: Any) -> str:
    """The name of some rule of the stack."""
    return min(str(urn).rsplit("::", 1)[-1] for urn in fleet.resources("dev-apps") if f"{RULE}::" in urn)


def test_the_commands_that_only_look(fleet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from hubspoke.operate.cli_stack import CliStack
    from hubspoke.operate.errors import OperateError

    monkeypatch.setenv("HUBSPOKE_SIM", str(fleet.paths.clouds))
    stack, local = CliStack(fleet.paths, "network"), fleet.stack("network")
    assert stack.outputs() == local.outputs()
    assert stack.export_stack()["deployment"]["resources"] == local.export_stack()["deployment"]["resources"]
    assert (stack.exists(), CliStack(fleet.paths, "nowhere").exists()) == (True, False)
    with pytest.raises(OperateError, match=r"^no stack named 'nowhere' found$"):
        CliStack(fleet.paths, "nowhere").outputs()
