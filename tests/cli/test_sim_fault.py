"""Faults from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hubspoke.cli.commands.sim import app
from hubspoke.local.clouds.aws import sources as aws
from hubspoke.local.clouds.cloudflare.magic_wan import TUNNEL
from hubspoke.local.clouds.faults import Fault, FaultKind
from hubspoke.local.clouds.sim import Simulation
from hubspoke.operate.errors import UsageError
from typer.testing import CliRunner

if TYPE_CHECKING:
    from tests.conftest import World

Fail = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: wan\nruntime: python\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "wan.yaml").write_text("")
    return tmp_path


@pytest.fixture
def clouds(project: Path) -> Simulation:
    return Simulation(project / ".hubspoke" / "clouds")


@pytest.fixture
def fault(project: Path) -> Fail:
    """Runs `sim fault <words>`; gives what it says. Raises what it raises."""

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["fault", *words, "--project", str(project)])
        if isinstance(result.exception, UsageError):
            raise result.exception
        return result.output

    return run


def test_a_fault_is_switched_on_listed_and_off(fault: Fail, clouds: Simulation) -> None:
    said = fault(
        "add", "throttle", "--times", "5", "--seconds", "2", "--account", "111111111111", "--region", "eu-west-1"
    )
    assert said == "aws-1  throttle (2 s): every call in aws 111111111111 eu-west-1, 5 more times\n"
    assert clouds.faults("aws") == [
        Fault(FaultKind.THROTTLE, "111111111111", "eu-west-1", remaining=5, seconds=2.0, key=1)
    ]
    assert fault("list") == f"{said.replace('aws-1  ', 'aws-1          ')}"
    assert fault("clear", "aws-1") == "cleared aws-1\n"
    assert clouds.faults("aws") == []
    assert fault("list").startswith("no fault is switched on")


def test_listed_for_machines(fault: Fail) -> None:
    fault("add", "lost", "--type", aws.VPC, "--action", "create", "--times", "1")
    assert json.loads(fault("list", "--json")) == [
        {
            "key": "aws-1", "cloud": "aws", "kind": "lost", "account": None, "region": None, "type": aws.VPC,
            "action": "create", "id": None, "remaining": 1, "until": None, "seconds": 0.0,
        }
    ]  # fmt: skip


def test_the_type_tells_the_cloud_and_all_are_cleared_at_once(fault: Fail) -> None:
    assert fault("add", "denied", "--type", TUNNEL).startswith("cloudflare-1  denied: every call of ")
    fault("add", "slow", "--seconds", "3", "--for", "60")
    assert fault("clear", "--all") == "cleared aws-1, cloudflare-1\n"
    assert fault("clear", "--all") == "cleared nothing: none was on\n"


@pytest.mark.parametrize(("words", "says"), [
    (["add", "slow"], "slow by how much? Give --seconds"),
    (["add", "hidden"], "hidden for how long?"),
    (["add", "denied", "--seconds", "3"], "--seconds means nothing for denied; how long it lasts is --for"),
    (["add", "lost", "--action", "read"], "lost cannot hit a read, only: create, update, delete"),
    (["add", "fail", "--type", "aws:ec2/vpc:Vpx"], "has no resource type 'aws:ec2/vpc:Vpx'. Did you mean 'Vpc'?"),
    (["add", "fail", "--type", "oci:core/vcn:Vcn"], "is of no simulated cloud; those at hand: aws, az"),
    (["add", "fail", "--cloud", "aws", "--type", TUNNEL], "is not of aws: leave out --cloud"),
    (["add", "fail", "--id", "vpc-1"], "nothing in aws has the id 'vpc-1'"),
    (["add", "fail", "--action", "create", "--id", "vpc-1"], "a create has no --id yet"),
    (["add", "fail", "--region", "eu-cental"], "'eu-cental' is not a region such as eu-west-1"),
    (["add", "fail", "--cloud", "cloudflare", "--region", "eu-west-1"], "cloudflare has no regions"),
    (["add", "fail", "--tunnel", "1"], "--tunnel goes with tunnel-down only"),
    (["add", "tunnel-down", "--times", "2", "--action", "read"], "--action, --times: a tunnel is no call"),
    (["add", "tunnel-down", "--id", "vpn-1"], "nothing has the id 'vpn-1'"),
    (["clear"], "say which fault to clear"), (["clear", "aws-1", "--all"], "say which fault to clear"),
    (["clear", "aws-1"], "no fault 'aws-1' is switched on; those that are: none"),
])  # fmt: skip
def test_nonsense_is_refused_in_words(fault: Fail, clouds: Simulation, words: list[str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        fault(*words)
    assert says in str(caught.value)
    assert clouds.faults("aws") == clouds.faults("cloudflare") == []


@pytest.mark.parametrize("words", [
    ["throtle"], ["throttle", "--times", "0"], ["throttle", "--seconds", "nan"], ["throttle", "--for", "inf"],
    ["throttle", "--cloud", "azure"], ["throttle", "--action", "drop"], ["tunnel-down", "--tunnel", "3"],
])  # fmt: skip
def test_what_is_no_value_is_refused(project: Path, clouds: Simulation, words: list[str]) -> None:
    result = CliRunner().invoke(app, ["fault", "add", *words, "--project", str(project)])
    assert (result.exit_code, "Invalid value for" in result.output) == (2, True)
    assert clouds.faults("aws") == clouds.faults("cloudflare") == []


def test_the_help_teaches_every_kind(fault: Fail) -> None:
    text = fault("add", "--help")
    assert [kind for kind in FaultKind if f"  {kind} " not in text] == []
    assert "hubspoke sim fault add tunnel-down --id vpn-0123456789abcdef0 --tunnel 2" in text


def test_a_tunnel_is_down_at_both_ends_and_that_is_no_drift(fleet: "World") -> None:
    clouds = fleet.clouds
    vpn = clouds.records(type_=aws.VPN_CONNECTION)[0]
    (far,) = [
        t for t in clouds.records(type_=TUNNEL)
        if t.inputs["customerEndpoint"] == vpn.outputs["tunnel2Address"]
    ]  # fmt: skip
    words = ["fault", "add", "tunnel-down", "--id", far.id, "--project", str(fleet.root)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert [(f.kind, f.id, f.action) for f in clouds.faults("aws")] == [(FaultKind.TUNNEL_DOWN, vpn.id, "2")]
    assert [(f.kind, f.id, f.action) for f in clouds.faults("cloudflare")] == [(FaultKind.TUNNEL_DOWN, far.id, None)]
    assert [t["status"] for t in clouds.outputs(vpn)["vgwTelemetries"]] == ["UP", "DOWN"]
    assert clouds.outputs(far)["bgpStatus"]["state"] == "BGP_DOWN"
    assert set(fleet.run("refresh", "network", expect_no_changes=True).outcome.changes) == {"same"}
    recorded = [r for r in fleet.resources("network").values() if r.get("id") in (vpn.id, far.id)]
    seen = [r["outputs"].get("vgwTelemetries") or r["outputs"]["bgpStatus"]["state"] for r in recorded]
    assert sorted(map(str, seen))[0] == "BGP_DOWN"
    assert "'status': 'DOWN'" in str(seen)
    found = fleet.command("drift", "--stack", "network", "--json")
    out, err = found.communicate(timeout=120)
    assert found.returncode == 0, out + err


def test_naming_the_connection_takes_down_its_far_ends(fleet: "World") -> None:
    vpn = fleet.clouds.records(type_=aws.VPN_CONNECTION)[0]
    words = ["fault", "add", "tunnel-down", "--id", vpn.id, "--for", "60", "--project", str(fleet.root)]
    assert CliRunner().invoke(app, words).output.count("tunnel-down") == 4
    down = {f.id for f in fleet.clouds.faults("cloudflare")}
    far = {t.inputs["customerEndpoint"] for t in fleet.clouds.records(type_=TUNNEL) if t.id in down}
    assert far == {vpn.outputs["tunnel1Address"], vpn.outputs["tunnel2Address"]}
