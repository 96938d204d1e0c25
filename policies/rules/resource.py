"""A resource as rules read it, and the stack that resources are in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs

from rules.values import Unknown, plain


@dataclass(frozen=True)
class Resource:
    """One resource. A resource rule sees its inputs, a stack rule its outputs as far as they are known."""

    given: ResourceValidationArgs | PolicyResource

    @property
    def urn(self) -> str:
        return self.given.urn

    @property
    def type(self) -> str:
        return self.given.resource_type

    @property
    def name(self) -> str:
        return self.given.name

    @property
    def protect(self) -> bool:
        return self.given.opts.protect

    @property
    def aliases(self) -> list[str]:
        return list(self.given.opts.aliases)

    @property
    def parent(self) -> str:
        """URN of the component it is part of. Stack rules know it, resource rules do not."""
        return self.given.parent.urn if isinstance(self.given, PolicyResource) and self.given.parent else ""

    @property
    def dependencies(self) -> dict[str, tuple[str, ...]]:
        """URNs that its properties are made from, in a stack rule."""
        found = self.given.property_dependencies if isinstance(self.given, PolicyResource) else {}
        return {name: tuple(each.urn for each in made_from) for name, made_from in found.items()}

    @cached_property
    def properties(self) -> dict[str, Any]:
        return dict(plain(self.given.props))

    @cached_property
    def provider_properties(self) -> dict[str, Any]:
        return dict(plain(self.given.provider.props)) if self.given.provider else {}

    def get(self, name: str) -> Any:
        """The property, None if it is absent, or `Unknown`."""
        return self.properties.get(name)

    def at(self, path: str) -> Any:
        """The value at a dotted path; the first `Unknown` on the way is the answer."""
        value: Any = self.properties
        for part in path.split("."):
            if isinstance(value, Unknown):
                break
            value = value.get(part) if isinstance(value, dict) else None
        return value


class Stack:
    """All resources of a stack, and what they refer to."""

    def __init__(self, resources: Iterable[PolicyResource]) -> None:
        self._by_urn = {each.urn: Resource(each) for each in resources}
        self._by_type: dict[str, list[Resource]] = {}
        self._ids_by_type: dict[str, dict[str, Resource]] = {}
        for resource in self._by_urn.values():
            self._by_type.setdefault(resource.type, []).append(resource)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """All of them."""
        return tuple(self._by_urn.values())

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What is the same for stacks that hold the same."""
        return tuple((each.urn, repr(each.properties)) for each in self.resources)

    def of_type(self, kind: str) -> list[Resource]:
        return self._by_type.get(kind, [])

    def made_from(self, source: Resource, name: str, kind: str) -> list[Resource]:
        """The resources of one type that a property is made from. They are known when its value is not."""
        assert isinstance(source.given, PolicyResource)
        depended = source.given.property_dependencies.get(name, [])
        return [self._by_urn[each.urn] for each in depended if each.resource_type == kind]

    def target(self, source: Resource, name: str, kind: str) -> Resource | str | Unknown | None:
        """What a property that holds an id refers to: a resource of this stack, or the id of one that is not.

        An id is looked up among what is deployed. Before that, the resource it is made from is the answer;
        `Unknown` where that is not a single one. None if the property is absent.
        """
        value: str | Unknown | None = source.get(name)
        if value is None:
            return None
        if isinstance(value, str) and value in self._ids(kind):
            return self._ids(kind)[value]
        made_from = [each for each in self.made_from(source, name, kind) if not isinstance(each.get("id"), str)]
        return made_from[0] if len(made_from) == 1 else value

    def _ids(self, kind: str) -> dict[str, Resource]:
        if kind not in self._ids_by_type:
            pairs = ((each.get("id"), each) for each in self.of_type(kind))
            self._ids_by_type[kind] = {id_: each for id_, each in pairs if isinstance(id_, str)}
        return self._ids_by_type[kind]


_last: list[tuple[list[PolicyResource], Stack]] = []


def stack_of(resources: list[PolicyResource]) -> Stack:
    """The stack of these resources: the one that was made last, where a call gives every rule the same list."""
    for held, stack in _last:
        if held is resources:
            return stack
    stack = Stack(resources)
    _last[:] = [(resources, stack)]
    return stack
