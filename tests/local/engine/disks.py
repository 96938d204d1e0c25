"""Disks that are full and folders that are read-only, for this thread and those that it starts, as the system has them."""

import ctypes
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_VERSION_3 = 0x20080522  # of capget and capset: two words of each set
_IGNORES_PERMISSIONS = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file can be made longer than so many bytes: a write is cut short there, and the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be written to what is under a folder, by root neither."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    before = _capabilities()
    try:
        for path in modes:
            path.chmod(0o555 if path.is_dir() else 0o444)
        _set_capabilities([before[0] & ~_IGNORES_PERMISSIONS, *before[1:]])
        assert not os.access(folder, os.W_OK, effective_ids=True)
        yield
    finally:
        _set_capabilities(before)
        for path, mode in modes.items():
            path.chmod(mode)


_Header, _Sets = ctypes.c_uint32 * 2, ctypes.c_uint32 * 6


def _capabilities() -> list[int]:
    """Effective, permitted and inheritable, the low words first."""
    found = _Sets()
    _checked(_LIBC.capget(_Header(_VERSION_3, 0), found))
    return list(found)


def _set_capabilities(words: list[int]) -> None:
    _checked(_LIBC.capset(_Header(_VERSION_3, 0), _Sets(*words)))


def _checked(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
