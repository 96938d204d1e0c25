"""Arguments that must be known when a program runs, as the names of resources and their number follow from them.

The schema calls them plain. SDKs made from it take no outputs for them, but YAML and untyped programs can give one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.output import Unknown

Schema = Mapping[str, Any]
_TYPES = "#/types/"


def refuse_outputs(schema: Schema, resource_type: str, arguments: Mapping[str, Any]) -> None:
    """Raises InputPropertiesError where an output is given for a plain argument, or within one. Names all of them."""
    wanted = schema["resources"][resource_type]["inputProperties"]
    found = [path for name in arguments.keys() & wanted.keys() for path in _outputs(schema, wanted, arguments, name)]
    if found:
        # No values: they may be secret.
        raise InputPropertiesError("; ".join(map(_refusal, sorted(found))), [])


def _refusal(path: str) -> str:
    return (
        f"{path} is an output: give a plain value, known before anything is made. Topology (keys, prefixes, regions, "
        "ASNs) is plain; ids that other components give, and secrets, may be outputs"
    )


def _outputs(schema: Schema, wanted: Schema, given: Mapping[str, Any], name: str, before: str = "") -> Iterator[str]:
    """Paths of the outputs in one property, if it is plain."""
    if wanted[name].get("plain"):
        yield from _within(schema, wanted[name], given[name], f"{before}{name}")


def _within(schema: Schema, spec: Schema, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, pulumi.Output | Unknown):
        yield path
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _within(schema, spec.get("items", {}), each, f"{path}[{number}]")
    elif isinstance(value, dict) and "$ref" in spec:
        wanted = schema["types"][spec["$ref"].removeprefix(_TYPES)]["properties"]
        for name in value.keys() & wanted.keys():
            yield from _outputs(schema, wanted, value, name, f"{path}.")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _within(schema, spec.get("additionalProperties", {}), each, f"{path}.{key}")
