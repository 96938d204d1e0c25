"""`hubspoke sim install`: plugin folders in a PULUMI_HOME of the test's own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from hubspoke.local.clouds.installed import sdk_version
from hubspoke.local.clouds.packages import SIMULATED
from hubspoke.local.plugins.installing import Standing, simulated_plugins
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "home"
    monkeypatch.setenv("PULUMI_HOME", str(found))
    return found


def install(world: Any, *words: str, code: int = 0) -> Any:
    done = world.hubspoke("sim", "install", *words, project=False)
    assert done.code == code, done.err
    return done


def tree(home: Path) -> dict[str, str]:
    plugins = home / "plugins"
    return {str(p.relative_to(plugins)): p.read_text() for p in sorted(plugins.rglob("*")) if p.is_file()}


def test_it_writes_a_folder_for_every_package_at_the_version_of_its_sdk(world: Any, home: Path) -> None:
    said = install(world).out

    folders = {path.name for path in (home / "plugins").iterdir() if path.is_dir()}
    assert folders == {f"resource-{package}-v{sdk_version(package)}" for package in SIMULATED}
    assert not list((home / "plugins").glob("*.partial"))
    for plugin in simulated_plugins(home):
        assert plugin.standing() is Standing.OURS
        assert f"simulated {plugin.package} {plugin.version}  installed  {plugin.folder}" in said
        assert json.loads((plugin.folder / "hubspoke.json").read_text())["simulates"] == plugin.package
    assert "export HUBSPOKE_SIM=$PWD/.hubspoke/clouds" in said


def test_the_executable_serves_the_package(world: Any, home: Path, tmp_path: Path) -> None:
    install(world)
    plugin = next(p for p in simulated_plugins(home) if p.package == "random")
    process = subprocess.Popen(
        [plugin.executable, "127.0.0.1:1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        assert ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty()).version == plugin.version
    process.communicate(timeout=20)


def test_again_it_changes_nothing(world: Any, home: Path) -> None:
    install(world)
    before = tree(home)
    assert install(world).out.count("was installed already") == len(SIMULATED)
    assert tree(home) == before


def test_what_another_environment_or_a_broken_off_installation_left_is_written_anew(world: Any, home: Path) -> None:
    install(world)
    before, (first, second, third, *_) = tree(home), simulated_plugins(home)
    (first.folder / "hubspoke.json").write_text('{"environment": "/gone"}')
    second.folder.with_name(f"{second.folder.name}.partial").touch()
    third.executable.unlink()
    assert {p.standing() for p in (first, second, third)} == {Standing.STALE}

    assert install(world).out.count("  installed  ") == 3
    assert tree(home) == before


def test_a_real_provider_is_left_alone_and_nothing_is_written(world: Any, home: Path) -> None:
    *_, last = simulated_plugins(home)
    last.folder.mkdir(parents=True)
    last.executable.write_text("the real one")

    said = install(world, code=2).err
    assert f"{last.folder} holds the real {last.package} provider" in said
    assert "PULUMI_HOME=$PWD/.hubspoke/pulumi hubspoke sim install" in said
    assert tree(home) == {f"{last.folder.name}/{last.executable.name}": "the real one"}


def test_list_says_what_is_there(world: Any, home: Path) -> None:
    assert install(world, "--list").out.count("absent") == len(SIMULATED)
    install(world)
    assert install(world, "--list").out.count("ours") == len(SIMULATED)
    assert not home.joinpath("nothing").exists()


def test_uninstall_removes_ours_and_leaves_a_real_one(world: Any, home: Path) -> None:
    install(world)
    first, *_ = simulated_plugins(home)
    (first.folder / "hubspoke.json").unlink()

    said = install(world, "--uninstall").out
    assert (said.count("removed"), said.count("not installed (foreign)")) == (len(SIMULATED) - 1, 1)
    assert [path.name for path in (home / "plugins").iterdir() if path.is_dir()] == [first.folder.name]
    assert install(world, "--uninstall").out.count("removed") == 0


def test_a_place_that_cannot_be_written_is_named(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "file"))
    assert f"cannot write to {tmp_path / 'file'}" in install(world, code=1).err


def test_options_that_exclude_each_other(world: Any) -> None:
    assert "exclude each other" in install(world, "--list", "--uninstall", code=2).err


def test_the_plugin_runs_this_python(world: Any, home: Path) -> None:
    install(world)
    for plugin in simulated_plugins(home):
        assert sys.executable in plugin.executable.read_text()
        assert os.access(plugin.executable, os.X_OK)
