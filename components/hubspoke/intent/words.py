"""Says what is wrong with a value in an engineer's words: pydantic's findings, retold with what to do."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Any

from pydantic import BaseModel

from hubspoke.intent.names import field_names, suggest_field
from hubspoke.intent.problem import Location

Words = tuple[str, str]  # what, remedy

# What each pattern of the models means. A test holds that none is missing.
PATTERNS: dict[str, Words] = {
    r"^[a-z][a-z0-9-]{0,30}[a-z0-9]$": (
        "is not a key",
        "use 2 to 32 lower-case letters, digits and dashes, a letter first",
    ),
    r"^[a-z][a-z0-9]{1,7}$": (
        "is not a key of a hub or on-ramp",
        "use 2 to 8 lower-case letters and digits, a letter first",
    ),
    r"^[a-z][a-z0-9]{0,3}$": (
        "is not an endpoint's key",
        "use 1 to 4 lower-case letters and digits, a letter first",
    ),
    r"^[a-z][a-z0-9]{1,7}-[a-z][a-z0-9]{0,3}-[ab]$": ("is not a tunnel's key", "write it as use1-e1-a"),
    r"^[a-z][a-z0-9]{0,3}(-[ab])?$": ("is not a tunnel of a hub", "write it as e1-a, on Azure as e1"),
    r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$": (
        "is not a subnet's key",
        "use up to 32 lower-case letters, digits and dashes, a letter first",
    ),
    r"^[a-f]$": ("is not a zone", "use one letter, a to f"),
    r"^[0-9a-f]{32}$": ("is not a Cloudflare account id", "give its 32 hexadecimal digits"),
    r"^vgw-[0-9a-f]{8,17}$": ("is not a virtual private gateway id", "write it as vgw-0a1b2c3d4e5f67890"),
}


@dataclass(frozen=True)
class Failure:
    """One of pydantic's errors, with what is needed to retell it."""

    at: Location
    kind: str
    value: Any
    context: dict[str, Any]
    message: str
    model: type[BaseModel]
    text: str  # the value as written, where YAML read it as something other than text


def in_words(failure: Failure) -> Words:
    """What is wrong, and what to do about it."""
    tell = _TELL.get(failure.kind)
    return tell(failure) if tell else (failure.message.lower(), "correct it")


def _unknown_name(failure: Failure) -> Words:
    name = str(failure.at[-1])
    return f"the name {name!r} is not known", suggest_field(name, field_names(failure.model, failure.at[:-1]))


def _missing(failure: Failure) -> Words:
    return "this is missing", f"add `{failure.at[-1]}:`"


def _text(failure: Failure) -> Words:
    if failure.value is None or not failure.text:
        return f"{_kind(failure.value)} where text is meant", "write the text"
    read_as = "true or false" if isinstance(failure.value, bool) else "a number"
    return f"{failure.text} is read as {read_as}, text is meant", f'put it in quotes: "{failure.text}"'


def _whole_number(failure: Failure) -> Words:
    value = failure.value
    if isinstance(value, str) and value.strip().isdigit():
        return f'"{value}" is text, a number is meant', f"remove the quotes: {value.strip()}"
    return f"{_shown(failure)} where a whole number is meant", "write a whole number"


def _true_or_false(failure: Failure) -> Words:
    return f"{_shown(failure)} is neither true nor false", "write true or false"


def _pattern(failure: Failure) -> Words:
    what, remedy = PATTERNS[failure.context["pattern"]]
    return f"{failure.value!r} {what}", remedy


def _one_of(failure: Failure) -> Words:
    return f"{_shown(failure)} is not known here", f"write {failure.context['expected']}"


def _too_small(failure: Failure) -> Words:
    return f"{failure.value} is too small", f"give {failure.context['ge']} or more"


def _too_large(failure: Failure) -> Words:
    return f"{failure.value} is too large", f"give {failure.context['le']} or less"


def _too_few(failure: Failure) -> Words:
    return f"{_entries(failure)} given", f"give at least {failure.context['min_length']}"


def _too_many(failure: Failure) -> Words:
    return f"{_entries(failure)} given", f"give at most {failure.context['max_length']}"


def _mapping(failure: Failure) -> Words:
    if failure.value is None:
        return "there is nothing in it", "fill it in, or write {} if nothing is meant"
    return f"{_kind(failure.value)} where names and values are meant", "write `name: value` lines below it"


def _list(failure: Failure) -> Words:
    if failure.value is None:
        return "there is nothing in it", "fill it in, or remove it"
    return f"{_kind(failure.value)} where a list is meant", "write it as [first, second]"


def _address(failure: Failure) -> Words:
    value = str(failure.value)
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return f"{value!r} is not an IPv4 address or prefix", "write it as 10.0.0.0/16, an endpoint as 162.159.64.41"
    if not isinstance(network, IPv4Network):
        return f"{value} is IPv6, which is not supported", "give an IPv4 one"
    if "host bits" not in failure.message:
        return f"{value} is a prefix, an address is meant", "write the address alone"
    return f"{value} has host bits set", f"write {network}, or the length that is meant"


def _entries(failure: Failure) -> str:
    count = len(failure.value)
    return "1 entry is" if count == 1 else f"{count or 'no'} entries are"


def _kind(value: Any) -> str:
    kinds = {type(None): "nothing", dict: "names and values", list: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "a number")


def _shown(failure: Failure) -> str:
    if failure.value is None or isinstance(failure.value, dict | list):
        return _kind(failure.value)
    return failure.text or json.dumps(failure.value, ensure_ascii=False)


_TELL: dict[str, Callable[[Failure], Words]] = {
    "bool_type": _true_or_false,
    "dict_type": _mapping,
    "extra_forbidden": _unknown_name,
    "greater_than_equal": _too_small,
    "int_from_float": _whole_number,
    "int_type": _whole_number,
    "less_than_equal": _too_large,
    "literal_error": _one_of,
    "missing": _missing,
    "model_type": _mapping,
    "string_pattern_mismatch": _pattern,
    "string_type": _text,
    "too_long": _too_many,
    "too_short": _too_few,
    "tuple_type": _list,
    "value_error": _address,
}
