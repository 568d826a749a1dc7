"""The files of the SQLite store: made private, and copied before a migration touches them.

Owns modes (0700 for folders that are made, 0600 for the database, its log and its copies) and the
names of copies.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

_FOLDER = 0o700
_FILE = 0o600


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


def back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Copy the database to `path`, what is still in its log included; whole, or not at all.

    Raises:
        sqlite3.Error, OSError: it could not be written.
    """
    draft = path.with_name(path.name + ".part")
    draft.unlink(missing_ok=True)
    prepare(draft)
    with closing(sqlite3.connect(draft)) as copy:
        connection.backup(copy)
        # The copy has inherited WAL; one file without a log beside it is easier to keep.
        copy.execute("PRAGMA journal_mode = DELETE")
    draft.replace(path)
