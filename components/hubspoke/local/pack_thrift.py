"""What the policy SDK's own work costs, lowered in a pack's process. Nothing that it does changes.

The SDK reads the properties of each resource, and of each provider, anew for every rule of a pack: with eighteen rules
eighteen times, of the whole stack, though most rules look at resources of one type. Here they are read when a rule
looks at them, and once in a call. Each rule still gets a copy of its own.
"""

import os
import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property, lru_cache
from math import isfinite
from types import SimpleNamespace
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi_policy import policy, proxy

from hubspoke.local.pack_asking import narrowed, shared
from hubspoke.local.pack_plain import Plain

_CALLS = ("Analyze", "AnalyzeStack")
_OF_THE_RUN = ("PULUMI_CONFIG", "PULUMI_PROJECT", "PULUMI_STACK", "PULUMI_ORGANIZATION", "PULUMI_DRY_RUN")
_USED = ("json_format", "deserialize_properties", "unknown_checking_proxy", "signature", "proto")
_UNREAD = (struct_pb2.Struct, Plain)

Deserialize = Callable[..., Any]


class _Call:
    """What one call has read."""

    def __init__(self, deserialize: Deserialize) -> None:
        self._deserialize = deserialize
        self._by_content: dict[bytes, Any] = {}
        self._held: dict[int, tuple[struct_pb2.Struct, Any]] = {}  # messages too, or an id would become another's

    def read(self, message: struct_pb2.Struct | Plain) -> Any:
        if isinstance(message, Plain):
            return message.read(self._deserialize)
        held = self._held.get(id(message))
        if held is None:
            held = self._held[id(message)] = (message, self._read(message))
        return held[1]

    def _read(self, message: struct_pb2.Struct) -> Any:
        content = message.SerializeToString()
        if content not in self._by_content:
            self._by_content[content] = self._deserialize(_dict(message))
        return self._by_content[content]


def _dict(message: struct_pb2.Struct) -> dict[str, Any]:
    """As `MessageToDict`, which finds out for each value what any message may be."""
    fields = message.fields
    return {name: fields[name].string_value or _value(fields[name]) for name in fields}  # most are texts


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return _dict(value.struct_value)
    if kind == "list_value":
        return [each.string_value or _value(each) for each in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value" and isfinite(value.number_value):
        return value.number_value
    return json_format.MessageToDict(value)  # null, or what it refuses


class _Current(threading.local):
    """The call that a thread answers; the SDK's server answers several at a time."""

    call: _Call | None = None


def lower(module: Any = policy) -> None:
    """For the rest of this process. An SDK without one of the replaced functions is left as it is, as is one that is
    lowered already."""
    servicer: Any = getattr(module, "_PolicyAnalyzerServicer", None)
    methods = (*_CALLS, "_configure_runtime_settings")
    if not all(hasattr(servicer, name) for name in methods) or not all(hasattr(module, name) for name in _USED):
        return
    if isinstance(module.json_format, SimpleNamespace):
        return
    current, deserialize = _Current(), module.deserialize_properties

    def to_dict(message: Any) -> Any:
        """Puts off what may not have to be done, as the next two do."""
        return message if current.call else json_format.MessageToDict(message)

    def deserialized(props: Any, proxy_secrets: bool = False) -> Any:
        return props if isinstance(props, _UNREAD) else deserialize(props, proxy_secrets)

    def proxied(props: Any) -> Any:
        if isinstance(props, _UNREAD) and current.call:
            return _Unread(props, current.call)
        return _proxied(props, [])

    module.json_format = SimpleNamespace(MessageToDict=to_dict)
    module.deserialize_properties = deserialized
    module.unknown_checking_proxy = proxied
    module.signature = lru_cache(module.signature)  # of the SDK's settings, looked at in every call
    servicer._configure_runtime_settings = _once(servicer._configure_runtime_settings)
    one = narrowed(servicer.Analyze, module.proto.AnalyzeResponse, module.ResourceValidationPolicy)
    whole = shared(servicer.AnalyzeStack, module.StackValidationPolicy, module.EnforcementLevel.MANDATORY)
    for name, call in zip(_CALLS, (one, whole), strict=True):
        setattr(servicer, name, _within(call, current, deserialize))


def _within(answer: Callable[..., Any], current: _Current, deserialize: Deserialize) -> Callable[..., Any]:
    def answered(self: Any, request: Any, context: Any) -> Any:
        current.call = _Call(deserialize)
        try:
            return answer(self, request, context)
        finally:
            current.call = None

    return answered


def _once(configure: Callable[[Any], None]) -> Callable[[Any], None]:
    """Settings are of a context, and the same for all calls of a run: they are made once in each context."""
    made_of = ContextVar[tuple[str | None, ...]]("made_of", default=())

    def configured(self: Any) -> None:
        told = tuple(map(os.environ.get, _OF_THE_RUN))
        if made_of.get() != told:
            configure(self)
            made_of.set(told)

    return configured


class _Unread(proxy._DictProxy):
    """As the SDK's `unknown_checking_proxy` of properties, which are read when they are first looked at."""

    def __init__(self, message: struct_pb2.Struct | Plain, call: _Call) -> None:
        self._message, self._call = message, call
        self._DictProxy__props_acc: list[str] = []

    @cached_property
    def _DictProxy__target(self) -> Any:  # noqa: N802 - where the SDK keeps it
        return _Dict(self._call.read(self._message), [])


def _proxied(value: Any, at: list[str]) -> Any:
    if type(value) is dict:
        return proxy._DictProxy(_Dict(value, at), at)
    if type(value) is list:
        return proxy._ListProxy(_List(value, at), at)
    return value


class _Dict(dict[str, Any]):
    """A copy of a dictionary whose members become proxies when they are looked at."""

    def __init__(self, plain: dict[str, Any], at: list[str]) -> None:
        super().__init__(plain)
        self._at = at

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if type(value) in (dict, list):
            value = self[key] = _proxied(value, [*self._at, str(key)])
        return value


class _List(list[Any]):
    """The same for a list."""

    def __init__(self, plain: list[Any], at: list[str]) -> None:
        super().__init__(plain)
        self._at = at

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(len(self)))]
        value = super().__getitem__(key)
        if type(value) in (dict, list):
            value = self[key] = _proxied(value, [*self._at, str(key)])
        return value
