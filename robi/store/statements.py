"""What each write does to the tables, in plain SQL: the hot path of the store.

Owns the SQL of writing. Plain statements, since `table.insert` costs seven times as much
(findings.md, *SQLite*); each is idempotent, as `robi.store.base` promises.
"""

from sqlite_utils import Database

from robi.store.base import (
    AddEmbedding,
    AddMemory,
    AmendHistory,
    AppendHistory,
    CompactHistory,
    HistoryRow,
    PersonWrite,
    ReassignHistory,
    SavePerson,
    SaveSession,
    SeePerson,
    SessionWrite,
    StrengthenMemory,
    Write,
)

_SAVE_PERSON = """
INSERT INTO users (user_id, name, created_at, last_seen, interaction_count)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (user_id) DO UPDATE SET
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
INSERT INTO memories (memory_id, user_id, type, content, importance, created_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (memory_id) DO NOTHING
"""

_STRENGTHEN_MEMORY = "UPDATE memories SET importance = max(importance, ?) WHERE memory_id = ?"

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

_DROP_COMPACTED = """
DELETE FROM conversation_history
WHERE session_id = ? AND user_id = ? AND "index" BETWEEN ? AND ?
"""


def apply(db: Database, write: Write) -> None:
    """Do `write` within the transaction that is open on `db`. Raises what SQLite raises."""
    if isinstance(write, PersonWrite):
        _apply_to_person(db, write)
    else:
        _apply_to_session(db, write)


def _apply_to_person(db: Database, write: PersonWrite) -> None:
    match write:
        case SavePerson(p):
            person = (p.person_id, p.name, p.created_at, p.last_seen, p.interaction_count)
            db.execute(_SAVE_PERSON, person)
        case SeePerson(person_id, at):
            db.execute(_SEE_PERSON, {"user_id": person_id, "at": at})
        case AddEmbedding(e, keep):
            db.execute(_ADD_EMBEDDING, (e.person_id, e.vector, e.created_at))
            db.execute(_DROP_OLD_EMBEDDINGS, (e.person_id, keep))
        case AddMemory(m):
            memory = (m.memory_id, m.person_id, m.kind, m.content, m.importance, m.created_at)
            db.execute(_ADD_MEMORY, memory)
        case StrengthenMemory(memory_id, importance):
            db.execute(_STRENGTHEN_MEMORY, (importance, memory_id))


def _apply_to_session(db: Database, write: SessionWrite) -> None:
    match write:
        case SaveSession(s):
            session = (s.session_id, s.device_id, s.person_id, s.created_at, s.last_seen, s.dialect)
            db.execute(_SAVE_SESSION, session)
        case AppendHistory(row):
            _put_history(db, row)
        case AmendHistory(session_id, index, content, cut_off):
            db.execute(_AMEND_HISTORY, (content, cut_off, session_id, index))
        case ReassignHistory(session_id, stranger_id, person_id):
            db.execute(_REASSIGN_HISTORY, (person_id, session_id, stranger_id))
            db.execute(_REASSIGN_SESSION, (person_id, session_id, stranger_id))
        case CompactHistory(first, summary):
            covered = (summary.session_id, summary.person_id, first, summary.index)
            db.execute(_DROP_COMPACTED, covered)
            _put_history(db, summary)


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
