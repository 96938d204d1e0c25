"""The outer forms of property values: what stands for one that JSON does not have, and the state's form."""

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import Any

from hubspoke.local.engine.errors import Unsupported
from hubspoke.local.engine.values import ATOMS, UNKNOWN, Cipher, Output, Properties, ResourceRef, Secret
from hubspoke.local.wire import ARCHIVE_SIG, ASSET_SIG, FLOAT_SIG, OUTPUT_SIG, RESOURCE_SIG, SECRET_SIG, SIG

# --- signed objects ------------------------------------------------------------------------------------------------


def number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def opened(found: Properties) -> Any:
    """What an object stands for: itself, where it has no signature. Raises `Unsupported`."""
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


def envelope(value: Any) -> Properties:
    """The object that stands for a secret, an output or a reference."""
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
