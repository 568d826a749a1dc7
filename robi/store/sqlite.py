"""The store in one SQLite file: a writer's connection, and a reader's beside it.

Owns the file and both connections. WAL lets the reader see the last commit while the writer works
on the next; `synchronous=FULL` makes every commit outlive `kill -9` and a pulled plug
(findings.md, *SQLite*). The SQL of reading is in `questions`, that of writing in `statements`, that
of erasing in `erasing`; this is one list of what they are called with.

A connection that a disk has failed is not trusted again: the next call gets a new one.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import structlog
from attrs import define, field
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseDamaged, DatabaseError, DiskFull
from robi.store import erasing, files, index, passage_index, questions
from robi.store.base import (
    Embedding,
    ErasePerson,
    Erasure,
    EventRow,
    FoundPassage,
    HistoryRow,
    InteractionRow,
    KeyRow,
    MediaRow,
    Memory,
    MemorySource,
    Person,
    Readmit,
    Receipt,
    ReminderRow,
    Scored,
    SessionRow,
    Store,
    TextRow,
    UsageRow,
    Write,
    WriteRejected,
)
from robi.store.erasures import admitted, digest
from robi.store.migrations import MIGRATIONS, Migration, migrate, pending, schema_of
from robi.store.statements import apply

log = structlog.get_logger()

BUSY_TIMEOUT_S = 2.0
"""How long a call waits for another process that holds the lock (a backup, a shell)."""

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

T = TypeVar("T")
P = ParamSpec("P")

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


_ERASING: Final = 1
"""In the header of the file (`application_id`) from the commit of an erasure until the file is
written anew: a server that is killed in between does that at its next start."""

_PASSING: Final = frozenset({"SQLITE_FULL", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT"})
"""Trouble that says nothing against the connection itself."""


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


@contextmanager
def _transaction(db: Database) -> Iterator[Database]:
    """Do all of the block or nothing of it.

    The lock is taken first: others write as well (`robi keys`), and SQLite waits for a lock at the
    begin of a transaction only, not in one that has read already.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        db.rollback()  # nothing, if the error has ended the transaction already
        raise


@define(eq=False)
class SqliteStore:
    """A `robi.store.base.Store` in the file at `path`; nothing is touched before `open`.

    `busy_timeout` is in seconds.
    """

    _path: Path
    _migrations: Sequence[Migration] = MIGRATIONS
    _busy_timeout: float = BUSY_TIMEOUT_S
    _is_open: bool = field(default=False, init=False)
    # Each is replaced only by the thread whose turn it is to use it.
    _write_connection: Database | None = field(default=None, init=False)
    _read_connection: Database | None = field(default=None, init=False)
    _refused: int = field(default=0, init=False)
    # An erasure that is begun and not done, and what it has removed.
    _owed: tuple[Erasure, Receipt] | None = field(default=None, init=False)

    @property
    def blocking(self) -> bool:
        """Always: it waits for a disk."""
        return True

    @property
    def refused(self) -> int:
        """Writes that were dropped since it was made, as they named someone forgotten."""
        return self._refused

    def at_once(self, read: Callable[[Store], T]) -> T:
        """Return what `read` returns: see `robi.store.base.Store.at_once`."""
        self._be_patient(0)
        try:
            return read(self)
        finally:
            self._be_patient(self._busy_timeout)

    def _be_patient(self, wait_s: float) -> None:
        """Have the reader wait so long for another program."""
        with self._at_work(self._drop_reader):
            self._reader.conn.execute(f"PRAGMA busy_timeout = {round(wait_s * 1000)}")

    # ── life ──────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Make the file, check it, migrate it, connect twice. Nothing if it is open already.

        Raises:
            ConfigurationError: newer than this server, damaged, not a database, not to be written.
            DatabaseError, DiskFull: it does not answer.
        """
        if self._is_open:
            return
        try:
            self._open()
        except (ConfigurationError, DatabaseError, DiskFull) as error:
            self.close()
            # The path is for whoever reads the log; the error may reach a client.
            log.error("database_refused", path=str(self._path), reason=error.details)
            raise

    def _open(self) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            message = f"SQLite {sqlite3.sqlite_version} is too old: 3.37 is needed"
            raise ConfigurationError(message)
        try:
            files.prepare(self._path)
        except OSError as error:
            message = f"the database file cannot be made: {error.strerror}"
            raise ConfigurationError(message) from error
        self._is_open = True
        with _own_errors():
            self._check()
            writer = self._writer
            self._migrate(writer)
            self._mend_indices(writer)
            (unfinished,) = writer.execute("PRAGMA application_id").fetchone()
            if unfinished == _ERASING:
                self._write_anew()
            # What a crash has left in the log. A shell that holds it now does no harm: what is
            # acknowledged as erased has not been in the log since.
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._reader  # noqa: B018  (opens it: trouble is told now, not at the first question)
        for person_id in self._ask(erasing.still_there):
            self.erase(ErasePerson(person_id, time.time()))

    def _connect(self, *pragmas: str) -> Database:
        """Return a connection that has taken all `pragmas`, or none."""
        # trio's worker threads come and go, and any of them may make the next call: but never two
        # at once on one connection, which is what SQLite's own check is there to prevent.
        connection = sqlite3.connect(
            self._path, timeout=self._busy_timeout, check_same_thread=False
        )
        try:
            # What a statement puts by must not go to a temporary file: nobody would erase it there.
            for pragma in ("temp_store = MEMORY", *pragmas):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return Database(connection, execute_plugins=False)

    def _check(self) -> None:
        try:
            self._writer.execute("PRAGMA journal_mode = WAL")
            (verdict,) = self._writer.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            verdict = _name_of(error)
        if verdict != "ok":
            message = (
                "the database is damaged or not a database: put a backup in its place"
                " with `robi restore`"
            )
            raise DatabaseDamaged(message)

    def _migrate(self, db: Database) -> None:
        steps = pending(db, self._migrations)
        if not steps:
            return
        if db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None:
            files.back_up(self._path, files.backup_path(self._path, schema_of(db)))
        db.execute("PRAGMA foreign_keys = OFF")
        migrate(db, steps)
        db.execute("PRAGMA foreign_keys = ON")

    @staticmethod
    def _mend_indices(db: Database) -> None:
        """Make an index anew if it is damaged: nothing is lost, all of it is in the tables.

        SQLite checks an index as if it wrote it. Whoever holds the lock is no reason not to start;
        the next start looks again.
        """
        try:
            with db.atomic():
                for each in (index, passage_index):
                    if not each.is_sound(db):
                        each.make_anew(db)
                        log.warning("index_mended", index=each.NAME)
        except sqlite3.OperationalError as error:
            if _name_of(error) != "SQLITE_BUSY":
                raise
            log.info("index_not_checked", reason="SQLITE_BUSY")

    def close(self) -> None:
        """Let go of the file; the last commit is in it, and its log is folded in."""
        self._is_open = False
        with _own_errors():
            self._drop_reader()
            self._drop_writer()

    @property
    def _writer(self) -> Database:
        self._need_open()
        if self._write_connection is None:
            self._write_connection = self._connect(
                "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"
            )
        return self._write_connection

    @property
    def _reader(self) -> Database:
        self._need_open()
        if self._read_connection is None:
            self._read_connection = self._connect("query_only = ON")
        return self._read_connection

    def _need_open(self) -> None:
        if not self._is_open:
            message = "the store is not open"
            raise DatabaseError(message)

    def _drop_writer(self) -> None:
        db, self._write_connection = self._write_connection, None
        if db is not None:
            db.close()

    def _drop_reader(self) -> None:
        db, self._read_connection = self._read_connection, None
        if db is not None:
            db.close()

    # ── writing ───────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _at_work(self, drop: Callable[[], None]) -> Iterator[None]:
        """Turn SQLite's errors into ours; drop a connection that the disk has failed."""
        try:
            with _own_errors():
                yield
        except WriteRejected:
            raise
        except DatabaseError as error:
            if error.details not in _PASSING:
                with _own_errors():
                    drop()
            raise

    def write(self, batch: Sequence[Write]) -> None:
        """Commit all of the batch, or nothing of it.

        Raises:
            WriteRejected: one of them can never be applied.
            DatabaseError, DiskFull: none could; the same batch may be written again.
        """
        with self._at_work(self._drop_writer):
            with _transaction(self._writer) as db:
                refused = self._apply(db, batch)
            self._refused += refused

    @staticmethod
    def _apply(db: Database, batch: Sequence[Write]) -> int:
        """Apply the batch within the transaction; return how many writes were refused."""
        forgotten = set(questions.forgotten(db))
        refused = 0
        for position, write in enumerate(batch):
            may = admitted(write, forgotten)
            refused += may is not write
            if may is None:
                continue
            try:
                apply(db, may)
            except _HOPELESS as error:
                raise WriteRejected(position, _name_of(error)) from error
            if isinstance(may, Readmit):
                forgotten.discard(digest(may.person_id))
        return refused

    def erase(self, erasure: Erasure) -> Receipt:
        """Remove it from every table, then from the file, its log and its copies.

        `secure_delete` leaves old content where SQLite has moved rows between pages, so the file is
        written anew (docs/decisions/0009-forgetting.md). Copies go first, so that after the commit
        only the file is left to do, which the next start would do as well.

        Raises:
            WriteRejected: nothing can be kept under such an id, so nothing can be erased.
            DatabaseError, DiskFull: it is not all done; ask for the same again.
        """
        with self._at_work(self._drop_writer):
            begun = self._owed if self._owed and self._owed[0] == erasure else None
            receipt = begun[1] if begun else Receipt()
            receipt += Receipt(backups=self._drop_copies())
            self._owed = erasure, receipt
            try:
                with _transaction(self._writer) as db:
                    receipt += erasing.erase(db, erasure)
                    db.execute(f"PRAGMA application_id = {_ERASING}")
            except _HOPELESS as error:
                raise WriteRejected(0, _name_of(error)) from error
            self._owed = erasure, receipt
            self._write_anew()
            self._empty_log()
            self._owed = None
        return receipt

    def _write_anew(self) -> None:
        """Make a new file of what is there, and say in it that nothing erased is left."""
        self._writer.execute("VACUUM")
        self._writer.execute("PRAGMA application_id = 0")

    def _drop_copies(self) -> int:
        try:
            return files.drop_copies(self._path)
        except OSError as error:
            message = f"a copy of the database cannot be removed: {error.strerror}"
            raise DatabaseError(message) from error

    def _empty_log(self) -> None:
        """Fold the log into the file and cut it to nothing.

        That waits, as long as for any lock, until no reader is in the log; ours never stays long.
        """
        (busy, _, _) = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            name = "SQLITE_BUSY"
            raise DatabaseError(name)

    # ── reading: see `Store` ──────────────────────────────────────────────────────────────

    def _ask(
        self, question: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self._at_work(self._drop_reader):
            try:
                return question(self._reader, *args, **kwargs)
            except _HOPELESS as error:
                raise DatabaseError(_name_of(error)) from error

    def person(self, person_id: str) -> Person | None:
        """Return the person, or None."""
        return self._ask(questions.person, person_id)

    def people(self, limit: int | None = None, offset: int = 0) -> tuple[Person, ...]:
        """Return everyone, first met first."""
        return self._ask(questions.people, limit, offset)

    def people_count(self) -> int:
        """Return how many people there are."""
        return self._ask(questions.people_count)

    def embeddings(self, person_id: str) -> tuple[Embedding, ...]:
        """Return the faces of one person, oldest first."""
        return self._ask(questions.embeddings, person_id)

    def forgotten(self) -> frozenset[str]:
        """Return the digests of the people who are forgotten."""
        return self._ask(questions.forgotten)

    def memory(self, memory_id: str) -> Memory | None:
        """Return the memory, superseded or not, or None."""
        return self._ask(questions.memory, memory_id)

    def memories(
        self, person_id: str, limit: int | None = None, offset: int = 0, *, superseded: bool = False
    ) -> tuple[Memory, ...]:
        """Return what is known of one person: most important first, then newest."""
        return self._ask(questions.memories, person_id, limit, offset, superseded=superseded)

    def memories_count(self, person_id: str) -> int:
        """Return how many memories there are of one person, without those superseded."""
        return self._ask(questions.memories_count, person_id)

    def relevant(
        self, person_id: str, words: tuple[str, ...], now: float, limit: int
    ) -> tuple[Scored, ...]:
        """Return what of one person has most to do with `words`, the best first."""
        return self._ask(questions.relevant, person_id, words, now, limit)

    def pinned(self, person_id: str, limit: int) -> tuple[Memory, ...]:
        """Return what one person asked to be kept, newest first, without what was superseded."""
        return self._ask(questions.pinned, person_id, limit)

    def weighty(self, person_id: str, now: float, least: int, limit: int) -> tuple[Memory, ...]:
        """Return what is current of one person and of importance `least` or more, newest first."""
        return self._ask(questions.weighty, person_id, now, least, limit)

    def in_slot(self, person_id: str, subject: str, slot: str) -> tuple[Memory, ...]:
        """Return what stands in a slot of a subject, newest first, without what was superseded."""
        return self._ask(questions.in_slot, person_id, subject, slot)

    def unchecked(self, limit: int) -> tuple[Memory, ...]:
        """Return memories that the model has not checked, oldest first; superseded ones too."""
        return self._ask(questions.unchecked, limit)

    def sources(self, person_id: str) -> tuple[MemorySource, ...]:
        """Return the turns that have strengthened memories of one person, in order of ids."""
        return self._ask(questions.sources, person_id)

    def session(self, session_id: str) -> SessionRow | None:
        """Return the session, or None."""
        return self._ask(questions.session, session_id)

    def last_session_of(self, device_id: str) -> SessionRow | None:
        """Return the session of this device that was seen last, or None."""
        return self._ask(questions.last_session_of, device_id)

    def sessions_of(self, person_id: str) -> tuple[SessionRow, ...]:
        """Return the sessions in which this person spoke last, the latest first."""
        return self._ask(questions.sessions_of, person_id)

    def history(self, session_id: str, newest: int | None = None) -> tuple[HistoryRow, ...]:
        """Return the messages of a session in the order of their index; all, or the newest."""
        return self._ask(questions.history, session_id, newest)

    def history_of(
        self, person_id: str, limit: int | None = None, offset: int = 0
    ) -> tuple[HistoryRow, ...]:
        """Return the messages of one person's conversations, in every session, oldest first."""
        return self._ask(questions.history_of, person_id, limit, offset)

    def interactions(
        self, person_id: str, limit: int | None = None, offset: int = 0
    ) -> tuple[InteractionRow, ...]:
        """Return the turns of one person, newest first."""
        return self._ask(questions.interactions, person_id, limit, offset)

    def unconsidered(self, limit: int) -> tuple[InteractionRow, ...]:
        """Return turns of people of which is not remembered yet what is to be, oldest first."""
        return self._ask(questions.unconsidered, limit)

    def usage(self, since: str) -> tuple[UsageRow, ...]:
        """Return what the model counted from that day on, by day and purpose."""
        return self._ask(questions.usage, since)

    def media(self, person_id: str) -> tuple[MediaRow, ...]:
        """Return the files of one person, oldest first."""
        return self._ask(questions.media, person_id)

    def all_media(self) -> tuple[MediaRow, ...]:
        """Return every file, oldest first."""
        return self._ask(questions.all_media)

    def events(self, limit: int | None = None, offset: int = 0) -> tuple[EventRow, ...]:
        """Return what happened, newest first."""
        return self._ask(questions.events, limit, offset)

    def reminders(self, person_id: str) -> tuple[ReminderRow, ...]:
        """Return what one person is to be told of, the next first."""
        return self._ask(questions.reminders, person_id)

    def reminders_here(self, session_id: str, device_id: str | None) -> tuple[ReminderRow, ...]:
        """Return what this device is to speak of, the next first; without one, this session."""
        return self._ask(questions.reminders_here, session_id, device_id)

    def text(self, text_id: str) -> TextRow | None:
        """Return the text, or None."""
        return self._ask(questions.text, text_id)

    def texts(self, limit: int | None = None, offset: int = 0) -> tuple[TextRow, ...]:
        """Return the texts, in the order of their ids."""
        return self._ask(questions.texts, limit, offset)

    def texts_count(self) -> int:
        """Return how many texts there are."""
        return self._ask(questions.texts_count)

    def passages_like(
        self, text_id: str | None, words: tuple[str, ...], limit: int
    ) -> tuple[FoundPassage, ...]:
        """Return the passages that are evidence for a question, the best first; perhaps none."""
        return self._ask(questions.passages_like, text_id, words, limit)

    def keys(self) -> tuple[KeyRow, ...]:
        """Return every key, revoked and expired ones too, oldest first."""
        return self._ask(questions.keys)
