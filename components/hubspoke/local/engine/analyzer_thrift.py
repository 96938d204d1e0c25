"""What the policy SDK's own work costs, lowered in a pack that is a fork of a worker. Nothing that it does changes.

The SDK reads the properties of each resource, and of each provider, anew for every rule of a pack: with eighteen rules
eighteen times, of the whole stack. Here they are read once in a call. Each rule still gets a copy of its own.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi_policy import policy, proxy

_CALLS = ("Analyze", "AnalyzeStack")
_USED = ("json_format", "deserialize_properties", "unknown_checking_proxy", "signature")


class _Reading(threading.local):
    """What one call has read; the SDK's server answers several at a time."""

    kept: dict[bytes, Any] | None = None


def lower(module: Any = policy) -> None:
    """For the rest of this process. An SDK without one of the replaced functions is left as it is."""
    servicer = getattr(module, "_PolicyAnalyzerServicer", None)
    calls = [call for name in _CALLS if (call := getattr(servicer, name, None))]
    if len(calls) < len(_CALLS) or not all(hasattr(module, name) for name in _USED):
        return
    reading, deserialize = _Reading(), module.deserialize_properties

    def read(message: Any) -> Any:
        """Puts off what `deserialized` may not have to do."""
        return message if reading.kept is not None else json_format.MessageToDict(message)

    def deserialized(props: Any, proxy_secrets: bool = False) -> Any:
        if not isinstance(props, struct_pb2.Struct):
            return deserialize(props, proxy_secrets)
        assert reading.kept is not None
        key = props.SerializeToString()
        if key not in reading.kept:
            reading.kept[key] = deserialize(json_format.MessageToDict(props))
        return reading.kept[key]

    module.json_format = SimpleNamespace(MessageToDict=read)
    module.deserialize_properties = deserialized
    module.unknown_checking_proxy = _lazily
    module.signature = lru_cache(module.signature)  # of the SDK's settings, looked at in every call
    for name, call in zip(_CALLS, calls, strict=True):
        setattr(servicer, name, _within(call, reading))


def _within(call: Callable[..., Any], reading: _Reading) -> Callable[..., Any]:
    def answer(self: Any, request: Any, context: Any) -> Any:
        reading.kept = {}
        try:
            return call(self, request, context)
        finally:
            reading.kept = None

    return answer


def _lazily(props: Any) -> Any:
    """As the SDK's `unknown_checking_proxy`, which makes proxies of all inside at once; most is not looked at."""
    return _proxied(props, [])


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
