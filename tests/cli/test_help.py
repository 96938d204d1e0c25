"""Every command and every option says what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from hubspoke.cli.app import app

from tests.conftest import World


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", ALL, ids=lambda path: " ".join(path) or "hubspoke")
def test_help_says_what_a_command_and_its_options_do(path: tuple[str, ...], world: World) -> None:
    ended = world.hubspoke(*path, "--help", project=False)
    assert ended.code == 0
    assert "Usage: hubspoke" in ended.out
    command = ALL[path]
    assert len(command.help or "") > 20
    silent = [o.opts for o in command.params if o.param_type_name == "option" and not o.help]
    assert not silent, "options without help"


def test_the_commands_are_those_there_should_be() -> None:
    top = {path[0] for path in ALL if path}
    assert {"demo", "plan", "preview", "up", "refresh", "destroy", "drift", "sim", "verify"} <= top


def test_examples_keep_their_lines(world: World) -> None:
    lines = world.hubspoke("verify", "--help", project=False).out.splitlines()
    assert "      hubspoke verify --from web --to orders --port 8443" in lines
