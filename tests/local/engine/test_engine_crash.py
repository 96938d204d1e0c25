"""A run killed at any moment loses nothing that it made, and makes nothing twice."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hubspoke.local.clouds.protocol import Created, Properties
from hubspoke.local.engine import StateDamaged

from tests.local.engine.engine_bench import Bench, Group, MemoryProvider, Thing

COUNT = 6


def chain() -> None:
    group = Group("group")
    before = Thing("t0", opts=pulumi.ResourceOptions(parent=group), label=pulumi.Output.secret("hush-hush"))
    for number in range(1, COUNT):
        before = Thing(f"t{number}", opts=pulumi.ResourceOptions(parent=group), label=before.token)
    group.close(last=before.token)
    pulumi.export("last", before.token)


def replaced() -> None:
    first = Thing("a", size=2)
    Thing("b", size=first.token)


def replaced_before() -> None:
    first = Thing("a", size=1)
    Thing("b", size=first.token)


class DurableProvider(MemoryProvider):
    """Its cloud is in a file, and it kills its process when its turn comes: before or after the n-th change."""

    file: Path
    die_at: tuple[int, str] = (0, "")
    changes = 0

    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created:
        if preview:
            return super().create(urn, type_, news, preview=preview, timeout=timeout)
        self.turn("before")
        made = super().create(urn, type_, news, preview=preview, timeout=timeout)
        self.turn("after")
        return made

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        self.turn("before")
        super().delete(urn, type_, id_, inputs, outputs, timeout)
        self.turn("after")

    def turn(self, when: str) -> None:
        self.save()
        kind = type(self)
        kind.changes += when == "before"
        if kind.die_at == (kind.changes, when):
            os.kill(os.getpid(), signal.SIGKILL)

    def save(self) -> None:
        self.file.write_text(json.dumps([self.cloud.things, self.cloud.owners]))


def durable(bench: Bench, die_at: tuple[int, str]) -> None:
    class Provider(DurableProvider):
        file = bench.root / "cloud.json"

    Provider.die_at = die_at
    bench.provider = lambda package, version: Provider(bench.cloud, package, version)  # type: ignore[method-assign]


def killed_up(bench: Bench, program: Any, die_at: tuple[int, str]) -> bool:
    """Runs `up` in a process that is killed at the given change; whether it came to that."""
    child = os.fork()
    if child == 0:
        durable(bench, die_at)
        try:
            bench.up(program)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    bench.cloud.things, bench.cloud.owners = json.loads((bench.root / "cloud.json").read_text())
    start = 1 + max((int(id_.split("-")[1]) for id_ in bench.cloud.owners), default=0)
    bench.cloud.numbers = iter(range(start, start + 1000))
    durable(bench, (0, ""))
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("change", range(1, COUNT + 1))
def test_up_killed_at_any_creation_is_finished_by_the_next(bench: Bench, change: int, when: str) -> None:
    bench.stack()
    assert killed_up(bench, chain, (change, when))

    bench.up(chain)

    assert sorted(bench.cloud.owners.values()) == sorted(set(bench.cloud.owners.values()))
    assert len(bench.cloud.things) == COUNT
    recorded = {each["id"] for each in bench.resources() if each["type"] == "mem:index:Thing"}
    assert recorded == bench.cloud.things.keys()
    assert bench.preview(chain).changes == {"same": COUNT + 2}
    assert not list(bench.root.glob("state/.pulumi/stacks/*/*.journal"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("change", range(1, 5))
def test_a_killed_replacement_leaves_one_of_each(bench: Bench, change: int, when: str) -> None:
    durable(bench, (0, ""))
    bench.up(replaced_before)
    killed_up(bench, replaced, (change, when))

    bench.up(replaced)

    live = sorted(bench.cloud.owners[id_].rsplit("::", 1)[-1] for id_ in bench.cloud.things)
    assert live == ["a", "b"]
    assert bench.preview(replaced).changes == {"same": 3}


def test_a_preview_sees_what_a_killed_run_made_and_writes_nothing(bench: Bench) -> None:
    bench.stack()
    killed_up(bench, chain, (3, "after"))
    before = files(bench)

    assert bench.preview(chain).changes == {"same": 5, "create": COUNT - 3}
    assert files(bench) == before


def test_recover_brings_the_checkpoint_up_to_date_for_the_pulumi_cli(bench: Bench) -> None:
    bench.stack()
    killed_up(bench, chain, (3, "after"))

    messages = bench.stack().recover()

    assert any("had been made" in message for message in messages)
    assert any("lock was taken over" in message for message in messages)
    text = (bench.root / "state/.pulumi/stacks/proj/dev.json").read_text()
    assert [f"::t{number}" in text for number in range(5)] == [True, True, True, False, False]
    assert bench.stack().recover() == []


def test_where_the_provider_cannot_tell_the_creation_stays_pending(bench: Bench) -> None:
    bench.stack()
    killed_up(bench, chain, (2, "before"))
    bench.provider = lambda package, version: Blind(bench.cloud, package, version)  # type: ignore[method-assign]

    bench.stack().recover()

    pending = bench.stack().export_stack()["deployment"]["pending_operations"]
    assert [(each["type"], each["resource"]["urn"].rsplit("::", 1)[-1]) for each in pending] == [("creating", "t1")]


class Blind(MemoryProvider):
    @property
    def find_created(self) -> Any:
        raise AttributeError("find_created")


def test_a_journal_of_another_checkpoint_is_not_guessed_at(bench: Bench) -> None:
    bench.stack()
    killed_up(bench, chain, (3, "after"))
    path = bench.root / "state/.pulumi/stacks/proj/dev.json"
    path.write_text(path.read_text().replace("v3.", "v3.0"))

    with pytest.raises(StateDamaged, match=r"::t0.*was making: .*::t2"):
        bench.preview(chain)


def test_an_import_replaces_what_a_killed_run_left(bench: Bench) -> None:
    exported = bench.stack().export_stack()
    killed_up(bench, chain, (3, "after"))

    bench.stack().import_stack(exported)

    assert "hubspoke-journal" not in (bench.root / "state/.pulumi/stacks/proj/dev.json").read_text()
    assert not list(bench.root.glob("state/.pulumi/stacks/*/*.journal"))
    assert bench.resources() == []


def test_a_journal_that_is_gone_is_missed(bench: Bench) -> None:
    bench.stack()
    killed_up(bench, chain, (3, "after"))
    (bench.root / "state/.pulumi/stacks/proj/dev.journal").unlink()

    with pytest.raises(StateDamaged, match=r"dev\.journal, which is missing or empty.*dev\.json\.bak"):
        bench.up(chain)


def test_a_torn_last_line_is_left_out(bench: Bench) -> None:
    bench.stack()
    killed_up(bench, chain, (3, "before"))
    journal = bench.root / "state/.pulumi/stacks/proj/dev.journal"
    journal.write_bytes(journal.read_bytes() + b'{"begin": 9, "type": "crea')

    bench.up(chain)

    assert len(bench.cloud.things) == COUNT


def files(bench: Bench) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (bench.root / "state").rglob("*") if path.is_file()}
