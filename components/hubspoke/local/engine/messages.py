"""Property values in messages (protobuf), to and from the SDK."""

from typing import Any

from google.protobuf import struct_pb2

from hubspoke.local.engine.forms import envelope, number, opened
from hubspoke.local.engine.values import ATOMS, Properties


def from_struct(message: struct_pb2.Struct) -> Properties:
    """The properties of a wire message; absent and null members are kept apart, as Pulumi does."""
    return {key: from_wire(value) for key, value in message.fields.items()}


def from_wire(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        return number(value.number_value)
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [from_wire(each) for each in value.list_value.values]
    if kind == "struct_value":
        return opened(from_struct(value.struct_value))
    return None


def to_struct(properties: Properties) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    for key, value in properties.items():
        _write(message.fields[key], value)
    return message


def to_answer(properties: Properties) -> dict[str, Any]:
    """What the SDK reads out of a wire message with these properties, without the message."""
    return {key: _answered(value) for key, value in properties.items()}


def _answered(value: Any) -> Any:
    if type(value) is int:
        return float(value)
    if type(value) in ATOMS or isinstance(value, float):
        return value
    message = to_wire(value)
    return message.list_value if message.HasField("list_value") else message.struct_value


def to_wire(value: Any) -> struct_pb2.Value:
    message = struct_pb2.Value()
    _write(message, value)
    return message


def _write(target: struct_pb2.Value, value: Any) -> None:
    # Filled in place: building messages inside out copies every level once more.
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, dict):
        _write_members(target, value)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        for each in value:
            _write(target.list_value.values.add(), each)
    elif value is None:
        target.null_value = struct_pb2.NULL_VALUE
    else:
        _write_members(target, envelope(value))


def _write_members(target: struct_pb2.Value, members: Properties) -> None:
    target.struct_value.SetInParent()
    for key, each in members.items():
        _write(target.struct_value.fields[key], each)
