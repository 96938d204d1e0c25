"""The facts of the random package, with their sources: the rows of the generators that the provider goes by."""

from collections.abc import Iterator

from ..schema import resource_schema
from ..table import Fact, Source
from .generate import generators

PROVIDER = "terraform-provider-random internal/provider"


def random_facts() -> list[Fact]:
    """Every row of every type."""
    return [fact for type_ in generators() for fact in _facts(type_)]


def _facts(type_: str) -> Iterator[Fact]:
    generator, schema = generators()[type_], resource_schema(type_)
    source = Source(f"{PROVIDER}/{generator.source}")
    for name in schema.inputs:
        yield Fact(type_, "renewing", name, "a change of it makes a new value", source)
    for name, output in schema.outputs.items():
        if output.always and name not in schema.inputs:
            yield Fact(type_, "made", name, "made at creation, kept in the state alone", source)
    for name, value in generator.defaults.items():
        yield Fact(type_, "assumed", name, repr(value), source)
    for limit in generator.limits:
        yield Fact(type_, "limit", "", limit.says, source)
    if generator.adopt:
        yield Fact(type_, "importable", "", "the id says all of it", source)
