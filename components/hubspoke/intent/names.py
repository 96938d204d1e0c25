"""Names that are understood, and what to write instead of one that is not."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

from hubspoke.intent.problem import Location

_MANY = 8
CLOUDFLARE = "cloudflare"  # key of the account, and so of the stack, that holds what is Cloudflare's alone
# One part of each section, in words.
SINGULAR = {
    "accounts": "account",
    "hubs": "hub",
    "onramps": "on-ramp",
    "segments": "segment",
    "sites": "site",
    "spokes": "spoke",
}


def suggest(name: str, known: Sequence[str], plural: str) -> str:
    """What to write instead of an unknown name: all that are known where they are few, or the nearest."""
    if not known:
        return f"there are no {plural} at all"
    if len(known) <= _MANY:
        return f"{plural} are: {', '.join(sorted(known))}"
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"{plural} are: {', '.join(sorted(known)[:_MANY])}, ..."


def suggest_field(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"names here are: {', '.join(sorted(known))}"


def field_names(model: type[BaseModel], at: Location) -> list[str]:
    """The names that are understood at a location of the model, as they are written in a file."""
    kind: Any = model
    for step in at:
        kind = _part(kind, step)
    return list(_fields(kind)) if _is_model(kind) else []


def _part(kind: Any, step: str | int) -> Any:
    """The type of one part of a value: a model's field, a mapping's value or a list's item."""
    if _is_model(kind):
        return _required(_fields(kind).get(str(step)))
    inside = [argument for argument in get_args(kind) if argument is not Ellipsis]
    return inside[-1] if inside else None


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _required(kind: Any) -> Any:
    """The model behind an optional field, or the type as it is."""
    return next((argument for argument in get_args(kind) if _is_model(argument) and None in _nones(kind)), kind)


def _nones(kind: Any) -> list[None]:
    return [None for argument in get_args(kind) if argument is type(None)]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
