"""The plan of a WAN's files, with every problem placed in the file it stands in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from hubspoke.intent.document import read_document
from hubspoke.intent.load import load_wan
from hubspoke.intent.model import Wan
from hubspoke.intent.problem import IntentError
from hubspoke.plan.allocate import allocate
from hubspoke.plan.build import make_plan
from hubspoke.plan.lock import Lock, load_lock
from hubspoke.plan.model import Plan

Result = TypeVar("Result")


def load_plan(wan_path: Path, lock_path: Path) -> Plan:
    """The plan of an intent and its lock file. Raises IntentError or AllocationMissing, by file and line."""
    return _placed(wan_path, lock_path, partial(make_plan, checked=True))


def allocate_files(wan_path: Path, lock_path: Path) -> tuple[Lock, Lock]:
    """The lock as it is and as it should be; nothing is written. Raises IntentError, by file and line."""
    return load_lock(lock_path), _placed(wan_path, lock_path, partial(allocate, checked=True))


def _placed(wan_path: Path, lock_path: Path, make: Callable[[Wan, Lock], Result]) -> Result:
    wan, lock = load_wan(wan_path), load_lock(lock_path)
    try:
        return make(wan, lock)
    except IntentError as error:
        raise type(error)(read_document(wan_path).locate(error.problems)) from error
