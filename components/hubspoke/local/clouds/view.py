"""What a rule sees of a cloud: its records, from the place of one caller."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .protocol import Properties
from .records import Record, Records
from .values import parse_path

MARK = "mark"  # stands where a reference's property would


@dataclass(frozen=True)
class Scope:
    """Where a caller stands: its account and region, and its name for the log."""

    account: str
    region: str
    actor: str
    default_tags: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """A cloud within one transaction, seen from a scope."""

    records: Records
    scope: Scope

    def get(self, type_: str | Sequence[str], id_: str) -> Record | None:
        """The thing with this id in the caller's own account and region."""
        return next((r for r in self.anywhere(type_, id_) if self.owns(r)), None)

    def anywhere(self, type_: str | Sequence[str], id_: str) -> list[Record]:
        """Those with this id, in whatever account and region."""
        return self.records.by_id(id_, (type_,) if isinstance(type_, str) else tuple(type_))

    def owns(self, record: Record) -> bool:
        return record.account == self.scope.account and record.region in ("", self.scope.region)

    def all(self, type_: str) -> list[Record]:
        """Those of a type in the caller's own account and region."""
        return [r for r in self.records.select(self.scope.account, type_) if r.region in ("", self.scope.region)]

    def referring(self, record: Record | str, type_: str | Sequence[str], property_: str | None = None) -> list[Record]:
        """Those of a type that refer to a record, in any account."""
        target = record if isinstance(record, str) else record.id
        return self.records.referring(target, (type_,) if isinstance(type_, str) else tuple(type_), property_)

    def marked(self, mark: str, type_: str | Sequence[str]) -> list[Record]:
        """Those of a type that carry a mark, in any account: found without looking at any other."""
        return self.referring(mark, type_, MARK)


def new_id(prefix: str) -> str:
    """An id as AWS makes them: the prefix, a zero and sixteen hexadecimal digits."""
    return f"{prefix}-0{secrets.token_hex(8)}"


def values_at(properties: Properties, path: str) -> Iterator[Any]:
    """Every value that a path leads to; `*` goes through a list. Nulls and empty strings are nothing."""
    found: list[Any] = [properties]
    for step in parse_path(path):
        found = [inner for value in found for inner in _into(value, step)]
    for value in found:
        yield from (v for v in (value if isinstance(value, list) else [value]) if v not in (None, ""))


def _into(value: Any, step: str | int) -> list[Any]:
    if step == "*":
        return value if isinstance(value, list) else []
    if isinstance(value, dict):
        return [value[step]] if step in value else []
    return []
