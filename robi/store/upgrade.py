"""What this version would make of a database, tried out on a copy beside it.

Owns the trial: the copy, the migrations on it one by one, and the look at what came of them.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from attrs import frozen
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseError
from robi.store.files import copy, draft_of, verified
from robi.store.migrations import MIGRATIONS, migrate, pending


@frozen
class Upgrade:
    """What this server would make of a database, as tried out on a copy.

    Args:
        schema: the number of its schema as it is.
        steps: names of the migrations, each with the seconds that it took here.
        size: bytes of the copy when all were done.
    """

    schema: int
    steps: tuple[tuple[str, float], ...]
    size: int


def try_upgrade(path: Path) -> Upgrade:
    """Take the steps to today's schema on a copy, while the database is in use, and verify it.

    The copy lies beside the database and goes at the end. If something is forgotten meanwhile it
    goes too, as every copy does, and then there is nothing to tell.

    Raises:
        ConfigurationError: the database is not there, damaged, or newer than this server; or a step
            left it so that it cannot be used.
        DatabaseError: it does not answer, or could not be copied.
    """
    if not path.is_file():
        message = "there is no database yet"
        raise ConfigurationError(message)
    with draft_of(path.with_name(f"{path.name}.upgrade")) as draft:
        copy(path, draft)
        schema, steps = verified(draft), []
        with closing(sqlite3.connect(draft)) as connection:
            db = Database(connection, execute_plugins=False)
            for step in pending(db, MIGRATIONS):
                began = time.perf_counter()
                migrate(db, [step])
                steps.append((step.name, time.perf_counter() - began))
        if verified(draft) != MIGRATIONS[-1].number:
            message = "the copy was removed while it was tried out: something was forgotten"
            raise DatabaseError(message)
        return Upgrade(schema, tuple(steps), draft.stat().st_size)
