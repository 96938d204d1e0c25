"""What a program asks for: one resource as it is to be."""

from dataclasses import dataclass, field
from typing import Any

from hubspoke.local.engine.values import Properties

DENIED = "denied:"  # in place of a provider's reference, before the package


class Denied(ValueError):
    """`pulumi:disable-default-providers` names the package."""

    def __init__(self, package: str, subject: str) -> None:
        super().__init__(f"Default provider for '{package}' disabled. '{subject}' must use an explicit provider.")
        self.package = package


@dataclass(frozen=True)
class Alias:
    """Another name that a resource may have had: a whole URN, or the parts that differ."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass
class Goal:
    type: str
    name: str
    custom: bool
    properties: Properties
    parent: str = ""
    provider: str = ""  # <urn>::<id>
    protect: bool | None = None
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    delete_before_replace: bool | None = None
    ignore_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    import_id: str = ""
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    hide_diff: list[list[str | int]] = field(default_factory=list)
    source_position: str = ""
    stack_trace: list[str] = field(default_factory=list)
    hooks: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class ReadGoal:
    """A resource that exists and is only looked up (`.get`)."""

    type: str
    name: str
    id: str
    properties: Properties
    parent: str
    provider: str
    dependencies: list[str]
    additional_secret_outputs: list[str]
    source_position: str
    stack_trace: list[str]
