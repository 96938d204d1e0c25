"""The example that ships, three clouds in eleven stacks, as `hubspoke up --all` deploys it."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hubspoke.operate.example import copy_example

if TYPE_CHECKING:
    from tests.conftest import Ended, World

STACKS = (
    "az-apps", "az-network", "az-office", "cloudflare", "dev-apps", "gc-data", "gc-lab", "gc-network", "network",
    "prod-apps", "shared-services",
)  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> "World":
    from tests.conftest import World

    made = World(tmp_path_factory.mktemp("example") / "project")
    copy_example(made.root)
    assert made.hubspoke("sim", "seed").code == 0
    came_up = made.hubspoke("up", "--all", "--yes", "--json")
    assert came_up.code == 0, came_up.out + came_up.err
    return made


def results(ended: "Ended") -> dict[str, Any]:
    return {stack["stack"]: stack for stack in json.loads(ended.out)["stacks"]}


@pytest.mark.parametrize("stack", STACKS)
def test_the_urns_are_those_kept(example: "World", stack: str, golden: Callable[[str, str], None]) -> None:
    """A changed URN is a resource replaced in every network there is."""
    golden(f"urns/{stack}.txt", "".join(f"{urn}\n" for urn in sorted(example.resources(stack))))


def test_a_second_preview_changes_nothing_and_is_judged_clean(example: "World") -> None:
    ended = example.hubspoke("preview", "--all", "--json")
    assert ended.code == 0, ended.out
    done = {stack: set(found["changes"]) - {"read"} for stack, found in results(ended).items()}
    assert done == {stack: {"same"} for stack in STACKS}


def test_nothing_has_drifted(example: "World") -> None:
    ended = example.hubspoke("drift", "--all")
    assert ended.code == 0, ended.out
