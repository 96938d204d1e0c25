"""A small reader of literals as TypeScript and Go programs write them: objects, lists, texts, numbers and names."""

import re
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*|-?\d+(?:\.\d+)?|:=|=>|\S')
_WORDS = {"true": True, "false": False, "nil": None, "null": None}


@dataclass(frozen=True)
class Name:
    """What is not a literal: a variable, or something of one, such as hub.routeTables; a call, by what is called."""

    path: str


def tokens(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if not token.startswith("//")]


class Reader:
    """Reads values from tokens, one after the other."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at = tokens, 0

    def value(self) -> Any:
        """The next value. A Go literal's type, before its braces, is passed over."""
        token = self._next()
        if token == "&":
            return self.value()
        if token == "[":
            if self._peek() != "]":
                return self._list("]")
            self._next()  # Go: []string{...}
            self._next()
            return self._braces(self._next())
        if token == "{":
            return self._braces(token)
        if token.startswith('"'):
            return token[1:-1]
        if token[0].isdigit() or token[0] == "-":
            return float(token) if "." in token else int(token)
        return _WORDS[token] if token in _WORDS else self._named(token)

    def _named(self, path: str) -> Any:
        if self._peek() == "{":
            return self._braces(self._next())
        if self._peek() == "(":
            self._next()
            self._list(")")
        return Name(path)

    def _braces(self, opening: str) -> Any:
        """An object, or a list as Go writes one."""
        assert opening == "{", opening
        return self._object() if self._tokens[self._at + 1] == ":" else self._list("}")

    def _object(self) -> dict[str, Any]:
        found = {}
        while self._peek() != "}":
            key = self._next().strip('"')
            assert self._next() == ":", f"{key} has no value"
            found[key] = self.value()
            self._comma()
        self._next()
        return found

    def _list(self, closing: str) -> list[Any]:
        found = []
        while self._peek() != closing:
            found.append(self.value())
            self._comma()
        self._next()
        return found

    def _comma(self) -> None:
        if self._peek() == ",":
            self._next()

    def _peek(self) -> str:
        return self._tokens[self._at]

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]
