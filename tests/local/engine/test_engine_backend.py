"""The files: state as the Pulumi CLI writes it, locks, configuration, passphrases, and what is wrong with them."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hubspoke.local.engine import (
    EngineError,
    LocalStack,
    Project,
    ProjectInvalid,
    StackExists,
    StackLocked,
    StackNotFound,
    StateDamaged,
    Unsupported,
    WrongPassphrase,
    list_stacks,
)  # fmt: skip
from hubspoke.local.engine.backend import read_history
from hubspoke.local.engine.config import StackFile
from hubspoke.local.engine.secrets import Crypter

from tests.local.engine.engine_bench import Bench, Thing

# Made by `pulumi stack init` and `pulumi config set --secret`, version 3.272.0, with the passphrase "pw".
CLI_SALT = "v1:YGBhK6IDw7o=:v1:jez9FjttJ6eknpEG:HkUv2glNP4mZhTdheYjBSZT8YYjRkw=="
CLI_SECRET = "v1:D0mINJUWesdzDsHq:ZTJE8jLaM/ghLbWtIKKWpY1o/89GyhdExbo8"


def secretive() -> None:
    Thing("a", key=pulumi.Output.secret({"psk": "hush-hush", "n": 2.5}))
    pulumi.export("key", pulumi.Output.secret("hush-hush"))


def checkpoint(bench: Bench) -> Path:
    return bench.root / "state/.pulumi/stacks/proj/dev.json"


def test_the_layout_is_the_file_backends(bench: Bench) -> None:
    bench.up(secretive)
    base = bench.root / "state/.pulumi"
    found = {path.relative_to(base).parent.as_posix() for path in base.rglob("*") if path.is_file()}
    assert found == {".", "stacks/proj", "history/proj/dev", "backups/proj/dev"}
    assert (base / "meta.yaml").read_text() == "version: 1\n"
    document = json.loads(checkpoint(bench).read_text())
    assert document["version"] == 3
    assert document["checkpoint"]["stack"] == "organization/proj/dev"
    assert list(document["checkpoint"]["latest"]) == ["manifest", "secrets_providers", "resources", "metadata"]
    assert [run["kind"] for run in read_history(bench.workspace().backend, "proj", "dev")] == ["update"]


def test_stacks_are_made_listed_and_removed(bench: Bench) -> None:
    stack = LocalStack.init(bench.workspace(), "dev")
    LocalStack.init(bench.workspace(), "prod")
    with pytest.raises(StackExists):
        LocalStack.init(bench.workspace(), "dev")
    assert list_stacks(bench.workspace()) == ["dev", "prod"]
    bench.up(secretive)
    with pytest.raises(EngineError, match=r"still has 2 resources"):
        stack.remove()
    bench.destroy()
    stack.remove()
    assert list_stacks(bench.workspace()) == ["prod"]
    with pytest.raises(StackNotFound, match=r"no stack named 'dev'.*there: prod"):
        stack.preview(on_event=bench.events.append, program=secretive)


def test_a_stack_can_be_previewed_before_it_is_made(bench: Bench) -> None:
    unmade = LocalStack(bench.workspace(), "dev")
    with pytest.raises(StackNotFound):
        unmade.preview(on_event=bench.events.append, program=secretive)
    assert unmade.preview(on_event=bench.events.append, program=secretive, new=True).changes == {"create": 2}
    assert [path.name for path in bench.root.rglob("*") if path.is_file()] == ["Pulumi.yaml"]


def test_a_secret_of_the_cli_is_read(bench: Bench) -> None:
    text = f"encryptionsalt: {CLI_SALT}\nconfig:\n  proj:plain: bar\n  proj:sec:\n    secure: {CLI_SECRET}\n"
    (bench.root / "Pulumi.dev.yaml").write_text(text)
    bench.passphrase = "pw"
    seen: list[Any] = []

    def program() -> None:
        config = pulumi.Config()
        seen.append(config.require("plain"))
        config.require_secret("sec").apply(seen.append)
        pulumi.export("sec", config.require_secret("sec"))

    bench.up(program)
    assert seen == ["bar", "s3cretvalue"]
    prelude = next(event.prelude_event for event in bench.events if event.prelude_event)
    assert prelude.config == {"proj:plain": "bar", "proj:sec": "[secret]"}
    state = json.loads(checkpoint(bench).read_text())["checkpoint"]["latest"]
    assert state["secrets_providers"] == {"type": "passphrase", "state": {"salt": CLI_SALT}}


def test_a_crypter_opens_what_the_cli_sealed_and_back() -> None:
    crypter = Crypter(lambda: "pw", CLI_SALT)
    assert crypter.decrypt(CLI_SECRET) == "s3cretvalue"
    assert crypter.decrypt(crypter.encrypt("täxt")) == "täxt"
    with pytest.raises(WrongPassphrase):
        Crypter(lambda: "other", CLI_SALT).verify()
    with pytest.raises(StateDamaged):
        crypter.decrypt(CLI_SECRET[:-4] + "AAAA")


def test_configuration_is_set_without_touching_the_rest(bench: Bench) -> None:
    stack = bench.stack()
    path = bench.root / "Pulumi.dev.yaml"
    path.write_text(
        path.read_text() + '# who pays\nconfig:\n  proj:owner: "net"  # quoted\n  proj:list: [1, {a: true}]\n'
    )
    stack.set_config("size", "7")
    stack.set_config("token", "hush-hush", secret=True)
    text = path.read_text()
    assert '# who pays\nconfig:\n  proj:owner: "net"  # quoted\n' in text
    assert "hush-hush" not in text
    config = stack.config()
    assert config.values == {
        "proj:owner": "net", "proj:list": '[1,{"a":true}]', "proj:size": "7", "proj:token": "hush-hush",
    }  # fmt: skip
    assert config.secret_keys == {"proj:token"}


def test_project_defaults_and_what_every_stack_must_set(bench: Bench) -> None:
    text = (
        "name: proj\nruntime: python\nconfig:\n  size: 3\n  aws:region: {value: eu-west-1}\n  owner: {type: string}\n"
    )
    (bench.root / "Pulumi.yaml").write_text(text)
    (bench.root / "Pulumi.dev.yaml").write_text("config:\n  proj:owner: net\n")
    project = Project.load(bench.root)
    values = StackFile(project, "dev").load(bench.workspace().unlock).values
    assert values == {"proj:owner": "net", "proj:size": "3", "aws:region": "eu-west-1"}
    (bench.root / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(ProjectInvalid, match=r"Pulumi.dev.yaml: missing configuration value 'proj:owner'"):
        StackFile(project, "dev").load(bench.workspace().unlock)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name: proj\nruntime: [\n", r"Pulumi.yaml:3: "),
        ("runtime: python\n", r"Pulumi.yaml:1: `name` must be set"),
        ("name: proj\n", r"Pulumi.yaml:1: `runtime` must be set"),
        ("- a\n", r"Pulumi.yaml:1: expected `key: value`"),
    ],
)
def test_a_bad_project_file_is_refused_with_its_line(bench: Bench, text: str, problem: str) -> None:
    (bench.root / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectInvalid, match=problem):
        Project.load(bench.root)


def test_another_language_is_refused(bench: Bench) -> None:
    (bench.root / "Pulumi.yaml").write_text("name: proj\nruntime: nodejs\n")
    with pytest.raises(Unsupported, match=r"programs in nodejs .*Pulumi.yaml:2"):
        Project.load(bench.root)


def test_a_lock_of_a_live_run_is_respected(bench: Bench) -> None:
    stack = bench.stack()
    lock = place_lock(bench, os.getpid(), socket.gethostname())
    with pytest.raises(StackLocked, match=rf"someone@.* \(pid {os.getpid()}\).*pulumi cancel dev"):
        stack.up(on_event=bench.events.append, program=secretive)
    assert lock.exists()
    assert bench.preview(secretive).changes == {"create": 2}
    lock.unlink()
    place_lock(bench, 1, "elsewhere")
    with pytest.raises(StackLocked, match=r"someone@elsewhere"):
        stack.up(on_event=bench.events.append, program=secretive)


def test_a_lock_of_a_dead_run_is_taken_over_and_said(bench: Bench) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    bench.stack()
    place_lock(bench, int(dead.stdout), socket.gethostname())
    assert bench.up(secretive).changes == {"create": 2}
    assert any("is dead; its lock was taken over" in message for message in bench.messages("warning"))
    assert not list((bench.root / "state/.pulumi/locks").rglob("*.json"))


def place_lock(bench: Bench, pid: int, host: str) -> Path:
    path = bench.root / "state/.pulumi/locks/organization/proj/dev/0.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": pid, "username": "someone", "hostname": host, "timestamp": "2026-01-01T00:00:00Z"}
    path.write_text(json.dumps(content))
    return path


def test_export_and_import(bench: Bench) -> None:
    bench.up(secretive)
    exported = bench.stack().export_stack()
    other = LocalStack.init(bench.workspace(), "other")
    other.import_stack(exported)
    assert other.outputs(show_secrets=True) == {"key": "hush-hush"}
    with pytest.raises(Unsupported, match=r"version 9"):
        other.import_stack({"version": 9, "deployment": {}})
    with pytest.raises(Unsupported, match=r"views"):
        other.import_stack({"version": 4, "features": ["views"], "deployment": {}})


def test_plain_text_secrets_are_encrypted_when_imported(bench: Bench) -> None:
    bench.up(secretive)
    exported = json.loads(json.dumps(bench.stack().export_stack()))
    secret = exported["deployment"]["resources"][0]["outputs"]["key"]
    secret.pop("ciphertext")
    secret["plaintext"] = '"brand-new"'
    bench.stack().import_stack(exported)
    assert bench.stack().outputs(show_secrets=True) == {"key": "brand-new"}
    assert "brand-new" not in checkpoint(bench).read_text()


def test_a_wrong_passphrase(bench: Bench) -> None:
    bench.up(secretive)
    bench.passphrase = "wrong"
    with pytest.raises(WrongPassphrase, match=r"PULUMI_CONFIG_PASSPHRASE"):
        bench.preview(secretive)


def test_a_damaged_state_is_named_with_its_backup(bench: Bench) -> None:
    bench.up(secretive)
    checkpoint(bench).write_text(checkpoint(bench).read_text()[:-20])
    with pytest.raises(StateDamaged, match=r"dev\.json is no checkpoint.*dev\.json\.bak"):
        bench.preview(secretive)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda resources: resources.append(7), "is no object"),
        (lambda resources: resources[-1].pop("custom"), "has no custom"),
        (lambda resources: resources[-1].update(urn=None), "has no urn"),
    ],
)
def test_a_state_of_other_things_than_resources_is_damaged(
    bench: Bench, damage: Callable[[list[Any]], None], said: str
) -> None:
    bench.up(secretive)
    document = json.loads(checkpoint(bench).read_text())
    damage(document["checkpoint"]["latest"]["resources"])
    checkpoint(bench).write_text(json.dumps(document))
    with pytest.raises(StateDamaged, match=rf"dev\.json is no checkpoint \(resources\.\d {said}\)"):
        bench.preview(secretive)


def test_what_is_imported_is_damaged_in_the_same_way(bench: Bench) -> None:
    bench.up(secretive)
    exported = bench.stack().export_stack()
    exported["deployment"]["resources"].append(7)
    with pytest.raises(StateDamaged, match="cannot be read"):
        bench.stack().import_stack(exported)


def test_a_state_with_a_dangling_reference_is_refused(bench: Bench) -> None:
    bench.up(secretive)
    document = json.loads(checkpoint(bench).read_text())
    resources = document["checkpoint"]["latest"]["resources"]
    resources[-1]["dependencies"] = ["urn:pulumi:dev::proj::mem:index:Thing::nobody"]
    checkpoint(bench).write_text(json.dumps(document))
    with pytest.raises(StateDamaged, match=r"snapshot integrity failure.*nobody"):
        bench.preview(secretive)
