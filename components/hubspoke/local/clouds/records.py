"""Records of a cloud and the questions asked about them: plain functions over one SQLite connection."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .protocol import Properties


@dataclass(frozen=True)
class Record:
    """One thing in a cloud. `inputs` are its settings as the cloud has them, `outputs` what it was assigned."""

    account: str
    region: str  # "" for what is not regional
    type: str
    id: str
    inputs: Properties
    outputs: Properties = field(default_factory=dict)
    urn: str | None = None
    owner: int | None = None
    created: float = 0.0
    ready_at: float = 0.0
    version: int = 1
    key: int = 0

    def value(self, name: str) -> Any:
        """A setting or an assigned value; None if it has neither."""
        found = self.inputs.get(name)
        return self.outputs.get(name) if found is None else found


@dataclass(frozen=True)
class LogEntry:
    """One change: who did what to what. `time` is in seconds since 1970."""

    sequence: int
    time: float
    actor: str
    account: str
    region: str
    action: str
    type: str
    id: str
    properties: tuple[str, ...]


_COLUMNS = "account, region, type, id, inputs, outputs, urn, owner, created, ready_at, version, key"


class Records:
    """The records of one cloud, seen through one connection and so within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def _select(self, where: str, values: Sequence[Any]) -> list[Record]:
        rows = self.connection.execute(f"SELECT {_COLUMNS} FROM records {where}", values)
        return [_record(row) for row in rows]

    def by_id(self, id_: str, types: Sequence[str] = ()) -> list[Record]:
        """Everything with this id, of these types if any are named; in whatever account and region."""
        marks = ", ".join("?" * len(types))
        only = f" AND type IN ({marks})" if types else ""
        return self._select(f"WHERE id = ?{only} ORDER BY key", (id_, *types))

    def select(self, account: str | None = None, type_: str | None = None, region: str | None = None) -> list[Record]:
        """Everything that matches, oldest first."""
        wanted = {"account": account, "type": type_, "region": region}
        given = {column: value for column, value in wanted.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in given)
        return self._select(f"{'WHERE ' + where if where else ''} ORDER BY key", tuple(given.values()))

    def referring(self, target: str, types: Sequence[str] = (), property_: str | None = None) -> list[Record]:
        """What refers to this id, of these types, through this property; oldest first."""
        marks = ", ".join("?" * len(types))
        inner = "SELECT source FROM refs WHERE target = ?" + (" AND property = ?" if property_ else "")
        only = f" AND +type IN ({marks})" if types else ""  # the plus keeps SQLite from going through the type
        values = (target, *([property_] if property_ else []), *types)
        return self._select(f"WHERE key IN ({inner}){only} ORDER BY key", values)

    def created_as(self, urn: str, type_: str) -> list[Record]:
        """What was created under an engine's URN, newest first."""
        return self._select("WHERE urn = ? AND type = ? ORDER BY key DESC", (urn, type_))

    def owned(self, owner: int) -> list[Record]:
        return self._select("WHERE owner = ? ORDER BY key", (owner,))

    def insert(self, record: Record, refs: Iterable[tuple[str, str]]) -> Record:
        cursor = self.connection.execute(
            f"INSERT INTO records ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,NULL)", _row(record)
        )
        kept = replace(record, key=int(cursor.lastrowid or 0))
        self._link(kept.key, refs)
        return kept

    def change(self, record: Record, refs: Iterable[tuple[str, str]]) -> Record:
        self.connection.execute(
            "UPDATE records SET inputs = ?, outputs = ?, version = version + 1 WHERE key = ?",
            (_dump(record.inputs), _dump(record.outputs), record.key),
        )
        self.connection.execute("DELETE FROM refs WHERE source = ?", (record.key,))
        self._link(record.key, refs)
        return replace(record, version=record.version + 1)

    def restate(self, record: Record) -> None:
        """Writes what the cloud itself changed about a record; its settings and references stay."""
        self.connection.execute("UPDATE records SET outputs = ? WHERE key = ?", (_dump(record.outputs), record.key))

    def remove(self, record: Record) -> None:
        """Removes it and what it owns, with their references."""
        self.connection.execute("DELETE FROM records WHERE key = ?", (record.key,))

    def _link(self, key: int, refs: Iterable[tuple[str, str]]) -> None:
        rows = [(key, property_, target) for property_, target in refs]
        if rows:
            self.connection.executemany("INSERT INTO refs VALUES (?, ?, ?)", rows)

    def note(self, actor: str, action: str, record: Record, properties: Iterable[str] = ()) -> None:
        """Adds one line to the log."""
        self.connection.execute(
            "INSERT INTO log (time, actor, account, region, action, type, id, properties)"
            " VALUES (cloud_time(),?,?,?,?,?,?,?)",
            (actor, record.account, record.region, action, record.type, record.id, json.dumps(sorted(properties))),
        )  # fmt: skip

    def log(self, since: float = 0.0, id_: str | None = None) -> list[LogEntry]:
        """What was changed since a time (seconds since 1970), oldest first."""
        rows = self.connection.execute(
            "SELECT * FROM log WHERE time >= ? AND (? IS NULL OR id = ?) ORDER BY sequence", (since, id_, id_)
        )
        return [LogEntry(**{**dict(row), "properties": tuple(json.loads(row["properties"]))}) for row in rows]

    def now(self) -> float:
        """The cloud's time, in seconds since 1970."""
        return float(self.connection.execute("SELECT cloud_time()").fetchone()[0])

    def next_number(self, name: str) -> int:
        """Counts up: a number that this counter never gave before. Needs a writing transaction."""
        number = int(self.setting(name, "0"))
        self.connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, str(number + 1)))
        return number

    def setting(self, name: str, otherwise: str) -> str:
        row = self.connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else str(row["value"])


_dump = json.JSONEncoder(separators=(",", ":")).encode  # made once: `json.dumps` makes one for each value


def _row(record: Record) -> tuple[Any, ...]:
    return (
        record.account, record.region, record.type, record.id, _dump(record.inputs), _dump(record.outputs),
        record.urn, record.owner, record.created, record.ready_at, record.version,
    )  # fmt: skip


def _record(row: sqlite3.Row) -> Record:
    account, region, type_, id_, inputs, outputs, *rest = row
    return Record(account, region, type_, id_, json.loads(inputs), json.loads(outputs), *rest)
