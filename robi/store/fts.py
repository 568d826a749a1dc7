"""What every FTS5 index of ours needs, whatever is in it."""

import sqlite3

from sqlite_utils import Database


def compress(db: Database, index: str) -> None:
    """Make it one piece: until then, what was taken out is still in older pieces."""
    db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608 (a name of ours)


def is_sound(db: Database, index: str) -> bool:
    """Return whether the index fits what was put into it. Raises what SQLite raises of the disk."""
    try:
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")  # noqa: S608
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False
    return True
