"""Where the program's calls are done, and that what makes this fast changes nothing."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from hubspoke.local.engine import EngineError

from tests.local.engine.engine_bench import Bench, MemoryProvider, Thing


def things(count: int) -> Callable[[], None]:
    def program() -> None:
        for number in range(count):
            Thing(f"thing-{number}")

    return program


def test_a_preview_needs_no_thread_and_a_creation_does_not_hold_up_the_loop(bench: Bench) -> None:
    seen: dict[str, set[str]] = {"preview": set(), "up": set()}

    def note(run: str) -> Callable[[str, str], None]:
        return lambda *_: seen[run].add(threading.current_thread().name.split("_")[0])

    bench.cloud.before = note("up")
    bench.preview(things(3))
    assert seen["preview"] == set()
    bench.up(things(3))
    assert seen["up"] == {"registration"}


@pytest.mark.parametrize(("prompt", "where"), [(True, "MainThread"), (False, "registration")])
def test_what_answers_at_once_is_asked_in_the_loop(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, prompt: bool, where: str
) -> None:
    seen: set[str] = set()
    monkeypatch.setattr(MemoryProvider, "prompt", prompt, raising=False)
    bench.cloud.before = lambda *_: seen.add(threading.current_thread().name.split("_")[0])
    bench.up(things(3))
    bench.up(lambda: [Thing(f"thing-{number}", label="new") for number in range(3)])
    assert (seen, sorted(bench.cloud.calls)) == ({where}, [("update", f"thing-{number}") for number in range(3)])


@pytest.mark.parametrize(("prompt", "where"), [(True, "MainThread"), (False, "ThreadPoolExecutor-")])
def test_what_answers_at_once_is_read_in_the_loop(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, prompt: bool, where: str
) -> None:
    bench.up(things(3))
    seen: set[str] = set()
    monkeypatch.setattr(MemoryProvider, "prompt", prompt, raising=False)
    bench.cloud.before = lambda *_: seen.add(threading.current_thread().name.rstrip("0123456789_"))
    del bench.cloud.things["id-2"]
    bench.refresh()
    left = sorted(each["id"] for each in bench.resources() if each["type"].endswith("Thing"))
    assert (seen, left) == ({where}, ["id-1", "id-3"])


def test_an_interrupt_after_something_was_made_loses_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    create = MemoryProvider.create

    def interrupted(self: MemoryProvider, urn: str, type_: str, news: Any, **options: Any) -> Any:
        made = create(self, urn, type_, news, **options)
        if not options["preview"] and urn.endswith("thing-1"):
            raise KeyboardInterrupt
        return made

    with monkeypatch.context() as patched:
        patched.setattr(MemoryProvider, "prompt", True, raising=False)
        patched.setattr(MemoryProvider, "create", interrupted)
        with pytest.raises(EngineError):
            bench.up(things(3))
    pending = bench.stack().export_stack()["deployment"]["pending_operations"]
    assert [(each["type"], each["resource"]["urn"].rsplit("::")[-1]) for each in pending] == [("creating", "thing-1")]
    bench.up(things(3))
    assert sorted(bench.cloud.things) == ["id-1", "id-2", "id-3"]
    assert bench.resource("thing-1")["id"] == "id-2"


def test_creations_still_run_side_by_side(bench: Bench) -> None:
    bench.cloud.await_company(2)
    bench.up(things(6))
    assert bench.cloud.most_at_once > 1


def test_what_a_program_puts_into_a_thread_of_its_own_stays_there(bench: Bench) -> None:
    where: list[str] = []

    async def fetch() -> str:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, lambda: where.append(threading.current_thread().name))
        return "fetched"

    def program() -> None:
        Thing("a", label=pulumi.Output.from_input(fetch()))

    bench.up(program)
    assert where[0].startswith("registration")
    assert bench.resource("a")["inputs"]["label"] == "fetched"


def test_a_failing_apply_ends_the_run_before_what_it_does_not_depend_on(bench: Bench) -> None:
    bench.cloud.delay = 0.1

    def program() -> None:
        def fail(_: Any) -> None:
            raise RuntimeError("no such region")

        previous: Thing | None = None
        for number in range(12):  # one after the other, far longer than the failure takes
            options = pulumi.ResourceOptions(depends_on=[previous] if previous else None)
            previous = Thing(f"slow-{number}", opts=options)
        pulumi.Output.from_input("x").apply(fail)

    with pytest.raises(EngineError, match="no such region"):
        bench.up(program)
    assert len(bench.cloud.made()) < 12


@pytest.mark.parametrize("failing", ["thing-0", "thing-39"])
def test_a_failing_creation_is_what_the_run_failed_of(bench: Bench, failing: str) -> None:
    bench.cloud.fail[("create", failing)] = "there is no room"
    with pytest.raises(EngineError, match="there is no room"):
        bench.up(things(40))


def test_waiting_for_outputs_grows_with_their_number_and_not_its_square(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    wait = asyncio.wait

    async def counting(futures: Any, **options: Any) -> Any:
        waited.append(len(list(futures)))
        return await wait(futures, **options)

    monkeypatch.setattr(asyncio, "wait", counting)
    totals = []
    for count in (20, 80):
        waited.clear()
        bench.up(things(count), stack=f"of-{count}")
        totals.append(sum(waited))
    assert totals[1] < 6 * totals[0]  # four times as many things; the square would be sixteen times
