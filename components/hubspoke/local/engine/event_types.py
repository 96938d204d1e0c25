"""What a run reports: the events of Pulumi's Automation API (`pulumi.automation.events`), name by name.

They are types of our own, so that what runs no program need not import the SDK; a test holds each against the SDK's.
They are tuples: made by the thousand, and sent to another process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from hubspoke.local.clouds.protocol import DiffKind


class OpType(StrEnum):
    """What is done to a resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    REFRESH = "refresh"
    DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"
    IMPORT = "import"
    IMPORT_REPLACEMENT = "import-replacement"


class PropertyDiff(NamedTuple):
    """One property's difference; `input_diff` is set where inputs are compared, and not a state with inputs."""

    diff_kind: DiffKind
    input_diff: bool


class StepEventStateMetadata(NamedTuple):
    """A resource before or after a step, secrets masked."""

    type: str
    urn: str
    id: str
    parent: str
    provider: str
    custom: bool | None = None
    delete: bool | None = None
    protect: bool | None = None
    retain_on_delete: bool | None = None
    inputs: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None
    init_errors: list[str] | None = None
    taint: bool | None = None


class StepEventMetadata(NamedTuple):
    """A step: `keys` force a replacement, `diffs` changed, `logical` is what the program would call a step."""

    op: OpType
    urn: str
    type: str
    provider: str
    old: StepEventStateMetadata | None = None
    new: StepEventStateMetadata | None = None
    keys: list[str] | None = None
    diffs: list[str] | None = None
    detailed_diff: Mapping[str, PropertyDiff] | None = None
    logical: bool | None = None


class ResourcePreEvent(NamedTuple):
    """A step begins; with `planning`, it would."""

    metadata: StepEventMetadata
    planning: bool | None = None


class ResOutputsEvent(NamedTuple):
    """A step has ended well."""

    metadata: StepEventMetadata
    planning: bool | None = None


class ResOpFailedEvent(NamedTuple):
    """A step has failed."""

    metadata: StepEventMetadata
    status: int
    steps: int


class DiagnosticEvent(NamedTuple):
    """A message; `severity` is one of "info", "info#err", "warning", "error"."""

    message: str
    color: str
    severity: str
    stream_id: int | None = None
    ephemeral: bool | None = None
    urn: str | None = None
    prefix: str | None = None


class PolicyEvent(NamedTuple):
    """What a policy says of a resource, or of the stack (no `resource_urn`)."""

    message: str
    color: str
    policy_name: str
    policy_pack_name: str
    policy_pack_version: str
    policy_pack_version_tag: str
    enforcement_level: str
    resource_urn: str | None = None


class PreludeEvent(NamedTuple):
    """The first event: the stack's configuration, secrets blinded."""

    config: Mapping[str, str]


class SummaryEvent(NamedTuple):
    """What was done in all."""

    maybe_corrupt: bool
    duration_seconds: int
    resource_changes: Mapping[OpType, int]
    policy_packs: Mapping[str, str]


@dataclass(frozen=True)  # an empty tuple would be false
class CancelEvent:
    """The last event."""


class EngineEvent(NamedTuple):
    """One of these, numbered; `timestamp` is in seconds since 1970. The engine emits none of those that are always
    None."""

    sequence: int
    timestamp: int
    cancel_event: CancelEvent | None = None
    stdout_event: None = None
    diagnostic_event: DiagnosticEvent | None = None
    prelude_event: PreludeEvent | None = None
    summary_event: SummaryEvent | None = None
    resource_pre_event: ResourcePreEvent | None = None
    res_outputs_event: ResOutputsEvent | None = None
    res_op_failed_event: ResOpFailedEvent | None = None
    policy_event: PolicyEvent | None = None
    start_debugging_event: None = None
