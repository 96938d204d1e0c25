"""What the SDK's own work costs, lowered from outside while a program runs. Nothing that it does changes.

The SDK's private functions that are replaced here are looked for by name: an SDK without one is left as it is.
"""

import contextlib
import gc
import inspect
import sys
import traceback
from asyncio import Future
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from types import FrameType
from typing import Any

from pulumi import Output, _types, output
from pulumi.runtime import resource, resource_cycle_breaker, rpc
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.settings import SETTINGS

_TRACE, _POSITION, _TRACK = "_get_stack_trace", "_get_source_position_for_frame", "_track"
_TRANSFER, _DATA = "transfer_properties", "_OutputData"
_ADD, _REACHABLE = "_add_dep", "_reachable"
_UNWRAPPERS = ("unwrap_type", "unwrap_optional_type")
_CONSTRUCTORS = 3  # of the resource, of CustomResource or ComponentResource, of Resource: the SDK's own count
Trace = tuple[tuple[str, int | None], ...]  # file and line of each frame, innermost first


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Each resource leaves dozens of futures that live until the run ends, and a state is many small objects that
    live as long: to look through them all again and again for cycles is a third of a run of a thousand resources."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextlib.contextmanager
def thrifty() -> Iterator[None]:
    """All that is lowered while a program runs."""
    with traces_kept(), outputs_tracked(), properties_transferred(), types_kept(), dependencies_known():
        yield


@contextlib.contextmanager
def traces_kept() -> Iterator[None]:
    """The SDK reads the source's lines and works out a URI for every frame of the stack above every resource: the same
    few stacks, over and over. Each is worked out once here, and no line is read."""
    position: Callable[[traceback.FrameSummary], Any] | None = getattr(resource, _POSITION, None)
    if position is None:
        yield
        return
    with _replaced(resource, _TRACE, _remembered(position)):
        yield


@contextlib.contextmanager
def outputs_tracked() -> Iterator[None]:
    """The SDK takes a lock and looks up a context variable six times for each output that it keeps track of. A set's
    own operations are atomic."""
    with _replaced(Output, _TRACK, _track):
        yield


@contextlib.contextmanager
def properties_transferred() -> Iterator[None]:
    """Each property of a resource is four futures and a task to the SDK until the resource is registered, though all
    four come at once. It is one future here, as the SDK itself has it for `urn` and `id`."""
    known = getattr(output, _DATA, None), getattr(Output, "_from_data", None), getattr(rpc, _TRANSFER, None)
    if not all(known) or _parameters(rpc.transfer_properties) != _parameters(_transfer):
        yield
        return
    with _replaced(rpc, _TRANSFER, _transfer):
        yield


@contextlib.contextmanager
def types_kept() -> Iterator[None]:
    """What an annotation wraps is looked at anew by the SDK for every value of every resource. It does not change."""
    with contextlib.ExitStack() as stack:
        for name in _UNWRAPPERS:
            if found := getattr(_types, name, None):
                stack.enter_context(_replaced(_types, name, _memorized(found)))
        yield


@contextlib.contextmanager
def dependencies_known() -> Iterator[None]:
    """Before the SDK notes that one resource needs another, it looks through all that the other one needs for a circle:
    with each resource made of the one before it, the cube of their number. What nothing needs yet closes no circle."""
    add = getattr(resource_cycle_breaker, _ADD, None)
    reachable = getattr(resource_cycle_breaker, _REACHABLE, None)
    if add is None or reachable is None:
        yield
        return
    needed: set[Any] = set()

    def note(from_resource: Any, to_resource: Any) -> None:
        add(from_resource, to_resource)
        needed.add(to_resource)

    def search(from_resource: Any, to_resource: Any) -> bool:
        may_be = from_resource == to_resource or to_resource in needed
        return may_be and bool(reachable(from_resource, to_resource))

    with _replaced(resource_cycle_breaker, _ADD, note), _replaced(resource_cycle_breaker, _REACHABLE, search):
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, by: Callable[..., Any]) -> Iterator[None]:
    found = getattr(owner, name, None)
    if found is None:
        yield
        return
    setattr(owner, name, by)
    try:
        yield
    finally:
        setattr(owner, name, found)


def _remembered(position: Callable[[traceback.FrameSummary], Any]) -> Callable[[], source_pb2.StackTrace]:
    frames: dict[tuple[str, int | None], source_pb2.StackFrame] = {}
    traces: dict[Trace, source_pb2.StackTrace] = {}

    def frame(at: tuple[str, int | None]) -> source_pb2.StackFrame:
        if at not in frames:
            file, line = at
            frames[at] = source_pb2.StackFrame(pc=position(traceback.FrameSummary(file, line, "", lookup_line=False)))
        return frames[at]

    def trace() -> source_pb2.StackTrace:
        found = _above_constructors(sys._getframe(1))
        if found not in traces:
            traces[found] = source_pb2.StackTrace(frames=map(frame, found))
        return traces[found]

    return trace


def _above_constructors(frame: FrameType | None) -> Trace:
    """The frames above the resource's constructor; none, where it is not one that makes a resource."""
    seen = 0
    while frame is not None and seen < _CONSTRUCTORS:
        seen += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    found = []
    while frame is not None:
        found.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return tuple(found)


def _track(tracked: Any) -> None:
    outputs: set[Future[Any]] = SETTINGS.outputs
    outputs.add(tracked._data)
    tracked._data.add_done_callback(partial(_settled, outputs))


def _settled(outputs: set["Future[Any]"], done: "Future[Any]") -> None:
    # One that failed stays, for whoever waits for all of them to find.
    if not done.cancelled() and done.exception() is None:
        outputs.discard(done)


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _transfer(res: Any, props: Iterable[str], custom: bool) -> dict[str, Callable[..., None]]:
    resolvers: dict[str, Callable[..., None]] = {}
    for name in props:
        if name == "urn" or (name == "id" and custom):
            continue
        data: Future[Any] = Future()
        resolvers[name] = partial(_resolve, res, data)
        res.__dict__[name] = Output._from_data(data)
    return resolvers


def _resolve(
    res: Any, data: "Future[Any]", value: Any, known: bool, secret: bool, needed: Iterable[Any] | None,
    failed: Exception | None,
) -> None:  # fmt: skip
    if failed is not None:
        data.set_exception(failed)
    else:
        resources = {*(needed or ()), res}
        data.set_result(output._OutputData(resources=resources, value=value, is_known=known, is_secret=secret))


def _memorized(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    kept = lru_cache(maxsize=None)(function)

    def unwrap(annotation: Any) -> Any:
        try:
            return kept(annotation)
        except TypeError:  # one that cannot be hashed
            return function(annotation)

    return unwrap
