"""One SQLite file per cloud: what exists in it, who refers to what, and who changed what and when.

Several processes and threads use one file at once: write-ahead logging, one connection per thread, and every change in
one immediate transaction, so that a killed process leaves either all of a change or none of it.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .clock import Clock
from .protocol import CloudError

BUSY_SECONDS = 30.0

TABLES = """
CREATE TABLE IF NOT EXISTS records (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL,
    urn TEXT,                       -- what an engine called it when it asked for its creation
    owner INTEGER REFERENCES records (key) ON DELETE CASCADE,  -- lives and dies with this record
    created REAL NOT NULL, ready_at REAL NOT NULL, version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (type, id, account, region)
);
CREATE INDEX IF NOT EXISTS records_of_account ON records (account, type);
CREATE INDEX IF NOT EXISTS records_by_id ON records (id);
CREATE INDEX IF NOT EXISTS records_by_urn ON records (urn);
CREATE INDEX IF NOT EXISTS records_of_owner ON records (owner);
CREATE TABLE IF NOT EXISTS refs (
    source INTEGER NOT NULL REFERENCES records (key) ON DELETE CASCADE,
    property TEXT NOT NULL, target TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refs_to ON refs (target);
CREATE INDEX IF NOT EXISTS refs_from ON refs (source);
CREATE TABLE IF NOT EXISTS log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL, actor TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
    action TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, properties TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS log_keeps BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER IF NOT EXISTS log_stays BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TABLE IF NOT EXISTS faults (
    key INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
    account TEXT, region TEXT, type TEXT, action TEXT, id TEXT,
    remaining INTEGER, until REAL, seconds REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One cloud's file. Opened on first use; made, with its folder, on first use if missing."""

    def __init__(self, path: Path, clock: Clock = time) -> None:
        self.path, self.clock = path, clock
        self._local = threading.local()
        self._writers = threading.Lock()  # threads queue here; SQLite's own lock would make them poll

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, for reading."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            with self._writers, _in_words(self.path):
                found = self._local.connection = _open(self.path, self.clock)
        return found

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent picture: nothing read inside changes until the end."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of what is written inside, or none of it when an exception leaves."""
        connection = self.connection
        with self._writers, _in_words(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        """Closes this thread's connection, if it has one."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            found.close()
            self._local.connection = None


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turns what goes wrong with the file into something to read. Raises CloudError."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        hint = "is the folder writable, the disk not full, and the file a simulated cloud?"
        raise CloudError("SimulationUnavailable", f"{path} cannot be used: {error}; {hint}") from error


class _Connection(sqlite3.Connection):
    """Closes itself when its thread is gone, as newer Pythons want it."""

    def __del__(self) -> None:
        self.close()


def _open(path: Path, clock: Clock) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        cached_statements=512,
        check_same_thread=False,
        factory=_Connection,
    )
    connection.row_factory = sqlite3.Row
    connection.create_function("cloud_time", 0, clock.time)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    _prepare(connection)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables once. Changing the journal mode does not honour the busy timeout, hence the loop."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version=1; COMMIT;")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            time.sleep(0.01)


class Cloud:
    """The folder with one store per simulated cloud."""

    def __init__(self, folder: Path, clock: Clock = time) -> None:
        self.folder, self.clock = Path(folder), clock
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def store(self, package: str) -> Store:
        """The store of "aws", "cloudflare", ...; opened lazily."""
        with self._lock:
            if package not in self._stores:
                self._stores[package] = Store(self.folder / f"{package}.db", self.clock)
            return self._stores[package]
