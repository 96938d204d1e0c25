"""What is left after something went wrong, and what the next run makes of it."""

import asyncio
import threading

import pulumi
import pytest
from hubspoke.local.engine import Cancelled, EngineError, ResourceFailed
from pulumi import ResourceOptions
from pulumi.runtime._callbacks import _CallbackServicer

from tests.local.engine.engine_bench import Bench, Group, Thing


def three() -> None:
    first = Thing("first")
    second = Thing("second", label=first.token)
    Thing("third", label=second.token)
    pulumi.export("first", first.token)


def test_a_failing_create_leaves_what_was_made_and_up_goes_on(bench: Bench) -> None:
    bench.cloud.fail["create", "second"] = "quota"
    with pytest.raises(ResourceFailed, match=r"quota") as problem:
        bench.up(three)
    assert problem.value.urn.endswith("::second")
    assert problem.value.changes == {"create": 2}
    assert bench.messages() == ["Refused: quota", "update failed"]
    assert [name for name in bench.names() if name in ("first", "second", "third")] == ["first"]

    bench.cloud.fail.clear()
    assert bench.up(three).changes == {"same": 2, "create": 2}


def test_those_under_way_end_and_are_recorded(bench: Bench) -> None:
    slow, failed = threading.Event(), threading.Event()

    def before(operation: str, name: str) -> None:
        if (operation, name) == ("create", "slow"):
            slow.set()
            assert failed.wait(5)
        if (operation, name) == ("create", "bad"):
            assert slow.wait(5)
            threading.Timer(0.05, failed.set).start()

    bench.cloud.before = before
    bench.cloud.fail["create", "bad"] = "no"
    with pytest.raises(ResourceFailed):
        bench.up(lambda: (Thing("slow"), Thing("bad")))
    assert "slow" in bench.names()


def test_a_creation_that_went_half_through_is_recorded_and_finished_by_an_update(bench: Bench) -> None:
    bench.cloud.partial.add("second")
    with pytest.raises(ResourceFailed, match=r"made in part"):
        bench.up(three)
    assert bench.resource("second")["initErrors"] == ["Half: made in part"]

    bench.cloud.partial.clear()
    assert bench.up(three).changes == {"same": 2, "update": 1, "create": 1}
    assert "initErrors" not in bench.resource("second")
    assert bench.cloud.made() == ["third"]


def test_an_update_that_went_half_through_keeps_the_old_inputs(bench: Bench) -> None:
    bench.up(lambda: Thing("a", label="one"))
    bench.cloud.partial.add("a")
    with pytest.raises(ResourceFailed, match=r"updated in part"):
        bench.up(lambda: Thing("a", label="two"))
    found = bench.resource("a")
    assert (found["inputs"]["label"], found["outputs"]["label"]) == ("one", "two")
    bench.cloud.partial.clear()
    assert bench.up(lambda: Thing("a", label="two")).changes == {"same": 1, "update": 1}


def test_a_failing_delete_is_tried_again(bench: Bench) -> None:
    bench.up(three)
    bench.cloud.fail["delete", "second"] = "in use"
    with pytest.raises(ResourceFailed, match=r"in use"):
        bench.destroy()
    assert [name for name in bench.names() if name in ("first", "second", "third")] == ["first", "second"]
    bench.cloud.fail.clear()
    bench.destroy()
    assert bench.resources() == []
    assert bench.cloud.things == {}


def test_a_failing_check_names_the_property(bench: Bench) -> None:
    with pytest.raises(ResourceFailed, match=r"property name value \{<nil>\} has a problem: is required"):
        bench.preview(lambda: Thing("a", name=None))


def test_two_resources_of_one_name(bench: Bench) -> None:
    with pytest.raises(ResourceFailed, match=r"Duplicate resource URN 'urn:pulumi:dev::proj::mem:index:Thing::a'"):
        bench.up(lambda: (Thing("a"), Thing("a")))


def test_protected_resources_are_all_reported_and_what_they_need_is_kept(bench: Bench) -> None:
    def program() -> None:
        first = Thing("first")
        Thing("held", ResourceOptions(protect=True), label=first.token)
        Thing("too", ResourceOptions(protect=True))
        Thing("free")

    bench.up(program)
    with pytest.raises(ResourceFailed, match=r"protected"):
        bench.destroy()
    assert sum("is protected" in message for message in bench.messages()) == 2
    left = {bench.cloud.owners[id_].rsplit("::", 1)[-1] for id_ in bench.cloud.things}
    assert left == {"first", "held", "too"}


def test_a_protected_resource_is_not_replaced(bench: Bench) -> None:
    bench.up(lambda: Thing("a", ResourceOptions(protect=True), size=1))
    with pytest.raises(ResourceFailed, match=r"unable to replace resource"):
        bench.up(lambda: Thing("a", ResourceOptions(protect=True), size=2))
    assert bench.cloud.calls == []


def test_cancelling_lets_what_is_under_way_end(bench: Bench) -> None:
    stack = bench.stack()
    begun = threading.Event()

    def before(operation: str, name: str) -> None:
        if (operation, name) == ("create", "first"):
            stack.cancel()
            begun.set()

    bench.cloud.before = before
    bench.begin()
    with pytest.raises(Cancelled):
        stack.up(on_event=bench.events.append, program=three)
    assert begun.is_set()
    assert [name for name in bench.names() if name in ("first", "second", "third")] == ["first"]
    assert bench.messages()[-1] == "update canceled"
    bench.cloud.before = lambda operation, name: None  # noqa: ARG005
    assert bench.up(three).changes == {"same": 2, "create": 2}


def test_stack_outputs_that_were_not_come_to_are_kept(bench: Bench) -> None:
    def two(label: str) -> None:
        first = Thing("first", label=label)
        second = Thing("second", label=first.label)
        pulumi.export("first", "new" if label == "b" else "old")
        pulumi.export("second", second.token)

    bench.up(lambda: two("a"))
    bench.cloud.fail["update", "second"] = "no"
    with pytest.raises(ResourceFailed):
        bench.up(lambda: two("b"))
    assert bench.stack().outputs()["second"] == "token-id-2"


def test_a_component_whose_child_fails(bench: Bench) -> None:
    def program() -> None:
        group = Group("group")
        made = Thing("child", ResourceOptions(parent=group))
        group.close(token=made.token)

    bench.cloud.fail["create", "child"] = "no"
    with pytest.raises(ResourceFailed):
        bench.up(program)
    bench.cloud.fail.clear()
    assert bench.up(program).changes == {"same": 2, "create": 1}
    assert bench.resource("group")["outputs"] == {"token": "token-id-1"}


def test_a_run_broken_off_leaves_no_server_of_its_hooks_and_no_loop(bench: Bench) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    def refuse(_: pulumi.ResourceHookArgs) -> None:
        raise ValueError("not on a Friday")

    def program() -> None:
        loops.append(asyncio.get_running_loop())
        hook = pulumi.ResourceHook("refuse", refuse)
        note = pulumi.ResourceHook("note", lambda _: None)
        good = Thing("good", ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[note])))
        binding = pulumi.ResourceHookBinding(before_create=[hook])
        Thing("bad", ResourceOptions(hooks=binding, depends_on=[good]))

    with pytest.raises(EngineError):
        bench.up(program)
    assert (_CallbackServicer._servicers, [loop.is_closed() for loop in loops]) == ([], [True])
