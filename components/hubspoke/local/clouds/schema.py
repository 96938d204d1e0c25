"""Property tables of every resource type, as the providers' own SDKs tell them.

A type's table is made on first use and kept: for the process, and on disk for the next one. What an SDK does not tell
(immutability, formats, provider defaults) is in the tables of each cloud.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from .schema_cache import kept

Shape = Literal["any", "boolean", "integer", "number", "string", "list", "map", "object"]


@dataclass(frozen=True)
class Kind:
    """The type of a value. `element` is that of a list's or map's values; `fields` are an object's properties."""

    shape: Shape
    element: "Kind | None" = None
    fields: "Mapping[str, Property] | None" = None

    @property
    def of(self) -> "Kind":
        """The kind of a list's or map's values."""
        return self.element or ANY


@dataclass(frozen=True)
class Property:
    name: str
    kind: Kind
    required: bool = False
    always: bool = False  # an output that always has a value: the cloud fills it in if nobody set it


ANY = Kind("any")


@dataclass(frozen=True)
class ResourceSchema:
    """What one type takes and gives, by wire name."""

    type: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]

    def settled_by_cloud(self, name: str) -> bool:
        """Whether an input is "optional and computed": left out, the cloud chooses, and keeps what it has."""
        given, told = self.inputs.get(name), self.outputs.get(name)
        return given is not None and told is not None and not given.required and told.always


@functools.cache
def resource_schema(type_: str) -> ResourceSchema:
    """The table of a type such as "aws:ec2/vpc:Vpc". Raises UnknownType."""
    told = kept(type_.partition(":")[0], type_, lambda sdk: sdk.resource(type_))
    return ResourceSchema(type_, _properties(told["inputs"]), _properties(told["outputs"]))


@functools.cache
def provider_schema(package: str) -> Mapping[str, Property]:
    """The settings of a package's provider, by wire name."""
    return _properties(kept(package, "provider", lambda sdk: sdk.provider(package)))


def _properties(told: Mapping[str, list[Any]]) -> Mapping[str, Property]:
    return MappingProxyType({wire: Property(wire, _kind(kind), *flags) for wire, (kind, *flags) in told.items()})


_LEAVES: dict[str, Kind] = {shape: Kind(shape) for shape in ("boolean", "integer", "number", "string")} | {"any": ANY}


def _kind(told: Any) -> Kind:
    match told:
        case str():
            return _LEAVES[told]
        case [("list" | "map") as shape, element]:
            return Kind(shape, _kind(element))
        case _:
            return _object(told["object"])


@functools.cache
def _object(where: str) -> Kind:
    return Kind("object", fields=_Fields(where))


class _Fields(Mapping[str, Property]):
    """An object's properties, read when they are first looked at: Azure's types contain themselves."""

    def __init__(self, where: str) -> None:
        self._where = where

    @functools.cached_property
    def _found(self) -> Mapping[str, Property]:
        package = self._where.partition(".")[0].removeprefix("pulumi_").replace("_", "-")
        return _properties(kept(package, self._where, lambda sdk: sdk.nested(self._where)))

    def __getitem__(self, name: str) -> Property:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
