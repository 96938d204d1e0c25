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
        "description": "Tags that every resource must have, with a value. On Azure without Name: names are told there.",
    },
    "labels": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["hubspoke-wan", "hubspoke-component", "owner"],
        "description": "Labels in their place on Google Cloud, where a key takes no colon.",
    },
}


def _check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    yield from _judge("tag", resource.get("tags"), _default_tags(resource), settings["tags"])


def _check_azure(resource: Resource, settings: Settings) -> Iterator[Finding]:
    yield from _judge("tag", resource.get("tags"), {}, [tag for tag in settings["tags"] if tag != "Name"])


def _check_google(resource: Resource, settings: Settings) -> Iterator[Finding]:
    inherited = resource.provider_properties.get("defaultLabels") or {}
    given = json.loads(inherited) if isinstance(inherited, str) else inherited
    yield from _judge("label", resource.get("labels"), given, settings["labels"])


def _judge(word: str, own: Any, inherited: Any, required: list[str]) -> Iterator[Finding]:
    unknown = next((tags for tags in (own, inherited) if isinstance(tags, Unknown)), None)
    known = {**_known(inherited), **_known(own)}
    missing = [tag for tag in required if not known.get(tag)]
    if missing and unknown:
        yield unknown
    elif missing:
        yield f"{word}{'s' if len(missing) > 1 else ''} missing: {', '.join(missing)}"


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
            "Whatever the WAN makes says by its tags or labels which WAN and part it belongs to and who owns it, "
            "because that is how cost, drift and adopted networks are told apart."
        ),
        severity=Severity.LOW,
        remedy="Add them, on the resource or in the provider's defaultTags or defaultLabels.",
        url="https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        tags=("ownership",),
    ),
    {
        **dict.fromkeys(types.TAGGED, _check),
        **dict.fromkeys(types.TAGGED_AZURE, _check_azure),
        **dict.fromkeys(types.LABELLED, _check_google),
    },
    _SETTINGS,
)
