"""What the SDK does to every value, passed over for those that it does nothing to: text, numbers, booleans and None."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

from pulumi import _types
from pulumi.runtime import rpc

from hubspoke.local.engine.replaced import all_replaced
from hubspoke.local.engine.values import LEAVES


@contextlib.contextmanager
def values_passed() -> Iterator[None]:
    """Serialization, its inverse and the search for unknowns, of values that have no inside."""
    by: dict[str, Callable[[Any], Callable[..., Any]]] = {
        "contains_unknowns": _contains, "serialize_properties": _given, "serialize_property": _serialized,
        "deserialize_property": _deserialized, "translate_output_properties": _translated,
    }  # fmt: skip
    with all_replaced(rpc, by):
        yield


def _contains(usual: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda val: type(val) not in LEAVES and usual(val)


def _given(usual: Callable[..., Any]) -> Callable[..., Any]:
    """Every property of a type is there, None where it is not given, and left out as the last of many things."""

    def serialize_properties(inputs: Mapping[str, Any], *args: Any, **named: Any) -> Any:
        return usual({name: inputs[name] for name in inputs if inputs[name] is not None}, *args, **named)

    return serialize_properties


def _serialized(usual: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def serialize_property(value: Any, *args: Any, return_protobuf_value: bool = False, **named: Any) -> Any:
        if type(value) in LEAVES and not return_protobuf_value:
            return value
        return await usual(value, *args, return_protobuf_value=return_protobuf_value, **named)

    return serialize_property


def _deserialized(usual: Callable[..., Any]) -> Callable[..., Any]:
    def deserialize_property(value: Any, *args: Any, **named: Any) -> Any:
        if type(value) in LEAVES and value != rpc.UNKNOWN:
            return value
        return usual(value, *args, **named)

    return deserialize_property


def _translated(usual: Callable[..., Any]) -> Callable[..., Any]:
    def translate(output: Any, output_transformer: Any, typ: Any = None, *args: Any, **named: Any) -> Any:
        if left_alone(output, typ):
            return output
        return usual(output, output_transformer, typ, *args, **named)

    return translate


def left_alone(value: Any, annotation: Any) -> bool:
    """Whether the SDK gives a value without an inside back as it is, where this annotation is what it is to be."""
    kind: Any = type(value)
    if kind not in LEAVES:
        return False
    try:
        return annotation is None or _no_conversion(annotation, kind)
    except TypeError:  # an annotation that cannot be hashed
        return False


@cache
def _no_conversion(annotation: Any, kind: type) -> bool:
    typ = _types.unwrap_optional_type(annotation)
    is_enum = isinstance(typ, type) and issubclass(typ, Enum)
    return not is_enum and not (kind is float and typ is int)
