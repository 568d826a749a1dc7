"""The SQL of reading: one function a question, from a database to rows. One list.

Owns the order of columns in each kind of row. Called with the reader's connection, or with the
writer's within an erasure. What each answers is said in `robi.store.base.Store`.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from attrs import evolve
from sqlite_utils import Database

from robi.store import passage_index, relevance
from robi.store.index import token
from robi.store.keys import KeyRow
from robi.store.passage_index import Scope
from robi.store.rows import (
    PINNED,
    Embedding,
    EventRow,
    FoundPassage,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    MemorySource,
    PassageRow,
    Person,
    ReminderRow,
    Scored,
    SessionRow,
    SpentRow,
    TextRow,
    UsageRow,
)

_RowT = TypeVar("_RowT")
_Value = str | float | int | bytes | None

_PERSON = "SELECT user_id, name, created_at, last_seen, interaction_count, preferences FROM users"
_OF_MEMORY = (
    "memory_id, user_id, type, content, importance, created_at, subject, slot,"
    " valid_until, superseded_by, session_id, request_id, checked FROM memories"
)
_MEMORY = "SELECT " + _OF_MEMORY
_CURRENT_COUNT = "SELECT count(*) FROM memories WHERE user_id = ? AND superseded_by IS NULL"
_SEARCH = (
    "(SELECT json_group_array(rowid) FROM (SELECT rowid FROM memory_words"
    " WHERE memory_words MATCH ? ORDER BY rowid DESC LIMIT ?))"
)
_BY_WEIGHT = " ORDER BY importance DESC, created_at DESC, memory_id LIMIT ? OFFSET ?"
_NEWEST = " ORDER BY created_at DESC, memory_id LIMIT ?"
_SESSION = "SELECT session_id, device_id, user_id, created_at, last_seen, dialect FROM sessions"
_HISTORY = (
    'SELECT session_id, "index", user_id, role, content, created_at, request_id, cut_off,'
    " compacted FROM conversation_history"
)
_INTERACTION = (
    "SELECT session_id, request_id, user_id, type, summary, emotion, outcome, created_at,"
    " first_text_ms, duration_ms, prompt_tokens, answer_tokens, considered"
    " FROM interactions"
)
_MEDIA = (
    "SELECT name, user_id, session_id, request_id, type, mime, size, created_at, expires_at"
    " FROM media"
)
_REMINDER = (
    "SELECT reminder_id, user_id, device_id, session_id, request_id, type, label, due_at,"
    " created_at FROM reminders"
)
_TEXT = "SELECT text_id, title, type, size, digest, passages, characters, added_at, url FROM texts"
_SCOPE = "SELECT coalesce(min(id), 0), coalesce(max(id), 0), count(*) FROM passages"
_EVENT = "SELECT event_id, type, at, user_id, session_id, details FROM events"


def _all(db: Database, make: Callable[..., _RowT], sql: str, *values: _Value) -> tuple[_RowT, ...]:
    return tuple(make(*row) for row in db.execute(sql, values))


def _one(db: Database, make: Callable[..., _RowT], sql: str, *values: _Value) -> _RowT | None:
    row = db.execute(sql, values).fetchone()
    return None if row is None else make(*row)


def _number(db: Database, sql: str, *values: _Value) -> int:
    (number,) = db.execute(sql, values).fetchone()
    return int(number)


def _at_most(limit: int | None) -> int:
    return -1 if limit is None else limit


# ── people ────────────────────────────────────────────────────────────────────────────────


def _person(  # noqa: PLR0913, PLR0917 (a row)
    person_id: str,
    name: str | None,
    created_at: float,
    last_seen: float | None,
    interaction_count: int,
    preferences: str,
) -> Person:
    known = json.loads(preferences)
    return Person(person_id, name, created_at, last_seen, interaction_count, known)


def person(db: Database, person_id: str) -> Person | None:
    """Answer `Store.person`."""
    return _one(db, _person, _PERSON + " WHERE user_id = ?", person_id)


def people(db: Database, limit: int | None, offset: int) -> tuple[Person, ...]:
    """Answer `Store.people`."""
    sql = _PERSON + " ORDER BY created_at, user_id LIMIT ? OFFSET ?"
    return _all(db, _person, sql, _at_most(limit), offset)


def people_count(db: Database) -> int:
    """Answer `Store.people_count`."""
    return _number(db, "SELECT count(*) FROM users")


def embeddings(db: Database, person_id: str) -> tuple[Embedding, ...]:
    """Answer `Store.embeddings`."""
    return _all(
        db,
        Embedding,
        "SELECT user_id, embedding, created_at"
        " FROM face_embeddings WHERE user_id = ? ORDER BY created_at, embedding",
        person_id,
    )


def forgotten(db: Database) -> frozenset[str]:
    """Answer `Store.forgotten`."""
    return frozenset(_all(db, str, "SELECT digest FROM forgotten"))


# ── memories ──────────────────────────────────────────────────────────────────────────────


def memory(db: Database, memory_id: str) -> Memory | None:
    """Answer `Store.memory`."""
    return _one(db, Memory, _MEMORY + " WHERE memory_id = ?", memory_id)


def memories(
    db: Database, person_id: str, limit: int | None, offset: int, superseded: bool
) -> tuple[Memory, ...]:
    """Answer `Store.memories`."""
    which = " WHERE user_id = ?" if superseded else " WHERE user_id = ? AND superseded_by IS NULL"
    return _all(db, Memory, _MEMORY + which + _BY_WEIGHT, person_id, _at_most(limit), offset)


def memories_count(db: Database, person_id: str) -> int:
    """Answer `Store.memories_count`."""
    return _number(db, _CURRENT_COUNT, person_id)


def relevant(
    db: Database, person_id: str, words: tuple[str, ...], now: float, limit: int
) -> tuple[Scored, ...]:
    """Answer `Store.relevant`.

    All words are searched for in one statement, and what is found is had in one: each step of a
    statement lets go of the interpreter, and on a busy server it takes long to have it again.

    The index has nothing superseded; the person is asked for all the same, as a number may be given
    to another memory between two statements.
    """
    stems = relevance.searched(words)
    if not stems or not limit:
        return ()
    share = relevance.share(stems)
    asked: list[_Value] = [person_id]
    for stem in stems:
        asked += f'"{token(person_id, stem)}"', share
    sql = ", ".join([f"SELECT ({_CURRENT_COUNT})", *[_SEARCH] * len(stems)])
    known, *found = db.execute(sql, asked).fetchone()
    ranks = relevance.ranked(map(json.loads, found), known)
    scored: list[Scored] = []
    for start in range(0, len(ranks), limit):
        next_best = dict(ranks[start : start + limit])
        memories_found = _numbered(db, person_id, next_best)
        scored += [
            Scored(memories_found[number], rank)
            for number, rank in next_best.items()
            if number in memories_found and memories_found[number].is_current(now)
        ]
        if len(scored) >= limit:
            break
    return tuple(scored[:limit])


def _numbered(db: Database, person_id: str, numbers: Iterable[int]) -> dict[int, Memory]:
    """Return the memories of one person that have these numbers, by number."""
    which = " WHERE id IN (SELECT value FROM json_each(?)) AND user_id = ?"
    rows = db.execute("SELECT id, " + _OF_MEMORY + which, (json.dumps(list(numbers)), person_id))
    return {number: Memory(*row) for number, *row in rows}


def pinned(db: Database, person_id: str, limit: int) -> tuple[Memory, ...]:
    """Answer `Store.pinned`."""
    which = " WHERE user_id = ? AND importance = ? AND superseded_by IS NULL"
    return _all(db, Memory, _MEMORY + which + _NEWEST, person_id, PINNED, limit)


def weighty(db: Database, person_id: str, now: float, least: int, limit: int) -> tuple[Memory, ...]:
    """Answer `Store.weighty`.

    The plus keeps SQLite from finding them by weight, and then sorting thousands by age.
    """
    which = (
        " WHERE user_id = ? AND +importance >= ? AND superseded_by IS NULL"
        " AND (valid_until IS NULL OR valid_until > ?)"
    )
    return _all(db, Memory, _MEMORY + which + _NEWEST, person_id, least, now, limit)


def in_slot(db: Database, person_id: str, subject: str, slot: str) -> tuple[Memory, ...]:
    """Answer `Store.in_slot`."""
    which = " WHERE user_id = ? AND slot = ? AND subject = ? AND superseded_by IS NULL"
    return _all(db, Memory, _MEMORY + which + _NEWEST, person_id, slot, subject, -1)


def unchecked(db: Database, limit: int) -> tuple[Memory, ...]:
    """Answer `Store.unchecked`."""
    which = " WHERE checked = 0 ORDER BY created_at, memory_id LIMIT ?"
    return _all(db, Memory, _MEMORY + which, limit)


def sources(db: Database, person_id: str) -> tuple[MemorySource, ...]:
    """Answer `Store.sources`."""
    sql = (
        "SELECT memory_id, s.session_id, s.request_id"
        " FROM memory_sources AS s JOIN memories USING (memory_id)"
        " WHERE user_id = ? ORDER BY memory_id, s.session_id, s.request_id"
    )
    return _all(db, MemorySource, sql, person_id)


# ── conversations ─────────────────────────────────────────────────────────────────────────


def session(db: Database, session_id: str) -> SessionRow | None:
    """Answer `Store.session`."""
    return _one(db, SessionRow, _SESSION + " WHERE session_id = ?", session_id)


def last_session_of(db: Database, device_id: str) -> SessionRow | None:
    """Answer `Store.last_session_of`."""
    which = " WHERE device_id = ? ORDER BY last_seen DESC, session_id DESC LIMIT 1"
    return _one(db, SessionRow, _SESSION + which, device_id)


def sessions_of(db: Database, person_id: str) -> tuple[SessionRow, ...]:
    """Answer `Store.sessions_of`."""
    which = " WHERE user_id = ? ORDER BY last_seen DESC, session_id"
    return _all(db, SessionRow, _SESSION + which, person_id)


def history(db: Database, session_id: str, newest: int | None = None) -> tuple[HistoryRow, ...]:
    """Answer `Store.history`."""
    which = ' WHERE session_id = ? ORDER BY "index" DESC LIMIT ?'
    return _all(db, HistoryRow, _HISTORY + which, session_id, _at_most(newest))[::-1]


def history_of(
    db: Database, person_id: str, limit: int | None = None, offset: int = 0
) -> tuple[HistoryRow, ...]:
    """Answer `Store.history_of`."""
    which = ' WHERE user_id = ? ORDER BY created_at, session_id, "index" LIMIT ? OFFSET ?'
    return _all(db, HistoryRow, _HISTORY + which, person_id, _at_most(limit), offset)


def interactions(
    db: Database, person_id: str, limit: int | None = None, offset: int = 0
) -> tuple[InteractionRow, ...]:
    """Answer `Store.interactions`."""
    which = " WHERE user_id = ? ORDER BY created_at DESC, session_id, request_id LIMIT ? OFFSET ?"
    return _all(db, InteractionRow, _INTERACTION + which, person_id, _at_most(limit), offset)


def unconsidered(db: Database, limit: int) -> tuple[InteractionRow, ...]:
    """Answer `Store.unconsidered`."""
    which = (
        " WHERE considered = 0 AND user_id IN (SELECT user_id FROM users)"
        " ORDER BY created_at, session_id, request_id LIMIT ?"
    )
    return _all(db, InteractionRow, _INTERACTION + which, limit)


def usage(db: Database, since: str) -> tuple[UsageRow, ...]:
    """Answer `Store.usage`."""
    sql = (
        "SELECT day, purpose, prompt_tokens, answer_tokens FROM usage"
        " WHERE day >= ? ORDER BY day, purpose"
    )
    return _all(db, UsageRow, sql, since)


def spent(db: Database, since: float) -> tuple[SpentRow, ...]:
    """Return what the turns of each person took from then on, most first; for `robi usage`."""
    sql = (
        "SELECT user_id, count(*), sum(prompt_tokens), sum(answer_tokens) FROM interactions"
        " WHERE created_at >= ? GROUP BY user_id"
        " ORDER BY sum(prompt_tokens) + sum(answer_tokens) DESC, user_id"
    )
    return _all(db, SpentRow, sql, since)


# ── media and events ──────────────────────────────────────────────────────────────────────


def media(db: Database, person_id: str) -> tuple[MediaRow, ...]:
    """Answer `Store.media`."""
    return _all(db, MediaRow, _MEDIA + " WHERE user_id = ? ORDER BY created_at, name", person_id)


def all_media(db: Database) -> tuple[MediaRow, ...]:
    """Answer `Store.all_media`."""
    return _all(db, MediaRow, _MEDIA + " ORDER BY created_at, name")


def _event(  # noqa: PLR0913, PLR0917 (a row)
    event_id: str,
    kind: str,
    at: float,
    person_id: str | None,
    session_id: str | None,
    details: str,
) -> EventRow:
    return EventRow(event_id, kind, at, person_id, session_id, json.loads(details))


def events(db: Database, limit: int | None, offset: int) -> tuple[EventRow, ...]:
    """Answer `Store.events`."""
    sql = _EVENT + " ORDER BY at DESC, event_id LIMIT ? OFFSET ?"
    return _all(db, _event, sql, _at_most(limit), offset)


# ── reminders ─────────────────────────────────────────────────────────────────────────────


def reminders(db: Database, person_id: str) -> tuple[ReminderRow, ...]:
    """Answer `Store.reminders`."""
    which = " WHERE user_id = ? ORDER BY due_at, reminder_id"
    return _all(db, ReminderRow, _REMINDER + which, person_id)


def reminders_here(db: Database, session_id: str, device_id: str | None) -> tuple[ReminderRow, ...]:
    """Answer `Store.reminders_here`."""
    if device_id:
        which = " WHERE device_id = ? ORDER BY due_at, reminder_id"
        return _all(db, ReminderRow, _REMINDER + which, device_id)
    which = " WHERE device_id IS NULL AND session_id = ? ORDER BY due_at, reminder_id"
    return _all(db, ReminderRow, _REMINDER + which, session_id)


# ── texts ─────────────────────────────────────────────────────────────────────────────────


def text(db: Database, text_id: str) -> TextRow | None:
    """Answer `Store.text`."""
    return _one(db, TextRow, _TEXT + " WHERE text_id = ?", text_id)


def texts(db: Database, limit: int | None, offset: int) -> tuple[TextRow, ...]:
    """Answer `Store.texts`."""
    sql = _TEXT + " ORDER BY text_id LIMIT ? OFFSET ?"
    return _all(db, TextRow, sql, _at_most(limit), offset)


def texts_count(db: Database) -> int:
    """Answer `Store.texts_count`."""
    return _number(db, "SELECT count(*) FROM texts")


def passages_like(
    db: Database, text_id: str | None, words: tuple[str, ...], limit: int
) -> tuple[FoundPassage, ...]:
    """Answer `Store.passages_like`.

    A text may be replaced between two statements; its passages then simply are not there any more.
    """
    scores = dict(passage_index.search(db, words, _scope(db, text_id), limit))
    rows = db.execute(
        "SELECT id, title, url, p.text_id, position, heading, anchor, place, words"
        " FROM passages AS p JOIN texts AS t USING (text_id)"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(scores)),),
    )
    found = {
        number: FoundPassage(_passage(*passage), title, url, scores[number])
        for number, title, url, *passage in rows
    }
    return tuple(found[number] for number in scores if number in found)


def _scope(db: Database, text_id: str | None) -> Scope:
    if text_id is None:
        row = db.execute(_SCOPE).fetchone()
    else:
        row = db.execute(_SCOPE + " WHERE text_id = ?", (text_id,)).fetchone()
    return Scope(*row)


def _passage(  # noqa: PLR0913, PLR0917 (a row)
    text_id: str, position: int, heading: str, anchor: str, place: str, words: str
) -> PassageRow:
    return PassageRow(text_id, position, tuple(json.loads(heading)), anchor, place, words)


# ── keys ──────────────────────────────────────────────────────────────────────────────────


def _key(*row: Any) -> KeyRow:
    *known, origins, daily_tokens = row
    return evolve(KeyRow(*known), origins=tuple(origins.split()), daily_tokens=daily_tokens)


def keys(db: Database) -> tuple[KeyRow, ...]:
    """Answer `Store.keys`."""
    sql = (
        "SELECT key_id, digest, name, role, created_at, expires_at, revoked_at, last_used_at,"
        " device_id, origins, daily_tokens FROM keys ORDER BY created_at, key_id"
    )
    return _all(db, _key, sql)
