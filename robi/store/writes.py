"""The writes of the store, as values of one union.

Owns what can be written; it is one list. A batch is applied in its order and is all or nothing.
Each write is idempotent: after a commit of which nobody knows whether it reached the disk, the
batch is simply applied again. Hence ids and indices come from the writer, counts are guarded by a
time, strengths are absolute. (A batch may strengthen, supersede or check a memory only after it has
added it, as is natural.)
"""

from typing import Final, TypeAlias

from attrs import field, frozen, validators

from robi.store.keys import KeyRow
from robi.store.rows import (
    PINNED,
    Embedding,
    EventRow,
    HistoryRow,
    InteractionRow,
    MediaRow,
    Memory,
    MemorySource,
    PassageRow,
    Person,
    ReminderRow,
    SessionRow,
    TextRow,
    UsageRow,
)

EMBEDDINGS_KEPT: Final = 8
"""Faces kept of a person: several, for light and angle, yet never one more at every visit."""


@frozen
class SavePerson:
    """Create the person, or bring what is known up to this.

    A `name` of None leaves the known one; `created_at` stays as it was first; `last_seen` and the
    count never go back; preferences are merged, the new ones win.
    """

    person: Person


@frozen
class SeePerson:
    """The person was there `at`: count it, creating one without a name if there is none.

    Nothing happens unless `at` is later than `last_seen`: the same sighting counts once.
    """

    person_id: str
    at: float


@frozen
class Readmit:
    """Take an id back from those that were forgotten: only by explicit registration."""

    person_id: str


@frozen
class AddEmbedding:
    """Keep a face of a person, once, with its latest time; of all of them the newest `keep`."""

    embedding: Embedding
    keep: int = field(default=EMBEDDINGS_KEPT, validator=validators.ge(1))


@frozen
class AddMemory:
    """Keep a memory of a person; nothing if its `memory_id` is there already."""

    memory: Memory


@frozen
class StrengthenMemory:
    """Raise a memory to `importance`; never lowers, and does nothing to one that is gone.

    The turn that said it again, if there is one, counts as a source of the memory from now on.
    """

    memory_id: str
    importance: int = field(validator=[validators.ge(1), validators.le(PINNED)])
    session_id: str | None = None
    request_id: str | None = None

    @property
    def source(self) -> MemorySource | None:
        """What is to be kept of the turn."""
        if self.session_id is None or self.request_id is None:
            return None
        return MemorySource(self.memory_id, self.session_id, self.request_id)


@frozen
class SupersedeMemory:
    """`new_id` takes the place of `old_id`, which stays as history and is no longer found.

    Nothing happens if either is gone, if they are of two people, or if the new one has itself given
    way to the old.
    """

    old_id: str
    new_id: str


@frozen
class CheckMemory:
    """The model found nothing private in it; nothing if it is gone."""

    memory_id: str


@frozen
class SaveSession:
    """Create the session, or replace what is kept of it; `created_at` stays as it was first."""

    session: SessionRow


@frozen
class AppendHistory:
    """Keep one message of a session that is known; the same index again replaces it."""

    row: HistoryRow


@frozen
class AmendHistory:
    """What was heard was less than what was sent (protocol.md §6); nothing if the row is gone."""

    session_id: str
    index: int
    content: str = field(repr=False)
    cut_off: bool = True


@frozen
class ReassignHistory:
    """A stranger of this session got a name: all that is the stranger's is now that person's.

    That is history, interactions, media, events and reminders of this session, and the session
    itself.
    """

    session_id: str
    stranger_id: str
    person_id: str


@frozen
class CompactHistory:
    """Put `summary` in the place of the rows from `first` up to its own index.

    Only rows of the summary's session *and* person go: what another one said in between stays. So
    the summary takes the index of the last of its person's rows, as none other's is to be replaced.
    """

    first: int
    summary: HistoryRow = field()

    @summary.validator
    def _covers(self, _attribute: object, summary: HistoryRow) -> None:
        if summary.index < self.first or not summary.compacted:
            message = "a summary is marked as compacted and stands at the end of what it covers"
            raise ValueError(message)

    def covers(self, row: HistoryRow) -> bool:
        """Return whether `row`, of the same session, gives way to the summary."""
        in_place = self.first <= row.index <= self.summary.index
        return in_place and row.person_id == self.summary.person_id


@frozen
class AddInteraction:
    """Keep how a turn went; the same turn of the same time again replaces it."""

    row: InteractionRow


@frozen
class Consider:
    """What is to be remembered of that turn has been; nothing if its row is gone.

    `at` is the `created_at` of the row: another turn may have the same id.
    """

    session_id: str
    request_id: str
    at: float


@frozen
class KeepUsage:
    """Bring what is known of that day and purpose up to this; it never goes back."""

    row: UsageRow


@frozen
class AddMedia:
    """Keep what is known of a file; the same name again replaces it."""

    row: MediaRow


@frozen
class ExpireMedia:
    """Keep these files until then at most; none is kept longer, and what is gone stays so."""

    names: tuple[str, ...]
    expires_at: float


@frozen
class DropMedia:
    """The files of these names are gone, or about to be."""

    names: tuple[str, ...]


@frozen
class AddEvent:
    """Keep an event, once."""

    row: EventRow


@frozen
class DropEvents:
    """Drop the events from before this time."""

    before: float


@frozen
class AddReminder:
    """Keep what the robot is to speak of; the same id again replaces it."""

    row: ReminderRow


@frozen
class DropReminder:
    """It was spoken of, or is not wanted any more; nothing if it is gone."""

    reminder_id: str


@frozen
class DropReminders:
    """Drop what should have been spoken of before this time: its robot never came back."""

    before: float


@frozen
class DropReaders:
    """Drop what readers asked and were answered before this time, and sessions not seen since.

    No person's are among them (`READER_PREFIX`).
    """

    before: float


@frozen
class AddText:
    """Keep a text and its passages; the same id again replaces it with all that it had."""

    row: TextRow
    passages: tuple[PassageRow, ...] = field(repr=False)

    @passages.validator
    def _fit(self, _attribute: object, passages: tuple[PassageRow, ...]) -> None:
        ours = all(each.text_id == self.row.text_id for each in passages)
        counted = self.row.passages == len(passages)
        if (
            not ours
            or not counted
            or [each.position for each in passages] != list(range(len(passages)))
        ):
            message = "the passages of a text are its own, in their order"
            raise ValueError(message)


@frozen
class DropText:
    """Drop a text and its passages; nothing if it is gone."""

    text_id: str


@frozen
class AddKey:
    """Keep a new key; nothing if there is one of that id or that digest."""

    row: KeyRow


@frozen
class RevokeKey:
    """It opens nothing from now on; nothing if it is gone, or revoked already."""

    key_id: str
    at: float


@frozen
class UseKey:
    """It was used then; it never goes back. Nothing if it is gone."""

    key_id: str
    at: float


PersonWrite: TypeAlias = (
    SavePerson
    | SeePerson
    | Readmit
    | AddEmbedding
    | AddMemory
    | StrengthenMemory
    | SupersedeMemory
    | CheckMemory
)
"""What is written of people; only the memory actor sends these (architecture.md)."""

SessionWrite: TypeAlias = (
    SaveSession
    | AppendHistory
    | AmendHistory
    | ReassignHistory
    | CompactHistory
    | AddInteraction
    | Consider
    | KeepUsage
    | AddMedia
    | ExpireMedia
    | DropMedia
    | AddEvent
    | DropEvents
    | AddReminder
    | DropReminder
    | DropReminders
)
"""What is written of conversations, and of what they took."""

ReaderWrite: TypeAlias = DropReaders | AddText | DropText
"""What is written of readers, and of the texts that they ask about."""

KeyWrite: TypeAlias = AddKey | RevokeKey | UseKey
"""What is written of keys."""

Write: TypeAlias = PersonWrite | SessionWrite | ReaderWrite | KeyWrite


def people_named(write: Write) -> tuple[str, ...]:
    """Return whom a write is about, by id: none of them may be forgotten.

    A session is not its person's alone: with one who is forgotten it is kept without (`admitted`).
    """
    match write:
        case SavePerson(person):
            named: tuple[str | None, ...] = (person.person_id,)
        case SeePerson(person_id):
            named = (person_id,)
        case AddEmbedding(embedding):
            named = (embedding.person_id,)
        case AddMemory(memory):
            named = (memory.person_id,)
        case SaveSession(session):
            named = (session.person_id,)
        case AppendHistory(row) | CompactHistory(_, row):
            named = (row.person_id,)
        case ReassignHistory(_, stranger_id, person_id):
            named = (stranger_id, person_id)
        case AddInteraction(interaction):
            named = (interaction.person_id,)
        case AddMedia(media):
            named = (media.person_id,)
        case AddEvent(event):
            named = (event.person_id,)
        case AddReminder(reminder):
            named = (reminder.person_id,)
        case _:
            named = ()
    return tuple(person_id for person_id in named if person_id is not None)
