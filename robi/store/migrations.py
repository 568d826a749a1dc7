"""The schema of the SQLite store, as numbered steps from nothing to today.

Owns every table and the number of the schema, which SQLite keeps in `PRAGMA user_version`. A step
that has been released is never edited: what changes is a new step at the end. Each runs in one
transaction together with its number, so that a crash leaves the schema before or after it.

Column names are those of the REST API and the tables of old: a person is a `user_id` here.
"""

from collections.abc import Callable, Sequence

import structlog
from attrs import frozen
from sqlite_utils import Database

from robi.errors import ConfigurationError
from robi.store import index, passage_index

log = structlog.get_logger()


@frozen
class Migration:
    """One step of the schema: from `number - 1` to `number`."""

    number: int
    name: str
    apply: Callable[[Database], None]


def _people_and_conversations(db: Database) -> None:
    """People, faces, memories, sessions and their history.

    `memories` has an integer key beside its `memory_id`, for a full-text index to point at: SQLite
    may renumber rows without one. A history row names a person who may be a stranger, unknown to
    `users`; hence no foreign key there.
    """
    for statement in (
        """CREATE TABLE users (
            user_id TEXT PRIMARY KEY NOT NULL,
            name TEXT,
            created_at REAL NOT NULL,
            last_seen REAL,
            interaction_count INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        """CREATE TABLE face_embeddings (
            id INTEGER PRIMARY KEY,
            user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
            embedding BLOB NOT NULL,
            created_at REAL NOT NULL,
            UNIQUE (user_id, embedding)
        ) STRICT""",
        """CREATE TABLE memories (
            id INTEGER PRIMARY KEY,
            memory_id TEXT NOT NULL UNIQUE,
            user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
            type TEXT NOT NULL CHECK (type IN ('fact', 'preference', 'event', 'conversation')),
            content TEXT NOT NULL,
            importance INTEGER NOT NULL CHECK (importance BETWEEN 1 AND 10),
            created_at REAL NOT NULL
        ) STRICT""",
        """CREATE INDEX memories_by_weight
            ON memories (user_id, importance DESC, created_at DESC, memory_id)""",
        """CREATE TABLE sessions (
            session_id TEXT PRIMARY KEY NOT NULL,
            device_id TEXT CHECK (device_id <> ''),
            user_id TEXT,
            created_at REAL NOT NULL,
            last_seen REAL NOT NULL,
            dialect TEXT
        ) STRICT""",
        "CREATE INDEX sessions_of_device ON sessions (device_id, last_seen)",
        """CREATE TABLE conversation_history (
            session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
            "index" INTEGER NOT NULL,
            user_id TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('person', 'robot')),
            content TEXT NOT NULL,
            created_at REAL NOT NULL,
            request_id TEXT,
            cut_off INTEGER NOT NULL DEFAULT 0,
            compacted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (session_id, "index")
        ) STRICT""",
        "CREATE INDEX history_of_user ON conversation_history (user_id)",
    ):
        db.execute(statement)


def _memory_and_forgetting(db: Database) -> None:
    """What a mind needs: where memories come from and go, an index, and what happened.

    The memories of before were kept without a privacy gate: so the model has still to check them.
    An importance of 10 was the model's word; now it means that the person asked for it.

    Interactions, media, events and reminders may be a stranger's, and outlive what they point to:
    hence no foreign keys there.
    """
    for statement in (
        "ALTER TABLE users ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE memories ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE memories ADD COLUMN slot TEXT",
        "ALTER TABLE memories ADD COLUMN valid_until REAL",
        "ALTER TABLE memories ADD COLUMN superseded_by TEXT",
        "ALTER TABLE memories ADD COLUMN session_id TEXT",
        "ALTER TABLE memories ADD COLUMN request_id TEXT",
        "ALTER TABLE memories ADD COLUMN checked INTEGER NOT NULL DEFAULT 1",
        "UPDATE memories SET checked = 0, importance = min(importance, 9)",
        """CREATE INDEX memories_by_age
            ON memories (user_id, created_at DESC, memory_id, importance, superseded_by)""",
        "CREATE INDEX memories_in_slot ON memories (user_id, slot) WHERE slot IS NOT NULL",
        "CREATE INDEX memories_unchecked ON memories (created_at, memory_id) WHERE checked = 0",
        """CREATE TABLE memory_sources (
            memory_id TEXT NOT NULL REFERENCES memories (memory_id) ON DELETE CASCADE,
            session_id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            PRIMARY KEY (memory_id, session_id, request_id)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE interactions (
            session_id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            type TEXT NOT NULL CHECK (type IN ('audio', 'vision', 'text')),
            summary TEXT,
            emotion TEXT,
            outcome TEXT NOT NULL,
            created_at REAL NOT NULL,
            first_text_ms INTEGER,
            duration_ms INTEGER NOT NULL,
            prompt_tokens INTEGER NOT NULL,
            answer_tokens INTEGER NOT NULL,
            considered INTEGER NOT NULL,
            PRIMARY KEY (session_id, request_id, created_at)
        ) STRICT""",
        """CREATE INDEX interactions_unconsidered
            ON interactions (created_at) WHERE considered = 0""",
        "CREATE INDEX interactions_of_user ON interactions (user_id, created_at DESC)",
        """CREATE TABLE usage (
            day TEXT NOT NULL,
            purpose TEXT NOT NULL,
            prompt_tokens INTEGER NOT NULL,
            answer_tokens INTEGER NOT NULL,
            PRIMARY KEY (day, purpose)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE media (
            name TEXT PRIMARY KEY NOT NULL,
            user_id TEXT NOT NULL,
            session_id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            type TEXT NOT NULL CHECK (type IN ('audio', 'image', 'video')),
            mime TEXT NOT NULL,
            size INTEGER NOT NULL,
            created_at REAL NOT NULL,
            expires_at REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX media_of_user ON media (user_id, created_at)",
        """CREATE TABLE events (
            event_id TEXT PRIMARY KEY NOT NULL,
            type TEXT NOT NULL,
            at REAL NOT NULL,
            user_id TEXT,
            session_id TEXT,
            details TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX events_by_age ON events (at DESC, event_id)",
        "CREATE INDEX events_of_user ON events (user_id) WHERE user_id IS NOT NULL",
        """CREATE TABLE reminders (
            reminder_id TEXT PRIMARY KEY NOT NULL,
            user_id TEXT NOT NULL,
            device_id TEXT CHECK (device_id <> ''),
            session_id TEXT NOT NULL,
            request_id TEXT NOT NULL,
            type TEXT NOT NULL CHECK (type IN ('timer', 'reminder')),
            label TEXT NOT NULL,
            due_at REAL NOT NULL,
            created_at REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX reminders_of_user ON reminders (user_id, due_at)",
        "CREATE INDEX reminders_of_device ON reminders (device_id, due_at)",
        "CREATE INDEX reminders_by_age ON reminders (due_at)",
        """CREATE TABLE forgotten (
            digest TEXT PRIMARY KEY NOT NULL,
            at REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX sessions_of_user ON sessions (user_id) WHERE user_id IS NOT NULL",
    ):
        db.execute(statement)
    index.create(db)
    index.put_all(db)


def _keys(db: Database) -> None:
    """Keys, one a device."""
    db.execute(
        """CREATE TABLE keys (
            key_id TEXT PRIMARY KEY NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('robot', 'operator', 'reader')),
            created_at REAL NOT NULL,
            expires_at REAL,
            revoked_at REAL,
            last_used_at REAL,
            device_id TEXT CHECK (device_id <> '')
        ) STRICT"""
    )


def _texts(db: Database) -> None:
    """Texts that readers ask about, cut into passages; and what binds a reader's key.

    The `id`s of a text's passages follow each other; the index points at them. Origins are divided
    by spaces, which none has in it.
    """
    for statement in (
        """CREATE TABLE texts (
            text_id TEXT PRIMARY KEY NOT NULL,
            title TEXT NOT NULL,
            type TEXT NOT NULL CHECK (type IN ('markdown', 'plain', 'html', 'pdf', 'epub')),
            size INTEGER NOT NULL,
            digest TEXT NOT NULL,
            passages INTEGER NOT NULL,
            characters INTEGER NOT NULL,
            added_at REAL NOT NULL,
            url TEXT
        ) STRICT""",
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY,
            text_id TEXT NOT NULL REFERENCES texts (text_id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            heading TEXT NOT NULL,
            anchor TEXT NOT NULL,
            place TEXT NOT NULL,
            words TEXT NOT NULL,
            UNIQUE (text_id, position)
        ) STRICT""",
        "ALTER TABLE keys ADD COLUMN origins TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE keys ADD COLUMN daily_tokens INTEGER",
    ):
        db.execute(statement)
    passage_index.create(db)


MIGRATIONS = (
    Migration(1, "people_and_conversations", _people_and_conversations),
    Migration(2, "memory_and_forgetting", _memory_and_forgetting),
    Migration(3, "keys", _keys),
    Migration(4, "texts", _texts),
)


def schema_of(db: Database) -> int:
    """Return the number of the last step that the database has taken; 0 for a new one."""
    (number,) = db.execute("PRAGMA user_version").fetchone()
    return int(number)


def pending(db: Database, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """Return the steps still to be taken, in order.

    Raises:
        ConfigurationError: the database has taken steps that this server does not know.
    """
    have, newest = schema_of(db), migrations[-1].number
    if have > newest:
        message = f"the database is newer than this server: schema {have}, known up to {newest}"
        raise ConfigurationError(message)
    return tuple(migration for migration in migrations if migration.number > have)


def migrate(db: Database, steps: Sequence[Migration]) -> None:
    """Take `steps`, each in a transaction of its own. Foreign keys must be off meanwhile.

    A step that fails is undone whole, the ones before it stay. Foreign keys are off because
    SQLite can rebuild a table only so; they are checked at the end of each step instead.

    Raises:
        ConfigurationError: a step left rows that point to nothing.
        sqlite3.Error: what SQLite says.
    """
    for step in steps:
        with db.atomic():
            # First, since it takes the lock: of two servers that start at once, one waits.
            db.execute(f"PRAGMA user_version = {step.number}")
            step.apply(db)
            if db.execute("PRAGMA foreign_key_check").fetchone() is not None:
                message = f"migration {step.number} ({step.name}) left rows that point to nothing"
                raise ConfigurationError(message)
        log.info("database_migrated", schema=step.number, name=step.name)
