"""What the SDKs tell of their types, on disk: to import an SDK for a few tables takes longer than a refresh.

The folder is named after all that the answers depend on: the SDK and its version, pulumi's, Python's, and the code that
reads. What cannot be read or written there is read from the SDK.
"""

import contextlib
import functools
import json
import os
import sys
import urllib.parse
import zlib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

from platformdirs import user_cache_path

from .installed import sdk_version

Ask = Callable[[ModuleType], Any]  # of `sdk`, which is imported where there is something to ask, and not before


def kept(package: str, key: str, ask: Ask) -> Any:
    """The JSON under a key of a Pulumi package, asked for where there is none. Passes on what `ask` raises."""
    try:
        path = _folder(package) / f"{urllib.parse.quote(key, safe='')}.json"
    except PackageNotFoundError:
        return _asked(ask)  # which says so
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_bytes())
    made = _asked(ask)
    with contextlib.suppress(OSError):  # a full disk or a read-only home costs time, no more
        _write(path, json.dumps(made))
    return made


def _asked(ask: Ask) -> Any:
    from . import sdk

    return ask(sdk)


@functools.cache
def _folder(package: str) -> Path:
    name = f"{package}-{sdk_version(package)}-{_reader()}"
    return user_cache_path("hubspoke") / "schemas" / name


@functools.cache
def _reader() -> str:
    told = f"{version('pulumi')} {sys.version_info[:2]}".encode()
    code = Path(__file__).with_name("sdk.py")
    return f"{zlib.crc32(code.read_bytes() + told):08x}"


def _write(path: Path, text: str) -> None:
    if not path.is_absolute():
        return  # a user without a home, whose ~ stays as it is
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{path.name}.{os.getpid()}.tmp")  # nobody is to read half of it
    try:
        staged.write_text(text)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
