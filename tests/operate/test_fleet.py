"""Stacks run once what they depend on has succeeded, and not otherwise."""

import gc
import os
import signal
import threading
from graphlib import CycleError

import pytest
from hubspoke.operate.fleet import Fleet
from hubspoke.operate.result import Result, Status
from hypothesis import given
from hypothesis import strategies as st


def fleet(**depends_on: str) -> Fleet:
    return Fleet({stack: frozenset(needs.split()) for stack, needs in depends_on.items()})


def succeed(stack: str) -> Result:
    return Result(stack, "up", Status.SUCCEEDED)


def test_a_hub_comes_before_its_spokes_and_goes_after_them() -> None:
    network = fleet(network="", prod="network", dev="network")
    order: list[str] = []

    def run(stack: str) -> Result:
        order.append(stack)
        return succeed(stack)

    network.run("up", run, parallel=1)
    network.reversed().run("destroy", run, parallel=1)
    assert order[0] == "network"
    assert order[-1] == "network"
    assert sorted(order) == ["dev", "dev", "network", "network", "prod", "prod"]


def test_what_waits_for_a_failed_stack_is_skipped_and_says_so() -> None:
    def run(stack: str) -> Result:
        return Result(stack, "up", Status.FAILED if stack == "network" else Status.SUCCEEDED)

    results = fleet(network="", prod="network", edge="prod", alone="").run("up", run, parallel=4)
    assert {r.stack: r.status for r in results} == {
        "alone": Status.SUCCEEDED,
        "edge": Status.SKIPPED,
        "network": Status.FAILED,
        "prod": Status.SKIPPED,
    }
    assert results[3].errors == ("not begun: it waits for network, and not all of that succeeded",)


def test_nobody_looks_for_cycles_of_garbage_while_stacks_run() -> None:
    seen: list[bool] = []

    def run(stack: str) -> Result:
        seen.append(gc.isenabled())
        return succeed(stack)

    fleet(a="", b="a").run("preview", run, parallel=2)
    assert (seen, gc.isenabled()) == ([False, False], True)


def test_independent_stacks_run_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)

    def run(stack: str) -> Result:
        together.wait()  # passes only when all three are running
        return succeed(stack)

    assert len(fleet(a="", b="", c="").run("up", run, parallel=3)) == 3


def test_a_circle_is_refused() -> None:
    with pytest.raises(CycleError):
        fleet(a="b", b="a").run("up", succeed, parallel=2)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40), st.integers(1, 5))
def test_every_stack_runs_once_after_all_it_depends_on(edges: list[tuple[int, int]], parallel: int) -> None:
    needs: dict[str, set[str]] = {str(n): set() for n in range(13)}
    for a, b in edges:
        if a < b:  # so that there is no circle
            needs[str(b)].add(str(a))
    done: list[str] = []
    lock = threading.Lock()

    def run(stack: str) -> Result:
        with lock:
            assert needs[stack] <= set(done)
        with lock:
            done.append(stack)
        return succeed(stack)

    Fleet({stack: frozenset(n) for stack, n in needs.items()}).run("up", run, parallel=parallel)
    assert sorted(done, key=int) == sorted(needs, key=int)


def test_an_interrupt_is_passed_on_and_nothing_more_is_begun() -> None:
    asked = threading.Event()
    begun: list[str] = []

    def run(stack: str) -> Result:
        begun.append(stack)
        os.kill(os.getpid(), signal.SIGINT)  # as a terminal does, while this one is running
        assert asked.wait(10)
        return Result(stack, "up", Status.CANCELLED)

    before = signal.getsignal(signal.SIGINT)
    results = fleet(a="", b="", c="a").run("up", run, parallel=1, interrupt=asked.set)
    assert len(begun) == 1
    (first,) = begun
    assert {r.stack: (r.status, r.errors) for r in results} == {
        **dict.fromkeys("ab", (Status.SKIPPED, ("not begun: interrupted",))),
        "c": (Status.SKIPPED, ("not begun: it waits for a, and not all of that succeeded",)),
        first: (Status.CANCELLED, ()),
    }
    assert signal.getsignal(signal.SIGINT) is before
