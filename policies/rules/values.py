"""Property values as a rule reads them: plain, with what is not known yet marked in place.

Pulumi's SDK raises where an unknown is read, which skips the whole policy with no more than a note. Here an unknown
is a value like others, so that a rule judges the rest and says by name what it could not judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_policy.proxy import UnknownValueError

_LATER = "is known only after deployment; give it a plain value, or set allowUnknown for this policy"


@dataclass(frozen=True)
class Unknown:
    """A value that is not known. `path` says which: "healthCheck.enabled"; `why` what kept it from being known."""

    path: str
    why: str = _LATER


def plain(value: Any) -> Any:
    """`value` without the SDK's proxies; whole numbers, which the wire makes floats, are integers again."""
    if value is None or isinstance(value, str | int):  # most are, and other questions take longer
        return value
    if isinstance(value, Mapping):
        return {key: _item(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_item(value, index) for index in range(len(value))]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _item(container: Any, key: Any) -> Any:
    try:
        return plain(container[key])
    except UnknownValueError as error:
        return Unknown(".".join(error.props))
