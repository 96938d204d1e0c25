"""YAML text as parser events with their places, and what its plain scalars stand for.

Parsed by libyaml, which is some twenty times faster than a parser in Python; `true`, `0o17` or `no` mean what YAML 1.2
says, by ruamel.yaml's tables.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    StreamEndEvent,
    StreamStartEvent,
)
from yaml.reader import ReaderError

from hubspoke.intent.problem import IntentError, Problem

_TAG = "tag:yaml.org,2002:"
STR, MERGE, TIMESTAMP = _TAG + "str", _TAG + "merge", _TAG + "timestamp"
PLAIN = {_TAG + name for name in ("null", "bool", "int", "float")}
# Without libyaml (a PyYAML built from source where it is missing): the same events, by PyYAML's own parser.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_AROUND = (StreamStartEvent, StreamEndEvent, DocumentStartEvent, yaml.DocumentEndEvent)
_DEEPEST = 500  # libyaml takes as long as the square of the depth
Events = Iterator[Event]
Place = tuple[int, int]  # line and column, from 1


class Scalars:
    """What scalars stand for, each text looked at once."""

    def __init__(self) -> None:
        self._yaml = YAML(typ="safe", pure=True)
        self._tags: dict[str, str] = {}

    def tag(self, event: Any) -> str:
        """The tag that is written, or that a text without quotes has by its looks."""
        if event.tag not in (None, "!"):
            return str(event.tag)
        return self._resolved(event.value) if event.implicit[0] else STR

    def plain(self, tag: str, text: str) -> Any:
        """A null, boolean or number. Raises ValueError where the text is none."""
        try:
            return self._yaml.constructor.construct_object(ScalarNode(tag, text))
        except YAMLError as error:
            raise ValueError(text) from error

    def _resolved(self, text: str) -> str:
        if text not in self._tags:
            self._tags[text] = str(self._yaml.resolver.resolve(ScalarNode, text, (True, False)))
        return self._tags[text]


def read_events(path: Path) -> Events:
    """The events of a file's only document, none for an empty one. Raises IntentError, at the latest at its end."""
    file, text = str(path), _read_text(path)
    _refuse_conflicts(file, text)
    try:
        yield from _of_one_document(file, yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(file, text, error) from error
    except ReaderError as error:
        line = _lines_before(text, error.position)
        raise unusable(file, line, 1, "a control character is not allowed in YAML", "remove it") from error


def place_of(event: Any) -> Place:
    """Where something begins."""
    return (event.start_mark.line + 1, event.start_mark.column + 1)


def unusable(file: str, line: int, column: int, what: str, remedy: str) -> IntentError:
    """A file that there is nothing to go on with."""
    return IntentError([Problem(file, line, column, "", what, remedy)])


def _of_one_document(file: str, events: Events) -> Events:
    documents = depth = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:
            raise unusable(file, *place_of(event), "it is nested too deeply", "write it flatter")
        if isinstance(event, DocumentStartEvent):
            documents += 1
            _refuse_frame(file, event, documents)
        elif not isinstance(event, _AROUND):
            yield event


def _refuse_frame(file: str, event: Any, documents: int) -> None:
    if documents > 1:
        raise unusable(file, *place_of(event), "a second document begins here", "keep one in the file")
    if event.version or event.tags:
        raise unusable(file, *place_of(event), "directives (%YAML, %TAG) are not supported", "remove them")


def _lines_before(text: str, offset: int) -> int:
    """The line that an offset, which libyaml counts in bytes, is on."""
    before = text.encode()[:offset]
    return before.count(b"\n") + 1


def _syntax_error(file: str, text: str, error: yaml.MarkedYAMLError) -> IntentError:
    mark: Any = error.problem_mark or error.context_mark
    what = " ".join(part for part in (error.context, error.problem) if part)
    remedy = "indent with spaces" if _is_tab(text, mark) else "correct it here, or shortly before"
    return unusable(file, mark.line + 1, mark.column + 1, f"this is not YAML: {what}", remedy)


def _is_tab(text: str, mark: Any) -> bool:
    lines = text.split("\n", mark.line + 1)
    return mark.line < len(lines) and lines[int(mark.line)].startswith("\t", int(mark.column))


def _refuse_conflicts(file: str, text: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("<<<<<<< "):
            remedy = "keep one side and remove the markers"
            raise unusable(file, number, 1, "a merge conflict is not resolved", remedy)


def _read_text(path: Path) -> str:
    data = _read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise unusable(str(path), line, 1, "this is not UTF-8 text", "save the file as UTF-8") from error


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise unusable(str(path), 0, 0, "there is no such file", "check the path") from error
    except IsADirectoryError as error:
        raise unusable(str(path), 0, 0, "this is a folder", "name the file in it") from error
    except OSError as error:
        what = f"it cannot be read: {error.strerror}"
        raise unusable(str(path), 0, 0, what, "check the file's permissions") from error
