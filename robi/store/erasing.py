"""What each erasure does to the tables, in SQL, and what it found there.

Owns the SQL of erasing. `reach` decides what a memory or a turn takes with it; a person, or
everything of one, is simply all rows with that id. Afterwards the text is out of every row; getting
it out of the file is the work of `robi.store.sqlite`.
"""

from collections.abc import Sequence

from sqlite_utils import Database

from robi.store import index, questions
from robi.store.erasures import (
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Erasure,
    Receipt,
    digest,
)
from robi.store.reach import Belongings, Reach, of_memories, of_turns

_PEOPLE_ANYWHERE = """
SELECT user_id FROM users
UNION SELECT user_id FROM sessions WHERE user_id IS NOT NULL
UNION SELECT user_id FROM conversation_history
UNION SELECT user_id FROM interactions
UNION SELECT user_id FROM media
UNION SELECT user_id FROM events WHERE user_id IS NOT NULL
UNION SELECT user_id FROM reminders
"""


def erase(db: Database, erasure: Erasure) -> Receipt:
    """Do `erasure` within the transaction that is open on `db`. Raises what SQLite raises."""
    match erasure:
        case ErasePerson(person_id, at):
            receipt = _person(db, person_id, at)
        case EraseEverythingRemembered(person_id):
            receipt = _everything_remembered(db, person_id)
        case EraseMemory(person_id):
            receipt = _take(db, of_memories(erasure, _belongings(db, person_id)))
        case EraseTurns(person_id):
            receipt = _take(db, of_turns(erasure, _belongings(db, person_id)))
    index.compress(db)
    return receipt


def still_there(db: Database) -> tuple[str, ...]:
    """Return the ids of those who are forgotten and yet here: a backup has brought them back."""
    forgotten = questions.forgotten(db)
    if not forgotten:
        return ()
    return tuple(
        person_id
        for (person_id,) in db.execute(_PEOPLE_ANYWHERE).fetchall()
        if digest(person_id) in forgotten
    )


def _count(db: Database, sql: str, *values: str) -> int:
    return db.execute(sql, values).rowcount


def _person(db: Database, person_id: str, at: float) -> Receipt:
    receipt = _everything_remembered(db, person_id) + Receipt(
        faces=_count(db, "DELETE FROM face_embeddings WHERE user_id = ?", person_id),
        people=_count(db, "DELETE FROM users WHERE user_id = ?", person_id),
        sessions=_count(db, "UPDATE sessions SET user_id = NULL WHERE user_id = ?", person_id),
    )
    tombstone = "INSERT INTO forgotten (digest, at) VALUES (?, ?) ON CONFLICT DO NOTHING"
    db.execute(tombstone, (digest(person_id), at))
    return receipt


def _everything_remembered(db: Database, person_id: str) -> Receipt:
    numbers = db.execute("SELECT id FROM memories WHERE user_id = ?", (person_id,)).fetchall()
    index.take_out(db, [number for (number,) in numbers])
    db.execute("UPDATE users SET preferences = '{}' WHERE user_id = ?", (person_id,))
    summaries = "DELETE FROM conversation_history WHERE user_id = ? AND compacted"
    files = db.execute(
        "DELETE FROM media WHERE user_id = ? RETURNING name", (person_id,)
    ).fetchall()
    return Receipt(
        memories=_count(db, "DELETE FROM memories WHERE user_id = ?", person_id),
        summaries=_count(db, summaries, person_id),
        history=_count(db, "DELETE FROM conversation_history WHERE user_id = ?", person_id),
        interactions=_count(db, "DELETE FROM interactions WHERE user_id = ?", person_id),
        media=len(files),
        events=_count(db, "DELETE FROM events WHERE user_id = ?", person_id),
        files=tuple(sorted(name for (name,) in files)),
        reminders=_count(db, "DELETE FROM reminders WHERE user_id = ?", person_id),
    )


def _belongings(db: Database, person_id: str) -> Belongings:
    return Belongings(
        questions.memories(db, person_id, None, 0, superseded=True),
        questions.history_of(db, person_id),
        questions.interactions(db, person_id),
        questions.media(db, person_id),
        questions.reminders(db, person_id),
        questions.sources(db, person_id),
    )


def _take(db: Database, reach: Reach) -> Receipt:
    gone = reach.gone
    ids = [(memory.memory_id,) for memory in gone.memories]
    index.take_out(db, _numbers(db, ids))
    _each(db, "DELETE FROM memories WHERE memory_id = ?", ids)
    _each(
        db,
        'DELETE FROM conversation_history WHERE session_id = ? AND "index" = ?',
        [(row.session_id, row.index) for row in gone.history],
    )
    _each(
        db,
        "DELETE FROM interactions WHERE session_id = ? AND request_id = ? AND created_at = ?",
        [(row.session_id, row.request_id, row.created_at) for row in gone.interactions],
    )
    _each(db, "DELETE FROM media WHERE name = ?", [(row.name,) for row in gone.media])
    _each(
        db,
        "DELETE FROM reminders WHERE reminder_id = ?",
        [(row.reminder_id,) for row in gone.reminders],
    )
    _each(
        db,
        "DELETE FROM memory_sources WHERE memory_id = ? AND session_id = ? AND request_id = ?",
        [(row.memory_id, row.session_id, row.request_id) for row in gone.sources],
    )
    for memory in reach.changed:
        new = (memory.superseded_by, memory.memory_id)
        db.execute("UPDATE memories SET superseded_by = ? WHERE memory_id = ?", new)
        if memory.superseded_by is None:
            (number,) = _numbers(db, [(memory.memory_id,)])
            index.put(db, number, memory.person_id, memory.content)
    return gone.receipt()


def _each(db: Database, sql: str, keys: Sequence[tuple[str | float, ...]]) -> None:
    db.conn.executemany(sql, keys)


def _numbers(db: Database, ids: list[tuple[str]]) -> list[int]:
    sql = "SELECT id FROM memories WHERE memory_id = ?"
    return [number for each in ids for (number,) in db.execute(sql, each)]
