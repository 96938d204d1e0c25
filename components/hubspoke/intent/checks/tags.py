"""Tags must be what AWS takes on every resource."""

import re
from collections.abc import Iterator

from hubspoke.intent.limits import LIMITS, OWN_TAGS
from hubspoke.intent.model import Wan
from hubspoke.intent.problem import Issue

_TAKEN = re.compile(r"[\w\s.:/=+@-]*")  # letters, digits and spaces of any script, and these (AWS, tagging)


def check_tags(wan: Wan) -> Iterator[Issue]:
    most = LIMITS["tags"].value - OWN_TAGS
    if len(wan.tags) > most:
        yield Issue(("tags",), f"there are {len(wan.tags)} tags", f"give at most {most}; hubspoke adds its own")
    for key, value in wan.tags.items():
        yield from _tag(key, value)


def _tag(key: str, value: str) -> Iterator[Issue]:
    at = ("tags", key)
    if not key or key.lower().startswith("aws:"):
        yield Issue(at, "a tag's key cannot be empty or start with aws:", "choose another key")
    for text, name in ((key, "key"), (value, "value")):
        most = LIMITS[f"tag-{name}-length"].value
        if len(text) > most:
            yield Issue(at, f"the {name} has {len(text)} characters", f"shorten it to {most}")
        if not _TAKEN.fullmatch(text):
            yield Issue(
                at, f"the {name} has characters no tag takes", "use letters, digits, spaces and . : / = + @ - _"
            )
