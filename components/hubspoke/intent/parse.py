"""From a document's values to a model, strictly: text is never taken for a number, nor a number for text."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from hubspoke.intent.document import Document
from hubspoke.intent.model import Cloudflare, Wan
from hubspoke.intent.problem import Issue, Location
from hubspoke.intent.words import Failure, in_words

Model = TypeVar("Model", bound=BaseModel)
_KEY = "[key]"  # how pydantic marks an error in a mapping's key


def parse(document: Document, model: type[Model]) -> tuple[Model | None, dict[Location, str]]:
    """The model, or None and what is wrong where, in pydantic's terms; the document gets the problems in words."""
    try:
        text = json.dumps(document.value)
        return model.model_validate_json(text, strict=True, by_alias=True, by_name=False), {}
    except ValidationError as failed:
        errors = failed.errors(include_url=False)
    wrong = {_location(error): error["type"] for error in errors}
    for error in errors:
        if _location(error) not in document.refused and not _follows(error, wrong):
            _report(document, model, error)
    return None, wrong


def salvage(value: dict[str, Any], wrong: Mapping[Location, str]) -> Wan:
    """The intent without its broken parts, so that the rest can be checked too. Not for planning."""
    sections: Any = {name: section for name, section in value.items() if name in Wan.model_fields}
    for at, kind in wrong.items():
        sections = _without(sections, at if kind == _EXTRA else at[:1] if at[:1] in _WHOLE else at[:2])
    sound = {name: _validated(name, section) for name, section in sections.items()}
    return Wan.model_construct(**_BARE | sound)


def _without(value: Any, at: Location) -> Any:
    """The value without what is at a location, or without the nearest part around it that is a mapping's."""
    if not at or not isinstance(value, dict):
        return value
    step, rest = str(at[0]), at[1:]
    if rest and isinstance(value.get(step), dict):
        return value | {step: _without(value[step], rest)}
    return {key: part for key, part in value.items() if key != step}


def _validated(name: str, section: Any) -> Any:
    """A section by itself: its parts are held to their rules, but it may be left with none."""
    kind: Any = Wan.model_fields[name].annotation
    return TypeAdapter[Any](kind).validate_json(json.dumps(section), strict=True, by_alias=True, by_name=False)


def _location(error: ErrorDetails) -> Location:
    at = error["loc"]
    return at[:-1] if at and at[-1] == _KEY else at


def _follows(error: ErrorDetails, wrong: Iterable[Location]) -> bool:
    """Too few entries, only because some of them are wrong themselves."""
    at = error["loc"]
    return error["type"] == "too_short" and any(len(other) > len(at) and other[: len(at)] == at for other in wrong)


def _report(document: Document, model: type[BaseModel], error: ErrorDetails) -> None:
    at = _location(error)
    context, text = error.get("ctx", {}), document.texts.get(at, "")
    failure = Failure(at, error["type"], error["input"], context, error["msg"], model, text)
    at_key = error["loc"] != at or error["type"] == _EXTRA
    document.problems.append(document.problem(Issue(at, *in_words(failure)), at_key=at_key))


_EXTRA = "extra_forbidden"
_WHOLE = (("cloudflare",), ("address_space",))  # sections that stand or fall as one
_BARE: dict[str, Any] = {
    "name": "",
    "address_space": (),
    "cloudflare": Cloudflare.model_construct(account="", endpoints={}),
    "accounts": {},
    "segments": {},
    "hubs": {},
}
