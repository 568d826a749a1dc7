"""Writing to the database from the shell, beside a server or without one.

Owns the connection that writes: a second one beside a running server, in a transaction of its own,
which waits for the server's as the server waits for it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from robi.config import Settings, folder
from robi.errors import ConfigurationError, DatabaseError
from robi.store.migrations import MIGRATIONS, pending
from robi.store.urls import open_store
from robi.upkeep import copies
from robi.upkeep.exporting import BUSY_TIMEOUT_S


def make_database(settings: Settings) -> None:
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
def writing(path: Path) -> Iterator[Database]:
    """Open the database to write to it beside a server, all of the block or nothing.

    Raises:
        ConfigurationError: it is of another schema than this command.
        DatabaseError: it does not answer.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        with closing(
            sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        ) as connection:
            db = Database(connection, execute_plugins=False)
            if pending(db, MIGRATIONS):
                message = "the database is older than this command: start the server once"
                raise ConfigurationError(message)
            connection.execute("PRAGMA foreign_keys = ON")  # a text takes its passages with it
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise DatabaseError(getattr(error, "sqlite_errorname", type(error).__name__)) from error
