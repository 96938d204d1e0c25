"""Values handed from the SDK to the engine and back, as a message would have them, without the message.

What is not plain (secrets, references, assets, what is no JSON) goes through a message all the same.
"""

from typing import Any

from google.protobuf import struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc

from hubspoke.local.engine.forms import number
from hubspoke.local.engine.messages import from_wire, to_answer
from hubspoke.local.engine.values import ATOMS, UNKNOWN, NotPlain, Properties
from hubspoke.local.wire import SIG


def to_engine(value: Any) -> Any:
    """What the engine reads out of a message with a value that the SDK serialized; of what is not plain, the message.

    Raises as a message does.
    """
    try:
        return _given(value)
    except NotPlain:
        message = struct_pb2.Struct()
        message["value"] = value
        return message.fields["value"]


def received(properties: Properties) -> Properties:
    """With messages read. Raises `Unsupported` for what the engine does not know, and OSError for a missing file."""
    return {key: from_wire(each) if isinstance(each, struct_pb2.Value) else each for key, each in properties.items()}


def _given(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int or kind is float:
        return number(float(value))
    if kind is list:
        return [_given(each) for each in value]
    if kind is dict and SIG not in value and all(type(key) is str for key in value):
        return {key: _given(each) for key, each in value.items()}
    raise NotPlain


def to_sdk(value: Any, *, keep_unknowns: bool) -> Any:
    """What the SDK reads out of a message with this value of the engine's, or of one that is a message."""
    if isinstance(value, struct_pb2.Value):
        return rpc.deserialize_property(struct_pb2.Struct(fields={"value": value})["value"], keep_unknowns)
    try:
        return _told(value, Unknown() if keep_unknowns else None)  # type: ignore[no-untyped-call]
    except NotPlain:
        return rpc.deserialize_property(to_answer({"value": value})["value"], keep_unknowns)


def _told(value: Any, unknown: Any) -> Any:
    kind = type(value)
    if kind is str:
        return unknown if value == UNKNOWN else value
    if kind is int:
        return float(value)
    if kind in ATOMS or kind is float:
        return value
    if kind is list:
        return [_told(each, unknown) for each in value]
    if kind is dict and SIG not in value:
        read = {key: _told(each, unknown) for key, each in value.items()}
        return {key: each for key, each in read.items() if each is not None}
    raise NotPlain
