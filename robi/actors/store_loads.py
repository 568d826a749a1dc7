"""The reads that can be put to the store, one class each: what is asked, and how it is answered.

Owns these shapes; this is one list. They are had from `store_mail`, like everything else that is
put to the store. Each is read as of the last commit, by one caller at a time, so that one of
several questions (`LoadRemembered`) costs one hop to the reader's thread.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from attrs import field, frozen

from robi.actors.ask import Question
from robi.store.base import (
    Embedding,
    FoundPassage,
    HistoryRow,
    InteractionRow,
    KeyRow,
    MediaRow,
    Memory,
    Person,
    ReminderRow,
    Scored,
    SessionRow,
    Store,
    TextRow,
    UsageRow,
)

T = TypeVar("T")


class Load(Question[T], ABC, Generic[T]):
    """A read, as of the last commit. Fails with DatabaseError when the database does not answer."""

    __slots__ = ()

    quick: ClassVar[bool] = False
    """Whether a turn waits for it and it takes no time to speak of: such are read together."""

    @abstractmethod
    def read(self, store: Store) -> T:
        """Return the answer; called where it may block."""


# ── people ────────────────────────────────────────────────────────────────────────────────


@frozen
class LoadPerson(Load[Person | None]):
    """The person of that id, or None."""

    person_id: str

    def read(self, store: Store) -> Person | None:
        """See `Load.read`."""
        return store.person(self.person_id)


@frozen
class LoadPeople(Load[tuple[Person, ...]]):
    """Everyone, first met first."""

    limit: int | None = None
    offset: int = 0

    def read(self, store: Store) -> tuple[Person, ...]:
        """See `Load.read`."""
        return store.people(self.limit, self.offset)


@frozen
class LoadEmbeddings(Load[tuple[Embedding, ...]]):
    """The faces of one person, oldest first."""

    person_id: str

    def read(self, store: Store) -> tuple[Embedding, ...]:
        """See `Load.read`."""
        return store.embeddings(self.person_id)


@frozen
class LoadForgotten(Load[frozenset[str]]):
    """The digests of the people who are forgotten."""

    def read(self, store: Store) -> frozenset[str]:
        """See `Load.read`."""
        return store.forgotten()


# ── memories ──────────────────────────────────────────────────────────────────────────────


@frozen
class LoadMemory(Load[Memory | None]):
    """The memory of that id, or None."""

    memory_id: str

    def read(self, store: Store) -> Memory | None:
        """See `Load.read`."""
        return store.memory(self.memory_id)


@frozen
class LoadMemories(Load[tuple[Memory, ...]]):
    """What is known of one person, most important first, then newest; `limit` None is all."""

    person_id: str
    limit: int | None = None
    offset: int = 0
    superseded: bool = False

    def read(self, store: Store) -> tuple[Memory, ...]:
        """See `Load.read`."""
        return store.memories(self.person_id, self.limit, self.offset, superseded=self.superseded)


@frozen
class LoadRelevant(Load[tuple[Scored, ...]]):
    """What of one person has most to do with `words`, the best first."""

    person_id: str
    words: tuple[str, ...] = field(repr=False)
    now: float
    limit: int

    def read(self, store: Store) -> tuple[Scored, ...]:
        """See `Load.read`."""
        return store.relevant(self.person_id, self.words, self.now, self.limit)


@frozen
class LoadSlot(Load[tuple[Memory, ...]]):
    """What stands in a slot of a subject, newest first."""

    person_id: str
    subject: str = field(repr=False)
    slot: str

    def read(self, store: Store) -> tuple[Memory, ...]:
        """See `Load.read`."""
        return store.in_slot(self.person_id, self.subject, self.slot)


@frozen
class LoadUnchecked(Load[tuple[Memory, ...]]):
    """Memories that the model has not checked, oldest first."""

    limit: int

    def read(self, store: Store) -> tuple[Memory, ...]:
        """See `Load.read`."""
        return store.unchecked(self.limit)


@frozen
class Acquaintance:
    """What the store has of one person; `person` is None if it has nobody by that id."""

    person: Person | None
    memories: tuple[Memory, ...]


@frozen
class LoadAcquaintance(Load[Acquaintance]):
    """A person and the weightiest `limit` memories, in one go."""

    person_id: str
    limit: int

    def read(self, store: Store) -> Acquaintance:
        """See `Load.read`."""
        memories = store.memories(self.person_id, self.limit)
        return Acquaintance(store.person(self.person_id), memories)


@frozen
class Remembered:
    """What a turn may need of a person; `person` is None if the store has nobody by that id."""

    person: Person | None
    pinned: tuple[Memory, ...] = ()
    relevant: tuple[Scored, ...] = ()
    weighty: tuple[Memory, ...] = ()


@frozen
class LoadRemembered(Load[Remembered]):
    """A person with what is pinned, what has to do with `words`, and what weighs, in one go.

    At most `limit` of each; `least` is the importance from which on a memory weighs.
    """

    person_id: str
    words: tuple[str, ...] = field(repr=False)
    now: float
    limit: int
    least: int

    quick: ClassVar[bool] = True

    def read(self, store: Store) -> Remembered:
        """See `Load.read`."""
        person = store.person(self.person_id)
        if person is None:
            return Remembered(None)
        return Remembered(
            person,
            store.pinned(self.person_id, self.limit),
            store.relevant(self.person_id, self.words, self.now, self.limit),
            store.weighty(self.person_id, self.now, self.least, self.limit),
        )


# ── conversations ─────────────────────────────────────────────────────────────────────────


@frozen
class Conversation:
    """A session and its history, as they were kept; the history in the order of its index."""

    session: SessionRow
    history: tuple[HistoryRow, ...]


@frozen
class LoadConversation(Load[Conversation | None]):
    """The conversation of that session, or its newest messages; None if there is none."""

    session_id: str
    newest: int | None = None

    def read(self, store: Store) -> Conversation | None:
        """See `Load.read`."""
        return _conversation(store, store.session(self.session_id), self.newest)


@frozen
class LoadDeviceOf(Load[str | None]):
    """The device of that session; None if it has none, or there is no such session."""

    session_id: str

    def read(self, store: Store) -> str | None:
        """See `Load.read`."""
        session = store.session(self.session_id)
        return session.device_id if session else None


@frozen
class LoadConversationOf(Load[Conversation | None]):
    """The conversation that this device had last; None if there is none."""

    device_id: str

    def read(self, store: Store) -> Conversation | None:
        """See `Load.read`."""
        return _conversation(store, store.last_session_of(self.device_id))


def _conversation(
    store: Store, session: SessionRow | None, newest: int | None = None
) -> Conversation | None:
    if session is None:
        return None
    return Conversation(session, store.history(session.session_id, newest))


@frozen
class LoadUnconsidered(Load[tuple[InteractionRow, ...]]):
    """The turns of people of which is not remembered yet what is to be, oldest first."""

    limit: int

    def read(self, store: Store) -> tuple[InteractionRow, ...]:
        """See `Load.read`."""
        return store.unconsidered(self.limit)


@frozen
class LoadUsage(Load[tuple[UsageRow, ...]]):
    """What the model counted from that day on, by day and purpose."""

    since: str

    def read(self, store: Store) -> tuple[UsageRow, ...]:
        """See `Load.read`."""
        return store.usage(self.since)


# ── media and events ──────────────────────────────────────────────────────────────────────


@frozen
class LoadAllMedia(Load[tuple[MediaRow, ...]]):
    """Every file, oldest first."""

    def read(self, store: Store) -> tuple[MediaRow, ...]:
        """See `Load.read`."""
        return store.all_media()


# ── reminders ─────────────────────────────────────────────────────────────────────────────


@frozen
class LoadReminders(Load[tuple[ReminderRow, ...]]):
    """What this device is to speak of, the next first; without a device, this session."""

    session_id: str
    device_id: str | None

    def read(self, store: Store) -> tuple[ReminderRow, ...]:
        """See `Load.read`."""
        return store.reminders_here(self.session_id, self.device_id)


@frozen
class LoadLooseReminders(Load[tuple[ReminderRow, ...]]):
    """What was set by a person without a device, for whatever robot they come to."""

    person_id: str

    def read(self, store: Store) -> tuple[ReminderRow, ...]:
        """See `Load.read`."""
        return tuple(row for row in store.reminders(self.person_id) if not row.device_id)


# ── texts ─────────────────────────────────────────────────────────────────────────────────


@frozen
class LoadText(Load[TextRow | None]):
    """The text of that id, or None."""

    text_id: str

    def read(self, store: Store) -> TextRow | None:
        """See `Load.read`."""
        return store.text(self.text_id)


@frozen
class Texts:
    """Texts of a page, in the order of their ids, and how many there are in all."""

    rows: tuple[TextRow, ...]
    count: int


@frozen
class LoadTexts(Load[Texts]):
    """The texts, in the order of their ids; `limit` None is all."""

    limit: int | None = None
    offset: int = 0

    def read(self, store: Store) -> Texts:
        """See `Load.read`."""
        return Texts(store.texts(self.limit, self.offset), store.texts_count())


@frozen
class LoadPassages(Load[tuple[FoundPassage, ...]]):
    """The passages that are evidence for a question, the best first; of all texts with None.

    `words` are the question, and what was asked before it, which weighs less.
    """

    text_id: str | None
    words: tuple[str, ...] = field(repr=False)
    limit: int

    def read(self, store: Store) -> tuple[FoundPassage, ...]:
        """See `Load.read`."""
        return store.passages_like(self.text_id, self.words, self.limit)


# ── keys ──────────────────────────────────────────────────────────────────────────────────


@frozen
class LoadKeys(Load[tuple[KeyRow, ...]]):
    """Every key, revoked and expired ones too, oldest first."""

    def read(self, store: Store) -> tuple[KeyRow, ...]:
        """See `Load.read`."""
        return store.keys()
