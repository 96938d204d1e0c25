"""What the installed provider SDKs say of their types, in a plain form: looking into an SDK's classes imports them.

The form is JSON. A property is `[kind, required, always]`; a kind is the name of a shape, `["list", kind]`,
`["map", kind]` or `{"object": where}`, and `nested(where)` tells the object's properties.
"""

import collections.abc
import enum
import functools
import importlib
import inspect
import sys
import threading
import typing
import warnings
from types import ModuleType
from typing import Any

import pulumi
from pulumi import _types

from .installed import UnknownType, sdk_name, sdk_version
from .values import did_you_mean

Told = dict[str, list[Any]]  # properties by wire name
_LEAVES: dict[Any, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def resource(type_: str) -> dict[str, Told]:
    """The inputs and outputs of a type such as "aws:ec2/vpc:Vpc". Raises UnknownType."""
    cls = resource_class(type_)
    return {"inputs": _inputs(args_class(cls)), "outputs": _outputs(cls)}


def provider(package: str) -> Told:
    """The settings of a package's provider."""
    return _inputs(provider_classes(package)[1])


def provider_classes(package: str) -> tuple[type, type]:
    """The SDK's class of a package's provider, and that of its arguments."""
    module = _module(sdk_name(package))
    return module.Provider, module.ProviderArgs


def nested(where: str) -> Told:
    """The properties of an object that a kind names."""
    module, _, name = where.partition(":")
    cls = getattr(_module(module), name)
    if _types.is_input_type(cls):
        return _inputs(cls)
    return {wire: [_kind(hint), False, False] for wire, hint in _types.output_type_types(cls).items()}


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
    path = sdk_name(package) if name == "index" else f"{sdk_name(package)}.{name}"
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


def args_class(cls: type) -> type:
    """Of a resource's arguments: `<Class>Args`, or `<Class>InitArgs` where the first name is taken by a nested type."""
    module = sys.modules[cls.__module__]
    for suffix in ("InitArgs", "Args"):
        found = getattr(module, f"{cls.__name__}{suffix}", None)
        if isinstance(found, type) and found.__module__ == cls.__module__:
            return found
    raise UnknownType(f"{cls.__module__}.{cls.__name__} has no class of arguments")


def _inputs(args: type) -> Told:
    hints = _types.input_type_types(args)
    required = _required(args)
    return {
        wire: [_kind(hints.get(wire, Any)), python in required, False]
        for python, wire, _ in _types._py_properties(args)
    }


def _required(args: type) -> frozenset[str]:
    parameters = inspect.signature(args.__init__).parameters.values()  # type: ignore[misc]
    return frozenset(
        p.name for p in parameters
        if p.kind is inspect.Parameter.KEYWORD_ONLY and p.default is inspect.Parameter.empty
    )  # fmt: skip


def _outputs(cls: type) -> Told:
    hints = _types._raw_return_hints(cls)
    return {
        wire: [_kind(hint), False, not _optional(hint)] for wire, hint in hints.items() if wire not in ("id", "urn")
    }


def _optional(hint: Any) -> bool:
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is pulumi.Output else hint
    return type(None) in typing.get_args(inner)


def _kind(hint: Any) -> Any:
    """The kind behind an annotation: inputs, outputs and optionals are looked through."""
    hint = _bare(hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (collections.abc.Sequence, list):
        return ["list", _kind(inner[0])]
    if origin in (collections.abc.Mapping, dict):
        return ["map", _kind(inner[1])]
    return _class_kind(hint) if isinstance(hint, type) else "any"


def _class_kind(cls: type) -> Any:
    if issubclass(cls, enum.Enum):
        return "string" if issubclass(cls, str) else "any"
    if _types.is_input_type(cls) or _types.is_output_type(cls):
        return {"object": f"{cls.__module__}:{cls.__qualname__}"}
    return "any"


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
