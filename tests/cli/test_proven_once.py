"""Commands over all stacks prove the plan in the server that workers are forked from; others prove nothing there."""

from pathlib import Path

import pytest
from hubspoke.cli.app import app
from hubspoke.operate import workers
from hubspoke.operate.example import copy_example


class _Asked(Exception):
    """The server would start now, to prove the project of the argument."""


@pytest.mark.parametrize(
    ("words", "proven"),
    [
        (["preview", "--all"], True),
        (["preview", "--stack", "network"], False),
        (["preview", "--stack", "network", "--stack", "prod-apps"], True),
        (["up", "--all", "--yes"], True),
        (["up", "--stack", "network", "--yes"], False),
        (["drift", "--all"], True),
        (["drift", "--stack", "network"], False),
        (["refresh", "--all", "--yes"], False),
    ],
)
def test_the_plan_is_proven_where_many_are_judged(
    words: list[str], proven: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prewarm(_: set[str], project: Path | None) -> None:
        raise _Asked(project)

    monkeypatch.setattr(workers, "prewarm", prewarm)
    copy_example(tmp_path / "project")
    with pytest.raises(_Asked) as asked:
        app([*words, "--project", str(tmp_path / "project")], standalone_mode=False)
    assert asked.value.args == (tmp_path / "project" if proven else None,)
