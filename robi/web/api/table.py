"""Every call of the API, as one table.

Owns what there is to call: method, path, what it takes and gives, who does it, the errors it may
answer with, whether a key is needed. Routes, decoding and the OpenAPI document are made from here,
so that what is documented is what is served.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, TypeVar, cast, get_args

import attrs
from attrs import evolve, field, frozen

from robi.actors.keyring import OPERATORS, READERS, ROBOTS, KeyRole
from robi.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyMissing,
    BrainBlocked,
    BrainError,
    BrainRateLimited,
    BrainTimeout,
    BrainUnavailable,
    DatabaseError,
    DiskFull,
    FileTooLarge,
    InputError,
    InternalError,
    InvalidRequestFormat,
    KeyNotFit,
    MemoryNotFound,
    MissingRequiredField,
    RateLimitExceeded,
    RobiError,
    ServerBusy,
    SessionNotFound,
    StreamInterrupted,
    TextNotFound,
    UnsupportedFileFormat,
    UserNotFound,
)
from robi.web.api import calls
from robi.web.api.calls import ApiPorts
from robi.web.api.types import (
    DroppedText,
    FoundPassages,
    Health,
    Key,
    Memories,
    Memory,
    MemoryPage,
    NewFace,
    NewMemory,
    NewQuestion,
    NewText,
    Nothing,
    OneMemory,
    OneText,
    OneUser,
    Page,
    PlainHealth,
    Receipt,
    Reply,
    Restore,
    Search,
    Sessions,
    Statistics,
    Text,
    TextMediaType,
    Texts,
    Tree,
    User,
    Users,
)

T = TypeVar("T")
Method = Literal["GET", "POST", "DELETE"]
Errors = tuple[type[RobiError], ...]

KIB = 1024
UPLOAD_BYTES = 2**40
"""The largest body of a call that is bounded by the settings alone."""

RETRY_AFTER_S = 5
"""When a client may try again what failed for want of the store or of a place."""

WAITING = frozenset({429, 503})
"""Statuses that say when to try again."""

SESSION_ID = "X-Session-ID"
LAST_EVENT_ID = "Last-Event-ID"

_NAMES = re.compile(r"{(\w+)}")
_KEY: Errors = (
    ApiKeyMissing,
    ApiKeyInvalid,
    ApiKeyExpired,
    KeyNotFit,
    RateLimitExceeded,
    ServerBusy,
)
_READING: Errors = (DatabaseError,)
_WRITING: Errors = (DatabaseError, ServerBusy, DiskFull)


@frozen
class Raw:
    """How a call takes bytes as they are, beside JSON.

    Args:
        media_types: what they may be.
        data: the field that they become.
        media_type: the field that says what they are.
        query: the fields that stand in the query then.
    """

    media_types: tuple[str, ...]
    data: str
    media_type: str
    query: tuple[str, ...]


@frozen
class Operation(Generic[T]):
    """What can be asked at a path: what the document tells of it, and what is checked by that.

    Args:
        name: what it is called in the document.
        summary: what it does, a line.
        takes: its parameters; those that the path names come from there, the others from the body
            if there is one, else from the query.
        gives: the type of its answer.
        may_fail: its own errors; `errors` has those of its kind too.
        status: of the answer when all is well.
        needs_key: whether it asks for a key, and counts against the limit of that key.
        roles: whose key.
        at_home: whether it is for a page of this server on its own machine only; anybody else gets
            an answer with nothing in it.
        body_bytes: the largest body; 0 if it takes none.
        raw: how it takes a body that is not JSON, if it does.
        headers: those of the request that it looks at, and what they are for.
        gives_headers: those of its answer, besides what each has.
        events: what the events of the answer are, if it is given as events too.
        statuses: of errors that have others here than their own, by the nearest of their classes.
    """

    method: Method
    path: str
    name: str
    summary: str
    takes: type[T]
    gives: type
    may_fail: Errors = field(default=(), kw_only=True)
    status: int = field(default=200, kw_only=True)
    needs_key: bool = field(default=True, kw_only=True)
    roles: frozenset[KeyRole] = field(default=ROBOTS, kw_only=True)
    at_home: bool = field(default=False, kw_only=True)
    body_bytes: int = field(default=0, kw_only=True)
    raw: Raw | None = field(default=None, kw_only=True)
    headers: Mapping[str, str] = field(factory=dict, kw_only=True)
    gives_headers: tuple[str, ...] = field(default=(), kw_only=True)
    events: str = field(default="", kw_only=True)
    statuses: Mapping[type[RobiError], int] = field(factory=dict, kw_only=True)

    @property
    def path_names(self) -> tuple[str, ...]:
        """The parameters in the path, in their order."""
        return tuple(_NAMES.findall(self.path))

    @property
    def other_fields(self) -> tuple["attrs.Attribute[Any]", ...]:
        """What the body or the query holds."""
        return tuple(
            field
            for field in attrs.fields(cast("type[attrs.AttrsInstance]", self.takes))
            if field.name not in self.path_names
        )

    @property
    def query_fields(self) -> tuple["attrs.Attribute[Any]", ...]:
        """What the query may hold."""
        if not self.body_bytes:
            return self.other_fields
        names = self.raw.query if self.raw else ()
        return tuple(field for field in self.other_fields if field.name in names)

    @property
    def errors(self) -> Errors:
        """Every error it may answer with."""
        key = _KEY if self.needs_key else ()
        takes = (InvalidRequestFormat,) if self.path_names or self.other_fields else ()
        body = (MissingRequiredField, FileTooLarge, UnsupportedFileFormat)
        errors = (*key, *takes, *(body if self.body_bytes else ()), *self.may_fail, InternalError)
        return tuple(dict.fromkeys(errors))

    def status_of(self, error: type[RobiError]) -> int:
        """Return the status with which it tells of such an error."""
        for kind in error.__mro__:
            if kind in self.statuses:
                return self.statuses[kind]
        return error.http_status


@frozen
class Call(Operation[T]):
    """An operation of which all is here: `does` makes what it gives of what it takes."""

    does: Callable[[ApiPorts, T], Awaitable[object]] = field(kw_only=True)


_USER = "/api/users/{user_id}"
_MEMORY = "/api/users/{user_id}/memory"

_TEXTS = "/api/texts"
_TEXT = "/api/texts/{text_id}"

CALLS: tuple[Call[Any], ...] = (
    Call(
        "GET",
        "/health",
        "plain_health",
        "How the server is, in a word; needs no key.",
        Nothing,
        PlainHealth,
        does=calls.plain_health,
        needs_key=False,
    ),
    Call(
        "GET",
        "/api/health",
        "health",
        "How the server is; needs no key.",
        Nothing,
        Health,
        does=calls.health,
        needs_key=False,
    ),
    Call(
        "GET",
        "/api/key",
        "get_key",
        "The key that the server made in development, for its page on the same machine.",
        Nothing,
        Key,
        does=calls.key,
        needs_key=False,
        at_home=True,
    ),
    Call(
        "GET",
        "/api/users",
        "list_users",
        "The people whom the robot knows.",
        Page,
        Users,
        does=lambda ports, asked: ports.people.users(asked),
        may_fail=_READING,
    ),
    Call(
        "GET",
        _USER,
        "get_user",
        "One person.",
        OneUser,
        User,
        does=lambda ports, asked: ports.people.user(asked),
        may_fail=(UserNotFound, *_READING),
    ),
    Call(
        "DELETE",
        _USER,
        "forget_user",
        "Forget a person altogether: every table, file and index.",
        OneUser,
        Receipt,
        does=lambda ports, asked: ports.people.forget_user(asked),
        may_fail=(UserNotFound, *_WRITING),
    ),
    Call(
        "GET",
        _MEMORY,
        "list_memories",
        "What is known of a person.",
        MemoryPage,
        Memories,
        does=lambda ports, asked: ports.people.memories(asked),
        may_fail=(UserNotFound, *_READING),
    ),
    Call(
        "POST",
        _MEMORY,
        "add_memory",
        "Remember something of a person, unless it is too private to be kept.",
        NewMemory,
        Memory,
        does=lambda ports, told: ports.people.remember(told),
        may_fail=(UserNotFound, *_WRITING),
        status=201,
        body_bytes=16 * KIB,
    ),
    Call(
        "DELETE",
        _MEMORY,
        "forget_memories",
        "Forget all that is known of a person; name and faces stay.",
        OneUser,
        Receipt,
        does=lambda ports, asked: ports.people.forget_memories(asked),
        may_fail=(UserNotFound, *_WRITING),
    ),
    Call(
        "DELETE",
        f"{_MEMORY}/{{memory_id}}",
        "forget_memory",
        "Forget one memory, and the turns it came from.",
        OneMemory,
        Receipt,
        does=lambda ports, asked: ports.people.forget_memory(asked),
        may_fail=(UserNotFound, MemoryNotFound, *_WRITING),
    ),
    Call(
        "POST",
        "/api/face/register",
        "register_face",
        "Make a person known by face and name, or bring what is known up to this.",
        NewFace,
        User,
        does=lambda ports, face: ports.people.register(face),
        may_fail=(UserNotFound, *_WRITING),
        body_bytes=64 * KIB,
    ),
    Call(
        "GET",
        "/api/restore",
        "restore",
        "All that a phone needs to know everybody again after it was reinstalled.",
        Page,
        Restore,
        does=lambda ports, asked: ports.people.restore(asked),
        may_fail=_READING,
    ),
    Call(
        "GET",
        _TEXTS,
        "list_texts",
        "The texts that readers may ask about.",
        Page,
        Texts,
        does=lambda ports, asked: ports.texts.texts(asked),
        may_fail=_READING,
        roles=OPERATORS,
    ),
    Call(
        "POST",
        _TEXTS,
        "add_text",
        "Keep a text, to be asked about; one of the same id is replaced.",
        NewText,
        Text,
        does=lambda ports, told: ports.texts.add(told),
        may_fail=_WRITING,
        status=201,
        roles=OPERATORS,
        body_bytes=UPLOAD_BYTES,
        raw=Raw(
            get_args(get_args(TextMediaType)[0]),
            data="data",
            media_type="media_type",
            query=("name", "title", "text_id", "url"),
        ),
    ),
    Call(
        "GET",
        f"{_TEXTS}/search",  # before any text: none of that id can be asked for
        "search_texts",
        "What an answer could rest on: passages of a text, or of all, the best first.",
        Search,
        FoundPassages,
        does=lambda ports, asked: ports.texts.search(asked),
        may_fail=(TextNotFound, *_READING),
        roles=OPERATORS,
    ),
    Call(
        "GET",
        _TEXT,
        "get_text",
        "One text.",
        OneText,
        Text,
        does=lambda ports, asked: ports.texts.text(asked),
        may_fail=(TextNotFound, *_READING),
        roles=OPERATORS,
    ),
    Call(
        "DELETE",
        _TEXT,
        "drop_text",
        "Remove a text with its passages.",
        OneText,
        DroppedText,
        does=lambda ports, asked: ports.texts.drop(asked),
        may_fail=(TextNotFound, *_WRITING),
        roles=OPERATORS,
    ),
    Call(
        "GET",
        "/api/sessions",
        "list_sessions",
        "The conversations that live now, parked ones too.",
        Page,
        Sessions,
        does=calls.sessions,
        roles=OPERATORS,
    ),
    Call(
        "GET",
        "/api/statistics",
        "get_statistics",
        "How long turns take, and what the model took today.",
        Nothing,
        Statistics,
        does=calls.statistics,
        roles=OPERATORS,
    ),
    Call(
        "GET",
        "/api/tree",
        "get_tree",
        "The supervision tree: states, restarts, mailboxes.",
        Nothing,
        Tree,
        does=calls.tree,
        roles=OPERATORS,
    ),
)

_CHAT = Operation(
    "POST",
    "/chat",
    "ask",
    "Ask as a reader; the answer comes whole, or as events with `Accept: text/event-stream`.",
    NewQuestion,
    Reply,
    may_fail=(
        SessionNotFound,
        TextNotFound,
        DatabaseError,
        BrainUnavailable,
        BrainRateLimited,
        BrainTimeout,
        BrainBlocked,
        StreamInterrupted,
    ),
    roles=READERS,
    body_bytes=160 * KIB,
    headers={
        LAST_EVENT_ID: "Of events: the newest `id` that came. They go on after it, and what is "
        "asked is not asked again; 204 if nothing is left to come.",
    },
    gives_headers=(SESSION_ID,),
    events="Server-sent events: `emotion`, `text_chunk`, `response_meta`, `stream_end` and "
    "`error`, each with the message of the protocol in `data`.",
    statuses={
        InputError: 400,
        FileTooLarge: FileTooLarge.http_status,
        DatabaseError: 500,
        BrainError: 500,
        ServerBusy: ServerBusy.http_status,
    },
)

CHAT: tuple[Operation[NewQuestion], ...] = (
    _CHAT,
    evolve(_CHAT, path="/api/chat", name="ask_api"),
)
"""What `robi.web.chat` answers: a stream is more than a call can make."""

OPERATIONS: tuple[Operation[Any], ...] = (*CALLS, *CHAT)
