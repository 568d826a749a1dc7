"""Keys for robots, operators and pages: made, listed, revoked; the server may run.

Owns what `robi keys` does. It writes to the database itself, in a transaction of its own beside the
server's: a running server looks for changes twice a second (`robi.actors.keys`), and one that does
not answer, or listens elsewhere, keeps nobody from revoking a key.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from attrs import field, frozen
from sqlite_utils import Database

from robi.config import Settings, folder
from robi.errors import ConfigurationError, DatabaseError
from robi.store import questions
from robi.store.keys import KeyRole, KeyRow, key_digest, new_key, new_key_id
from robi.store.migrations import MIGRATIONS, pending
from robi.store.statements import apply
from robi.store.urls import open_store
from robi.store.writes import AddKey, RevokeKey
from robi.upkeep import copies
from robi.upkeep.exporting import BUSY_TIMEOUT_S, reading

DAY_S = 86_400.0


class KeyRefused(ConfigurationError):
    """Such a key cannot be made, or there is none to revoke."""


@frozen
class Made:
    """A new key, and what is kept of it."""

    key: str = field(repr=False)
    row: KeyRow


@frozen
class Revoked:
    """A key that opens nothing; `before` says that it opened nothing already."""

    row: KeyRow
    before: bool


def keys(settings: Settings) -> tuple[KeyRow, ...]:
    """Return every key, oldest first; none if there is no database yet.

    Raises:
        ConfigurationError, DatabaseError: as `reading`.
    """
    path = copies.database(settings)
    if not path.is_file():
        return ()
    with reading(path) as db:
        return questions.keys(db)


def add(  # noqa: PLR0913 (what a key is made of)
    settings: Settings,
    name: str,
    role: KeyRole,
    *,
    now: float,
    days: int | None,
    device: str | None,
) -> Made:
    """Make a key, and the database if there is none.

    Raises:
        KeyRefused: a key of that name is good already.
        ConfigurationError, DatabaseError: the database cannot be written.
    """
    key = new_key()
    expires_at = None if days is None else now + days * DAY_S
    row = KeyRow(
        new_key_id(), key_digest(key), name, role, now, expires_at=expires_at, device_id=device
    )
    path = copies.database(settings)
    if not path.is_file():
        _make_database(settings)
    with _writing(path) as db:
        for other in _named(questions.keys(db), name):
            if other.is_good(now):
                message = f"there is a key {other.name} ({other.key_id}): revoke it first"
                raise KeyRefused(message)
        apply(db, AddKey(row))
    return Made(key, row)


def revoke(settings: Settings, which: str, *, now: float) -> Revoked:
    """Let a key, named by its id or its name, open nothing from now on.

    Of several that had the name it is the newest: no two of them are good at once.

    Raises:
        KeyRefused: there is none.
        ConfigurationError, DatabaseError: the database cannot be written.
    """
    path = copies.database(settings)
    if not path.is_file():
        message = "there are no keys yet"
        raise KeyRefused(message)
    with _writing(path) as db:
        known = questions.keys(db)
        found = [row for row in known if row.key_id == which] or _named(known, which)
        if not found:
            message = f"there is no key {which}; robi keys list shows them all"
            raise KeyRefused(message)
        row = found[-1]
        if row.revoked_at is not None:
            return Revoked(row, before=True)
        apply(db, RevokeKey(row.key_id, now))
    return Revoked(row, before=False)


def _named(rows: tuple[KeyRow, ...], name: str) -> list[KeyRow]:
    return [row for row in rows if row.name.casefold() == name.casefold()]


def _make_database(settings: Settings) -> None:
    """Make it as the first start of the server would, if it is not lost rather than never there.

    Raises:
        FolderInUse: a server is just making it.
    """
    if (backup := copies.of_lost_database(settings)) is not None:
        message = f"the database is gone, and there is a backup: robi restore {backup}"
        raise ConfigurationError(message)
    with folder.locked(settings.data_dir):
        open_store(settings.database_url).close()


@contextmanager
def _writing(path: Path) -> Iterator[Database]:
    """Open the database to write to it beside a server, all of the block or nothing."""
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        ) as connection:
            db = Database(connection, execute_plugins=False)
            if pending(db, MIGRATIONS):
                message = "the database is older than this command: start the server once"
                raise ConfigurationError(message)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise DatabaseError(getattr(error, "sqlite_errorname", type(error).__name__)) from error
