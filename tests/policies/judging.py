"""A rule on properties as Pulumi's SDK wraps them, and what it says."""

from collections.abc import Iterable
from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE as UNKNOWN
from pulumi_policy.proxy import unknown_checking_proxy

Properties = dict[str, Any]


def judged(
    policy: ResourceValidationPolicy, kind: str, properties: Properties, *, name: str = "it", protect: bool = False,
    provider: Properties | None = None, **settings: Any,
) -> list[str]:  # fmt: skip
    """The messages of a resource rule."""
    by = PolicyProviderResource("pulumi:providers:aws", unknown_checking_proxy(provider or {}), "urn:p", "p")
    args = ResourceValidationArgs(
        kind, unknown_checking_proxy(properties), f"urn::{name}", name, options(protect), by, settings
    )
    found: list[tuple[str, str]] = []
    policy.validate(args, into(found))
    return [message for _, message in found]


def member(kind: str, name: str, properties: Properties, **depends: PolicyResource) -> PolicyResource:
    """A resource of a stack; `depends` are the properties made from other resources."""
    on = {prop: [resource] for prop, resource in depends.items()}
    proxied = unknown_checking_proxy({**dict.fromkeys(depends, UNKNOWN), **properties})
    return PolicyResource(
        kind, proxied, f"urn::{kind}::{name}", name, options(), None, None, list(depends.values()), on
    )


def judged_stack(
    policy: StackValidationPolicy, resources: Iterable[PolicyResource], **settings: Any
) -> list[tuple[str, str]]:
    """Names and messages of a stack rule."""
    found: list[tuple[str, str]] = []
    policy.validate(StackValidationArgs(list(resources), settings), into(found))
    return found


def into(found: list[tuple[str, str]]) -> ReportViolation:
    """Collects a rule's reports: the resource's name, and the message."""

    def report(message: str, urn: str | None) -> None:
        found.append(((urn or "").rpartition("::")[2], message))

    return report


def not_evaluated(path: str) -> str:
    remedy = "give it a plain value, or set allowUnknown for this policy"
    return f"not evaluated: {path} is known only after deployment; {remedy}"


def options(protect: bool = False) -> PolicyResourceOptions:
    return PolicyResourceOptions(protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])
