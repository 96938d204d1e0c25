"""`kill -9` at every step of an `up` of twenty resources: either engine then goes on, and nothing exists twice."""

import itertools
import json
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hubspoke.local.clouds.protocol import CloudError, Created
from hubspoke.local.engine import LocalStack, Project, Workspace

from tests.conformance.engines import PASSPHRASE, PROJECT, Place, PulumiCli
from tests.conformance.killing import Moments, finding_factory, in_children
from tests.conformance.programs import twenty
from tests.conformance.provider import ConformanceProvider
from tests.conformance.steps import destroy, preview, refresh, up

THINGS = [f"thing-{chain}-{place}" for chain in range(twenty.CHAINS) for place in range(twenty.LENGTH)]
CREATIONS = range(1, len(THINGS) + 1)
SIDE_BY_SIDE = 2


def stack(place: Place, factory: Any = None) -> LocalStack:
    providers = factory or finding_factory(place)
    return LocalStack(Workspace(Project.load(place.project), place.backend, lambda: PASSPHRASE, providers), "dev")


def local_up(found: LocalStack) -> dict[str, int]:
    return found.up(on_event=lambda _: None, program=lambda: twenty.program(1)).changes


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A project with a stack that has nothing in it."""
    place = Place(tmp_path_factory.mktemp("killed") / "place")
    place.prepare()
    LocalStack.init(stack(place).workspace, "dev")
    return place


def copy(place: Place, root: Path) -> Place:
    shutil.copytree(place.root, root)
    return Place(root)


def up_until(place: Place, moment: int) -> str | None:
    """An `up` that is killed at a moment: None; or how many moments it had, where it came to its end."""

    def work() -> int:
        moments = Moments(place, moment).watch()
        local_up(stack(place, moments.factory(place)))
        return moments.count

    return in_children(work)[0]


def up_until_made(place: Place, creation: int) -> None:
    """An `up` that is killed right after the n-th creation, when nothing but the cloud knows of it."""
    providers = Moments(place, creation).factory(place, before=False)
    assert in_children(lambda: local_up(stack(place, providers))) == [None]


def recovery_until(place: Place, moment: int) -> str | None:
    def work() -> int:
        moments = Moments(place, moment).watch()
        stack(place).recover()
        return moments.count

    return in_children(work)[0]


def made(place: Place) -> dict[str, int]:
    """How many of each name the cloud was ever made to make."""
    with place.cloud.open() as content:
        return dict(content["made"])


def assert_whole(place: Place) -> None:
    """Each was made once, and each is recorded once, in a checkpoint that stands for itself."""
    assert made(place) == dict.fromkeys(THINGS, 1)
    deployment = place.recorded("dev")
    assert sorted(each["id"] for each in deployment["resources"] if _is_thing(each)) == sorted(place.cloud.things())
    assert "pending_operations" not in deployment
    assert left_behind(place) == []


def _is_thing(resource: dict[str, Any]) -> bool:
    return str(resource["type"]).endswith(":Thing")


def left_behind(place: Place) -> list[str]:
    """Journals, locks and fences."""
    base = place.backend / ".pulumi"
    files = [path.name for pattern in ("stacks/**/*.journal", "locks/**/*.json") for path in base.glob(pattern)]
    checkpoint = json.loads((base / "stacks" / PROJECT / "dev.json").read_text())
    return [*files, *checkpoint.get("features", [])]


def test_the_local_engine_goes_on_from_every_moment(empty: Place, tmp_path: Path) -> None:
    moments = int(up_until(copy(empty, tmp_path / "whole"), 0) or 0)
    assert moments > 4 * len(THINGS)  # each: half a line, before and after the cloud has made it, half a line

    def share(number: int) -> None:
        for moment in range(1 + number, moments + 1, SIDE_BY_SIDE):
            place = copy(empty, tmp_path / str(moment))
            assert up_until(place, moment) is None, f"it was not killed at {moment} of {moments}"
            local_up(stack(place))
            assert_whole(place)

    assert in_children(*(partial(share, number) for number in range(SIDE_BY_SIDE))) == ["None"] * SIDE_BY_SIDE


def test_a_recovery_that_is_killed_too_is_done_by_the_next(empty: Place, tmp_path: Path) -> None:
    """At every moment of its own: of an `up` that was half done, and of one whose checkpoint was all but written."""
    last = int(up_until(copy(empty, tmp_path / "whole"), 0) or 0)
    for first in (last // 2, last - 3):
        killed = copy(empty, tmp_path / f"killed-{first}")
        assert up_until(killed, first) is None
        moments = int(recovery_until(copy(killed, tmp_path / f"recovered-{first}"), 0) or 0)
        assert moments > 3
        for moment in range(1, moments + 1):
            place = copy(killed, tmp_path / f"{first}-{moment}")
            assert recovery_until(place, moment) is None
            local_up(stack(place))
            assert_whole(place)


@pytest.fixture
def cli(engines: dict[str, Any]) -> PulumiCli:
    found: PulumiCli | None = engines.get("cli")
    return found or pytest.skip("no pulumi on PATH")


def test_after_each_creation_the_cli_goes_on(empty: Place, cli: PulumiCli, tmp_path: Path) -> None:
    for number in CREATIONS:
        place = copy(empty, tmp_path / str(number))
        up_until_made(place, number)
        assert sum(made(place).values()) >= number
        stack(place).recover()
        assert cli.run(place, up(parallel=16), "twenty").failure == ""
        assert_whole(place)


def test_without_a_recovery_the_cli_refuses_and_says_what_to_do(empty: Place, cli: PulumiCli, tmp_path: Path) -> None:
    place = copy(empty, tmp_path / "place")
    up_until_made(place, 7)
    before = made(place)
    assert "the stack is currently locked by 1 lock(s)" in cli.run(place, up(), "twenty").failure
    cli.cancel(place, "dev")
    for step in (up(), preview(), refresh(), destroy()):
        assert "`hubspoke recover --stack dev`" in cli.run(place, step, "twenty").failure
    assert made(place) == before

    stack(place).recover()
    assert cli.run(place, up(), "twenty").failure == ""
    assert_whole(place)


@pytest.mark.parametrize("goes_on", ["local", "cli"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_where_the_cli_is_killed_either_goes_on(
    empty: Place, cli: PulumiCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, goes_on: str
) -> None:
    for number in (1, 13):
        place = copy(empty, tmp_path / str(number))
        with monkeypatch.context() as patch:
            kill_the_holder(patch, place, number, when)
            assert cli.run(place, up(parallel=1), "twenty").failure
        if goes_on == "local":
            local_up(stack(place))
        else:
            stack(place).recover()
            assert cli.run(place, up(), "twenty").failure == ""
        assert_whole(place)


def kill_the_holder(patch: pytest.MonkeyPatch, place: Place, number: int, when: str) -> None:
    """The process that holds the stack's lock is killed at the cloud's n-th creation."""
    create, count = ConformanceProvider.create, itertools.count(1)

    def deadly(self: ConformanceProvider, *arguments: Any, preview: bool, timeout: float) -> Created:
        now = not preview and next(count) == number
        if now and when == "before":
            kill_and_stay(place)
        done = create(self, *arguments, preview=preview, timeout=timeout)
        if now:
            kill_and_stay(place)
        return done

    patch.setattr(ConformanceProvider, "create", deadly)


def kill_and_stay(place: Place) -> None:
    (lock,) = (place.backend / ".pulumi" / "locks").rglob("*.json")
    os.kill(json.loads(lock.read_text())["pid"], signal.SIGKILL)
    raise CloudError("Killed", "nobody hears this")
