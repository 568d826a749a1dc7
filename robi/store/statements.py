"""What each write does to the tables, in plain SQL: the hot path of the store. One table of them.

Owns the SQL of writing; that of erasing is in `erasing`. Plain statements, since `table.insert`
costs seven times as much (findings.md, *SQLite*); each is idempotent, as `robi.store.writes`
promises.
"""

import json
from collections.abc import Mapping

from sqlite_utils import Database

from robi.store import index, passage_index
from robi.store.erasures import digest
from robi.store.keys import KeyRow
from robi.store.rows import (
    READER_PREFIX,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    PassageRow,
    ReminderRow,
    TextRow,
)
from robi.store.writes import (
    AddEmbedding,
    AddEvent,
    AddInteraction,
    AddKey,
    AddMedia,
    AddMemory,
    AddReminder,
    AddText,
    AmendHistory,
    AppendHistory,
    CheckMemory,
    CompactHistory,
    Consider,
    DropEvents,
    DropMedia,
    DropReaders,
    DropReminder,
    DropReminders,
    DropText,
    ExpireMedia,
    KeepUsage,
    KeyWrite,
    PersonWrite,
    ReaderWrite,
    Readmit,
    ReassignHistory,
    RevokeKey,
    SavePerson,
    SaveSession,
    SeePerson,
    SessionWrite,
    StrengthenMemory,
    SupersedeMemory,
    UseKey,
    Write,
)

_SAVE_PERSON = """
INSERT INTO users (user_id, name, created_at, last_seen, interaction_count, preferences)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (user_id) DO UPDATE SET
    preferences = json_patch(preferences, excluded.preferences),
    name = coalesce(excluded.name, name),
    last_seen = coalesce(max(last_seen, excluded.last_seen), last_seen, excluded.last_seen),
    interaction_count = max(interaction_count, excluded.interaction_count)
"""

_SEE_PERSON = """
INSERT INTO users (user_id, created_at, last_seen, interaction_count)
VALUES (:user_id, :at, :at, 1)
ON CONFLICT (user_id) DO UPDATE SET
    last_seen = excluded.last_seen,
    interaction_count = interaction_count + 1
WHERE last_seen IS NULL OR last_seen < excluded.last_seen
"""

_ADD_EMBEDDING = """
INSERT INTO face_embeddings (user_id, embedding, created_at) VALUES (?, ?, ?)
ON CONFLICT (user_id, embedding) DO UPDATE SET created_at = max(created_at, excluded.created_at)
"""

_DROP_OLD_EMBEDDINGS = """
DELETE FROM face_embeddings WHERE id IN (
    SELECT id FROM face_embeddings WHERE user_id = ?
    ORDER BY created_at DESC, embedding DESC LIMIT -1 OFFSET ?
)
"""

_ADD_MEMORY = """
INSERT INTO memories (
    memory_id, user_id, type, content, importance, created_at, subject, slot, valid_until,
    superseded_by, session_id, request_id, checked
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (memory_id) DO NOTHING
RETURNING id
"""

_STRENGTHEN_MEMORY = "UPDATE memories SET importance = max(importance, ?) WHERE memory_id = ?"

_ADD_SOURCE = """
INSERT OR IGNORE INTO memory_sources (memory_id, session_id, request_id)
SELECT memory_id, ?, ? FROM memories WHERE memory_id = ?
"""

_CHECK_MEMORY = "UPDATE memories SET checked = 1 WHERE memory_id = ?"

_SUPERSEDE_MEMORY = """
WITH RECURSIVE successors (memory_id) AS (
    SELECT :new
    UNION
    SELECT superseded_by FROM memories JOIN successors USING (memory_id)
    WHERE superseded_by IS NOT NULL
)
UPDATE memories SET superseded_by = :new
WHERE memory_id = :old AND superseded_by IS NULL
    AND user_id = (SELECT user_id FROM memories WHERE memory_id = :new)
    AND memory_id NOT IN successors
RETURNING id
"""

_SAVE_SESSION = """
INSERT INTO sessions (session_id, device_id, user_id, created_at, last_seen, dialect)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id) DO UPDATE SET
    device_id = excluded.device_id,
    user_id = excluded.user_id,
    last_seen = excluded.last_seen,
    dialect = coalesce(excluded.dialect, dialect)
"""

_PUT_HISTORY = """
INSERT INTO conversation_history (
    session_id, "index", user_id, role, content, created_at, request_id, cut_off, compacted
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id, "index") DO UPDATE SET
    user_id = excluded.user_id,
    role = excluded.role,
    content = excluded.content,
    created_at = excluded.created_at,
    request_id = excluded.request_id,
    cut_off = excluded.cut_off,
    compacted = excluded.compacted
"""

_AMEND_HISTORY = """
UPDATE conversation_history SET content = ?, cut_off = ?
WHERE session_id = ? AND "index" = ?
"""

_REASSIGN_HISTORY = """
UPDATE conversation_history SET user_id = ? WHERE session_id = ? AND user_id = ?
"""

_REASSIGN_SESSION = "UPDATE sessions SET user_id = ? WHERE session_id = ? AND user_id = ?"

_REASSIGN_OF_SESSION = (
    _REASSIGN_HISTORY,
    _REASSIGN_SESSION,
    "UPDATE interactions SET user_id = ? WHERE session_id = ? AND user_id = ?",
    "UPDATE media SET user_id = ? WHERE session_id = ? AND user_id = ?",
    "UPDATE events SET user_id = ? WHERE session_id = ? AND user_id = ?",
    "UPDATE reminders SET user_id = ? WHERE session_id = ? AND user_id = ?",
)

_ADD_INTERACTION = """
INSERT OR REPLACE INTO interactions (
    session_id, request_id, user_id, type, summary, emotion, outcome, created_at, first_text_ms,
    duration_ms, prompt_tokens, answer_tokens, considered
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_CONSIDER = """
UPDATE interactions SET considered = 1 WHERE session_id = ? AND request_id = ? AND created_at = ?
"""

_KEEP_USAGE = """
INSERT INTO usage (day, purpose, prompt_tokens, answer_tokens) VALUES (?, ?, ?, ?)
ON CONFLICT (day, purpose) DO UPDATE SET
    prompt_tokens = max(prompt_tokens, excluded.prompt_tokens),
    answer_tokens = max(answer_tokens, excluded.answer_tokens)
"""

_ADD_MEDIA = """
INSERT OR REPLACE INTO media (
    name, user_id, session_id, request_id, type, mime, size, created_at, expires_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_EXPIRE_MEDIA = "UPDATE media SET expires_at = min(expires_at, ?) WHERE name = ?"

_DROP_MEDIA = "DELETE FROM media WHERE name = ?"

_ADD_EVENT = """
INSERT INTO events (event_id, type, at, user_id, session_id, details) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (event_id) DO NOTHING
"""

_DROP_EVENTS = "DELETE FROM events WHERE at < ?"

_ADD_REMINDER = """
INSERT OR REPLACE INTO reminders (
    reminder_id, user_id, device_id, session_id, request_id, type, label, due_at, created_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_DROP_REMINDER = "DELETE FROM reminders WHERE reminder_id = ?"

_DROP_REMINDERS = "DELETE FROM reminders WHERE due_at < ?"

# Ids that begin with the prefix, as a range: up to the character after its last.
_READERS = (READER_PREFIX, READER_PREFIX[:-1] + chr(ord(READER_PREFIX[-1]) + 1))

_DROP_READERS = (
    "DELETE FROM sessions WHERE session_id >= ? AND session_id < ? AND last_seen < ?",
    "DELETE FROM conversation_history WHERE session_id >= ? AND session_id < ? AND created_at < ?",
    "DELETE FROM interactions WHERE session_id >= ? AND session_id < ? AND created_at < ?",
)

_ADD_TEXT = """
INSERT INTO texts (
    text_id, title, type, size, digest, passages, characters, added_at, url
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_ADD_PASSAGE = """
INSERT INTO passages (id, text_id, position, heading, anchor, place, words)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

_ADD_KEY = """
INSERT INTO keys (
    key_id, digest, name, role, created_at, expires_at, revoked_at, last_used_at, device_id,
    origins, daily_tokens
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""

_REVOKE_KEY = "UPDATE keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL"

_USE_KEY = """
UPDATE keys SET last_used_at = max(coalesce(last_used_at, :at), :at) WHERE key_id = :key_id
"""

_READMIT = "DELETE FROM forgotten WHERE digest = ?"

_DROP_COMPACTED = """
DELETE FROM conversation_history
WHERE session_id = ? AND user_id = ? AND "index" BETWEEN ? AND ?
"""


def apply(db: Database, write: Write) -> None:
    """Do `write` within the transaction that is open on `db`. Raises what SQLite raises."""
    if isinstance(write, PersonWrite):
        _apply_to_person(db, write)
    elif isinstance(write, ReaderWrite):
        _apply_for_readers(db, write)
    elif isinstance(write, KeyWrite):
        _apply_to_key(db, write)
    else:
        _apply_to_session(db, write)


def _apply_to_person(db: Database, write: PersonWrite) -> None:
    match write:
        case SavePerson(p):
            known = (p.person_id, p.name, p.created_at, p.last_seen, p.interaction_count)
            db.execute(_SAVE_PERSON, (*known, _json(p.preferences)))
        case SeePerson(person_id, at):
            db.execute(_SEE_PERSON, {"user_id": person_id, "at": at})
        case Readmit(person_id):
            db.execute(_READMIT, (digest(person_id),))
        case AddEmbedding(e, keep):
            db.execute(_ADD_EMBEDDING, (e.person_id, e.vector, e.created_at))
            db.execute(_DROP_OLD_EMBEDDINGS, (e.person_id, keep))
        case AddMemory(memory):
            _add_memory(db, memory)
        case StrengthenMemory(memory_id, importance):
            db.execute(_STRENGTHEN_MEMORY, (importance, memory_id))
            if (s := write.source) is not None:
                db.execute(_ADD_SOURCE, (s.session_id, s.request_id, s.memory_id))
        case SupersedeMemory(old_id, new_id):
            rows = db.execute(_SUPERSEDE_MEMORY, {"old": old_id, "new": new_id}).fetchall()
            index.take_out(db, [number for (number,) in rows])
        case CheckMemory(memory_id):
            db.execute(_CHECK_MEMORY, (memory_id,))


def _apply_to_session(db: Database, write: SessionWrite) -> None:
    match write:
        case SaveSession(s):
            session = (s.session_id, s.device_id, s.person_id, s.created_at, s.last_seen, s.dialect)
            db.execute(_SAVE_SESSION, session)
        case AppendHistory(row):
            _put_history(db, row)
        case AmendHistory(session_id, place, content, cut_off):
            db.execute(_AMEND_HISTORY, (content, cut_off, session_id, place))
        case ReassignHistory(session_id, stranger_id, person_id):
            for statement in _REASSIGN_OF_SESSION:
                db.execute(statement, (person_id, session_id, stranger_id))
        case CompactHistory(first, summary):
            covered = (summary.session_id, summary.person_id, first, summary.index)
            db.execute(_DROP_COMPACTED, covered)
            _put_history(db, summary)
        case AddInteraction(row):
            _add_interaction(db, row)
        case Consider(session_id, request_id, at):
            db.execute(_CONSIDER, (session_id, request_id, at))
        case KeepUsage(u):
            db.execute(_KEEP_USAGE, (u.day, u.purpose, u.prompt_tokens, u.answer_tokens))
        case AddMedia(row):
            _add_media(db, row)
        case ExpireMedia(names, expires_at):
            for name in names:
                db.execute(_EXPIRE_MEDIA, (expires_at, name))
        case DropMedia(names):
            for name in names:
                db.execute(_DROP_MEDIA, (name,))
        case AddEvent(e):
            event = (e.event_id, e.kind, e.at, e.person_id, e.session_id, _json(e.details))
            db.execute(_ADD_EVENT, event)
        case DropEvents(before):
            db.execute(_DROP_EVENTS, (before,))
        case AddReminder(row):
            _add_reminder(db, row)
        case DropReminder(reminder_id):
            db.execute(_DROP_REMINDER, (reminder_id,))
        case DropReminders(before):
            db.execute(_DROP_REMINDERS, (before,))


def _apply_for_readers(db: Database, write: ReaderWrite) -> None:
    match write:
        case AddText(row, passages):
            _drop_text(db, row.text_id)
            _add_text(db, row, passages)
            passage_index.compress(db)
        case DropText(text_id):
            _drop_text(db, text_id)
            passage_index.compress(db)
        case DropReaders(before):
            for statement in _DROP_READERS:
                db.execute(statement, (*_READERS, before))


def _apply_to_key(db: Database, write: KeyWrite) -> None:
    match write:
        case AddKey(row):
            _add_key(db, row)
        case RevokeKey(key_id, at):
            db.execute(_REVOKE_KEY, (at, key_id))
        case UseKey(key_id, at):
            db.execute(_USE_KEY, {"key_id": key_id, "at": at})


def _json(mapping: Mapping[str, str] | Mapping[str, str | int]) -> str:
    return json.dumps(dict(mapping), ensure_ascii=False)


def _add_memory(db: Database, m: Memory) -> None:
    values = (
        m.memory_id,
        m.person_id,
        m.kind,
        m.content,
        m.importance,
        m.created_at,
        m.subject,
        m.slot,
        m.valid_until,
        m.superseded_by,
        m.session_id,
        m.request_id,
        m.checked,
    )
    added = db.execute(_ADD_MEMORY, values).fetchall()
    if m.superseded_by is None:
        for (number,) in added:
            index.put(db, number, m.person_id, m.content)


def _add_interaction(db: Database, row: InteractionRow) -> None:
    values = (
        row.session_id,
        row.request_id,
        row.person_id,
        row.kind,
        row.summary,
        row.emotion,
        row.outcome,
        row.created_at,
        row.first_text_ms,
        row.duration_ms,
        row.prompt_tokens,
        row.answer_tokens,
        row.considered,
    )
    db.execute(_ADD_INTERACTION, values)


def _add_media(db: Database, row: MediaRow) -> None:
    values = (
        row.name,
        row.person_id,
        row.session_id,
        row.request_id,
        row.kind,
        row.mime,
        row.size,
        row.created_at,
        row.expires_at,
    )
    db.execute(_ADD_MEDIA, values)


def _add_reminder(db: Database, row: ReminderRow) -> None:
    values = (
        row.reminder_id,
        row.person_id,
        row.device_id,
        row.session_id,
        row.request_id,
        row.kind,
        row.label,
        row.due_at,
        row.created_at,
    )
    db.execute(_ADD_REMINDER, values)


def _put_history(db: Database, row: HistoryRow) -> None:
    values = (
        row.session_id,
        row.index,
        row.person_id,
        row.role,
        row.content,
        row.created_at,
        row.request_id,
        row.cut_off,
        row.compacted,
    )
    db.execute(_PUT_HISTORY, values)


def _drop_text(db: Database, text_id: str) -> None:
    sql = "SELECT min(id), max(id) FROM passages WHERE text_id = ?"
    first, last = db.execute(sql, (text_id,)).fetchone()
    if first is not None:
        passage_index.take_out(db, first, last)
    db.execute("DELETE FROM texts WHERE text_id = ?", (text_id,))


def _add_text(db: Database, row: TextRow, passages: tuple[PassageRow, ...]) -> None:
    values = (
        row.text_id,
        row.title,
        row.kind,
        row.size,
        row.digest,
        row.passages,
        row.characters,
        row.added_at,
        row.url,
    )
    db.execute(_ADD_TEXT, values)
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()
    for number, each in enumerate(passages, last + 1):
        heading = json.dumps(each.heading, ensure_ascii=False)
        place = (each.text_id, each.position, heading, each.anchor, each.place)
        db.execute(_ADD_PASSAGE, (number, *place, each.words))
        passage_index.put(db, number, each.heading, each.words)


def _add_key(db: Database, row: KeyRow) -> None:
    values = (
        row.key_id,
        row.digest,
        row.name,
        row.role,
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.last_used_at,
        row.device_id,
        " ".join(row.origins),
        row.daily_tokens,
    )
    db.execute(_ADD_KEY, values)
