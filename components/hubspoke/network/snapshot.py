"""A Snapshot: one list of resources, whoever made it, and how what refers to what is found in it.

A preview does not know ids that a cloud has yet to give. A reference is then the resource that the property depends
on; after deployment it is the resource that has the id.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a value of any type, as Pulumi writes one that is not known
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SECRET = "4dabf18193072939515e22adb298388d"


class NotKnown:
    """A value that is known only after deployment, or that is a secret."""

    def __repr__(self) -> str:
        return "(not known)"


NOT_KNOWN = NotKnown()


@dataclass(frozen=True)
class Resource:
    """One resource. Inputs and outputs are plain; what is not known yet is `NOT_KNOWN`."""

    urn: str
    type: str
    id: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # URNs by property
    parent: str = ""

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.rsplit("::", 1)[-1]

    def get(self, name: str, default: Any = None) -> Any:
        """A property: as it came out, or as it was asked for where that is not known."""
        value = self.outputs.get(name)
        if value is None or value is NOT_KNOWN:
            value = self.inputs.get(name, value)
        return default if value is None else value

    def known(self, name: str, default: str = "") -> str:
        """A property as text; the default where it is absent or not known."""
        value = self.get(name)
        return default if value is None or value is NOT_KNOWN else str(value)

    def members(self, name: str) -> list[Any]:
        """What is in a list; nothing where it is absent or not known yet."""
        value = self.get(name)
        return value if isinstance(value, list) else []


@dataclass(frozen=True)
class Snapshot:
    """Resources of one stack or of several."""

    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in order."""
        for type_ in types:
            yield from self._by_type.get(type_, ())

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def by_urn(self) -> dict[str, Resource]:
        """Resources by URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], Resource]:
        return {(resource.type, resource.id): resource for resource in self.resources if resource.id}

    def target(self, source: Resource, name: str, *types: str) -> Resource | None:
        """The resource of one of these types that a property refers to; None where that is none, or not just one."""
        return self.refers(source, name, source.get(name), *types)

    def targets(self, source: Resource, name: str, *types: str) -> list[Resource | None]:
        """The resources that a list of references names; None for each of which it is not known."""
        value = source.get(name)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        known = [found for each in listed if isinstance(each, str) for found in [self._of_id(each, types)]]
        open_ = sum(not isinstance(each, str) for each in listed)
        made_from = [self.by_urn.get(urn) for urn in source.depends.get(name, ())]
        unsettled = [each for each in made_from if each and each.type in types and each not in known]
        whole = value is NOT_KNOWN and unsettled
        return [*known, *(unsettled if whole or len(unsettled) == open_ else [None] * open_)]

    def _of_id(self, id_: str, types: tuple[str, ...]) -> Resource | None:
        return next((found for type_ in types if (found := self._by_id.get((type_, id_)))), None)

    def refers(self, source: Resource, name: str, value: Any, *types: str, by: tuple[str, ...] = ()) -> Resource | None:
        """The resource that a value in a property refers to, by its id or by what it has in one of `by`.

        Names are not unique over accounts: of several that have it, it is the one that the property is made from.
        """
        if isinstance(value, str) and (found := self._of_id(value, types)):
            return found
        made_from = [
            each for urn in source.depends.get(name, ()) if (each := self.by_urn.get(urn)) and each.type in types
        ]
        if isinstance(value, str) and (named := self._named(value, types, by)):
            return named[0] if len(named) == 1 else next((each for each in named if each in made_from), None)
        unsettled = [each for each in made_from if not each.id or not isinstance(value, str)]
        return unsettled[0] if len(unsettled) == 1 else None

    def _named(self, value: str, types: tuple[str, ...], by: tuple[str, ...]) -> list[Resource]:
        return [each for type_ in types for name in by for each in self._by_value(type_, name).get(value, ())]

    def _by_value(self, type_: str, name: str) -> dict[str, list[Resource]]:
        """The resources of a type by one of their properties."""
        if (type_, name) not in self._values:
            found = self._values.setdefault((type_, name), {})
            for each in self.of_type(type_):
                found.setdefault(each.known(name), []).append(each)
        return self._values[type_, name]

    @cached_property
    def _values(self) -> dict[tuple[str, str], dict[str, list[Resource]]]:
        return {}

    def owner(self, resource: Resource) -> str:
        """Name of the component that a resource is part of; its own where it is of none."""
        parent = self.by_urn.get(resource.parent)
        return parent.name if parent and "pulumi:pulumi:Stack" not in parent.urn.split("::")[-2] else resource.name

    def __add__(self, other: "Snapshot") -> "Snapshot":
        return Snapshot(self.resources + other.resources)


def from_export(document: Mapping[str, Any]) -> Snapshot:
    """From what `pulumi stack export` writes, or the deployment in it. Raises ValueError where it is neither.

    Resources on their way out, and those of providers, are left out.
    """
    deployment = document.get("deployment", document)
    if not isinstance(deployment, Mapping) or ("manifest" not in deployment and "resources" not in deployment):
        raise ValueError("no deployment in this document; it should come from `pulumi stack export`")
    return Snapshot(tuple(_resources(deployment.get("resources") or ())))


def _resources(listed: Iterable[Mapping[str, Any]]) -> Iterator[Resource]:
    for each in listed:
        if not each.get("delete") and not each["type"].startswith("pulumi:providers:"):
            depends = {name: tuple(urns or ()) for name, urns in (each.get("propertyDependencies") or {}).items()}
            yield Resource(
                each["urn"], each["type"], each.get("id", ""), plain(each.get("inputs") or {}),
                plain(each.get("outputs") or {}), depends, each.get("parent", ""),
            )  # fmt: skip


def plain(value: Any) -> Any:
    """A value without Pulumi's wrappings: unknowns and secrets become NOT_KNOWN, whole floats integers."""
    if isinstance(value, Mapping):
        return NOT_KNOWN if _SECRET in value else {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, str) and value in _UNKNOWNS:
        return NOT_KNOWN
    return int(value) if isinstance(value, float) and value.is_integer() else value
