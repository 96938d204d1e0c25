"""gRPC's calls over a socket pair: between a worker and a policy pack that is its fork.

Both ends have the generated code of Pulumi's protocol, and messages are the same bytes. What is left out is the network
in between, which costs each side more than most answers do. As much of gRPC's interfaces is here as that code uses.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import grpc

from hubspoke.local.engine.rpc import RpcFailed

PORT = 0  # what a pack prints for its port when it answers on its pipe
_NO_SUCH_METHOD = (grpc.StatusCode.UNIMPLEMENTED, "Method not found!")

Method = Callable[..., Any]
Said = tuple[grpc.StatusCode, bytes | str]  # OK and a message, or another code and why


class PipeChannel:
    """A worker's end. Calls from several threads take turns."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._turn = connection, threading.Lock()

    def unary_unary(self, path: str, request_serializer: Method, response_deserializer: Method) -> Method:
        """One method of the protocol; what it returns raises RpcFailed."""

        def call(request: Any, timeout: float | None = None) -> Any:
            return response_deserializer(self._ask(path, request_serializer(request), timeout))

        return call

    def close(self) -> None:
        self._connection.close()

    def _ask(self, path: str, request: bytes, timeout: float | None) -> bytes:
        with self._turn:
            code, said = self._exchange(path, request, timeout)
        if isinstance(said, bytes):
            return said
        raise RpcFailed(code, said)

    def _exchange(self, path: str, request: bytes, timeout: float | None) -> Said:
        try:
            self._connection.send((path, request))
            if not self._connection.poll(timeout):
                self._connection.close()  # or its answer would be taken for the next one's
                return grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"
            said: Said = self._connection.recv()
        except (EOFError, OSError) as error:
            return grpc.StatusCode.UNAVAILABLE, f"the pipe is closed: {error}"
        return said


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
