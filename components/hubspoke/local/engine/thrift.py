"""What the SDK's own work costs, lowered from outside while a program runs. Nothing that it does changes.

The SDK's private functions that are replaced here are looked for by name: an SDK without one is left as it is.
"""

import contextlib
import sys
import traceback
from asyncio import Future
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FrameType
from typing import Any

from pulumi import Output, ResourceHookBinding, ResourceOptions, _types, log
from pulumi.runtime import resource, resource_cycle_breaker
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.settings import SETTINGS

from hubspoke.local.engine.direct import registered_directly
from hubspoke.local.engine.promised import outputs_promised, track
from hubspoke.local.engine.replaced import all_replaced, replaced
from hubspoke.local.engine.thrift_values import values_passed

_TRACE, _POSITION = "_get_stack_trace", "_get_source_position_for_frame"
_ADD, _REACHABLE = "_add_dep", "_reachable"
_OF_TYPES = (
    "unwrap_type", "unwrap_optional_type", "resource_types", "resource_pulumi_to_py_names",
    "input_type_py_to_pulumi_names", "input_type_types",
)  # fmt: skip
_CONSTRUCTORS = 3  # of the resource, of CustomResource or ComponentResource, of Resource: the SDK's own count
Line = tuple[str, int | None]  # of a file


@contextlib.contextmanager
def thrifty() -> Iterator[None]:
    """All that is lowered while a program runs."""
    with (
        traces_kept(), outputs_tracked(), outputs_promised(), values_passed(), types_kept(), options_copied(),
        debugging_dropped(), dependencies_known(), registered_directly(),
    ):  # fmt: skip
        yield


@contextlib.contextmanager
def traces_kept() -> Iterator[None]:
    """The SDK reads the source's lines and works out a URI for every frame of the stack above every resource: the same
    few stacks, over and over. Each is worked out once here, and no line is read."""
    position: Callable[[traceback.FrameSummary], Any] | None = getattr(resource, _POSITION, None)
    if position is None:
        yield
        return
    with replaced(resource, _TRACE, _remembered(position)):
        yield


@contextlib.contextmanager
def outputs_tracked() -> Iterator[None]:
    """The SDK takes a lock and looks up a context variable six times for each output that it keeps track of. A set's
    own operations are atomic, and a run has one set from beginning to end."""
    outputs: set[Future[Any]] = SETTINGS.outputs
    with (
        replaced(Output, "_track", lambda tracked: track(tracked._data, outputs)),
        replaced(Output, "_untrack", lambda tracked: outputs.discard(tracked._data)),
    ):
        yield


@contextlib.contextmanager
def types_kept() -> Iterator[None]:
    """What an annotation wraps, and what a class calls its properties, is looked at anew by the SDK for every value of
    every resource. It does not change."""
    with all_replaced(_types, dict.fromkeys(_OF_TYPES, _memorized)):
        yield


def types_learned(resource_class: type, arguments: type) -> None:
    """Looks now at what the SDK does for a resource of this class: this process and those forked from it find it."""
    with types_kept():
        _types.resource_types(resource_class)
        _types.resource_pulumi_to_py_names(resource_class)
        _types.input_type_types(arguments)
        _types.input_type_py_to_pulumi_names(arguments)


@contextlib.contextmanager
def options_copied() -> Iterator[None]:
    """Options are copied five times for each resource, and what hooks they have four times: what `copy.copy` does to an
    object of attributes alone."""
    with replaced(ResourceOptions, "_copy", _copied), replaced(ResourceHookBinding, "_copy", _copied):
        yield


@contextlib.contextmanager
def debugging_dropped() -> Iterator[None]:
    """The engine drops what is only there for debugging: it need not be handed over first."""
    with replaced(log, "debug", _dropped):
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

    with replaced(resource_cycle_breaker, _ADD, note), replaced(resource_cycle_breaker, _REACHABLE, search):
        yield


def _remembered(position: Callable[[traceback.FrameSummary], Any]) -> Callable[[], source_pb2.StackTrace]:
    frames: dict[Line, source_pb2.StackFrame] = {}
    traces: dict[tuple[Line, ...], source_pb2.StackTrace] = {}
    # With the code that the key has the ids of: an id is only one's while it is held.
    seen: dict[tuple[int, ...], tuple[source_pb2.StackTrace, list[CodeType]]] = {}

    def frame(at: Line) -> source_pb2.StackFrame:
        if at not in frames:
            file, line = at
            frames[at] = source_pb2.StackFrame(pc=position(traceback.FrameSummary(file, line, "", lookup_line=False)))
        return frames[at]

    def trace() -> source_pb2.StackTrace:
        first = _above_constructors(sys._getframe(1))
        key = _places(first)
        if key not in seen:
            found = tuple((each.f_code.co_filename, each.f_lineno) for each in _outwards(first))
            if found not in traces:
                traces[found] = source_pb2.StackTrace(frames=map(frame, found))
            seen[key] = traces[found], [each.f_code for each in _outwards(first)]
        return seen[key][0]

    return trace


def _above_constructors(frame: FrameType | None) -> FrameType | None:
    """The frame above the resource's constructor; none, where it is not one that makes a resource."""
    seen = 0
    while frame is not None and seen < _CONSTRUCTORS:
        seen += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    return frame


def _places(frame: FrameType | None) -> tuple[int, ...]:
    """Where each frame is, without the number of its line, which Python counts from the code's first."""
    found: list[int] = []
    while frame is not None:
        found += (id(frame.f_code), frame.f_lasti)
        frame = frame.f_back
    return tuple(found)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _copied(options: Any) -> Any:
    copy = object.__new__(type(options))
    copy.__dict__.update(options.__dict__)
    return copy


def _dropped(*_: object, **__: object) -> None:
    """Nothing is said."""


@cache
def _memorized(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Once for a process: what is kept of the SDK's own classes is as good for the next run."""
    kept = cache(function)

    def look(at: Any) -> Any:
        try:
            return kept(at)
        except TypeError:  # an annotation that cannot be hashed
            return function(at)

    return look
