"""The store in one SQLite file: a writer's connection, and a reader's beside it.

Owns the file and both connections. WAL lets the reader see the last commit while the writer works
on the next; `synchronous=FULL` makes every commit outlive `kill -9` and a pulled plug
(findings.md, *SQLite*). The SQL of reading is here, that of writing in `statements`.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import structlog
from attrs import define, field
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseError, DiskFull
from robi.store import files
from robi.store.base import (
    Embedding,
    HistoryRow,
    Memory,
    Person,
    SessionRow,
    Write,
    WriteRejected,
)
from robi.store.migrations import MIGRATIONS, Migration, migrate, pending, schema_of
from robi.store.statements import apply

log = structlog.get_logger()

BUSY_TIMEOUT_S = 2.0
"""How long a call waits for another process that holds the lock (a backup, a shell)."""

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

_RowT = TypeVar("_RowT")
_Value = str | float | int | bytes | None

# What SQLite will refuse again however often it is asked: constraints, and values that it or the
# module cannot take (a lone surrogate, an integer of more than 64 bits).
_HOPELESS: Final = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeEncodeError,
)


def _name_of(error: Exception) -> str:
    """SQLite's own name of what went wrong, which holds neither values nor paths."""
    name = getattr(error, "sqlite_errorname", None)
    return name if isinstance(name, str) else type(error).__name__


@contextmanager
def _own_errors() -> Iterator[None]:
    """Turn SQLite's errors into ours, without its words."""
    try:
        yield
    except sqlite3.Error as error:
        name = _name_of(error)
        kind = DiskFull if name == "SQLITE_FULL" else DatabaseError
        raise kind(name) from error


@define(eq=False)
class SqliteStore:
    """A `robi.store.base.Store` in the file at `path`; nothing is touched before `open`.

    `busy_timeout` is in seconds.
    """

    _path: Path
    _migrations: Sequence[Migration] = MIGRATIONS
    _busy_timeout: float = BUSY_TIMEOUT_S
    _connections: tuple[Database, Database] | None = field(default=None, init=False)

    @property
    def blocking(self) -> bool:
        """Always: it waits for a disk."""
        return True

    # ── life ──────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Make the file, check it, migrate it, connect twice. Nothing if it is open already.

        Raises:
            ConfigurationError: newer than this server, damaged, not a database, not to be written.
            DatabaseError, DiskFull: it does not answer.
        """
        if self._connections is not None:
            return
        try:
            self._connections = self._open()
        except (ConfigurationError, DatabaseError, DiskFull) as error:
            # The path is for whoever reads the log; the error may reach a client.
            log.error("database_refused", path=str(self._path), reason=error.details)
            raise

    def _open(self) -> tuple[Database, Database]:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            message = f"SQLite {sqlite3.sqlite_version} is too old: 3.37 is needed"
            raise ConfigurationError(message)
        try:
            files.prepare(self._path)
        except OSError as error:
            message = f"the database file cannot be made: {error.strerror}"
            raise ConfigurationError(message) from error
        with _own_errors():
            writer = self._connect()
            try:
                self._check(writer)
                self._migrate(writer)
                writer.execute("PRAGMA foreign_keys = ON")
                reader = self._connect()
            except BaseException:
                writer.close()
                raise
            reader.execute("PRAGMA query_only = ON")
            return writer, reader

    def _connect(self) -> Database:
        # trio's worker threads come and go, and any of them may make the next call: but never two
        # at once on one connection, which is what SQLite's own check is there to prevent.
        connection = sqlite3.connect(
            self._path, timeout=self._busy_timeout, check_same_thread=False
        )
        return Database(connection, execute_plugins=False)

    @staticmethod
    def _check(db: Database) -> None:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            verdict = _name_of(error)
        if verdict != "ok":
            message = "the database is damaged or not a database: put a backup in its place"
            raise ConfigurationError(message)

    def _migrate(self, db: Database) -> None:
        steps = pending(db, self._migrations)
        if not steps:
            return
        if db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None:
            try:
                files.back_up(db.conn, files.backup_path(self._path, schema_of(db)))
            except OSError as error:
                message = f"no backup could be made before migrating: {error.strerror}"
                raise ConfigurationError(message) from error
        db.execute("PRAGMA foreign_keys = OFF")
        migrate(db, steps)

    def close(self) -> None:
        """Let go of the file; the last commit is in it, and its log is folded in."""
        if self._connections is not None:
            writer, reader = self._connections
            self._connections = None
            with _own_errors():
                reader.close()
                writer.close()

    @property
    def _writer(self) -> Database:
        if self._connections is None:
            message = "the store is not open"
            raise DatabaseError(message)
        return self._connections[0]

    @property
    def _reader(self) -> Database:
        if self._connections is None:
            message = "the store is not open"
            raise DatabaseError(message)
        return self._connections[1]

    # ── writing ───────────────────────────────────────────────────────────────────────────

    def write(self, batch: Sequence[Write]) -> None:
        """Commit all of the batch, or nothing of it.

        Raises:
            WriteRejected: one of them can never be applied.
            DatabaseError, DiskFull: none could; the same batch may be written again.
        """
        with _own_errors(), self._writer.atomic() as db:
            for position, write in enumerate(batch):
                try:
                    apply(db, write)
                except _HOPELESS as error:
                    raise WriteRejected(position, _name_of(error)) from error

    # ── reading ───────────────────────────────────────────────────────────────────────────

    def person(self, person_id: str) -> Person | None:
        """Return the person, or None."""
        return self._one(
            Person,
            "SELECT user_id, name, created_at, last_seen, interaction_count"
            " FROM users WHERE user_id = ?",
            person_id,
        )

    def people(self) -> tuple[Person, ...]:
        """Return everyone, first met first."""
        return self._all(
            Person,
            "SELECT user_id, name, created_at, last_seen, interaction_count"
            " FROM users ORDER BY created_at, user_id",
        )

    def memories(self, person_id: str, limit: int | None = None) -> tuple[Memory, ...]:
        """Return what is known of one person: most important first, then newest."""
        return self._all(
            Memory,
            "SELECT memory_id, user_id, type, content, importance, created_at"
            " FROM memories WHERE user_id = ?"
            " ORDER BY importance DESC, created_at DESC, memory_id LIMIT ?",
            person_id,
            -1 if limit is None else limit,
        )

    def embeddings(self, person_id: str) -> tuple[Embedding, ...]:
        """Return the faces of one person, oldest first."""
        return self._all(
            Embedding,
            "SELECT user_id, embedding, created_at"
            " FROM face_embeddings WHERE user_id = ? ORDER BY created_at, embedding",
            person_id,
        )

    def session(self, session_id: str) -> SessionRow | None:
        """Return the session, or None."""
        return self._one(
            SessionRow,
            "SELECT session_id, device_id, user_id, created_at, last_seen, dialect"
            " FROM sessions WHERE session_id = ?",
            session_id,
        )

    def last_session_of(self, device_id: str) -> SessionRow | None:
        """Return the session of this device that was seen last, or None."""
        return self._one(
            SessionRow,
            "SELECT session_id, device_id, user_id, created_at, last_seen, dialect"
            " FROM sessions WHERE device_id = ?"
            " ORDER BY last_seen DESC, session_id DESC LIMIT 1",
            device_id,
        )

    def history(self, session_id: str) -> tuple[HistoryRow, ...]:
        """Return the messages of a session in the order of their index."""
        return self._all(
            HistoryRow,
            'SELECT session_id, "index", user_id, role, content, created_at, request_id,'
            " cut_off, compacted"
            ' FROM conversation_history WHERE session_id = ? ORDER BY "index"',
            session_id,
        )

    def _all(self, make: Callable[..., _RowT], sql: str, *values: _Value) -> tuple[_RowT, ...]:
        with _own_errors():
            try:
                return tuple(make(*row) for row in self._reader.execute(sql, values))
            except _HOPELESS as error:
                raise DatabaseError(_name_of(error)) from error

    def _one(self, make: Callable[..., _RowT], sql: str, *values: _Value) -> _RowT | None:
        return next(iter(self._all(make, sql, *values)), None)
