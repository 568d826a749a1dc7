"""Copies of the database that `robi backup` makes, and how one is put back.

Owns `DATA_DIR/backups` and the names in it. What a good copy is, `robi.store.files` knows.
"""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from robi.config import Settings
from robi.errors import ConfigurationError
from robi.store import files
from robi.store.urls import sqlite_path

FOLDER = "backups"


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


def new_path(settings: Settings, now: float) -> Path:
    """Return where a copy made at `now` (Unix seconds) is kept, unless somebody says where."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    return settings.data_dir / FOLDER / f"robi-{stamp}.db"


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
    return next(filter(_is_sound, reversed(found(settings))), None)


def _is_sound(copy: Path) -> bool:
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
