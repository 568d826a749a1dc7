"""Everything that is kept of one person, as values that become JSON.

Owns the shape of an export, and the connection that reads it: a second one beside a running server,
which cannot write, and which sees the database as it was at one moment.
"""

import base64
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import attrs
from sqlite_utils import Database

from robi.errors import ConfigurationError, DatabaseError
from robi.people.words import fold
from robi.store import questions
from robi.store.migrations import MIGRATIONS, pending
from robi.store.rows import (
    HistoryRow,
    InteractionRow,
    MediaRow,
    Person,
    ReminderRow,
    SessionRow,
)

BUSY_TIMEOUT_S = 5.0


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """Open the database at `path` to read it, as it is now.

    Raises:
        ConfigurationError: it is not there, or of another schema than this command.
        DatabaseError: it does not answer.
    """
    if not path.is_file():
        message = "there is no database yet"
        raise ConfigurationError(message)
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
            db = Database(connection, execute_plugins=False)
            if pending(db, MIGRATIONS):
                message = "the database is older than this command: start the server once"
                raise ConfigurationError(message)
            connection.execute("BEGIN")
            yield db
    except sqlite3.Error as error:
        raise DatabaseError(getattr(error, "sqlite_errorname", type(error).__name__)) from error


def matching(path: Path, user: str) -> tuple[Person, ...]:
    """Return whom `user` means: the one of that id, else all who have that name.

    Who never showed a face has no row among the people, and yet conversations under an id. Raises
    as `reading`.
    """
    with reading(path) as db:
        people = questions.people(db, None, 0)
        name = fold(user)
        return (
            tuple(person for person in people if person.person_id == user)
            or _only_heard(db, user)
            or tuple(person for person in people if person.name and fold(person.name) == name)
        )


def _only_heard(db: Database, person_id: str) -> tuple[Person, ...]:
    rows: tuple[HistoryRow | InteractionRow | MediaRow | ReminderRow | SessionRow, ...] = (
        *questions.history_of(db, person_id),
        *questions.interactions(db, person_id),
        *questions.media(db, person_id),
        *questions.sessions_of(db, person_id),
        *questions.reminders(db, person_id),
    )
    return (Person(person_id, None, min(row.created_at for row in rows)),) if rows else ()


def export(path: Path, person_id: str) -> dict[str, Any]:
    """Return all that is kept of one person. Times are Unix seconds, faces float32 in base64.

    Of media there is a list: the files themselves are under `MEDIA_DIR`, and gone within a day.
    Raises as `reading`.
    """
    with reading(path) as db:
        person = questions.person(db, person_id)
        return {
            "user_id": person_id,
            "person": None if person is None else _plain(person),
            "faces": [
                {
                    "embedding": base64.b64encode(face.vector).decode(),
                    "created_at": face.created_at,
                }
                for face in questions.embeddings(db, person_id)
            ],
            "memories": _all(questions.memories(db, person_id, None, 0, superseded=True)),
            "memory_sources": _all(questions.sources(db, person_id)),
            "history": _all(questions.history_of(db, person_id)),
            "interactions": _all(questions.interactions(db, person_id)),
            "media": _all(questions.media(db, person_id)),
            "sessions": _all(questions.sessions_of(db, person_id)),
            "reminders": _all(questions.reminders(db, person_id)),
            "events": _all(
                event for event in questions.events(db, None, 0) if event.person_id == person_id
            ),
        }


def _all(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows]


def _plain(row: Any) -> dict[str, Any]:
    """Return a row as REST would name its fields: a person is a `user_id` there."""
    fields = attrs.asdict(row, recurse=False)
    return {
        "user_id" if name == "person_id" else name: dict(value) if _is_mapping(value) else value
        for name, value in fields.items()
    }


def _is_mapping(value: object) -> bool:
    return hasattr(value, "keys")
