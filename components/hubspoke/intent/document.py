"""Reads a YAML file into plain values, and remembers where in the file each of them stands.

YAML is taken at its plainest: no aliases, merge keys or tags of one's own, and a key only once. What is refused is
reported by place, and the rest of the file is still read, so that one run shows every problem.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from hubspoke.intent.problem import IntentError, Issue, Location, Problem, render

_TAG = "tag:yaml.org,2002:"
_PLAIN = {_TAG + name for name in ("null", "bool", "int", "float")}
_DEEPEST = 20  # far more than any model here, far less than what any parser takes
Place = tuple[int, int]  # line and column, from 1


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
    root = _compose(document.file, _read_text(path))
    if root is None:
        raise _error(document.file, 0, 0, "it is empty", "fill it in, or restore it from version control")
    if not isinstance(root, MappingNode):
        raise _error(document.file, *_place(root), "names and values are meant here", "write `name: value` lines")
    document.value = _Reader(document).mapping(root, ())
    return document


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.seen: set[int] = set()
        self.yaml = _yaml()

    def value(self, node: Node, at: Location, place: Place) -> Any:
        if id(node) in self.seen:
            return self.document.refuse(at, place, "aliases are not supported", "write the value out here")
        if len(at) > _DEEPEST:
            return self.document.refuse(at, place, "it is nested too deeply", "write it flatter")
        self.seen.add(id(node))
        by_name = at in self.document.keys and (not isinstance(node, ScalarNode) or not node.value)
        self.document.values[at] = place if by_name else _place(node)
        if isinstance(node, MappingNode):
            return self.mapping(node, at)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*at, i), _place(child)) for i, child in enumerate(node.value)]
        return self.scalar(node, at)

    def mapping(self, node: MappingNode, at: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, child in node.value:
            name = self.name(key, at)
            if name is not None and self.is_first((*at, name), _place(key)):
                values[name] = self.value(child, (*at, name), _place(key))
        return values

    def name(self, key: Node, at: Location) -> str | None:
        if isinstance(key, ScalarNode) and key.tag != _TAG + "merge" and _is_text(key.value):
            return str(key.value)
        kind = repr(key.value) if isinstance(key, ScalarNode) else "a list or mapping"
        self.document.refuse(at, _place(key), f"{kind} is not supported as a key", "write a plain name")
        return None

    def is_first(self, at: Location, place: Place) -> bool:
        if first := self.document.keys.get(at):
            what = f"{at[-1]!r} is given twice, first on line {first[0]}"
            self.document.refuse(at, place, what, "keep one of the two")
            return False
        self.document.keys[at] = place
        return True

    def scalar(self, node: Node, at: Location) -> Any:
        if node.tag == _TAG + "str" and _is_text(node.value):
            return node.value
        self.document.texts[at] = node.value
        if node.tag in _PLAIN:
            return self.plain(node, at)
        what, remedy = _refusal(node)
        return self.document.refuse(at, _place(node), what, remedy)

    def plain(self, node: Node, at: Location) -> Any:
        try:
            return self.yaml.constructor.construct_object(node)
        except (ValueError, YAMLError):
            what = f"{node.value} is not a number"
            return self.document.refuse(at, _place(node), what, f'put it in quotes: "{node.value}"')


def _refusal(node: Node) -> tuple[str, str]:
    """Why a scalar is none of the kinds that the intent is made of, and what to do."""
    if node.tag == _TAG + "str":
        return "half a character is not text", "write the character whole"
    if node.tag == _TAG + "timestamp":
        return f"{node.value} is read as a date", f'put it in quotes: "{node.value}"'
    return f"the tag {node.tag} is not supported", "remove the tag"


def _is_text(value: str) -> bool:
    """False for a lone surrogate, which YAML can escape but no file or cloud can hold."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _read_text(path: Path) -> str:
    data = _read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(str(path), line, 1, "this is not UTF-8 text", "save the file as UTF-8") from error


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _error(str(path), 0, 0, "there is no such file", "check the path") from error
    except IsADirectoryError as error:
        raise _error(str(path), 0, 0, "this is a folder", "name the file in it") from error
    except OSError as error:
        what = f"it cannot be read: {error.strerror}"
        raise _error(str(path), 0, 0, what, "check the file's permissions") from error


def _compose(file: str, text: str) -> Node | None:
    _refuse_conflicts(file, text)
    try:
        root: Node | None = _yaml().compose(text)
        return root
    except MarkedYAMLError as error:
        raise _syntax_error(file, error) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _error(file, line, 1, "a control character is not allowed in YAML", "remove it") from error
    except RecursionError as error:
        raise _error(file, 0, 0, "it is nested too deeply", "write it flatter") from error


def _refuse_conflicts(file: str, text: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("<<<<<<< "):
            remedy = "keep one side and remove the markers"
            raise _error(file, number, 1, "a merge conflict is not resolved", remedy)


def _syntax_error(file: str, error: MarkedYAMLError) -> IntentError:
    mark: Any = error.problem_mark or error.context_mark
    what = " ".join(part for part in (error.context, error.problem) if part)
    remedy = "indent with spaces" if "'\\t'" in what else "correct it here, or shortly before"
    return _error(file, mark.line + 1, mark.column + 1, f"this is not YAML: {what}", remedy)


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _place(node: Node) -> Place:
    return (node.start_mark.line + 1, node.start_mark.column + 1)


def _error(file: str, line: int, column: int, what: str, remedy: str) -> IntentError:
    return IntentError([Problem(file, line, column, "", what, remedy)])
