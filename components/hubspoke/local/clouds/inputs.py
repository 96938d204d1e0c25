"""Checked inputs completed as a bridged provider completes them: defaults, names, and its own validation. Pure."""

import hashlib
from typing import Any

from .protocol import CheckFailure, Properties
from .table import AutoName, TypeTable
from .values import DEFAULTS, has_unknown
from .view import values_at


def complete_inputs(table: TypeTable, name: str, given: Properties, olds: Properties, seed: bytes) -> Properties:
    """The inputs with what the provider fills in; `__defaults` lists those, as the bridge does.

    A name that was made before is kept, whatever the seed.
    """
    filled = {row.property: row.value for row in table.defaults if row.property not in given}
    copied: Properties = {}
    auto = table.auto_name
    if auto is not None and auto.property not in given and "namePrefix" not in given:
        (filled if auto.digits else copied)[auto.property] = _name(auto, name, olds, seed)
    marks = {DEFAULTS: sorted(filled)} if filled else {}
    return {**given, **copied, **filled, **marks}


def _name(auto: AutoName, name: str, olds: Properties, seed: bytes) -> Any:
    if auto.property in olds.get(DEFAULTS, ()) and auto.property in olds:
        return olds[auto.property]
    end = auto.separator + hashlib.sha512(seed).hexdigest()[: auto.digits] if auto.digits else ""
    stem = name[: auto.max_length - len(end)]
    return f"{stem.lower() if auto.lower else stem}{end}"


def validation_failures(table: TypeTable, name: str, inputs: Properties) -> tuple[CheckFailure, ...]:
    """What the provider refuses before it asks the cloud. An unknown value is judged when it is known."""
    return tuple(
        CheckFailure("", f"{problem}. Examine values at '{name}.{row.property}'.")
        for row in table.validations
        for value in values_at(inputs, row.property)
        if not has_unknown(value) and (problem := row.problem(value))
    )
