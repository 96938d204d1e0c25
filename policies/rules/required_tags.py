"""Who owns it and what it belongs to is on the resource itself."""

import json
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from rules import types
from rules.resource import Resource
from rules.rule import About, Finding, Schema, Settings, resource_rule
from rules.values import Unknown

_SETTINGS: Schema = {
    "tags": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["Name", "hubspoke:wan", "hubspoke:component", "owner"],
        "description": "Tags that every resource must have, with a value.",
    }
}


def _check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    own, inherited = resource.get("tags") or {}, _default_tags(resource)
    unknown = next((tags for tags in (own, inherited) if isinstance(tags, Unknown)), None)
    known = {**_known(inherited), **_known(own)}
    missing = [tag for tag in settings["tags"] if not known.get(tag)]
    if missing and unknown:
        yield unknown
    elif missing:
        yield f"{'tags' if len(missing) > 1 else 'tag'} missing: {', '.join(missing)}"


def _known(tags: Any) -> dict[str, Any]:
    return tags if isinstance(tags, dict) else {}


def _default_tags(resource: Resource) -> Any:
    """What the provider adds to every resource. Nested provider configuration is JSON in a string."""
    given = resource.provider_properties.get("defaultTags") or {}
    if isinstance(given, str):
        given = json.loads(given)
    return given if isinstance(given, Unknown) else given.get("tags") or {}


POLICY = resource_rule(
    About(
        name="required-tags",
        title="Required tags",
        description=(
            "Whatever the WAN makes on AWS says by its tags which WAN and part it belongs to and who owns it, "
            "because that is how cost, drift and adopted networks are told apart."
        ),
        severity=Severity.LOW,
        remedy="Add the tags, on the resource or in the provider's defaultTags.",
        url="https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        tags=("ownership",),
    ),
    dict.fromkeys(types.TAGGED, _check),
    _SETTINGS,
)
