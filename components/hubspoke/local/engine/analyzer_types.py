"""What goes to a policy pack and what comes back, as plain frozen values."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hubspoke.local.engine.values import Properties

Level = Literal["advisory", "mandatory", "remediate", "disabled"]
LEVELS: tuple[Level, ...] = ("advisory", "mandatory", "remediate", "disabled")


class AnalyzerError(Exception):
    """A pack that cannot start, is misconfigured, or failed while judging. The message is for people."""


@dataclass(frozen=True)
class PolicyPack:
    """A pack's folder and its configuration, as `load_policy_config` reads it."""

    path: Path
    config: dict[str, Any] | None = None


@dataclass(frozen=True)
class Policy:
    """One rule of a pack. `level` is the one in force: the pack's default, or the configured one."""

    name: str
    description: str
    level: Level
    kind: Literal["resource", "stack", ""]
    severity: str = ""
    display_name: str = ""
    tags: tuple[str, ...] = ()
    remediation_steps: str = ""
    url: str = ""
    config_properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    config_required: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackInfo:
    name: str
    version: str
    description: str
    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Violation:
    """One finding of one rule.

    `message` is what the rule said, without the rule's description, which the pack's SDK puts before it.
    `not_evaluated` is set where a rule could not judge because a value is not known before deployment: that
    is not a pass. Pulumi's SDK reports it as advisory whatever the rule's level; a rule that reports it
    itself, with a message that begins with "not evaluated: ", keeps its level.
    """

    pack: str
    pack_version: str
    policy: str
    level: Level
    severity: str
    message: str
    description: str
    urn: str = ""  # "" where the stack as a whole is meant
    remediation_steps: str = ""
    url: str = ""
    not_evaluated: bool = False


@dataclass(frozen=True)
class AnalyzedProvider:
    urn: str
    type: str
    name: str
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class AnalyzedResource:
    """A resource as a pack sees it.

    `properties` are the engine's values (`hubspoke.local.engine.values`): the inputs for `Analyzer.analyze`, and what
    is known of the outputs for `Analyzer.analyze_stack`, as in Pulumi's own engine, which analyses resources that are
    read (`.get`) only with the stack. `custom_timeouts` are seconds by "create", "update" and "delete". The protocol
    has no field for `id`: packs find it in the outputs of providers that put it there.
    """

    urn: str
    type: str
    name: str
    properties: Properties
    id: str = ""
    parent: str = ""
    provider: AnalyzedProvider | None = None
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict)
