"""What each call takes and gives, as frozen values.

Owns the shapes of REST; `table` says which call has which. A field that a path template names comes
from the path; any other comes from the query, or from the body if the call has one. A field without
a value is left out of an answer, never null (protocol.md §3). The names are those of REST, where a
person is a `user`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import attrs
from attrs import field, frozen

from robi.web.api.kinds import (
    Base64,
    Content,
    Count,
    Embedding,
    Explained,
    Importance,
    Limit,
    MemoryId,
    Moment,
    NewUserId,
    Offset,
    PersonName,
    Preferences,
    Slot,
    Subject,
    UserId,
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


attrs.resolve_types(Tree)  # it stands in its own annotation
