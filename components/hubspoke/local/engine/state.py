"""One resource as the state records it, and its JSON (`ResourceV3` of Pulumi's checkpoint, version 3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from hubspoke.local.engine import urns
from hubspoke.local.engine.forms import from_json, to_json
from hubspoke.local.engine.values import Cipher, Properties, adopt


@dataclass(eq=False, slots=True)
class State:
    """Compared and hashed by identity: two states may share a URN while one replaces the other."""

    urn: str
    type: str
    custom: bool
    delete: bool = False
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    taint: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)  # seconds by operation
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    created: str = ""
    modified: str = ""
    source_position: str = ""
    stack_trace: list[str] = field(default_factory=list)
    ignore_changes: list[str] = field(default_factory=list)
    hide_diff: list[list[str | int]] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    refresh_before_update: bool = False
    resource_hooks: dict[str, list[str]] = field(default_factory=dict)
    ref: int = -1  # its number in the journal

    @property
    def name(self) -> str:
        return urns.name_of(self.urn)

    @property
    def is_provider(self) -> bool:
        return urns.is_provider_type(self.type)

    def copy(self, **changes: Any) -> "State":
        return replace(self, ref=-1, **changes)

    def dependency_urns(self) -> Iterator[str]:
        """What it depends on, its parent and provider aside."""
        yield from self.dependencies
        for found in self.property_dependencies.values():
            yield from found
        if self.deleted_with:
            yield self.deleted_with
        yield from self.replace_with

    def provider_urn(self) -> str:
        return urns.split_ref(self.provider)[0] if self.provider else ""

    def all_dependency_urns(self) -> Iterator[str]:
        if self.parent:
            yield self.parent
        yield from self.dependency_urns()

    def adopt_ciphertexts(self, old: "State") -> None:
        adopt(self.inputs, old.inputs)
        adopt(self.outputs, old.outputs)
        adopt(self.replacement_trigger, old.replacement_trigger)


# The JSON's members in the order in which Pulumi writes them: name, attribute, whether it is left out when empty.
_MEMBERS = (
    ("urn", "urn", False), ("custom", "custom", False), ("delete", "delete", True), ("id", "id", True),
    ("type", "type", False), ("inputs", "inputs", True), ("outputs", "outputs", True), ("parent", "parent", True),
    ("protect", "protect", True), ("taint", "taint", True), ("external", "external", True),
    ("dependencies", "dependencies", True), ("initErrors", "init_errors", True), ("provider", "provider", True),
    ("propertyDependencies", "property_dependencies", True), ("pendingReplacement", "pending_replacement", True),
    ("additionalSecretOutputs", "additional_secret_outputs", True), ("aliases", "aliases", True),
    ("customTimeouts", "custom_timeouts", True), ("importID", "import_id", True),
    ("retainOnDelete", "retain_on_delete", True), ("deletedWith", "deleted_with", True),
    ("replaceWith", "replace_with", True), ("created", "created", True), ("modified", "modified", True),
    ("sourcePosition", "source_position", True), ("stackTrace", "stack_trace", True),
    ("ignoreChanges", "ignore_changes", True), ("hideDiff", "hide_diff", True),
    ("replaceOnChanges", "replace_on_changes", True), ("replacementTrigger", "replacement_trigger", True),
    ("refreshBeforeUpdate", "refresh_before_update", True), ("resourceHooks", "resource_hooks", True),
)  # fmt: skip
_ATTRIBUTES = {name: attribute for name, attribute, _ in _MEMBERS}
_VALUES = {"inputs", "outputs", "replacementTrigger"}
_SORTED = {"propertyDependencies", "resourceHooks"}

# Resource members that an older engine would not understand, and the feature that stands for each.
FEATURES = {
    "refresh_before_update": "refreshBeforeUpdate",
    "resource_hooks": "hooks",
    "taint": "taint",
    "replace_with": "replaceWith",
}


def state_to_json(state: State, cipher: Cipher) -> Properties:
    found: Properties = {}
    for name, attribute, optional in _MEMBERS:
        value = getattr(state, attribute)
        if value or not optional:
            found[name] = _member_to_json(name, value, cipher)
    return found


def _member_to_json(name: str, value: Any, cipher: Cipher) -> Any:
    if name in _VALUES or name == "customTimeouts":
        return to_json(value, cipher)
    if name in _SORTED:
        return {key: value[key] for key in sorted(value)}
    if name == "stackTrace":
        return [{"sourcePosition": position} if position else {} for position in value]
    return value


def state_from_json(found: Properties, cipher: Cipher) -> State:
    """Raises KeyError or ValueError where the JSON is no resource of this version."""
    unknown = found.keys() - _ATTRIBUTES.keys()
    if unknown:
        raise ValueError(f"unknown member(s) {', '.join(sorted(unknown))} of resource {found.get('urn')}")
    members = {_ATTRIBUTES[name]: _member_from_json(name, value, cipher) for name, value in found.items()}
    return State(**members)


def _member_from_json(name: str, value: Any, cipher: Cipher) -> Any:
    if name in _VALUES:
        return from_json(value, cipher)
    if name == "stackTrace":
        return [frame.get("sourcePosition", "") for frame in value]
    return value


def now() -> str:
    return stamp(datetime.now(UTC))


def stamp(time: datetime) -> str:
    """As the CLI writes it (RFC3339Nano of Go): a fraction of a second ends in no zero, and one of none is left out."""
    return time.replace(tzinfo=None).isoformat(timespec="microseconds").rstrip("0").rstrip(".") + "Z"
