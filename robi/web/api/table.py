"""Every call of the API, as one table.

Owns what there is to call: method, path, what it takes and gives, who does it, the errors it may
answer with, whether a key is needed. Routes, decoding and the OpenAPI document are made from here,
so that what is documented is what is served.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, TypeVar, cast

import attrs
from attrs import frozen

from robi.actors.keyring import OPERATORS, ROBOTS, KeyRole
from robi.errors import (
    ApiKeyExpired,
    ApiKeyInvalid,
    ApiKeyMissing,
    DatabaseError,
    DiskFull,
    FileTooLarge,
    InternalError,
    InvalidRequestFormat,
    KeyNotFit,
    MemoryNotFound,
    MissingRequiredField,
    RateLimitExceeded,
    RobiError,
    ServerBusy,
    UnsupportedFileFormat,
    UserNotFound,
)
from robi.web.api import calls
from robi.web.api.calls import ApiPorts
from robi.web.api.types import (
    Health,
    Key,
    Memories,
    Memory,
    MemoryPage,
    NewFace,
    NewMemory,
    Nothing,
    OneMemory,
    OneUser,
    Page,
    Receipt,
    Restore,
    Sessions,
    Statistics,
    Tree,
    User,
    Users,
)

T = TypeVar("T")
Method = Literal["GET", "POST", "DELETE"]
Errors = tuple[type[RobiError], ...]

KIB = 1024

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
class Call(Generic[T]):
    """One call.

    Args:
        name: what it is called in the document.
        summary: what it does, a line.
        takes: its parameters; those that the path names come from there, the others from the body
            if there is one, else from the query.
        does: what is done; `gives` is the type of its answer.
        may_fail: its own errors; `errors` has those of its kind too.
        status: of the answer when all is well.
        needs_key: whether it asks for a key, and counts against the limit of that key.
        roles: whose key.
        at_home: whether it is for a page of this server on its own machine only; anybody else gets
            an answer with nothing in it.
        body_bytes: the largest body; 0 if it takes none.
    """

    method: Method
    path: str
    name: str
    summary: str
    takes: type[T]
    gives: type
    does: Callable[[ApiPorts, T], Awaitable[object]]
    may_fail: Errors = ()
    status: int = 200
    needs_key: bool = True
    roles: frozenset[KeyRole] = ROBOTS
    at_home: bool = False
    body_bytes: int = 0

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
    def errors(self) -> Errors:
        """Every error it may answer with."""
        key = _KEY if self.needs_key else ()
        takes = (InvalidRequestFormat,) if self.path_names or self.other_fields else ()
        body = (MissingRequiredField, FileTooLarge, UnsupportedFileFormat)
        errors = (*key, *takes, *(body if self.body_bytes else ()), *self.may_fail, InternalError)
        return tuple(dict.fromkeys(errors))


_USER = "/api/users/{user_id}"
_MEMORY = "/api/users/{user_id}/memory"

CALLS: tuple[Call[Any], ...] = (
    Call(
        "GET",
        "/api/health",
        "health",
        "How the server is; needs no key.",
        Nothing,
        Health,
        calls.health,
        needs_key=False,
    ),
    Call(
        "GET",
        "/api/key",
        "get_key",
        "The key that the server made in development, for its page on the same machine.",
        Nothing,
        Key,
        calls.key,
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
        lambda ports, asked: ports.people.users(asked),
        _READING,
    ),
    Call(
        "GET",
        _USER,
        "get_user",
        "One person.",
        OneUser,
        User,
        lambda ports, asked: ports.people.user(asked),
        (UserNotFound, *_READING),
    ),
    Call(
        "DELETE",
        _USER,
        "forget_user",
        "Forget a person altogether: every table, file and index.",
        OneUser,
        Receipt,
        lambda ports, asked: ports.people.forget_user(asked),
        (UserNotFound, *_WRITING),
    ),
    Call(
        "GET",
        _MEMORY,
        "list_memories",
        "What is known of a person.",
        MemoryPage,
        Memories,
        lambda ports, asked: ports.people.memories(asked),
        (UserNotFound, *_READING),
    ),
    Call(
        "POST",
        _MEMORY,
        "add_memory",
        "Remember something of a person, unless it is too private to be kept.",
        NewMemory,
        Memory,
        lambda ports, told: ports.people.remember(told),
        (UserNotFound, *_WRITING),
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
        lambda ports, asked: ports.people.forget_memories(asked),
        (UserNotFound, *_WRITING),
    ),
    Call(
        "DELETE",
        f"{_MEMORY}/{{memory_id}}",
        "forget_memory",
        "Forget one memory, and the turns it came from.",
        OneMemory,
        Receipt,
        lambda ports, asked: ports.people.forget_memory(asked),
        (UserNotFound, MemoryNotFound, *_WRITING),
    ),
    Call(
        "POST",
        "/api/face/register",
        "register_face",
        "Make a person known by face and name, or bring what is known up to this.",
        NewFace,
        User,
        lambda ports, face: ports.people.register(face),
        (UserNotFound, *_WRITING),
        body_bytes=64 * KIB,
    ),
    Call(
        "GET",
        "/api/restore",
        "restore",
        "All that a phone needs to know everybody again after it was reinstalled.",
        Page,
        Restore,
        lambda ports, asked: ports.people.restore(asked),
        _READING,
    ),
    Call(
        "GET",
        "/api/sessions",
        "list_sessions",
        "The conversations that live now, parked ones too.",
        Page,
        Sessions,
        calls.sessions,
        roles=OPERATORS,
    ),
    Call(
        "GET",
        "/api/statistics",
        "get_statistics",
        "How long turns take, and what the model took today.",
        Nothing,
        Statistics,
        calls.statistics,
        roles=OPERATORS,
    ),
    Call(
        "GET",
        "/api/tree",
        "get_tree",
        "The supervision tree: states, restarts, mailboxes.",
        Nothing,
        Tree,
        calls.tree,
        roles=OPERATORS,
    ),
)
