"""The rows of the store, as frozen values: what both twins keep and give back.

Owns their shapes; it is one list. A person is a `person_id` here; `user_id` is only the name of a
column. Times are Unix seconds, UTC. What a person said, did or is called is never in a `repr`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from attrs import field, frozen, validators

Role = Literal["person", "robot"]
MemoryKind = Literal["fact", "preference", "event", "conversation"]
InteractionKind = Literal["audio", "vision", "text"]
MediaKind = Literal["audio", "image", "video"]
ReminderKind = Literal["timer", "reminder"]
TextKind = Literal["markdown", "plain", "html", "pdf", "epub"]

PINNED: Final = 10
"""The importance of what a person asked to be kept; nothing else gives it."""

READER_PREFIX: Final = "chat_"
"""What the id of a reader's session begins with, and no robot's: readers ask on a page."""


def _device(device_id: str | None) -> str | None:
    """An empty `device_id` stands for no device and is never matched (protocol.md §5)."""
    return device_id or None


def _sealed_words(mapping: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(mapping))


def _sealed_details(mapping: Mapping[str, str | int]) -> Mapping[str, str | int]:
    return MappingProxyType(dict(mapping))


@frozen
class Person:
    """Someone the robot knows. `name` is None while only an id is known, from the phone."""

    person_id: str
    name: str | None = field(repr=False)
    created_at: float
    last_seen: float | None = None
    interaction_count: int = 0
    preferences: Mapping[str, str] = field(
        factory=dict, converter=_sealed_words, hash=False, repr=False
    )


@frozen
class Embedding:
    """One face of a person: 128 or 512 float32, little-endian. Its bytes are its identity."""

    person_id: str
    vector: bytes = field(repr=False)
    created_at: float


@frozen
class Memory:
    """Something known of a person.

    Args:
        importance: 1 to 10; 10 is `pinned`.
        subject: whom it is about; empty for the person themself.
        slot: what can only have one answer at a time ("home"), so that a new one supersedes it.
        valid_until: when it stops being true.
        superseded_by: the id of the memory that took its place; None while it is current.
        session_id: with `request_id`, the turn that it comes from.
        checked: False while the model has not said whether it is private; it was told explicitly.
    """

    memory_id: str
    person_id: str
    kind: MemoryKind
    content: str = field(repr=False)
    importance: int = field(validator=[validators.ge(1), validators.le(PINNED)])
    created_at: float
    subject: str = field(default="", repr=False)
    slot: str | None = None
    valid_until: float | None = None
    superseded_by: str | None = None
    session_id: str | None = None
    request_id: str | None = None
    checked: bool = field(default=True, converter=bool)

    @property
    def pinned(self) -> bool:
        """Whether the person asked for it to be kept."""
        return self.importance == PINNED

    def is_current(self, now: float) -> bool:
        """Return whether nothing has taken its place and it is still true."""
        return self.superseded_by is None and (self.valid_until is None or now < self.valid_until)


@frozen
class MemorySource:
    """A turn that said what a memory says once more; the first is in the memory itself."""

    memory_id: str
    session_id: str
    request_id: str


@frozen
class Scored:
    """A memory that was found; the higher its `rank`, the more it has of what was searched."""

    memory: Memory
    rank: float


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


@frozen
class InteractionRow:
    """How one turn went. Its key is the turn, `session_id` with `request_id`, and `created_at`.

    For two turns may have one id: a picture that was asked for comes under the id of its question
    (protocol.md §7).

    `first_text_ms` is None when no text was sent; `outcome` is a word of the server's.
    `considered` says that what is to be remembered of it has been, so that no turn is lost to
    memory by a restart.
    """

    session_id: str
    request_id: str
    person_id: str
    kind: InteractionKind
    summary: str | None = field(repr=False)
    emotion: str | None
    outcome: str
    created_at: float
    first_text_ms: int | None
    duration_ms: int
    prompt_tokens: int = 0
    answer_tokens: int = 0
    considered: bool = field(default=False, converter=bool)


@frozen
class UsageRow:
    """What the model counted on one day, for one kind of question; of nobody in particular.

    `day` is a local date such as "2026-11-21". What a person's turns took is in `InteractionRow`.
    """

    day: str
    purpose: str
    prompt_tokens: int
    answer_tokens: int


@frozen
class SpentRow:
    """What the turns of one person took, as far as they are kept."""

    person_id: str
    turns: int
    prompt_tokens: int
    answer_tokens: int


@frozen
class MediaRow:
    """A file of a turn under `MEDIA_DIR`; `name` is random, and its key. `size` is in bytes."""

    name: str
    person_id: str
    session_id: str
    request_id: str
    kind: MediaKind
    mime: str
    size: int
    created_at: float
    expires_at: float


@frozen
class EventRow:
    """Something that happened to the robot or the server; of a person or of none."""

    event_id: str
    kind: str
    at: float
    person_id: str | None = None
    session_id: str | None = None
    details: Mapping[str, str | int] = field(
        factory=dict, converter=_sealed_details, hash=False, repr=False
    )


@frozen
class ReminderRow:
    """Something that the robot is to speak of at `due_at`: a timer, or a reminder.

    It belongs to a person, perhaps a stranger, and to the robot that is to speak: to the device, or
    where none is known to the session. `session_id` and `request_id` name the turn in which it was
    set. `label` is what it is for; it may be empty.
    """

    reminder_id: str
    person_id: str
    device_id: str | None = field(converter=_device)
    session_id: str
    request_id: str
    kind: ReminderKind
    label: str = field(repr=False)
    due_at: float
    created_at: float


@frozen
class TextRow:
    """A document that readers may ask about. It is of nobody in particular.

    Args:
        size: bytes of what was loaded; what is kept is its passages.
        digest: of what was loaded, so that the same need not be loaded again.
        passages: how many it was cut into.
        characters: of all passages.
        url: the page that it stands on, if that is known.
    """

    text_id: str
    title: str
    kind: TextKind
    size: int
    digest: str
    passages: int
    characters: int
    added_at: float
    url: str | None = None


@frozen
class PassageRow:
    """A piece of a text, at `position` within it, counted from 0.

    Args:
        heading: the headings above it, the outermost first.
        anchor: the id of the innermost heading on its page, empty if it has none.
        place: where it is, for people: `p. 12`.
    """

    text_id: str
    position: int
    heading: tuple[str, ...] = field(repr=False)
    anchor: str
    place: str
    words: str = field(repr=False)


@frozen
class FoundPassage:
    """A passage that was found, with what is known of its text; the higher `score`, the better."""

    row: PassageRow
    title: str
    url: str | None
    score: float
