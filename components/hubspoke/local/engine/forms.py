"""The outer forms of property values: the wire (protobuf, to and from the SDK) and the state (JSON)."""

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2

from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.values import ATOMS, UNKNOWN, Cipher, Output, Properties, ResourceRef, Secret
from hubspoke.local.wire import ARCHIVE_SIG, ASSET_SIG, FLOAT_SIG, OUTPUT_SIG, RESOURCE_SIG, SECRET_SIG, SIG

# --- the wire -------------------------------------------------------------------------------------------------------


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
        return _signed(from_struct(value.struct_value))
    return None


def number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def _signed(found: Properties) -> Any:
    signature = found.get(SIG)
    if signature is None:
        return found
    if signature == SECRET_SIG:
        return Secret(found["value"])
    if signature == RESOURCE_SIG:
        return _reference(found)
    if signature == OUTPUT_SIG:
        return _output(found)
    if signature == ASSET_SIG:
        return hashed_asset(found)
    raise Unsupported("archives" if signature == ARCHIVE_SIG else f"values with signature {signature}")


def _reference(found: Properties) -> ResourceRef:
    id_ = found.get("id")
    if isinstance(id_, Output):
        id_ = id_.value if id_.known else UNKNOWN
    return ResourceRef(found["urn"], UNKNOWN if id_ == "" else id_, found.get("packageVersion", ""))


def _output(found: Properties) -> Output:
    dependencies = tuple(found.get("dependencies") or ())
    return Output(found.get("value"), "value" in found, bool(found.get("secret")), dependencies)


def hashed_asset(asset: Properties) -> Properties:
    """The asset with the hash of its content; a relative path is taken from the working directory."""
    if asset.get("hash"):
        return asset
    if asset.get("uri"):
        raise Unsupported("remote assets")
    path = asset.get("path")
    content = Path(path).read_bytes() if path else str(asset.get("text", "")).encode()
    return {**asset, "hash": hashlib.sha256(content).hexdigest()}


def elided(value: Any) -> Any:
    """A plain value, its assets reduced to the hashes by which they are compared."""
    if isinstance(value, dict):
        if value.get(SIG) == ASSET_SIG:
            return {SIG: ASSET_SIG, "hash": value["hash"]}
        return {key: each if type(each) in ATOMS else elided(each) for key, each in value.items()}
    return [elided(each) for each in value] if isinstance(value, list) else value


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
        _write_members(target, _envelope(value))


def _write_members(target: struct_pb2.Value, members: Properties) -> None:
    target.struct_value.SetInParent()
    for key, each in members.items():
        _write(target.struct_value.fields[key], each)


def _envelope(value: Any) -> Properties:
    if isinstance(value, Secret):
        return {SIG: SECRET_SIG, "value": value.value}
    if isinstance(value, Output):
        known = {"value": value.value} if value.known else {}
        return {SIG: OUTPUT_SIG, **known, "secret": value.secret, "dependencies": list(value.dependencies)}
    return _reference_json(value)


def _reference_json(value: ResourceRef) -> Properties:
    found: Properties = {SIG: RESOURCE_SIG, "urn": value.urn, "packageVersion": value.package_version}
    if value.id is not None:
        found["id"] = "" if value.id == UNKNOWN else value.id
    return found


# --- the state ------------------------------------------------------------------------------------------------------


def to_json(value: Any, cipher: Cipher | None) -> Any:
    """The state's form, members sorted as Go sorts them. Without `cipher` secrets are written in plain text inside
    their envelope, which is right only inside another secret."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, dict):
        return {key: to_json(value[key], cipher) for key in sorted(value)}
    if isinstance(value, list):
        return [to_json(each, cipher) for each in value]
    if isinstance(value, Secret):
        return {SIG: SECRET_SIG, "ciphertext": _seal(value, cipher)}
    if isinstance(value, ResourceRef):
        return _reference_json(value)
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else {SIG: FLOAT_SIG, "value": struct.pack(">d", value).hex()}
    return value


def _seal(secret: Secret, cipher: Cipher | None) -> str:
    if cipher is None:
        return compact(to_json(secret.value, None))
    if secret.sealed is None or secret.sealed[0] != cipher.salt:
        secret.sealed = (cipher.salt, cipher.encrypt(compact(to_json(secret.value, None))))
    return secret.sealed[1]


def from_json(value: Any, cipher: Cipher | None) -> Any:
    """The inverse of `to_json`; plain-text secrets (`stack export --show-secrets`) are read too."""
    if type(value) in ATOMS:
        return value
    if isinstance(value, list):
        return [from_json(each, cipher) for each in value]
    if not isinstance(value, dict):
        return value
    signature = value.get(SIG)
    if signature is None or signature == ASSET_SIG:
        return {key: from_json(each, cipher) for key, each in value.items()}
    if signature == SECRET_SIG:
        return _secret_from_json(value, cipher)
    if signature == RESOURCE_SIG:
        return _reference(value)
    if signature == FLOAT_SIG:
        return struct.unpack(">d", bytes.fromhex(value["value"]))[0]
    raise Unsupported(f"state values with signature {signature}")


def _secret_from_json(value: Properties, cipher: Cipher | None) -> Secret:
    if "plaintext" in value:
        return Secret(from_json(json.loads(value["plaintext"]), None))
    ciphertext = value["ciphertext"]
    plaintext = cipher.decrypt(ciphertext) if cipher else ciphertext
    return Secret(from_json(json.loads(plaintext), None), (cipher.salt, ciphertext) if cipher else None)


_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)  # `json.dumps` makes one for each value


def compact(value: Any) -> str:
    return _COMPACT.encode(value)
