"""Inputs against a type's property table: what is unknown, missing or of the wrong type is refused.

The words are those of the Terraform bridge, which every provider here is built with (pulumi-terraform-bridge,
pkg/tfbridge/check_failures.go, read 2026-08), so that a message means the same here and there.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from ..wire import UNKNOWN
from .protocol import CheckFailure, Properties
from .schema import Kind, Property
from .values import child_path, did_you_mean, snake

Path = tuple[str | int, ...]  # the resource's name and the steps from it; words are made of it where there is a fault


def check_properties(
    name: str, properties: Mapping[str, Property], given: Properties
) -> tuple[Properties, tuple[CheckFailure, ...]]:
    """The inputs as the cloud understands them (numbers as numbers, nulls left out), and what is wrong.

    A value of the wrong type becomes a null, so that nothing else need be ready for it.

    `name` is the resource's, which the messages put before the property.
    """
    failures: list[CheckFailure] = []
    checked = _object(Kind("object", fields=properties), given, (name,), failures)
    return checked, tuple(failures)


def _object(kind: Kind, given: Properties, path: Path, failures: list[CheckFailure]) -> Properties:
    fields = kind.fields or {}
    failures.extend(_missing(fields, given, path))
    checked = {}
    for key, value in given.items():
        if value is None or key.startswith("__"):
            continue
        here = (*path, key)
        if key not in fields:
            hint = did_you_mean(key, fields)
            failures.append(_failure(f"Invalid or unknown key. Examine values at '{_said(here)}'.{hint}"))
        else:
            checked[key] = _value(fields[key].kind, value, here, failures)
    return checked


def _missing(fields: Mapping[str, Property], given: Properties, path: Path) -> Iterator[CheckFailure]:
    for field in fields.values():
        if field.required and given.get(field.name) is None:
            what = f'The argument "{snake(field.name)}" is required, but no definition was found.'
            yield _failure(f"Missing required argument. {what}. Examine values at '{_said((*path, field.name))}'.")


def _value(kind: Kind, value: Any, path: Path, failures: list[CheckFailure]) -> Any:
    if kind.shape == "any" or value is None or value == UNKNOWN:
        return value
    if kind.shape == "list" and isinstance(value, list):
        return [_value(kind.of, item, (*path, i), failures) for i, item in enumerate(value)]
    if kind.shape == "map" and isinstance(value, dict):
        return {k: _value(kind.of, item, (*path, k), failures) for k, item in value.items()}
    if kind.shape == "object" and isinstance(value, dict):
        return _object(kind, value, path, failures)
    return _leaf(kind, value, path, failures)


def _leaf(kind: Kind, value: Any, path: Path, failures: list[CheckFailure]) -> Any:
    try:
        return _CONVERT[kind.shape](value)
    except (KeyError, ValueError):
        told = f"expected {kind.shape} type, got {_shape(value)} type"
        failures.append(_failure(f"{told}. Examine values at '{_said(path)}'."))
        return None


def _string(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(_only(value, str, int, float))


def _boolean(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    return bool(_only(value, bool))


def _number(value: Any) -> float | int:
    if isinstance(value, bool):
        raise ValueError(value)
    number = float(_only(value, int, float, str))
    return int(number) if number.is_integer() else number


def _integer(value: Any) -> int:
    number = _number(value)
    return int(_only(number, int))


def _only(value: Any, *types: type) -> Any:
    if not isinstance(value, types):
        raise ValueError(value)
    return value


_CONVERT = {"string": _string, "boolean": _boolean, "number": _number, "integer": _integer}
_SHAPES = {bool: "bool", int: "number", float: "number", str: "string", list: "[]", dict: "object"}


def _shape(value: Any) -> str:
    return _SHAPES.get(type(value), type(value).__name__)


def _said(path: Path) -> str:
    name, *steps = path
    return reduce(child_path, steps, str(name))


def _failure(reason: str) -> CheckFailure:
    return CheckFailure("", reason)
