"""What an engine asks of a cloud: Pulumi's provider protocol on plain values.

Values are what JSON holds: None, bool, int, float, str, list, dict. Two more occur, as Pulumi writes them on the wire:
an unknown is the string `wire.UNKNOWN`; an asset or archive is a dict with its signature. Secrets never
reach a provider: an engine unwraps them before the call and marks them again after it, as Pulumi's own engine does for
providers that do not accept secrets. Property names are the wire's (camelCase).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

Properties = dict[str, Any]


class DiffKind(StrEnum):
    """How one property differs, in the words of pulumirpc.PropertyDiff.Kind."""

    ADD = "add"
    ADD_REPLACE = "add-replace"
    DELETE = "delete"
    DELETE_REPLACE = "delete-replace"
    UPDATE = "update"
    UPDATE_REPLACE = "update-replace"


@dataclass(frozen=True)
class CheckFailure:
    property: str  # "" for the resource as a whole
    reason: str


@dataclass(frozen=True)
class CheckResult:
    inputs: Properties
    failures: tuple[CheckFailure, ...] = ()


@dataclass(frozen=True)
class DiffResult:
    """`detailed` maps a property path ("tags.Name", "ingress[0].fromPort") to how it differs."""

    detailed: dict[str, DiffKind] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()  # top-level properties that make it a replacement
    delete_before_replace: bool = False

    @property
    def changes(self) -> bool:
        return bool(self.detailed)


@dataclass(frozen=True)
class Created:
    id: str
    outputs: Properties


@dataclass(frozen=True)
class ReadState:
    id: str
    inputs: Properties
    outputs: Properties


class CloudError(Exception):
    """A refusal by the cloud. `code` is the cloud's own error code, such as "DependencyViolation"."""

    def __init__(self, code: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retry_after = code, message, retry_after


class PartialError(CloudError):
    """Creation or update went through in part: what was made is `id` and `outputs`, and must be recorded."""

    def __init__(self, code: str, message: str, id: str, outputs: Properties, inputs: Properties) -> None:  # noqa: A002
        super().__init__(code, message)
        self.id, self.outputs, self.inputs = id, outputs, inputs


class Provider(Protocol):
    """One configured provider: one package, one set of credentials. Methods may be called from many threads."""

    package: str  # "aws"
    version: str  # that of the SDK, "7.51.1"

    def check_config(self, inputs: Properties) -> CheckResult: ...
    def diff_config(self, old: Properties, new: Properties) -> DiffResult: ...
    def configure(self, inputs: Properties) -> None: ...
    def check(self, urn: str, type_: str, olds: Properties | None, news: Properties, seed: bytes) -> CheckResult: ...
    def diff(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        ignore_changes: tuple[str, ...],
    ) -> DiffResult: ...  # fmt: skip
    def create(self, urn: str, type_: str, news: Properties, *, preview: bool, timeout: float) -> Created: ...
    def read(
        self, urn: str, type_: str, id_: str, inputs: Properties | None, outputs: Properties | None
    ) -> ReadState | None: ...
    def update(
        self, urn: str, type_: str, id_: str, old_inputs: Properties, old_outputs: Properties, news: Properties,
        *, preview: bool, timeout: float, ignore_changes: tuple[str, ...],
    ) -> Properties: ...  # fmt: skip
    def delete(
        self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float
    ) -> None: ...
    def invoke(self, token: str, args: Properties) -> Properties: ...


class ProviderFactory(Protocol):
    """Makes unconfigured providers. Raises `UnknownPackage` where a package is not simulated."""

    def __call__(self, package: str, version: str) -> Provider: ...


class UnknownPackage(Exception):
    """No simulated cloud answers for this package; the message names those that do."""
