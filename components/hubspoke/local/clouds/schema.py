"""Property tables of every resource type, read from the providers' own SDK classes.

A type's table is made on first use and kept for the process. What an SDK does not tell (immutability, formats,
provider defaults) is in the tables of each cloud.
"""

import collections.abc
import enum
import functools
import importlib
import importlib.metadata
import inspect
import sys
import threading
import typing
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any, Literal

import pulumi
from pulumi import _types

from .values import did_you_mean

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
_LEAVES: dict[Any, Kind] = {
    bool: Kind("boolean"), int: Kind("integer"), float: Kind("number"), str: Kind("string"),
}  # fmt: skip


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


class UnknownType(Exception):
    """No such resource type in the package; the message names the nearest."""


@functools.cache
def resource_schema(type_: str) -> ResourceSchema:
    """The table of a type such as "aws:ec2/vpc:Vpc". Raises UnknownType."""
    cls = resource_class(type_)
    args = _args_class(cls)
    inputs = _properties(args)
    outputs = {p.name: p for p in _outputs(cls)}
    return ResourceSchema(type_, MappingProxyType(inputs), MappingProxyType(outputs))


@functools.cache
def provider_schema(package: str) -> Mapping[str, Property]:
    """The settings of a package's provider, by wire name."""
    return MappingProxyType(_properties(_module(_sdk(package)).ProviderArgs))


@functools.cache
def sdk_version(package: str) -> str:
    """The version of the installed SDK, such as "7.51.1"."""
    return importlib.metadata.version(_sdk(package))


def _sdk(package: str) -> str:
    """The Python package of a Pulumi package: azure-native -> pulumi_azure_native."""
    return f"pulumi_{package.replace('-', '_')}"


@functools.cache
def resource_class(type_: str) -> type[pulumi.CustomResource]:
    """The SDK's class for a type token. Raises UnknownType."""
    package, _, rest = type_.partition(":")
    module_path, _, name = rest.partition(":")
    if not name:
        raise UnknownType(f"{type_!r} is not a resource type such as aws:ec2/vpc:Vpc")
    module = _resource_module(package, module_path.split("/", maxsplit=1)[0], type_)
    found = getattr(module, name, None)
    if getattr(found, "pulumi_type", None) != type_:
        nearest = did_you_mean(name, (n for n, v in vars(module).items() if hasattr(v, "pulumi_type")))
        raise UnknownType(f"{package} {sdk_version(package)} has no resource type {type_!r}.{nearest}")
    return typing.cast("type[pulumi.CustomResource]", found)


def _resource_module(package: str, name: str, type_: str) -> ModuleType:
    path = _sdk(package) if name == "index" else f"{_sdk(package)}.{name}"
    try:
        return _module(path)
    except ModuleNotFoundError as error:
        raise UnknownType(f"no SDK at hand has the resource type {type_!r}: {error}") from None


# Lazy modules of the standard library are not safe to load from two threads at once before Python 3.12.
_LOADING = threading.RLock()


def _module(path: str) -> ModuleType:
    """Imports part of an SDK at once. What it says of its own deprecated classes is not our users' concern."""
    with _LOADING, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        module = importlib.import_module(path)
        getattr(module, "_utilities", None)  # the SDKs make modules lazy; looking into one loads it
    return module


def _args_class(cls: type) -> type:
    """`<Class>Args`, or `<Class>InitArgs` where the first name is taken by a nested type."""
    module = sys.modules[cls.__module__]
    for suffix in ("InitArgs", "Args"):
        found = getattr(module, f"{cls.__name__}{suffix}", None)
        if isinstance(found, type) and found.__module__ == cls.__module__:
            return found
    raise UnknownType(f"{cls.__module__}.{cls.__name__} has no class of arguments")


def _properties(args: type) -> dict[str, Property]:
    hints = _types.input_type_types(args)
    required = _required(args)
    return {
        wire: Property(wire, _kind(hints.get(wire, Any)), python in required)
        for python, wire, _ in _types._py_properties(args)
    }


def _required(args: type) -> frozenset[str]:
    parameters = inspect.signature(args.__init__).parameters.values()  # type: ignore[misc]
    return frozenset(
        p.name for p in parameters
        if p.kind is inspect.Parameter.KEYWORD_ONLY and p.default is inspect.Parameter.empty
    )  # fmt: skip


def _outputs(cls: type) -> list[Property]:
    hints = _types._raw_return_hints(cls)
    return [
        Property(wire, _kind(hint), always=not _optional(hint))
        for wire, hint in hints.items()
        if wire not in ("id", "urn")
    ]


def _optional(hint: Any) -> bool:
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is pulumi.Output else hint
    return type(None) in typing.get_args(inner)


def _kind(hint: Any) -> Kind:
    """The kind behind an annotation: inputs, outputs and optionals are looked through."""
    hint = _bare(hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (collections.abc.Sequence, list):
        return Kind("list", _kind(inner[0]))
    if origin in (collections.abc.Mapping, dict):
        return Kind("map", _kind(inner[1]))
    if isinstance(hint, type):
        return _class_kind(hint)
    return ANY


@functools.cache
def _class_kind(cls: type) -> Kind:
    if issubclass(cls, enum.Enum):
        return _LEAVES[str] if issubclass(cls, str) else ANY
    if _types.is_input_type(cls):
        return Kind("object", fields=_Fields(cls, _properties))
    if _types.is_output_type(cls):
        return Kind("object", fields=_Fields(cls, _output_fields))
    return ANY


def _output_fields(cls: type) -> dict[str, Property]:
    hints = _types.output_type_types(cls)
    return {wire: Property(wire, _kind(hint)) for wire, hint in hints.items()}


class _Fields(Mapping[str, Property]):
    """An object's properties, read when they are first looked at: Azure's types contain themselves."""

    def __init__(self, cls: type, read: Callable[[type], dict[str, Property]]) -> None:
        self._cls, self._read = cls, read

    @functools.cached_property
    def _found(self) -> dict[str, Property]:
        return self._read(self._cls)

    def __getitem__(self, name: str) -> Property:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


_WRAPPERS = (pulumi.Output, collections.abc.Awaitable)


def _bare(hint: Any) -> Any:
    """The one type behind Output[T], Optional[T] and Input[T]; Any where there are several."""
    if typing.get_origin(hint) is pulumi.Output:
        return _bare(typing.get_args(hint)[0])
    if not _types._is_union_type(hint):  # type: ignore[no-untyped-call]
        return hint
    members = [m for m in typing.get_args(hint) if typing.get_origin(m) not in _WRAPPERS]
    members = [m for m in members if m is not type(None) and not typing.is_typeddict(m)]
    bare = {_bare(m) for m in members if not isinstance(m, typing.ForwardRef)}
    enums = {m for m in bare if isinstance(m, type) and issubclass(m, enum.Enum)}
    bare = bare - enums or bare
    return bare.pop() if len(bare) == 1 else Any
