"""Where what a program asks for is done: what waits for nothing in the loop's own thread, the rest in others.

Handing a call to a thread and its answer back costs more than planning a resource does, and far more while the
interpreter is contended. So every call begins in the loop's thread; one that would wait for a cloud, for another
process or for the program itself raises `MustWait` before it does, and is begun again in a thread.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, cast

Done = TypeVar("Done")
_here = threading.local()
# What the SDK wraps its calls of the monitor in; a program's own functions go to threads, as everywhere.
_WRAPPER = "pulumi.runtime._context"


class MustWait(BaseException):
    """Not here: nothing has been done yet that must not be done once more."""


def in_loop() -> bool:
    """Whether the caller holds up the loop, and so must not wait."""
    return getattr(_here, "in_loop", False)


def begun_here(call: Callable[[], Done]) -> Done:
    """A call begun in the loop's thread, where the caller is. Raises `MustWait` where it is to be begun in another."""
    _here.in_loop = True
    try:
        return call()
    finally:
        _here.in_loop = False


class Turns(ThreadPoolExecutor):
    """The executor of a loop that the SDK runs on."""

    def __init__(self, loop: asyncio.AbstractEventLoop, workers: int) -> None:
        super().__init__(workers, thread_name_prefix="registration")
        self._loop, self._thread = loop, threading.get_ident()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        if threading.get_ident() != self._thread or getattr(fn, "__module__", "") != _WRAPPER:
            return super().submit(fn, *args, **kwargs)
        done = self._loop.create_future()
        try:
            done.set_result(begun_here(partial(fn, *args, **kwargs)))
        except MustWait:
            return super().submit(fn, *args, **kwargs)
        except Exception as problem:
            done.set_exception(problem)
        # The loop takes one of its own futures as it is, and wakes itself up for any other.
        return cast("Future[Any]", done)
