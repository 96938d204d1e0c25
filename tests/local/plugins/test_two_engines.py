"""One backend, two engines: the Pulumi CLI and the local engine on the same stack, in a project of a few resources."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.faults import Fault, FaultKind
from hubspoke.local.engine.errors import StackLocked
from hubspoke.local.engine.locks import locked

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
STACK = ("--stack", "dev")
NO_CHANGES = (*STACK, "--expect-no-changes")
DIFFERS = 7  # the CLI's exit code


def state_text(small: Any) -> str:
    return str((small.paths.state / ".pulumi" / "stacks" / "small" / "dev.json").read_text())


def rename(small: Any, old: str, new: str) -> None:
    program = small.root / "__main__.py"
    program.write_text(program.read_text().replace(f'"Name": "{old}"', f'"Name": "{new}"'))


def names(small: Any) -> list[str]:
    return sorted(r.inputs.get("tags", {}).get("Name", "") for r in small.clouds.records() if r.owner is None)


def test_the_cli_lists_the_plugins(cli: Any) -> None:
    listed = json.loads(cli.run("plugin", "ls", "--json"))
    assert [(p["name"], p["kind"]) for p in listed] == [
        (n, "resource") for n in ("aws", "azure-native", "cloudflare", "gcp", "random")
    ]


def test_a_stack_of_the_local_engine_has_no_changes_to_the_cli(small: Any, cli: Any) -> None:
    small.up("dev")
    cli.run("preview", *NO_CHANGES)
    cli.run("refresh", "--preview-only", *NO_CHANGES)


def test_a_stack_of_the_cli_has_no_changes_to_the_local_engine(small: Any, cli: Any) -> None:
    said = cli.up()
    assert small.run("preview", "dev").changed == {}
    assert small.run("refresh", "dev", preview_only=True).changed == {}
    assert f"aws is simulated, in {small.paths.clouds}: no real cloud is touched" in said


def test_they_take_turns(small: Any, cli: Any) -> None:
    small.up("dev")
    rename(small, "main", "second")
    cli.up()
    rename(small, "second", "third")
    (changed,) = small.up("dev").changed.items()
    assert (changed[0].rsplit("::", 1)[-1], changed[1]) == ("main", "update")
    cli.run("preview", *NO_CHANGES)
    assert names(small) == ["", "a", "third"]


@pytest.mark.parametrize("first", ["local", "cli"])
def test_secrets_of_one_are_read_by_the_other_and_plain_nowhere(small: Any, cli: Any, first: str) -> None:
    if first == "local":
        small.up("dev")
        word = json.loads(cli.run("stack", "output", *STACK, "--json", "--show-secrets"))["word"]
        masked = json.loads(cli.run("stack", "output", *STACK, "--json"))
    else:
        cli.up()
        word = small.stack("dev").outputs(show_secrets=True)["word"]
        masked = small.stack("dev").outputs()
    assert (len(word), masked["word"], masked["token"]) == (20, "[secret]", "[secret]")
    assert word not in state_text(small)
    assert "s3cr3t" not in state_text(small)


def test_configuration_secrets_of_the_cli_are_read_by_the_local_engine(small: Any, cli: Any) -> None:
    cli.run("config", "set", "--secret", *STACK, "token", "changed")
    small.up("dev")
    assert small.stack("dev").outputs(show_secrets=True)["token"] == "changed"
    assert "changed" not in (small.root / "Pulumi.dev.yaml").read_text()


def test_configuration_secrets_of_the_local_engine_are_read_by_the_cli(cli: Any) -> None:
    assert cli.run("config", "get", *STACK, "token").strip() == "s3cr3t"


def test_an_export_of_either_is_imported_by_the_other(small: Any, cli: Any, tmp_path: Path) -> None:
    small.up("dev")
    exported = tmp_path / "local.json"
    exported.write_text(json.dumps(small.stack("dev").export_stack()))
    cli.run("stack", "import", *STACK, "--file", str(exported))
    cli.run("preview", *NO_CHANGES)

    again = tmp_path / "cli.json"
    cli.run("stack", "export", *STACK, "--file", str(again))
    small.stack("dev").import_stack(json.loads(again.read_text()))
    assert small.run("preview", "dev").changed == {}


@pytest.mark.parametrize("command", ["refresh --preview-only", "preview --refresh"])
def test_the_cli_finds_drift_and_puts_it_back(small: Any, cli: Any, command: str) -> None:
    small.up("dev")
    (vpc,) = small.clouds.records(type_=VPC)
    small.clouds.edit(vpc.id, {"tags.Name": "drifted"})

    cli.run(*command.split(), *NO_CHANGES, code=DIFFERS)
    cli.up("--refresh")
    assert names(small) == ["", "a", "main"]
    assert small.run("refresh", "dev", preview_only=True).changed == {}


def test_the_cli_makes_again_what_is_gone(small: Any, cli: Any) -> None:
    small.up("dev")
    (subnet,) = small.clouds.records(type_=SUBNET)
    small.clouds.delete(subnet.id)
    cli.up("--refresh")
    assert names(small) == ["", "a", "main"]
    assert small.run("preview", "dev").changed == {}


def test_what_the_local_engine_made_is_destroyed_by_the_cli(small: Any, cli: Any) -> None:
    small.up("dev")
    cli.run("destroy", *STACK, "--yes")
    assert (small.clouds.records(), small.resources("dev")) == ([], {})


def test_what_the_cli_made_is_destroyed_by_the_local_engine(small: Any, cli: Any) -> None:
    cli.up()
    small.run("destroy", "dev")
    assert small.clouds.records() == []
    assert "resources" not in json.loads(cli.run("stack", "export", *STACK))["deployment"]


def test_a_refusal_of_the_cloud_reads_well_in_the_cli(small: Any, cli: Any) -> None:
    small.clouds.add_fault("aws", Fault(FaultKind.DENIED, type=SUBNET, action="create"))
    said = cli.up(code=1)
    assert "UnauthorizedOperation: You are not authorized to perform this operation." in said
    assert "rpc error" not in said


def test_what_was_made_in_part_is_recorded_by_the_cli_and_finished_by_the_local_engine(small: Any, cli: Any) -> None:
    small.clouds.add_fault("aws", Fault(FaultKind.PARTIAL, type=SUBNET, action="create", remaining=1))
    cli.up(code=1)
    (subnet,) = small.clouds.records(type_=SUBNET)
    recorded = small.recorded("dev", SUBNET, "a")
    assert (recorded["id"], len(recorded["initErrors"])) == (subnet.id, 1)

    small.up("dev")
    assert [r.id for r in small.clouds.records(type_=SUBNET)] == [subnet.id]
    assert "initErrors" not in small.recorded("dev", SUBNET, "a")
    cli.run("preview", *NO_CHANGES)


def test_a_run_of_the_local_engine_stops_one_of_the_cli(small: Any, cli: Any) -> None:
    small.up("dev")
    with locked(small.paths.state / ".pulumi" / "locks" / "organization" / "small" / "dev", "dev"):
        said = cli.run("refresh", *STACK, "--yes", "--skip-preview", code=1)
    assert "locked" in said


def test_a_run_of_the_cli_stops_one_of_the_local_engine(small: Any, cli: Any) -> None:
    waits = "import time, pathlib\nwhile not pathlib.Path('go').exists():\n    time.sleep(0.1)\n"
    program = small.root / "__main__.py"
    program.write_text(waits + program.read_text())
    running = cli.begin("up", *STACK, "--yes", "--skip-preview")
    try:
        await_lock(small, running)
        with pytest.raises(StackLocked):
            small.run("refresh", "dev")
    finally:
        (small.root / "go").touch()
        said, _ = running.communicate(timeout=300)
    assert running.returncode == 0, said
    assert small.run("preview", "dev").changed == {}


def await_lock(small: Any, running: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 120
    while not list((small.paths.state / ".pulumi" / "locks").rglob("*.json")):
        assert time.monotonic() < until
        assert running.poll() is None, "it ended before it took the lock"
        time.sleep(0.05)


def test_without_a_folder_for_the_clouds_nothing_is_done(small: Any, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(cli), "environment", {**cli.environment, "HUBSPOKE_SIM": ""})
    said = cli.up(code=1)
    assert "this is hubspoke's simulated provider, not the real one, and HUBSPOKE_SIM is not set" in said
    assert small.clouds.records() == []
