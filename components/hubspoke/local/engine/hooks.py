"""The program's own functions that the engine calls: resource hooks, and transforms of resources and invokes.

The SDK serves them over gRPC on the loop that runs the program; a channel is opened when the first is called.
"""

import threading
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import Message
from pulumi.runtime.proto import alias_pb2, callback_pb2, callback_pb2_grpc, resource_pb2

from hubspoke.local.engine.events import EventSink
from hubspoke.local.engine.forms import to_struct
from hubspoke.local.engine.plugins import Refused
from hubspoke.local.engine.state import State
from hubspoke.local.engine.values import Properties

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


@dataclass(frozen=True)
class Hook:
    callback: callback_pb2.Callback
    on_dry_run: bool
    ignore_errors: bool


class Hooks:
    """Resource hooks by name. A failing "before" hook stops its step; a failing "after" hook fails the run."""

    def __init__(self, callbacks: Callbacks, events: EventSink, *, dry_run: bool) -> None:
        self._callbacks, self._events, self._dry_run = callbacks, events, dry_run
        self._hooks: dict[str, Hook] = {}
        self.failed: list[tuple[str, str]] = []  # URN and message of "after" hooks

    @property
    def any(self) -> bool:
        """Whether the program has any."""
        return bool(self._hooks)

    def register(self, name: str, hook: Hook) -> None:
        if not name:
            raise ValueError("resource hook name cannot be empty")
        if name in self._hooks:
            raise ValueError(f'resource hook already registered for name "{name}"')
        self._hooks[name] = hook

    def run(
        self, kind: str, state: State, *, old: State | None = None, deleting: bool = False, **values: Properties
    ) -> None:
        """Raises `Refused` for a failing "before" hook."""
        for name in state.resource_hooks.get(kind, ()):
            hook = self._hooks.get(name)
            if hook is None:
                raise Refused(f'hook "{name}" was not registered')
            if not self._dry_run or hook.on_dry_run:
                self._run(kind, name, hook, _request(state, old, deleting, values))

    def _run(self, kind: str, name: str, hook: Hook, request: resource_pb2.ResourceHookRequest) -> None:
        error = self._call(hook, request)
        if not error:
            return
        if hook.ignore_errors:
            self._events.warning(f'{kind} hook "{name}" failed: {error}', request.urn)
        elif kind.startswith("Before"):
            raise Refused(f'before hook "{name}" failed: {error}')
        else:
            message = f'after hook "{name}" failed: {error}'
            self._events.error(message, request.urn)
            self.failed.append((request.urn, message))

    def _call(self, hook: Hook, request: resource_pb2.ResourceHookRequest) -> str:
        response = resource_pb2.ResourceHookResponse()
        try:
            self._callbacks.call(hook.callback, request, response)
        except grpc.RpcError as problem:
            return str(problem.details())
        return response.error


def _request(
    state: State, old: State | None, deleting: bool, values: dict[str, Properties]
) -> resource_pb2.ResourceHookRequest:
    structs: dict[str, Any] = {key: to_struct(value) for key, value in values.items()}
    before = state if deleting else old
    return resource_pb2.ResourceHookRequest(
        urn=state.urn, id=state.id, name=state.name, type=state.type, **structs,
        old_options=_options(before) if before else None, new_options=None if deleting else _options(state),
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
