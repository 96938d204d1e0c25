"""gRPC's calls over a socket pair: between a worker and a policy pack that is its fork.

Both ends have the generated code of Pulumi's protocol, and messages are the same bytes. What is left out is the network
in between, which costs each side more than most answers do. As much of gRPC's interfaces is here as that code uses.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import grpc

from hubspoke.local.engine.rpc import RpcFailed

PORT = 0  # what a pack prints for its port when it answers on its pipe
_NO_SUCH_METHOD = (grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
_AHEAD = 6 * 1024  # bytes of requests: any system's sockets take as much before somebody reads it

Method = Callable[..., Any]
Said = tuple[grpc.StatusCode, bytes | str]  # OK and a message, or another code and why


class PipeChannel:
    """A worker's end. Calls from several threads take turns."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._turn = connection, threading.Lock()

    def unary_unary(self, path: str, request_serializer: Method, response_deserializer: Method) -> "PipeMethod":
        """One method of the protocol."""
        return PipeMethod(self, path, request_serializer, response_deserializer)

    def close(self) -> None:
        self._connection.close()

    def ask(self, path: str, requests: Iterable[bytes], timeout: float | None) -> Iterator[bytes]:
        """The answers in order. Raises RpcFailed where there is none; what was asked after it is answered in vain."""
        waiting: deque[int] = deque()  # sizes of requests that are not answered yet
        with self._turn:
            try:
                for request in requests:
                    while waiting and sum(waiting) + len(request) > _AHEAD:
                        waiting.popleft()
                        yield self._answer(timeout)
                    waiting.append(len(request))
                    self._send(path, request)
                while waiting:
                    waiting.popleft()
                    yield self._answer(timeout)
            finally:
                for _ in waiting:
                    self._heard(timeout)

    def _send(self, path: str, request: bytes) -> None:
        with suppress(OSError):  # which the answer that is waited for tells
            self._connection.send((path, request))

    def _answer(self, timeout: float | None) -> bytes:
        code, said = self._heard(timeout)
        if isinstance(said, bytes):
            return said
        raise RpcFailed(code, said)

    def _heard(self, timeout: float | None) -> Said:
        try:
            if not self._connection.poll(timeout):
                self._connection.close()  # or its answer would be taken for the next one's
                return grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"
            said: Said = self._connection.recv()
        except (EOFError, OSError) as error:
            return grpc.StatusCode.UNAVAILABLE, f"the pipe is closed: {error}"
        return said


@dataclass(frozen=True)
class PipeMethod:
    """One method of the protocol, as its generated code calls it."""

    channel: PipeChannel
    path: str
    written: Method
    read: Method

    def __call__(self, request: Any, timeout: float | None = None) -> Any:
        """Raises RpcFailed."""
        (answer,) = self.ahead([request], timeout)
        return answer

    def ahead(self, requests: Iterable[Any], timeout: float | None = None) -> Iterator[Any]:
        """Of many requests the answers, in order: the pack works on one while the next is written. Raises RpcFailed."""
        return map(self.read, self.channel.ask(self.path, map(self.written, requests), timeout))


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

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
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
                self._connection.send(self._answer(path, request))
            except (EOFError, OSError):
                return

    def _answer(self, path: str, request: bytes) -> Said:
        found = (handler.service(_Call(path)) for handler in self._handlers)
        method = next((each for each in found if each is not None), None)
        return _called(method, request) if method else _NO_SUCH_METHOD


def _called(method: Any, request: bytes) -> Said:
    context = _Context()
    try:
        answer = method.unary_unary(method.request_deserializer(request), context)
        return grpc.StatusCode.OK, method.response_serializer(answer)
    except Exception as error:
        if context.code:  # one that is not implemented says so first
            return context.code, context.details
        why = f"Exception calling application: {error}"
        logging.getLogger("grpc").exception(why)  # where gRPC's own server leaves it
        return grpc.StatusCode.UNKNOWN, why
