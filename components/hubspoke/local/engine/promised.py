"""Outputs that are made when somebody looks at them.

To the SDK each property of each resource is four futures, a task and an entry among what the run waits for, until the
resource is registered; then all of them come at once. Most are never looked at. Here a property is one small object,
which becomes a future as soon as it is used. A run does not wait for it: it waits for the URN of its resource, which is
told, or fails, at the same moment. What is known at once, such as a text that the program makes an output of, need not
be waited for either.
"""

import asyncio
import contextlib
from asyncio import Future
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from pulumi import Output, output
from pulumi.runtime import resource, rpc, settings
from pulumi.runtime.settings import SETTINGS

from hubspoke.local.engine.replaced import replaced, takes_the_same
from hubspoke.local.engine.values import ATOMS, LEAVES, UNKNOWN

Needed = Iterable[Any] | None
Resolver = Callable[..., None]


class Promised(Output[Any]):
    """An output without a future until its `_data` is asked for. `res` is whose property it is, if it is one.

    Every other name but the SDK's own is looked for in the output's value, so this has none that is public.
    """

    _promised_in: asyncio.AbstractEventLoop
    _promised: tuple[Any, bool, bool, Needed, Exception | None] | None  # what it came to

    def __init__(self, loop: asyncio.AbstractEventLoop, res: Any = None) -> None:
        self.__dict__.update(_promised_in=loop, _promised_by=res, _promised=None)

    @cached_property
    def _data(self) -> "Future[Any]":  # type: ignore[override] # an attribute in the SDK
        future: Future[Any] = self._promised_in.create_future()
        self.__dict__["_data"] = future
        if self._promised is None:
            track(future, SETTINGS.outputs)
        else:
            _fulfil(future, self._promised_by, *self._promised)
        return future

    def _resolve(self, value: Any, known: bool, secret: bool, needed: Needed, failed: Exception | None) -> None:
        """To be called once, as the SDK calls its resolvers. A failure is seen by whoever waits for the run."""
        if self._promised is not None:
            raise asyncio.InvalidStateError("invalid state")
        if failed is not None:
            _ = self._data
        self._promised = (value, known, secret, needed, failed)
        if "_data" in self.__dict__:
            _fulfil(self._data, self._promised_by, *self._promised)


def track(future: "Future[Any]", outputs: "set[Future[Any]]") -> None:
    """As the SDK keeps track of an output, without its lock: `_untrack` may come here while it holds that."""
    outputs.add(future)
    future.add_done_callback(partial(_settled, outputs))


def _settled(outputs: "set[Future[Any]]", done: "Future[Any]") -> None:
    # One that failed stays, for whoever waits for all of them to find.
    if not done.cancelled() and done.exception() is None:
        outputs.discard(done)


def _fulfil(
    future: "Future[Any]", res: Any, value: Any, known: bool, secret: bool, needed: Needed, failed: Exception | None
) -> None:
    if failed is not None:
        future.set_exception(failed)
        return
    resources = {*(needed or ()), *(() if res is None else (res,))}
    future.set_result(output._OutputData(resources=resources, value=value, is_known=known, is_secret=secret))


def leaf_of(value: Any) -> tuple[Any, list[Any]] | None:
    """What is serialized of a value without an inside, and whose it is; None of any other, and what is not known yet.

    Of a secret too: that is more than its value.
    """
    if type(value) in LEAVES:
        return value, []
    if type(value) is not Promised or value._promised is None:
        return None
    found, known, secret, needed, failed = value._promised
    if failed is not None or secret or type(found) not in LEAVES:
        return None
    own = () if value._promised_by is None else (value._promised_by,)
    return found if known else UNKNOWN, list({*(needed or ()), *own})


def _known(value: Any) -> Promised:
    """An output of what is known, not secret, and nobody's."""
    found = Promised(asyncio.get_event_loop())
    found._resolve(value, True, False, None, None)
    return found


@contextlib.contextmanager
def outputs_promised() -> Iterator[None]:
    """Properties and ids of resources are promised; a URN of texts, and an output of a text or number, is known."""
    if not getattr(output, "_OutputData", None):
        yield
        return
    with contextlib.ExitStack() as stack:
        for owner, name, make in (
            (rpc, "transfer_properties", _transfer), (rpc, "resolve_properties", _resolve_properties),
            (resource, "resource_output", _resource_output), (resource, "create_urn", _create_urn),
            (Output, "from_input", _from_input),
        ):  # fmt: skip
            usual = getattr(owner, name, None)
            if usual and takes_the_same(usual, by := make(usual)):
                stack.enter_context(replaced(owner, name, by))
        yield


def _transfer(_: Any) -> Callable[..., dict[str, Resolver]]:
    def transfer_properties(res: Any, props: Iterable[str], custom: bool) -> dict[str, Resolver]:
        resolvers: dict[str, Resolver] = {}
        loop = asyncio.get_event_loop()
        for name in props:
            if name == "urn" or (name == "id" and custom):
                continue
            promised = res.__dict__[name] = Promised(loop, res)
            resolvers[name] = promised._resolve
        return resolvers

    return transfer_properties


def _resolve_properties(_: Any) -> Callable[..., None]:
    """The SDK's, which asks for each property anew whether this is a preview."""

    def resolve_properties(
        resolvers: dict[str, Resolver], all_properties: dict[str, Any], deps: Mapping[str, Any], custom: bool,
        resolve_missing_as_unknown: bool = False,
    ) -> None:  # fmt: skip
        preview = settings.is_dry_run()
        for key, value in all_properties.items():
            resolve = resolvers.get(key)
            if resolve is None or key == "urn" or (key == "id" and custom):
                continue
            bare = rpc.unwrap_rpc_secret(value)
            resolve(bare, not preview or bare is not None, bare is not value, deps.get(key), None)
        known = not preview and not resolve_missing_as_unknown
        for key, resolve in resolvers.items():
            if key not in all_properties:
                resolve(None, known, False, deps.get(key), None)

    return resolve_properties


def _resource_output(_: Any) -> Callable[[Any], Any]:
    """A resource's URN is looked at at once, since the run waits for it; its id comes second."""

    def resource_output(res: Any) -> Any:
        promised = Promised(asyncio.get_event_loop(), res)
        if "urn" not in res.__dict__:
            _ = promised._data
        return partial(_resolve_id, promised), promised

    return resource_output


def _resolve_id(promised: Promised, value: Any, known: bool, secret: bool, exn: Exception | None) -> None:
    promised._resolve(value, known, secret, None, exn)


def _create_urn(usual: Callable[..., Any]) -> Callable[..., Any]:
    """A URN of texts alone is a text. The SDK makes six outputs of one, for every resource."""

    def create_urn(
        name: Any, type_: Any, parent: Any = None, project: str | None = None, stack: str | None = None
    ) -> Any:
        if not (type(name) is type(type_) is str and (parent is None or type(parent) is str)):
            return usual(name, type_, parent, project, stack)
        return _known(f"{_prefix(parent, project, stack)}{type_}::{name}")

    return create_urn


def _prefix(parent: str | None, project: str | None, stack: str | None) -> str:
    if parent is not None:
        return f"{parent[: parent.rfind('::')]}$"
    own = settings.get_stack() if stack is None else stack
    return f"urn:pulumi:{own}::{settings.get_project() if project is None else project}::"


def _from_input(usual: Callable[[Any], Any]) -> Any:
    def from_input(val: Any) -> Any:
        return _known(val) if type(val) in ATOMS else usual(val)

    return staticmethod(from_input)
