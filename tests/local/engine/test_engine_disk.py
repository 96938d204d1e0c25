"""A full disk or a read-only folder: a clear error, the old state whole, and the next run goes on."""

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pulumi
import pytest
from hubspoke.local.engine import EngineError, StateDamaged

from tests.local.engine.disks import full_at, read_only
from tests.local.engine.engine_bench import Bench, Thing

SIZES = (0, 2_000, *range(13_000, 49_000, 3_000), 1_000_000)  # bytes; the last leaves room for all of it


def first() -> None:
    Thing("a", label=pulumi.Output.secret("hush-hush"))


def more() -> None:
    first()
    before = pulumi.Output.from_input("none")
    for number in range(5):
        before = Thing(f"b{number}", label=before).token


def checkpoint(bench: Bench) -> Path:
    return bench.root / "state/.pulumi/stacks/proj/dev.json"


def files(bench: Bench) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (bench.root / "state").rglob("*") if path.is_file()}


def test_a_disk_full_at_any_size_loses_nothing(bench: Bench) -> None:
    """At the lock, at the state, at the journal before and after each creation: each is among the sizes."""
    said: Counter[str] = Counter()
    for size in SIZES:
        bench.up(first)
        try:
            with full_at(size):
                bench.up(more)
            said["nothing"] += 1
        except StateDamaged as error:
            said[str(error).partition(str(bench.root))[0].partition(":")[0].strip()] += 1
        assert json.loads(checkpoint(bench).read_text())["checkpoint"]["latest"]["resources"]
        bench.up(more)
        assert sorted(Counter(bench.cloud.owners[id_] for id_ in bench.cloud.things).values()) == [1] * 6
        assert {each["id"] for each in bench.resources() if each["type"] == "mem:index:Thing"} == set(
            bench.cloud.things
        )
        bench.destroy()
    assert said.keys() == {"cannot lock the stack", "cannot write the journal", "cannot write the state", "nothing"}


def test_a_disk_that_is_full_when_the_run_ends_loses_nothing(bench: Bench) -> None:
    """Neither that the last one was made can be written down, nor the state after it."""
    bench.up(first)
    with ExitStack() as room:
        bench.cloud.before = lambda _, name: room.enter_context(full_at(0)) if name == "b4" else None
        with pytest.raises(StateDamaged, match=r"cannot write the journal.*File too large"):
            bench.up(more)
    bench.cloud.before = lambda *_: None
    assert len(bench.cloud.things) == 6
    assert bench.up(more).changes == {"same": 7}


@pytest.mark.parametrize("part", ["state", "state/.pulumi/stacks/proj", "state/.pulumi/locks"])
def test_a_read_only_folder_changes_nothing(bench: Bench, part: str) -> None:
    bench.up(first)
    before, things = files(bench), dict(bench.cloud.things)
    with read_only(bench.root / part):
        with pytest.raises(StateDamaged, match=r"cannot (lock the stack|write the journal).*Permission denied"):
            bench.up(more)
        assert bench.preview(more).changes == {"same": 2, "create": 5}
    assert (files(bench), bench.cloud.things) == (before, things)
    assert bench.up(more).changes == {"same": 2, "create": 5}


def test_a_stack_cannot_be_made_in_a_read_only_folder(bench: Bench) -> None:
    (bench.root / "state").mkdir(exist_ok=True)
    with read_only(bench.root / "state"), pytest.raises(EngineError, match="Permission denied"):
        bench.stack()
    assert files(bench) == {}
