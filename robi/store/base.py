"""The port of the store: what can be written, erased and asked, whatever keeps it.

Owns what both twins (`ram`, `sqlite`) promise; `tests/store/test_contract.py` holds both to it. The
values are in `rows`, `writes` and `erasures`, and all of them can be had from here.

The port is synchronous on purpose. A twin is plain functions without a scheduler, so that it is
tested without one; where a call touches a disk the twin says so (`Store.blocking`), and the actor
takes it to a thread of its own (findings.md, *SQLite*).

This is one list of what can be asked.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from robi.errors import DatabaseError
from robi.store.erasures import (
    EraseEverythingRemembered,
    EraseMemory,
    ErasePerson,
    EraseTurns,
    Erasure,
    Receipt,
    digest,
)
from robi.store.keys import KEY_PREFIX, KeyRole, KeyRow, key_digest
from robi.store.reach import origins
from robi.store.rows import (
    PINNED,
    READER_PREFIX,
    Embedding,
    EventRow,
    FoundPassage,
    HistoryRow,
    InteractionKind,
    InteractionRow,
    MediaKind,
    MediaRow,
    Memory,
    MemoryKind,
    MemorySource,
    PassageRow,
    Person,
    ReminderKind,
    ReminderRow,
    Role,
    Scored,
    SessionRow,
    TextKind,
    TextRow,
    UsageRow,
)
from robi.store.writes import (
    EMBEDDINGS_KEPT,
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

__all__ = [
    "EMBEDDINGS_KEPT",
    "KEY_PREFIX",
    "PINNED",
    "READER_PREFIX",
    "AddEmbedding",
    "AddEvent",
    "AddInteraction",
    "AddKey",
    "AddMedia",
    "AddMemory",
    "AddReminder",
    "AddText",
    "AmendHistory",
    "AppendHistory",
    "CheckMemory",
    "CompactHistory",
    "Consider",
    "DropEvents",
    "DropMedia",
    "DropReaders",
    "DropReminder",
    "DropReminders",
    "DropText",
    "Embedding",
    "EraseEverythingRemembered",
    "EraseMemory",
    "ErasePerson",
    "EraseTurns",
    "Erasure",
    "EventRow",
    "ExpireMedia",
    "FoundPassage",
    "HistoryRow",
    "InteractionKind",
    "InteractionRow",
    "KeepUsage",
    "KeyRole",
    "KeyRow",
    "KeyWrite",
    "MediaKind",
    "MediaRow",
    "Memory",
    "MemoryKind",
    "MemorySource",
    "PassageRow",
    "Person",
    "PersonWrite",
    "ReaderWrite",
    "Readmit",
    "ReassignHistory",
    "Receipt",
    "ReminderKind",
    "ReminderRow",
    "RevokeKey",
    "Role",
    "SavePerson",
    "SaveSession",
    "Scored",
    "SeePerson",
    "SessionRow",
    "SessionWrite",
    "Store",
    "StrengthenMemory",
    "SupersedeMemory",
    "TextKind",
    "TextRow",
    "UsageRow",
    "UseKey",
    "Write",
    "WriteRejected",
    "digest",
    "key_digest",
    "origins",
]


class WriteRejected(DatabaseError):
    """A write that can never succeed: it speaks of a person or session that does not exist, say.

    Args:
        position: its place in the batch, which was not applied.
        reason: a name of SQLite's or a word of ours; never content.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"write {position} rejected: {reason}")
        self.position = position
        self.reason = reason


T = TypeVar("T")


class Store(Protocol):
    """Where everything is kept.

    One caller may write or erase while another reads; two never write, nor read, at the same time.
    All but the constructor raise `robi.errors.DatabaseError`, or `DiskFull`, when the database does
    not answer. A `limit` of None is all.
    """

    @property
    def blocking(self) -> bool:
        """Whether calls touch a disk, and must be made in a thread."""

    @property
    def refused(self) -> int:
        """Writes that were dropped since it was made, as they named someone forgotten."""

    def at_once(self, read: Callable[["Store"], T]) -> T:
        """Return what `read` returns; it does not wait for another program that holds the database.

        Raises:
            DatabaseError: as `read` does, or since the database is held.
        """

    def open(self) -> None:
        """Make ready: connect, migrate. Nothing if it is open already.

        Raises:
            ConfigurationError: it cannot be used as it is: newer than this server, not a database.
        """

    def close(self) -> None:
        """Let go. What was written stays, and it may be opened again."""

    # ── writing ───────────────────────────────────────────────────────────────────────────

    def write(self, batch: Sequence[Write]) -> None:
        """Apply all of the batch in its order and make it lasting, or nothing of it.

        What names someone forgotten is left out and counted; a session is kept without its person.

        Raises:
            WriteRejected: one of them can never be applied; the rest may be tried without it.
        """

    def erase(self, erasure: Erasure) -> Receipt:
        """Remove it from every table and from the disk; the receipt says that it is gone.

        When the database does not answer, the same may be asked again until it does; the receipt
        then tells of all that was removed meanwhile.

        Raises:
            WriteRejected: nothing can be kept under such an id.
        """

    # ── people ────────────────────────────────────────────────────────────────────────────

    def person(self, person_id: str) -> Person | None:
        """Return the person, or None."""

    def people(self, limit: int | None = None, offset: int = 0) -> tuple[Person, ...]:
        """Return everyone, first met first."""

    def people_count(self) -> int:
        """Return how many people there are."""

    def embeddings(self, person_id: str) -> tuple[Embedding, ...]:
        """Return the faces of one person, oldest first."""

    def forgotten(self) -> frozenset[str]:
        """Return the digests of the people who are forgotten."""

    # ── memories ──────────────────────────────────────────────────────────────────────────

    def memory(self, memory_id: str) -> Memory | None:
        """Return the memory, superseded or not, or None."""

    def memories(
        self,
        person_id: str,
        limit: int | None = None,
        offset: int = 0,
        *,
        superseded: bool = False,
    ) -> tuple[Memory, ...]:
        """Return what is known of one person: most important first, then newest.

        Those that were superseded are left out, unless `superseded` asks for all.
        """

    def memories_count(self, person_id: str) -> int:
        """Return how many memories there are of one person, without those superseded."""

    def relevant(
        self, person_id: str, words: tuple[str, ...], now: float, limit: int
    ) -> tuple[Scored, ...]:
        """Return what of one person has most to do with `words`, the best first.

        Only what is current, and only what has one of the words, in singular or plural.
        """

    def pinned(self, person_id: str, limit: int) -> tuple[Memory, ...]:
        """Return what one person asked to be kept, newest first, without what was superseded."""

    def weighty(self, person_id: str, now: float, least: int, limit: int) -> tuple[Memory, ...]:
        """Return what is current of one person and of importance `least` or more, newest first."""

    def in_slot(self, person_id: str, subject: str, slot: str) -> tuple[Memory, ...]:
        """Return what stands in a slot of a subject, newest first, without what was superseded."""

    def unchecked(self, limit: int) -> tuple[Memory, ...]:
        """Return memories that the model has not checked, oldest first; superseded ones too."""

    def sources(self, person_id: str) -> tuple[MemorySource, ...]:
        """Return the turns that have strengthened memories of one person, in order of ids."""

    # ── conversations ─────────────────────────────────────────────────────────────────────

    def session(self, session_id: str) -> SessionRow | None:
        """Return the session, or None."""

    def last_session_of(self, device_id: str) -> SessionRow | None:
        """Return the session of this device that was seen last, or None."""

    def sessions_of(self, person_id: str) -> tuple[SessionRow, ...]:
        """Return the sessions in which this person spoke last, the latest first."""

    def history(self, session_id: str, newest: int | None = None) -> tuple[HistoryRow, ...]:
        """Return the messages of a session in the order of their index; all, or the newest."""

    def history_of(
        self, person_id: str, limit: int | None = None, offset: int = 0
    ) -> tuple[HistoryRow, ...]:
        """Return the messages of one person's conversations, in every session, oldest first."""

    def interactions(
        self, person_id: str, limit: int | None = None, offset: int = 0
    ) -> tuple[InteractionRow, ...]:
        """Return the turns of one person, newest first."""

    def unconsidered(self, limit: int) -> tuple[InteractionRow, ...]:
        """Return the turns of people of which is not remembered yet what is to be, oldest first.

        Those of strangers are left out.
        """

    def usage(self, since: str) -> tuple[UsageRow, ...]:
        """Return what the model counted from that day on, by day and purpose."""

    # ── media and events ──────────────────────────────────────────────────────────────────

    def media(self, person_id: str) -> tuple[MediaRow, ...]:
        """Return the files of one person, oldest first."""

    def all_media(self) -> tuple[MediaRow, ...]:
        """Return every file, oldest first."""

    def events(self, limit: int | None = None, offset: int = 0) -> tuple[EventRow, ...]:
        """Return what happened, newest first."""

    # ── reminders ─────────────────────────────────────────────────────────────────────────

    def reminders(self, person_id: str) -> tuple[ReminderRow, ...]:
        """Return what one person is to be told of, the next first."""

    def reminders_here(self, session_id: str, device_id: str | None) -> tuple[ReminderRow, ...]:
        """Return what this device is to speak of, the next first; without one, this session."""

    # ── texts ─────────────────────────────────────────────────────────────────────────────

    def text(self, text_id: str) -> TextRow | None:
        """Return the text, or None."""

    def texts(self, limit: int | None = None, offset: int = 0) -> tuple[TextRow, ...]:
        """Return the texts, in the order of their ids."""

    def texts_count(self) -> int:
        """Return how many texts there are."""

    def passages_like(
        self, text_id: str | None, words: tuple[str, ...], limit: int
    ) -> tuple[FoundPassage, ...]:
        """Return the passages that are evidence for a question, the best first; perhaps none.

        Of that text, or with None of all. `words` are the question, and what was asked before it,
        which weighs less (`robi.store.passages`).
        """

    # ── keys ──────────────────────────────────────────────────────────────────────────────

    def keys(self) -> tuple[KeyRow, ...]:
        """Return every key, revoked and expired ones too, oldest first."""
