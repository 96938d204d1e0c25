"""Property values as a rule reads them: plain, with what is not known yet marked in place.

Pulumi's SDK raises where an unknown is read, which skips the whole policy with no more than a note. Here an unknown
is a value like others, so that a rule judges the rest and says by name what it could not judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_policy import proxy

_UNKNOWN = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))
_LATER = "is known only after deployment; give it a plain value, or set allowUnknown for this policy"


@dataclass(frozen=True)
class Unknown:
    """A value that is not known. `path` says which: "healthCheck.enabled"; `why` what kept it from being known."""

    path: str
    why: str = _LATER


def plain(value: Any, at: tuple[str, ...] = ()) -> Any:
    """`value` without the SDK's proxies; whole numbers, which the wire makes floats, are integers again. `at` is where
    in a resource it was found."""
    if isinstance(value, str):
        return Unknown(".".join(at)) if value in _UNKNOWN else value
    if value is None or isinstance(value, int):  # most are, and other questions take longer
        return value
    if isinstance(value, dict):
        return {
            key: each if type(each) is str and each not in _UNKNOWN else plain(each, (*at, str(key)))
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [plain(each, (*at, str(index))) for index, each in enumerate(value)]
    if isinstance(value, Mapping | Sequence) and not isinstance(value, bytes):
        target: Any = value  # a proxy
        return plain(target["__target"], at)  # as the SDK itself takes out what is in it
    return int(value) if isinstance(value, float) and value.is_integer() else value
