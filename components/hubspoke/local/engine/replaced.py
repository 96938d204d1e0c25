"""A function of the SDK with another one in its place for a while. An SDK without it is left as it is."""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def replaced(owner: Any, name: str, by: Any) -> Iterator[None]:
    """`by` stands for `owner.name` until the end; nothing happens where there is no such thing."""
    found = vars(owner).get(name)  # as it is there, a static method among others
    if found is None:
        yield
        return
    setattr(owner, name, by)
    try:
        yield
    finally:
        setattr(owner, name, found)


@contextlib.contextmanager
def all_replaced(owner: Any, by: dict[str, Callable[[Any], Callable[..., Any]]]) -> Iterator[None]:
    """Each of the functions of an owner by what is made of it, where there is one."""
    with contextlib.ExitStack() as stack:
        for name, make in by.items():
            if (found := getattr(owner, name, None)) is not None:
                stack.enter_context(replaced(owner, name, make(found)))
        yield


def takes_the_same(function: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether a function takes the arguments that the other one takes."""
    return _parameters(function) == _parameters(other)


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)
