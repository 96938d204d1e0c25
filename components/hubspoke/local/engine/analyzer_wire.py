"""Between our values and the messages of Pulumi's Analyzer protocol (pulumi/proto/analyzer.proto)."""

from dataclasses import replace
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from hubspoke.local.engine.analyzer_types import (
    AnalyzedProvider,
    AnalyzedResource,
    Level,
    PackInfo,
    Policy,
    Violation,
)
from hubspoke.local.engine.messages import from_struct, to_struct
from hubspoke.local.engine.values import UNKNOWN, Output, Properties, ResourceRef, Secret

_LEVELS: dict[int, Level] = {
    pb.ADVISORY: "advisory", pb.MANDATORY: "mandatory", pb.REMEDIATE: "remediate", pb.DISABLED: "disabled",
}  # fmt: skip
_SEVERITIES = {1: "low", 2: "medium", 3: "high", 4: "critical"}  # pulumirpc.PolicySeverity
# How the policy SDKs word a rule that met an unknown value, and how a rule says so itself.
_NOT_EVALUATED = ("can't run policy ", "can't run remediation ", "not evaluated: ")


def analyze_request(resource: AnalyzedResource, *, keep_internal: bool = False) -> pb.AnalyzeRequest:
    return pb.AnalyzeRequest(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=_struct(resource.properties, keep_internal=keep_internal),
        options=_options(resource),
        provider=_provider(resource.provider),
    )


def stack_resource(resource: AnalyzedResource) -> pb.AnalyzerResource:
    dependencies = {
        name: pb.AnalyzerPropertyDependencies(urns=urns)
        for name, urns in resource.property_dependencies.items() if urns
    }  # fmt: skip
    return pb.AnalyzerResource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=properties_struct(resource.properties),
        options=_options(resource),
        provider=_provider(resource.provider),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies=dependencies,
    )


def properties_struct(properties: Properties) -> struct_pb2.Struct:
    """As a resource's message has them."""
    return _struct(properties, keep_internal=False)


def policy_config(level: Level, settings: dict[str, Any]) -> pb.PolicyConfig:
    number = pb.EnforcementLevel.Value(level.upper())
    return pb.PolicyConfig(enforcementLevel=number, properties=_struct(settings, keep_internal=True))


def configured(config: pb.PolicyConfig) -> dict[str, Any]:
    """The reverse of `policy_config`, in the form that a configuration file has."""
    return {"enforcementLevel": _LEVELS[config.enforcementLevel], **from_struct(config.properties)}


def pack_info(info: pb.AnalyzerInfo, *, version: str, description: str) -> PackInfo:
    """The pack, with version and description of its PulumiPolicy.yaml as Pulumi's engine prefers them."""
    return PackInfo(
        name=info.name,
        version=version or info.version,
        description=info.description or description,
        policies=tuple(sorted(map(_policy, info.policies), key=lambda policy: policy.name)),
    )


def violation(diagnostic: pb.AnalyzeDiagnostic, pack: PackInfo, urn: str) -> Violation:
    policy = next((policy for policy in pack.policies if policy.name == diagnostic.policyName), None)
    message = diagnostic.message.removeprefix(diagnostic.description).lstrip("\n") or diagnostic.message
    level = _LEVELS[diagnostic.enforcementLevel]
    return Violation(
        pack=diagnostic.policyPackName,
        pack_version=pack.version,
        policy=diagnostic.policyName,
        # What is still wrong after remediation blocks, as in Pulumi's engine.
        level="mandatory" if level == "remediate" else level,
        severity=_SEVERITIES.get(diagnostic.severity) or (policy.severity if policy else ""),
        message=message,
        description=diagnostic.description,
        urn=urn or diagnostic.urn,
        remediation_steps=policy.remediation_steps if policy else "",
        url=policy.url if policy else "",
        not_evaluated=message.startswith(_NOT_EVALUATED),
    )


def remediated(remediation: pb.Remediation, pack: PackInfo, urn: str) -> Violation:
    diagnostic = pb.AnalyzeDiagnostic(
        policyName=remediation.policyName,
        policyPackName=remediation.policyPackName,
        message=remediation.diagnostic or remediation.description,
        description=remediation.description,
        enforcementLevel=pb.ADVISORY,
    )
    level: Level = "advisory" if remediation.diagnostic else "remediate"
    return replace(violation(diagnostic, pack, urn), level=level)


def _policy(info: pb.PolicyInfo) -> Policy:
    kinds: dict[int, Any] = {pb.POLICY_TYPE_RESOURCE: "resource", pb.POLICY_TYPE_STACK: "stack"}
    return Policy(
        name=info.name,
        description=info.description,
        level=_LEVELS[info.enforcementLevel],
        kind=kinds.get(info.policy_type, ""),
        severity=_SEVERITIES.get(info.severity, ""),
        display_name=info.displayName,
        tags=tuple(info.tags),
        remediation_steps=info.remediation_steps,
        url=info.url,
        config_properties=from_struct(info.configSchema.properties),
        config_required=tuple(info.configSchema.required),
    )


def _options(resource: AnalyzedResource) -> pb.AnalyzerResourceOptions:
    return pb.AnalyzerResourceOptions(
        protect=resource.protect,
        ignoreChanges=resource.ignore_changes,
        deleteBeforeReplace=bool(resource.delete_before_replace),
        deleteBeforeReplaceDefined=resource.delete_before_replace is not None,
        additionalSecretOutputs=resource.additional_secret_outputs,
        aliases=resource.aliases,
        customTimeouts=pb.AnalyzerResourceOptions.CustomTimeouts(**resource.custom_timeouts),
        parent=resource.parent,
    )


def _provider(provider: AnalyzedProvider | None) -> pb.AnalyzerProviderResource | None:
    if provider is None:
        return None
    return pb.AnalyzerProviderResource(
        urn=provider.urn,
        type=provider.type,
        name=provider.name,
        properties=properties_struct(provider.properties),
    )


def _struct(properties: Properties, *, keep_internal: bool) -> struct_pb2.Struct:
    """Only the outermost keys that start with "__" are Pulumi's own bookkeeping."""
    kept = (name for name in properties if keep_internal or not name.startswith("__"))
    return to_struct({name: _flat(properties[name]) for name in kept})


def _flat(value: Any) -> Any:
    """As packs know values: secrets are marked, references are ids, and outputs are their value or unknown."""
    if isinstance(value, list | tuple):
        return [_flat(item) for item in value]
    if isinstance(value, dict):
        return {name: _flat(item) for name, item in value.items()}
    if isinstance(value, Secret):
        return Secret(_flat(value.value))
    if isinstance(value, ResourceRef):
        return value.urn if value.id is None else value.id
    if isinstance(value, Output):
        known = _flat(value.value) if value.known else UNKNOWN
        return Secret(known) if value.secret else known
    return value
