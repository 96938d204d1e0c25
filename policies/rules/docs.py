"""The documentation of the pack, made from the pack: `cd policies && python -m rules.docs > ../docs/policies.md`."""

import json
from collections.abc import Iterator

from pulumi_policy import Policy, ResourceValidationPolicy

from rules.pack import POLICIES
from rules.rule import SHARED_SETTINGS, Schema

_INTRODUCTION = """\
# Policies

<!-- Made from policies/rules: cd policies && python -m rules.docs > ../docs/policies.md -->

An ordinary Pulumi policy pack. `hubspoke` runs it on every preview, `up` and drift check; so does Pulumi itself:

    pulumi preview --policy-pack policies --policy-pack-config policies.json

Levels and settings are set in that JSON file, by policy. `all` sets the level of every policy:

    {
      "all": "mandatory",
      "protect-gateways": "disabled",
      "strong-ipsec": {"enforcementLevel": "advisory", "dhGroups": [14, 20]}
    }

A value that is known only after deployment is never taken as right: the policy says "not evaluated" at its own level.
Rules on references (which connection belongs to which hub) work in previews all the same.

change-while-in-use compares with what the stack records. The local engine hands that over; under the Pulumi CLI the
pack runs `pulumi stack export` once, before anything changes, so `pulumi` must be on its PATH. Without a recorded state
it says "not evaluated". Under the CLI a preview with `--refresh` is compared with what was recorded before the refresh.
The pack needs `hubspoke` itself installed beside it (requirements.txt), for the tables of limits and changes.

Every policy takes these settings:
"""


def document() -> str:
    """The page, as Markdown."""
    own = ({**(policy.config_schema.properties if policy.config_schema else {})} for policy in POLICIES)
    sections = [_section(policy, settings) for policy, settings in zip(POLICIES, own, strict=True)]
    lines = [_INTRODUCTION, *_settings(SHARED_SETTINGS), "", *_overview(), *(line for s in sections for line in s)]
    return "\n".join(lines) + "\n"


def _overview() -> Iterator[str]:
    yield from ("| policy | level | severity | judges |", "|---|---|---|---|")
    for policy in POLICIES:
        kind = "each resource" if isinstance(policy, ResourceValidationPolicy) else "the stack"
        level, severity = (value.value if value else "" for value in (policy.enforcement_level, policy.severity))
        yield f"| [{policy.name}](#{policy.name}) | {level} | {severity} | {kind} |"


def _section(policy: Policy, settings: Schema) -> Iterator[str]:
    yield from ("", f"## {policy.name}", "", policy.description, "", f"To put it right: {policy.remediation_steps}", "")
    own = {name: schema for name, schema in settings.items() if name not in SHARED_SETTINGS}
    if own:
        yield from (*_settings(own), "")
    yield f"More: <{policy.url}>. Tags: {', '.join(policy.tags or [])}."
    if policy.framework:
        yield f"Also: {policy.framework.name} {policy.framework.reference}."


def _settings(schema: Schema) -> Iterator[str]:
    yield from ("| setting | default | meaning |", "|---|---|---|")
    for name, each in schema.items():
        yield f"| `{name}` | `{json.dumps(each['default'])}` | {each['description']} |"


if __name__ == "__main__":
    print(document(), end="")
