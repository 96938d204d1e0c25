"""gRPC's calls over a socket pair: between a worker and a policy pack that is its fork.

Both ends have the generated code of Pulumi's protocol, and messages are the same bytes. What is left out is the network
in between, which costs each side more than most answers do. As much of gRPC's interfaces is here as that code uses.
Resources need no message: they can be told as they are, many at a time (`analyzer_told`).
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import grpc

from hubspoke.local.engine.analyzer_told import ToldStack, told
from hubspoke.local.engine.analyzer_types import AnalyzedResource
from hubspoke.local.engine.rpc import RpcFailed

PORT = 0  # what a pack prints for its port when it answers on its pipe
_NO_SUCH_METHOD = (grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
_NOTHING = (grpc.StatusCode.OK, b"")  # as a message: nothing to say

Method = Callable[..., Any]
Said = tuple[grpc.StatusCode, bytes | str]  # OK and a message, or another code and why
Answer = tuple[int, Said]  # about which of those that were told together; after the last comes None
At = list[int] | memoryview  # one number that both ends see: how many of those that were told together are answered


@dataclass(frozen=True)
class Each:
    """Resources that are asked about one by one."""

    resources: Sequence[AnalyzedResource]


@dataclass(frozen=True)
class Together:
    """Resources that are asked about as one."""

    resources: Sequence[AnalyzedResource]


Asked = bytes | Each | Together


class PipeChannel:
    """A worker's end. Calls from several threads take turns."""

    def __init__(self, connection: Connection, at: At | None = None) -> None:
        self._connection, self._turn = connection, threading.Lock()
        self._at = [0] if at is None else at

    def unary_unary(self, path: str, request_serializer: Method, response_deserializer: Method) -> "PipeMethod":
        """One method of the protocol."""
        return PipeMethod(self, path, request_serializer, response_deserializer)

    def close(self) -> None:
        self._connection.close()

    def ask(self, path: str, asked: Asked, timeout: float | None) -> list[Said]:
        """The answers in order, up to the first failure."""
        with self._turn:
            self._at[0] = 0
            with suppress(OSError):  # which the answer that is waited for tells
                self._connection.send((path, asked))
            return self._heard(timeout)

    def _heard(self, timeout: float | None) -> list[Said]:
        """Of resources with no answer there is nothing to say, up to the last that the pack has come to."""
        found: dict[int, Said] = {}
        try:
            while self._waited(timeout):
                answer: Answer | None = self._connection.recv()
                if answer is None:
                    break
                place, said = answer
                found[place] = said
            else:
                self._connection.close()  # or its answer would be taken for the next one's
                found[self._at[0]] = grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"
        except (EOFError, OSError) as error:
            found[self._at[0]] = grpc.StatusCode.UNAVAILABLE, f"the pipe is closed: {error}"
        return [found.get(place, _NOTHING) for place in range(max(self._at[0], *(place + 1 for place in found), 0))]

    def _waited(self, timeout: float | None) -> bool:
        """Whether there is an answer. Of many that are told together each may take as long."""
        before = -1
        while self._at[0] != before:
            before = self._at[0]
            if self._connection.poll(timeout):
                return True
        return False


@dataclass(frozen=True)
class PipeMethod:
    """One method of the protocol, as its generated code calls it."""

    channel: PipeChannel
    path: str
    written: Method
    read: Method

    def __call__(self, request: Any, timeout: float | None = None) -> Any:
        """Raises RpcFailed."""
        return next(self._answers(self.written(request), timeout))

    def each(self, resources: Sequence[AnalyzedResource], timeout: float | None = None) -> Iterator[Any]:
        """The answers about each of these resources, in order. Raises RpcFailed at the first that fails, or on which
        the pack ends or hangs."""
        return self._answers(Each(resources), timeout) if resources else iter(())

    def together(self, resources: Sequence[AnalyzedResource], timeout: float | None = None) -> Any:
        """The answer about all of them. Raises RpcFailed."""
        return next(self._answers(Together(resources), timeout))

    def _answers(self, asked: Asked, timeout: float | None) -> Iterator[Any]:
        for code, said in self.channel.ask(self.path, asked, timeout):
            if not isinstance(said, bytes):
                raise RpcFailed(code, said)
            yield self.read(said)


@dataclass
class _Context:
    """What a method may say of its own failure."""

    code: grpc.StatusCode | None = None
    details: str = ""

    def set_code(self, code: grpc.StatusCode) -> None:
        self.code = code

    def set_details(self, details: str) -> None:
        self.details = details


@dataclass(frozen=True)
class _Call:
    """What handlers are looked up by."""

    method: str
    invocation_metadata: tuple[()] = ()


class PipeServer:
    """A pack's end, in place of what `grpc.server` makes: one call after the other."""

    def __init__(self, connection: Connection, at: At | None = None) -> None:
        self._connection = connection
        self._at = [0] if at is None else at
        self._handlers: list[grpc.GenericRpcHandler] = []

    def add_generic_rpc_handlers(self, handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        self._handlers += handlers

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        """Newer generated code says everything twice: this is a faster way to look the same methods up."""

    def add_insecure_port(self, address: str) -> int:  # noqa: ARG002 - it has none
        return PORT

    def start(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self, grace: float | None) -> None:  # noqa: ARG002 - nothing is waited for
        self._connection.close()

    def _serve(self) -> None:
        while True:
            try:
                path, request = self._connection.recv()
                for answer in self._answers(path, request):
                    self._connection.send(answer)
                self._connection.send(None)
            except (EOFError, OSError):
                return

    def _answers(self, path: str, asked: Asked) -> Iterator[Answer]:
        found = (handler.service(_Call(path)) for handler in self._handlers)
        method = next((each for each in found if each is not None), None)
        if method is None:
            yield 0, _NO_SUCH_METHOD
        elif isinstance(asked, Each):
            yield from self._each(method, asked.resources)
        elif isinstance(asked, Together):
            yield 0, _called(method, lambda: ToldStack(told(asked.resources)))
        else:
            yield 0, _called(method, lambda: method.request_deserializer(asked))

    def _each(self, method: Any, resources: Sequence[AnalyzedResource]) -> Iterator[Answer]:
        """What there is to say is sent at once: the pack may not live to the last."""
        for place, request in enumerate(told(resources)):
            said = _called(method, lambda: request)  # noqa: B023 - called at once
            if said != _NOTHING:
                yield place, said
            if said[0] is not grpc.StatusCode.OK:
                break
            self._at[0] += 1


def _called(method: Any, request: Callable[[], Any]) -> Said:
    context = _Context()
    try:
        answer = method.unary_unary(request(), context)
        return grpc.StatusCode.OK, method.response_serializer(answer)
    except Exception as error:
        if context.code:  # one that is not implemented says so first
            return context.code, context.details
        why = f"Exception calling application: {error}"
        logging.getLogger("grpc").exception(why)  # where gRPC's own server leaves it
        return grpc.StatusCode.UNKNOWN, why
