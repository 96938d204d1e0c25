"""Calls back into the program: resource hooks, and transforms of resources and invokes.

The SDK serves them over gRPC on the loop that runs the program; a channel is opened when the first is called.
"""

import threading
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto import alias_pb2, callback_pb2, callback_pb2_grpc, resource_pb2

from hubspoke.local.engine.hooks import Occasion
from hubspoke.local.engine.messages import to_struct
from hubspoke.local.engine.state import State

_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]
_BINDING = {
    "BeforeCreate": "before_create", "AfterCreate": "after_create", "BeforeUpdate": "before_update",
    "AfterUpdate": "after_update", "BeforeDelete": "before_delete", "AfterDelete": "after_delete",
}  # fmt: skip


class Callbacks:
    """Calls back into the program."""

    def __init__(self) -> None:
        self._stubs: dict[str, callback_pb2_grpc.CallbacksStub] = {}
        self._channels: list[grpc.Channel] = []
        self._lock = threading.Lock()

    def call(self, callback: callback_pb2.Callback, request: Message, response: Message) -> None:
        """Fills `response`. Raises grpc.RpcError with what the program's function raised."""
        asked = callback_pb2.CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        response.ParseFromString(self._stub(callback.target).Invoke(asked).response)

    def hook(self, callback: callback_pb2.Callback) -> Callable[[Occasion], str]:
        """The program's function as a hook calls it."""

        def call(occasion: Occasion) -> str:
            response = resource_pb2.ResourceHookResponse()
            try:
                self.call(callback, _request(occasion), response)
            except grpc.RpcError as problem:
                return str(problem.details())
            return response.error

        return call

    def _stub(self, target: str) -> callback_pb2_grpc.CallbacksStub:
        with self._lock:
            if target not in self._stubs:
                channel = grpc.insecure_channel(target, options=_OPTIONS)
                self._channels.append(channel)
                self._stubs[target] = callback_pb2_grpc.CallbacksStub(channel)
            return self._stubs[target]

    def close(self) -> None:
        for channel in self._channels:
            channel.close()


def _request(occasion: Occasion) -> resource_pb2.ResourceHookRequest:
    structs: dict[str, Any] = {key: to_struct(value) for key, value in occasion.values.items()}
    state = occasion.state
    before = state if occasion.deleting else occasion.old
    return resource_pb2.ResourceHookRequest(
        urn=state.urn, id=state.id, name=state.name, type=state.type, **structs,
        old_options=_options(before) if before else None, new_options=None if occasion.deleting else _options(state),
    )  # fmt: skip


def _options(state: State) -> resource_pb2.ResourceOptions:
    timeouts = {key: f"{seconds:g}s" for key, seconds in state.custom_timeouts.items()}
    binding = {_BINDING[kind]: names for kind, names in state.resource_hooks.items()}
    options = resource_pb2.ResourceOptions(
        depends_on=state.dependencies, ignore_changes=state.ignore_changes, protect=state.protect,
        replace_on_changes=state.replace_on_changes, provider=state.provider, retain_on_delete=state.retain_on_delete,
        deleted_with=state.deleted_with, replace_with=state.replace_with, parent=state.parent,
        aliases=[alias_pb2.Alias(urn=urn) for urn in state.aliases],
        additional_secret_outputs=state.additional_secret_outputs,
        custom_timeouts=resource_pb2.RegisterResourceRequest.CustomTimeouts(**timeouts) if timeouts else None,
        hooks=resource_pb2.RegisterResourceRequest.ResourceHooksBinding(**binding) if binding else None,
    )  # fmt: skip
    setattr(options, "import", state.import_id)
    return options
