"""With what environment the Pulumi CLI is run."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.plugins.installing import install_all, simulated_plugins
from hubspoke.operate.cli_environment import cli_environment
from hubspoke.operate.errors import UsageError
from hubspoke.operate.project import passphrase


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PULUMI_HOME with the simulated clouds."""
    home = tmp_path / "home"
    monkeypatch.setenv("PULUMI_HOME", str(home))
    install_all(home)
    return home


def added(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if os.environ.get(name) != value}


def test_without_a_simulation_the_environment_is_the_users_own(world: Any) -> None:
    assert added(cli_environment(world.paths)) == {"PULUMI_PYTHON_CMD": sys.executable}


@pytest.mark.usefixtures("installed")
def test_with_one_the_state_is_where_the_local_engine_keeps_it(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(world.root)
    monkeypatch.setenv("HUBSPOKE_SIM", ".hubspoke/clouds")
    assert added(cli_environment(world.paths)) == {
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_BACKEND_URL": world.paths.state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": passphrase(world.paths),
        "HUBSPOKE_SIM": str(world.root / ".hubspoke" / "clouds"),
    }


@pytest.mark.usefixtures("installed")
def test_what_the_user_set_stays(world: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {
        "HUBSPOKE_SIM": str(tmp_path / "clouds"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
        "PULUMI_PYTHON_CMD": "python3.11",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert added(cli_environment(world.paths)) == {}


def test_a_real_provider_in_place_of_a_simulated_one_is_refused(
    world: Any, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOKE_SIM", str(world.paths.clouds))
    first, *_ = simulated_plugins(installed)
    (first.folder / "hubspoke.json").unlink()
    with pytest.raises(UsageError, match=r"is not the simulated aws \(foreign\)"):
        cli_environment(world.paths)


@pytest.mark.usefixtures("installed")
def test_a_provider_on_path_is_refused_unless_the_cli_is_told_to_pass_over_it(
    world: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUBSPOKE_SIM", str(world.paths.clouds))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "pulumi-resource-aws").touch(mode=0o755)
    with pytest.raises(UsageError, match="first on PATH"):
        cli_environment(world.paths)

    monkeypatch.setenv("PULUMI_IGNORE_AMBIENT_PLUGINS", "1")
    assert "PULUMI_BACKEND_URL" in cli_environment(world.paths)
