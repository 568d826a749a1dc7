"""The port of the store: rows, writes as values, and the questions that can be put to it.

Owns the shapes that both twins (`ram`, `sqlite`) share; `tests/store/test_contract.py` holds both
to them. A person is a `person_id` here; `user_id` is only the name of a column.

The port is synchronous on purpose. A twin is plain functions without a scheduler, so that it is
tested without one; where a call touches a disk the twin says so (`Store.blocking`), and the actor
takes it to a thread of its own (findings.md, *SQLite*).

Writes are values of one union, applied in a batch that is all or nothing. Each is idempotent:
after a commit of which nobody knows whether it reached the disk, the batch is simply applied
again. Hence ids and indices come from the writer, counts are guarded by a time, strengths are
absolute. (A batch may strengthen a memory only after it has added it, as is natural.)

Times are Unix seconds, UTC.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from attrs import field, frozen, validators

from robi.errors import DatabaseError

Role = Literal["person", "robot"]
MemoryKind = Literal["fact", "preference", "event", "conversation"]

EMBEDDINGS_KEPT = 8
"""Faces kept of a person: several, for light and angle, yet never one more at every visit."""


def _device(device_id: str | None) -> str | None:
    """An empty `device_id` stands for no device and is never matched (protocol.md §5)."""
    return device_id or None


# ── rows ──────────────────────────────────────────────────────────────────────────────────


@frozen
class Person:
    """Someone the robot knows. `name` is None while only an id is known, from the phone."""

    person_id: str
    name: str | None = field(repr=False)
    created_at: float
    last_seen: float | None = None
    interaction_count: int = 0


@frozen
class Embedding:
    """One face of a person: 128 or 512 float32, little-endian. Its bytes are its identity."""

    person_id: str
    vector: bytes = field(repr=False)
    created_at: float


@frozen
class Memory:
    """Something known of a person. `importance` is 1 to 10."""

    memory_id: str
    person_id: str
    kind: MemoryKind
    content: str = field(repr=False)
    importance: int = field(validator=[validators.ge(1), validators.le(10)])
    created_at: float


@frozen
class SessionRow:
    """A robot's conversation. `person_id` is who spoke last, perhaps a stranger's id.

    `dialect` is the name of the dialect that its client speaks, None while it has shown none.
    """

    session_id: str
    device_id: str | None = field(converter=_device)
    person_id: str | None
    created_at: float
    last_seen: float
    dialect: str | None = None


@frozen
class HistoryRow:
    """One message of a conversation, at `index` within its session.

    `person_id` is whose conversation it was when it was said: of a known person, or the id of one
    encounter with a stranger (`robi.people.identity`), so that two strangers never share. `cut_off`
    marks an answer of which only `content` was heard; `compacted` a summary of earlier rows.
    `request_id` names the turn.
    """

    session_id: str
    index: int
    person_id: str
    role: Role
    content: str = field(repr=False)
    created_at: float
    request_id: str | None = None
    cut_off: bool = field(default=False, converter=bool)
    compacted: bool = field(default=False, converter=bool)


# ── writes ────────────────────────────────────────────────────────────────────────────────


@frozen
class SavePerson:
    """Create the person, or bring what is known up to this.

    A `name` of None leaves the known one; `created_at` stays as it was first; `last_seen` and the
    count never go back.
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
    """Raise a memory to `importance`; never lowers, and does nothing to one that is gone."""

    memory_id: str
    importance: int = field(validator=[validators.ge(1), validators.le(10)])


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
    """A stranger of this session got a name: what the stranger said is now that person's."""

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


PersonWrite: TypeAlias = SavePerson | SeePerson | AddEmbedding | AddMemory | StrengthenMemory
"""What is written of people; only the memory actor sends these (architecture.md)."""

SessionWrite: TypeAlias = (
    SaveSession | AppendHistory | AmendHistory | ReassignHistory | CompactHistory
)
"""What is written of conversations."""

Write: TypeAlias = PersonWrite | SessionWrite


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


class Store(Protocol):
    """Where everything is kept.

    One caller may write while another reads; two never write, nor read, at the same time. All but
    the constructor raise `robi.errors.DatabaseError`, or `DiskFull`, when the database does not
    answer.
    """

    @property
    def blocking(self) -> bool:
        """Whether calls touch a disk, and must be made in a thread."""

    def open(self) -> None:
        """Make ready: connect, migrate. Nothing if it is open already.

        Raises:
            ConfigurationError: it cannot be used as it is: newer than this server, not a database.
        """

    def close(self) -> None:
        """Let go. What was written stays, and it may be opened again."""

    def write(self, batch: Sequence[Write]) -> None:
        """Apply all of the batch in its order and make it lasting, or nothing of it.

        Raises:
            WriteRejected: one of them can never be applied; the rest may be tried without it.
        """

    def person(self, person_id: str) -> Person | None:
        """Return the person, or None."""

    def people(self) -> tuple[Person, ...]:
        """Return everyone, first met first."""

    def memories(self, person_id: str, limit: int | None = None) -> tuple[Memory, ...]:
        """Return what is known of one person: most important first, then newest."""

    def embeddings(self, person_id: str) -> tuple[Embedding, ...]:
        """Return the faces of one person, oldest first."""

    def session(self, session_id: str) -> SessionRow | None:
        """Return the session, or None."""

    def last_session_of(self, device_id: str) -> SessionRow | None:
        """Return the session of this device that was seen last, or None."""

    def history(self, session_id: str) -> tuple[HistoryRow, ...]:
        """Return the messages of a session in the order of their index."""
