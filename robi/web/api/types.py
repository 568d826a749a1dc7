"""What each call takes and gives, as frozen values.

Owns the shapes of REST; `table` says which call has which. A field that a path template names comes
from the path; any other comes from the query, or from the body if the call has one. A field without
a value is left out of an answer, never null (protocol.md §3). The names are those of REST, where a
person is a `user`. It is one list.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import attrs
from attrs import field, frozen

from robi.protocol.messages import Citation
from robi.web.api.kinds import (
    AskedText,
    Base64,
    Content,
    Count,
    Data,
    Embedding,
    Explained,
    FileName,
    FoundLimit,
    Importance,
    Limit,
    MemoryId,
    Message,
    Moment,
    NewTextId,
    NewUserId,
    Offset,
    PersonName,
    Preferences,
    SearchedText,
    SearchWords,
    SelectedText,
    SessionId,
    Slot,
    Subject,
    TextId,
    Title,
    Url,
    UserId,
    Written,
)

PAGE = 50
"""How many a page has unless asked otherwise."""

MemoryType = Annotated[
    Literal["fact", "preference", "event", "conversation"],
    Explained(
        "`fact`: what is so. `preference`: a taste. `event`: what has happened or will. "
        "`conversation`: a matter left open."
    ),
]
Included = Annotated[
    Literal["superseded"], Explained("`superseded`: those that newer ones have replaced, too.")
]

TextMediaType = Annotated[
    Literal["text/markdown", "text/plain", "text/html", "application/pdf", "application/epub+zip"],
    Explained("What the text is; without it, it is told by name and first bytes."),
]
TextKind = Literal["markdown", "plain", "html", "pdf", "epub"]

# ── what is taken ─────────────────────────────────────────────────────────────────────────


@frozen
class Nothing:
    """No parameters."""


@frozen
class Page:
    """Which part of a list."""

    limit: Limit = PAGE
    offset: Offset = 0


@frozen
class OneUser:
    """A person."""

    user_id: UserId


@frozen
class MemoryPage:
    """Which part of a person's memories; with `superseded` those that newer ones replaced too."""

    user_id: UserId
    limit: Limit = PAGE
    offset: Offset = 0
    include: Included | None = None


@frozen
class NewMemory:
    """Something to be remembered of a person."""

    user_id: UserId
    content: Content = field(repr=False)
    type: MemoryType
    importance: Importance = 7
    subject: Subject | None = field(default=None, repr=False)
    slot: Slot | None = None


@frozen
class OneMemory:
    """A memory of a person."""

    user_id: UserId
    memory_id: MemoryId


@frozen
class NewFace:
    """A person's face, name and, if given, preferences, which join those that are known."""

    user_id: NewUserId
    name: PersonName = field(repr=False)
    embedding: Embedding = field(repr=False)
    preferences: Preferences | None = field(default=None, repr=False)


@frozen
class NewQuestion:
    """What a reader asks, of a text, of a selection, or of anything."""

    message: Message = field(repr=False)
    session_id: SessionId | None = None
    selected_text: SelectedText | None = field(default=None, repr=False)
    text_id: AskedText | None = None


@frozen
class NewText:
    """A text: its words in `content`, or its file in `data`."""

    content: Written | None = field(default=None, repr=False)
    data: Data | None = field(default=None, repr=False)
    media_type: TextMediaType | None = None
    name: FileName | None = None
    title: Title | None = None
    text_id: NewTextId | None = None
    url: Url | None = None


@frozen
class OneText:
    """A text."""

    text_id: TextId


@frozen
class Search:
    """What to look for in a text, or in all."""

    q: SearchWords = field(repr=False)
    text_id: SearchedText = "*"
    limit: FoundLimit = 5


# ── what is given ─────────────────────────────────────────────────────────────────────────


CertificateState = Literal["valid", "expiring", "expired", "unreadable"]


@frozen
class Certificate:
    """The certificate that is watched; `expiring`: within 30 days. `days_left` may be negative."""

    state: CertificateState
    not_after: Moment | None = None
    days_left: int | None = None


@frozen
class Health:
    """How the server is. `version` is the protocol's; `instance` is drawn by lot at its start."""

    status: Literal["ok", "degraded", "draining"]
    version: str
    server: str
    uptime_s: float
    model: str
    sessions: Count
    store: str
    instance: str | None = None
    certificate: Certificate | None = None


@frozen
class Key:
    """The key of the server; left out if it is not for you, or was given and not made."""

    api_key: str | None = field(default=None, repr=False)


@frozen
class User:
    """A person; without `name` while only the id is known, from the phone."""

    user_id: str
    created_at: Moment
    interaction_count: Count
    memory_count: Count
    preferences: Mapping[str, str] = field(factory=dict, repr=False)
    name: str | None = field(default=None, repr=False)
    last_seen: Moment | None = None


@frozen
class Users:
    """A page of people, first met first; `next` is the offset of the next page, if there is one."""

    users: tuple[User, ...]
    total: Count
    next: Count | None = None


@frozen
class Memory:
    """Something known of a person; of `subject`, where that is someone else."""

    memory_id: str
    user_id: str
    type: MemoryType
    content: str = field(repr=False)
    importance: Importance
    created_at: Moment
    subject: str | None = field(default=None, repr=False)
    slot: str | None = None
    valid_until: Moment | None = None
    superseded_by: str | None = None


@frozen
class Memories:
    """A page of memories, most important first, then newest; `next` as in `Users`."""

    memories: tuple[Memory, ...]
    total: Count
    next: Count | None = None


@frozen
class Receipt:
    """How much was removed from each place; `media_files_left` go when their disk lets go."""

    people: Count = 0
    faces: Count = 0
    memories: Count = 0
    history: Count = 0
    summaries: Count = 0
    interactions: Count = 0
    media: Count = 0
    media_files: Count = 0
    media_files_left: Count = 0
    sessions: Count = 0
    events: Count = 0
    backups: Count = 0
    reminders: Count = 0
    queued: Count = 0


@frozen
class RestoredUser:
    """All that a phone needs to know a person again."""

    user: User
    embeddings: tuple[Base64, ...] = field(repr=False)
    memories: tuple[Memory, ...]


@frozen
class Restore:
    """A page of people; `general_memories` are of nobody in particular. `next` as in `Users`."""

    users: tuple[RestoredUser, ...]
    general_memories: tuple[Memory, ...]
    total: Count
    next: Count | None = None


@frozen
class Session:
    """A robot's conversation now; `turn` and `link` say how it stands with these."""

    session_id: str
    state: str
    uptime_s: float
    turn: str | None = None
    link: str | None = None
    turns: Count | None = None
    history: Count | None = None
    last_seq: Count | None = None


@frozen
class Sessions:
    """A page of live sessions; `next` as in `Users`."""

    sessions: tuple[Session, ...]
    total: Count
    next: Count | None = None


@frozen
class MsPercentiles:
    """Half, nine in ten, and ninety-nine in a hundred took at most so many milliseconds."""

    p50: Count
    p90: Count
    p99: Count


@frozen
class Statistics:
    """How long the newest `turns` turns took, at most 1,000, since the start of the server.

    Times are milliseconds from the end of the utterance to the emotion, the first text and the end;
    one that no turn came to is left out. `cost_today` is there if prices are known, `budget_used`
    (0 to 1) if the day has a limit.
    """

    turns: Count
    tokens_today: Count
    cost_today: float | None = None
    budget_used: float | None = None
    emotion_ms: MsPercentiles | None = None
    first_text_ms: MsPercentiles | None = None
    end_ms: MsPercentiles | None = None


@frozen
class Tree:
    """One actor and what is below it; without `restart` for the root."""

    name: str
    state: Literal["waiting", "starting", "running", "stopping"]
    restarts: Count
    uptime_s: float
    mailbox_depth: Count
    mailbox_bound: Count
    details: Mapping[str, int | float | str | bool]
    children: tuple["Tree", ...] = ()
    restart: Literal["permanent", "transient", "temporary"] | None = None


@frozen
class PlainHealth:
    """How the server is, in a word."""

    status: Literal["healthy", "degraded", "draining"]


@frozen
class Text:
    """A text that readers may ask about; `size` in bytes, as it was sent."""

    text_id: str
    title: str
    kind: TextKind
    size: Count
    passages: Count
    characters: Count
    added_at: Moment
    url: str | None = None


@frozen
class Texts:
    """A page of texts; `next` as in `Users`."""

    texts: tuple[Text, ...]
    total: Count
    next: Count | None = None


@frozen
class DroppedText:
    """A text that is gone, and how many passages it had."""

    text_id: str
    passages: Count


@frozen
class FoundPassage:
    """A piece of a text; `heading` is outermost first, `anchor` that of the innermost."""

    text_id: str
    title: str
    heading: tuple[str, ...]
    anchor: str
    place: str
    words: str = field(repr=False)
    url: str | None = None


@frozen
class FoundPassages:
    """What was found, the best first; nothing, if it is nothing that an answer could rest on."""

    passages: tuple[FoundPassage, ...]


@frozen
class Reply:
    """The answer to a reader, in Markdown; `[1]` in it refers to the citation of that number.

    `declined`: the text does not hold the answer.
    """

    response: str = field(repr=False)
    session_id: str
    timestamp: Moment
    citations: tuple[Citation, ...]
    declined: bool | None = None


attrs.resolve_types(Tree)  # it stands in its own annotation
