"""Values at property paths, as Pulumi's diffs write them: `a.b[0]["c.d"]`."""

from collections.abc import Mapping
from typing import Any

from hubspoke.local.engine.paths import parse


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """The value at a property path; None where there is none. Raises ValueError for a malformed path."""
    found: Any = values
    for part in parse(path):
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return None
    return found
