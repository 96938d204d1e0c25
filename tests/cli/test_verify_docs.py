"""What docs/verify.md shows is what the commands print."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import World

PAGE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text()
SHOWN = re.findall(r"```console\n\$ hubspoke (.*?)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("words", "out"), SHOWN, ids=[words for words, _ in SHOWN])
def test_the_page_shows_what_is_printed(world: World, words: str, out: str) -> None:
    if "--of planned" in words:  # the page tells of a program with a leak
        from tests.leak import LEAK

        program = world.root / "stacks" / "__main__.py"
        program.write_text(LEAK + program.read_text())
    assert world.hubspoke(*shlex.split(words)).out == out


def test_the_page_shows_all_three_ways() -> None:
    assert len(SHOWN) == 3
