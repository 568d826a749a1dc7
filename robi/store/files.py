"""The files of the SQLite store: made private, copied, put back, and the copies removed again.

Owns modes (0700 for folders that are made, 0600 for the database, its log and its copies), the
names of the copies that are made by themselves, and what a good copy is.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from attrs import field, frozen
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseError
from robi.store.migrations import MIGRATIONS, migrate, pending, schema_of

log = structlog.get_logger()

_FOLDER = 0o700
_FILE = 0o600
_BESIDE = ("", "-wal", "-shm")
"""What SQLite puts beside a file, by the end of its name; the file itself first."""


def prepare(path: Path) -> None:
    """Make the folders and an empty file, and keep others out of the file.

    SQLite gives its log beside the database (`-wal`, `-shm`) the mode of the database: so the file
    must be there, and private, before SQLite opens it. Folders that exist keep their mode, since
    they may not be ours.
    """
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(_FOLDER, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _FILE))
    path.chmod(_FILE)


def backup_path(path: Path, schema: int) -> Path:
    """Return where the copy of a database of that schema is kept: one for each, not one a day."""
    return path.with_name(f"{path.name}.schema-{schema}.bak")


def drop_copies(path: Path) -> int:
    """Remove the copies beside a database that were made by themselves; return how many.

    Those before a migration, what a restore has put aside, and drafts that a crash has left. What
    somebody made with `robi backup` is theirs.

    Raises:
        OSError: one could not be removed.
    """
    patterns = (".schema-*.bak", ".aside-*", "*.part")
    found = {each for pattern in patterns for each in path.parent.glob(path.name + pattern)}
    for each in sorted(found):
        each.unlink()
    if found:
        _sync_folder(path.parent)
    return sum(not each.name.endswith(("-wal", "-shm")) for each in found)


# ── copies ────────────────────────────────────────────────────────────────────────────────


def back_up(source: Path, target: Path) -> int:
    """Copy the database to `target`, while it is in use; whole and verified, or not at all.

    What is still in its log is in the copy, which is one private file without a log. A file at
    `target` is replaced.

    Returns:
        The number of its schema.

    Raises:
        ConfigurationError: `source` is not there, damaged, or newer than this server.
        DatabaseError: it does not answer, or the copy could not be written.
    """
    if not source.is_file():
        message = "there is no database to copy"
        raise ConfigurationError(message)
    with draft_of(target) as draft:
        copy(source, draft)
        schema = verified(draft)
        _put_in_place(draft, target)
    return schema


@frozen
class Restored:
    """What a restore has done.

    Args:
        schema: the number of the schema that the database has now.
        aside: where the database of before is kept; None if there was none.
        still_forgotten: tombstones that were carried over; None if those of before were not to be
            read, so that who was forgotten since the backup may be known again, and keys that were
            revoked since may open again.
    """

    schema: int
    aside: Path | None
    still_forgotten: int | None


def restore(backup: Path, target: Path) -> Restored:
    """Put `backup` in the place of the database; no server may use it meanwhile.

    The backup stays as it is. The database of before is kept beside, under a dated name, until
    something is forgotten. Who was forgotten since the backup stays so: the tombstones are carried
    over, and `SqliteStore.open` erases those whom the backup has brought back. So are the keys:
    one that was revoked since opens nothing, one that was made since still does.

    Raises:
        ConfigurationError: `backup` is not there, damaged, not ours, or newer than this server.
        DatabaseError: it could not be read, or put in place. What was there is there still, or
            under its dated name.
    """
    if not backup.is_file():
        message = "there is no such backup"
        raise ConfigurationError(message)
    with draft_of(target) as draft:
        copy(backup, draft)
        if verified(draft) == 0:
            message = "the backup holds no database of Robi"
            raise ConfigurationError(message)
        lasting = _lasting(target)
        schema = _carried_over(draft, lasting or _Lasting())
        aside = _put_aside(target)
        _put_in_place(draft, target)
    return Restored(schema, aside, None if lasting is None else len(lasting.tombstones))


def verified(path: Path) -> int:
    """Return the number of the schema of a database that is sound and that this server knows.

    Raises:
        ConfigurationError: it is damaged, not a database, or newer than this server.
        sqlite3.OperationalError: it does not answer.
    """
    with closing(_read_only(path)) as connection:
        db = Database(connection, execute_plugins=False)
        try:
            (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            verdict = _name_of(error)
        if verdict != "ok":
            message = "the file is damaged or not a database"
            raise ConfigurationError(message)
        pending(db, MIGRATIONS)
        return schema_of(db)


def _name_of(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", type(error).__name__)


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """Give where `target` is to be made; what is left there goes, and errors become ours."""
    draft = target.with_name(target.name + ".part")
    try:
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise DatabaseError(_name_of(error)) from error
    except OSError as error:
        message = f"the copy could not be written: {error.strerror}"
        raise DatabaseError(message) from error


def _read_only(path: Path) -> sqlite3.Connection:
    """Connect so that neither the file nor its log is changed, not even by closing it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def copy(source: Path, draft: Path) -> None:
    """Copy the database to a draft, one private file without a log; `source` may be in use.

    Raises:
        ConfigurationError: it is damaged.
        sqlite3.OperationalError: it does not answer.
    """
    draft.unlink(missing_ok=True)
    prepare(draft)
    try:
        with closing(_read_only(source)) as kept, closing(sqlite3.connect(draft)) as made:
            kept.backup(made)
            # The copy has inherited WAL; one file without a log beside it is easier to keep.
            made.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        message = "the file is damaged or not a database"
        raise ConfigurationError(message) from error


@frozen
class _Lasting:
    """What outlives a restore: who is forgotten, by digest and time, and the keys."""

    tombstones: dict[str, float] = field(factory=dict)
    key_columns: tuple[str, ...] = ()
    keys: Sequence[tuple[object, ...]] = ()


def _lasting(path: Path) -> _Lasting | None:
    """Return what is to be carried over from there; None if it cannot be read."""
    if not path.is_file():
        return _Lasting()
    try:
        with closing(_read_only(path)) as connection:
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            if schema < FORGETS_FROM:
                return _Lasting()
            tombstones = dict(connection.execute("SELECT digest, at FROM forgotten"))
            if schema < KEYS_FROM:
                return _Lasting(tombstones)
            columns = _KEY_COLUMNS if schema < READERS_FROM else _KEY_COLUMNS + _READER_COLUMNS
            found = connection.execute(f"SELECT {', '.join(columns)} FROM keys")  # noqa: S608 (ours)
            return _Lasting(tombstones, columns, found.fetchall())
    except sqlite3.Error as error:
        log.warning("tombstones_unreadable", reason=_name_of(error))
        return None


FORGETS_FROM = 2
"""The schema with a table of those who are forgotten."""

KEYS_FROM = 3
"""The schema with a table of keys."""

READERS_FROM = 4
"""The schema in which a key has the columns of readers."""

_KEY_COLUMNS = (
    "key_id",
    "digest",
    "name",
    "role",
    "created_at",
    "expires_at",
    "revoked_at",
    "last_used_at",
    "device_id",
)
_READER_COLUMNS = ("origins", "daily_tokens")


def _carried_over(draft: Path, lasting: _Lasting) -> int:
    """Bring the draft to today's schema, put in what outlives a restore; return its schema."""
    with closing(sqlite3.connect(draft)) as connection:
        db = Database(connection, execute_plugins=False)
        migrate(db, pending(db, MIGRATIONS))
        with db.atomic():
            connection.executemany(
                "INSERT INTO forgotten (digest, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                lasting.tombstones.items(),
            )
            if lasting.keys:
                columns, marks = lasting.key_columns, ", ".join("?" * len(lasting.key_columns))
                put = f"INSERT OR REPLACE INTO keys ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 (ours)
                connection.executemany(put, lasting.keys)
        return schema_of(db)


def _put_aside(path: Path) -> Path | None:
    """Rename the database and what is beside it; return its new name, None if there is none."""
    if not path.exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    aside = path.with_name(f"{path.name}.aside-{stamp}")
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + end))
    return aside


def _put_in_place(draft: Path, target: Path) -> None:
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
