"""Makes Pulumi policies of rules: their description, their settings, and how findings are reported.

A rule is a generator of findings: a message for what is wrong, or the `Unknown` that kept it from judging.
An unknown is reported at the rule's own level, for it is no pass; `allowUnknown` makes it Pulumi's usual note.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from rules.resource import Resource, Stack, stack_of
from rules.values import Unknown, plain

Settings = Mapping[str, Any]
Schema = dict[str, dict[str, Any]]
Finding = str | Unknown
ResourceCheck = Callable[[Resource, Settings], Iterator[Finding]]
StackCheck = Callable[[Stack, Settings], Iterator[tuple[Resource, Finding]]]

SHARED_SETTINGS: Schema = {
    "exempt": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "Names or URNs of resources that are not judged; * stands for anything.",
    },
    "allowUnknown": {
        "type": "boolean",
        "default": False,
        "description": "Let a preview pass with a note where a value is known only after deployment.",
    },
}


@dataclass(frozen=True)
class About:
    """What people are told of a rule. `description` says what must hold, and why."""

    name: str
    title: str
    description: str
    severity: Severity
    remedy: str
    url: str
    tags: tuple[str, ...]
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    framework: PolicyComplianceFramework | None = None

    def metadata(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "display_name": self.title,
            "description": self.description,
            "enforcement_level": self.level,
            "severity": self.severity,
            "framework": self.framework,
            "tags": list(self.tags),
            "remediation_steps": self.remedy,
            "url": self.url,
        }


class _ResourceRule(ResourceValidationPolicy):
    def __init__(
        self, about: About, checks: Mapping[str, ResourceCheck], schema: Schema, begin: Callable[[], object] | None
    ) -> None:
        super().__init__(config_schema=PolicyConfigSchema(schema), **about.metadata())
        self._checks, self._schema, self._begin = checks, schema, begin

    def judges(self, resource_type: str) -> bool:
        """Whether it has to be asked of a resource of this type: `hubspoke.local.pack_asking`."""
        return resource_type in self._checks or self._begin is not None

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        if self._begin:
            self._begin()
            self._begin = None
        check = self._checks.get(args.resource_type)
        if check:
            resource, values = Resource(args), _values(self._schema, args.get_config())
            _report(((resource, finding) for finding in check(resource, values)), values, report_violation)


def resource_rule(
    about: About,
    checks: Mapping[str, ResourceCheck],
    settings: Schema | None = None,
    begin: Callable[[], object] | None = None,
) -> ResourceValidationPolicy:
    """A rule on single resources: one check for each type it judges. `begin` is called once, before any resource is
    judged, whatever its type."""
    return _ResourceRule(about, checks, {**(settings or {}), **SHARED_SETTINGS}, begin)


class _StackRule(StackValidationPolicy):
    only_reads = True  # so that what is read of a stack may be shared: `hubspoke.local.pack_asking`

    def __init__(self, about: About, check: StackCheck, schema: Schema) -> None:
        super().__init__(config_schema=PolicyConfigSchema(schema), **about.metadata())
        self._check, self._schema = check, schema

    def validate(self, args: StackValidationArgs, report_violation: ReportViolation) -> None:
        values = _values(self._schema, args.get_config())
        _report(self._check(stack_of(args.resources), values), values, report_violation)


def stack_rule(about: About, check: StackCheck, settings: Schema | None = None) -> StackValidationPolicy:
    """A rule on all resources of a stack together."""
    return _StackRule(about, check, {**(settings or {}), **SHARED_SETTINGS})


def _values(schema: Schema, config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in force: Pulumi fills in the defaults of a pack it runs, but not those of a rule called alone."""
    values = {name: each["default"] for name, each in schema.items()}
    return {**values, **plain(config)}


def _report(findings: Iterable[tuple[Resource, Finding]], settings: Settings, report: ReportViolation) -> None:
    allowed: list[Unknown] = []
    for resource, finding in findings:
        if _exempt(resource, settings["exempt"]):
            continue
        if isinstance(finding, Unknown) and settings["allowUnknown"]:
            allowed.append(finding)
        else:
            report(_message(finding), resource.urn)
    if allowed:  # Pulumi's SDK turns this into an advisory
        raise UnknownValueError(UNKNOWN_STRING_VALUE, allowed[0].path.split("."))


def _message(finding: Finding) -> str:
    if isinstance(finding, str):
        return finding
    return f"not evaluated: {finding.path} {finding.why}"


def _exempt(resource: Resource, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, each) for each in patterns for name in (resource.name, resource.urn))
