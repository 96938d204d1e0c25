"""What a command has done in the server that workers are forked from: what is the same for all of its stacks."""

from pathlib import Path

import pytest
from hubspoke.cli.app import app
from hubspoke.operate import workers
from hubspoke.operate.example import copy_example


class _Asked(Exception):
    """The server would start now: with the project to prove, and what workers are to run."""


@pytest.mark.parametrize(
    ("words", "proven", "runs"),
    [
        (["preview", "--all"], True, "programs"),
        (["preview", "--stack", "network"], False, "programs"),
        (["preview", "--stack", "network", "--stack", "prod-apps"], True, "programs"),
        (["plan", "--changes", "--all"], False, "programs"),
        (["up", "--all", "--yes"], True, "programs"),
        (["up", "--stack", "network", "--yes"], False, "programs"),
        (["drift", "--all"], True, "packs"),
        (["drift", "--stack", "network"], False, "packs"),
        (["drift", "--stack", "network", "--revert", "--yes"], False, "programs"),
        (["refresh", "--all", "--yes"], False, "nothing"),
        (["destroy", "--all", "--yes"], False, "nothing"),
        (["verify", "--of", "planned"], False, "programs"),
        (["verify", "--of", "observed"], False, "nothing"),
    ],
)
def test_the_server_imports_what_is_run_and_proves_the_plan_where_many_are_judged(
    words: list[str], proven: bool, runs: workers.Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prewarm(_: set[str], project: Path | None, runs: workers.Runs) -> None:
        raise _Asked(project, runs)

    monkeypatch.setattr(workers, "prewarm", prewarm)
    copy_example(tmp_path / "project")
    with pytest.raises(_Asked) as asked:
        app([*words, "--project", str(tmp_path / "project")], standalone_mode=False)
    assert asked.value.args == (tmp_path / "project" if proven else None, runs)


@pytest.mark.parametrize(
    ("words", "clouds"),
    [
        (["preview", "--all"], {"azure", "gcp"}),
        (["preview", "--stack", "network"], set()),
        (["preview", "--stack", "network", "--stack", "az-apps"], {"azure"}),
        (["drift", "--stack", "gc-data"], {"gcp"}),
    ],
)
def test_of_stacks_that_are_named_the_server_imports_the_clouds(
    words: list[str], clouds: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prewarm(clouds: set[str], *_: object) -> None:
        raise _Asked(clouds)

    monkeypatch.setattr(workers, "prewarm", prewarm)
    copy_example(tmp_path / "project")
    with pytest.raises(_Asked) as asked:
        app([*words, "--project", str(tmp_path / "project")], standalone_mode=False)
    assert asked.value.args == (clouds,)
