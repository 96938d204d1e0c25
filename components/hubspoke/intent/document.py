"""Reads a YAML file into plain values, and remembers where in the file each of them stands.

YAML is taken at its plainest: no aliases, merge keys or tags of one's own, and a key only once. What is refused is
reported by place, and the rest of the file is still read, so that one run shows every problem.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from hubspoke.intent.problem import Issue, Location, Problem, render
from hubspoke.intent.yaml_text import (
    MERGE,
    PLAIN,
    STR,
    TIMESTAMP,
    Events,
    Place,
    Scalars,
    place_of,
    read_events,
    unusable,
)

_DEEPEST = 20  # far more than any model here


@dataclass
class Document:
    """A file's values, as JSON would hold them, with their places and what was refused on the way."""

    file: str
    value: dict[str, Any] = field(default_factory=dict)
    keys: dict[Location, Place] = field(default_factory=dict)
    values: dict[Location, Place] = field(default_factory=dict)
    texts: dict[Location, str] = field(default_factory=dict)  # numbers and the like, as they were written
    refused: set[Location] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, issue: Issue, *, at_key: bool = False) -> Problem:
        """The issue with its place: the value's, its key's, or that of the nearest part that exists."""
        places = self.keys if at_key else self.values
        line, column = places.get(issue.at) or self._nearest(issue.at)
        return Problem(self.file, line, column, render(issue.at), issue.what, issue.remedy)

    def locate(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems with their places in this file, found by path."""
        known = {render(at): at for at in self.values}
        return [self._locate(problem, known) for problem in problems]

    def refuse(self, at: Location, place: Place, what: str, remedy: str) -> None:
        self.refused.add(at)
        self.problems.append(Problem(self.file, *place, render(at), what, remedy))

    def _locate(self, problem: Problem, known: dict[str, Location]) -> Problem:
        at = known.get(problem.path)
        place = self.keys.get(at) if at else None
        return problem.placed(self.file, *place) if place else problem.placed(self.file, 0, 0)

    def _nearest(self, at: Location) -> Place:
        while at:
            if place := self.keys.get(at) or self.values.get(at):
                return place
            at = at[:-1]
        return (1, 1)


def read_document(path: Path) -> Document:
    """Reads a file that holds one mapping. Raises IntentError where there is nothing to go on with."""
    document = Document(str(path))
    events = read_events(path)
    root = next(events, None)
    if root is None:
        raise unusable(document.file, 0, 0, "it is empty", "fill it in, or restore it from version control")
    if not isinstance(root, MappingStartEvent):
        raise unusable(document.file, *place_of(root), "names and values are meant here", "write `name: value` lines")
    document.value = _Reader(document, events).mapping(())
    for _ in events:  # what is wrong after the mapping is found too
        pass
    return document


class _Reader:
    """Goes once through the events of a mapping, whose start has been taken already."""

    def __init__(self, document: Document, events: Events) -> None:
        self.document, self.events = document, events
        self.scalars = Scalars()

    def mapping(self, at: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(key := next(self.events), MappingEndEvent):
            name, place = self.name(key, at), place_of(key)
            child = next(self.events)
            if name is not None and self.is_first((*at, name), place):
                values[name] = self.value(child, (*at, name), place)
            else:
                self.skip(child)
        return values

    def sequence(self, at: Location) -> list[Any]:
        values: list[Any] = []
        while not isinstance(child := next(self.events), SequenceEndEvent):
            values.append(self.value(child, (*at, len(values)), place_of(child)))
        return values

    def value(self, event: Event, at: Location, place: Place) -> Any:
        if isinstance(event, AliasEvent):
            return self.document.refuse(at, place, "aliases are not supported", "write the value out here")
        if len(at) > _DEEPEST:
            self.skip(event)
            return self.document.refuse(at, place, "it is nested too deeply", "write it flatter")
        by_name = at in self.document.keys and (not isinstance(event, ScalarEvent) or not event.value)
        self.document.values[at] = place if by_name else place_of(event)
        if isinstance(event, MappingStartEvent):
            return self.mapping(at)
        return self.sequence(at) if isinstance(event, SequenceStartEvent) else self.scalar(event, at)

    def skip(self, event: Event) -> None:
        """To the end of what has begun."""
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            event = next(self.events)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)

    def name(self, key: Event, at: Location) -> str | None:
        if isinstance(key, ScalarEvent) and self.scalars.tag(key) != MERGE:
            return str(key.value)
        self.skip(key)
        kind = repr(key.value) if isinstance(key, ScalarEvent) else "a list, a mapping or an alias"
        self.document.refuse(at, place_of(key), f"{kind} is not supported as a key", "write a plain name")
        return None

    def is_first(self, at: Location, place: Place) -> bool:
        if first := self.document.keys.get(at):
            what = f"{at[-1]!r} is given twice, first on line {first[0]}"
            self.document.refuse(at, place, what, "keep one of the two")
            return False
        self.document.keys[at] = place
        return True

    def scalar(self, event: Any, at: Location) -> Any:
        tag = self.scalars.tag(event)
        if tag == STR:
            return event.value
        self.document.texts[at] = event.value
        if tag not in PLAIN:
            return self.document.refuse(at, place_of(event), *_refusal(tag, event.value))
        try:
            return self.scalars.plain(tag, event.value)
        except ValueError:
            what = f"{event.value} is not a number"
            return self.document.refuse(at, place_of(event), what, f'put it in quotes: "{event.value}"')


def _refusal(tag: str, text: str) -> tuple[str, str]:
    """Why a scalar is none of the kinds that the intent is made of, and what to do."""
    if tag == TIMESTAMP:
        return f"{text} is read as a date", f'put it in quotes: "{text}"'
    return f"the tag {tag} is not supported", "remove the tag"
