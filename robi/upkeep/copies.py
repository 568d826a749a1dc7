"""Copies of the database that `robi backup` makes, and how one is put back.

Owns `DATA_DIR/backups` and the names in it. What a good copy is, `robi.store.files` knows.
"""

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from robi.config import Settings
from robi.errors import ConfigurationError, DatabaseError
from robi.store import files
from robi.store.urls import sqlite_path

FOLDER = "backups"

_DATED = re.compile(r"robi-\d{8}-\d{6}\.db")
"""A name that `new_path` has given: only such a file goes by itself when there are too many."""

_STALE_S = 86_400
"""What is left of a backup that was broken off is removed a day later: no backup takes so long."""


def database(settings: Settings) -> Path:
    """Return the file of the database.

    Raises:
        ConfigurationError: it is none that is kept in a file.
    """
    path = sqlite_path(settings.database_url)
    if path is None:
        message = "nothing is kept on disk: DATABASE_URL is memory:"
        raise ConfigurationError(message)
    return path


def new_path(folder: Path, now: float) -> Path:
    """Return what a copy made at `now` (Unix seconds) is called in a folder."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    return folder / f"robi-{stamp}.db"


def dated(folder: Path) -> tuple[Path, ...]:
    """Return the copies in `folder` that have such a name, oldest first."""
    return tuple(sorted(each for each in folder.glob("robi-*.db") if _DATED.fullmatch(each.name)))


def rotate(folder: Path, keep: int, now: float) -> tuple[Path, ...]:
    """Remove all but the newest `keep` dated copies in `folder`; return which.

    What a broken-off backup has left goes too.

    Raises:
        DatabaseError: one could not be removed.
    """
    old = dated(folder)[:-keep]
    drafts = (each for each in folder.glob("robi-*.db.part") if _DATED.fullmatch(each.stem))
    try:
        for each in (*old, *(d for d in drafts if d.stat().st_mtime < now - _STALE_S)):
            each.unlink(missing_ok=True)
    except OSError as error:
        message = f"an old backup could not be removed: {error.strerror}"
        raise DatabaseError(message) from error
    return old


def found(settings: Settings) -> tuple[Path, ...]:
    """Return the copies in `DATA_DIR/backups`, oldest first."""
    return tuple(sorted((settings.data_dir / FOLDER).glob("*.db")))


def of_lost_database(settings: Settings) -> Path | None:
    """Return the newest sound copy, if there are copies but no database, or an empty file.

    Then it was lost rather than never there, and a server that starts begins a new one.
    """
    try:
        path = database(settings)
    except ConfigurationError:
        return None
    if path.exists() and path.stat().st_size > 0:
        return None
    return next(filter(is_sound, reversed(found(settings))), None)


def is_sound(copy: Path) -> bool:
    """Tell whether a copy can be put back."""
    try:
        return files.verified(copy) > 0
    except (ConfigurationError, sqlite3.Error):
        return False


def back_up(settings: Settings, target: Path) -> int:
    """Copy the database to `target`, while a server may use it; return the size in bytes.

    Raises:
        ConfigurationError: there is something at `target`, or no sound database to copy.
        DatabaseError: it could not be copied; nothing is left at `target`.
    """
    source = database(settings)
    if target.exists():
        message = f"{target} is there already, and is not overwritten"
        raise ConfigurationError(message)
    files.back_up(source, target)
    return target.stat().st_size


def restore(settings: Settings, backup: Path) -> files.Restored:
    """Put `backup` in the place of the database; the caller holds the lock of the folder.

    Raises:
        ConfigurationError, DatabaseError: as `files.restore`; nothing has changed.
    """
    return files.restore(backup, database(settings))
