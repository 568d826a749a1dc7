"""What can be put to the sessions, and the one address that takes it.

Owns these shapes only, so that who asks for a session need not know the actor (`sessions`).
"""

import secrets
from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from robi.actors.address import Address
from robi.actors.ask import Ask, Question
from robi.actors.mail import Origin, SessionMessage
from robi.actors.mailbox import Mailbox
from robi.actors.store_mail import Conversation
from robi.actors.ticker import Tick

SESSION_ID_BYTES = 16


@frozen
class LiveSession:
    """A live session: its id and where to write to it."""

    session_id: str
    mailbox: Mailbox[SessionMessage]


@frozen
class Find(Question[LiveSession | None]):
    """Which live session does this robot go on with? None: neither of these is alive.

    The session wins over the device, but is not given to another device than its own.
    """

    session_id: str | None
    device_id: str | None


@frozen
class Open(Question[LiveSession]):
    """Begin a session: a new one, or with a `past` the one that the store remembers.

    Numbers go on after `last_seq`, which the robot has seen: they count within the session (§3),
    and the server that counted them is gone. Answers with the live one if somebody else was
    faster. Fails with ServerBusy when the house is full or going away.
    """

    device_id: str | None
    past: Conversation | None = None
    origin: Origin = Origin.NEW
    last_seq: int = 0
    reader: bool = False
    """Whether it is a reader's, and no robot's."""

    @property
    def session_id(self) -> str | None:
        """The id of the session that the store remembers."""
        return self.past.session.session_id if self.past else None


@frozen
class DrainAll(Question[None]):
    """Let every session finish what it is saying and end; answered when all have.

    With `at_once` what is being said ends here, as interrupted: while the links are still there to
    be told so, for the listener stops before the sessions do.
    """

    at_once: bool = False


@frozen
class Announced:
    """There is news for every session; what it is, `Forgotten` has."""


@frozen
class Inform(Question[None]):
    """As `Announced`; answered when every session has the news before it, to be read next."""


@frozen
class LetGo(Question[None]):
    """End this session, if it is alive and no other device's; answered when it is over."""

    session_id: str
    device_id: str


def new_session_id() -> str:
    """Return an id that nobody guesses."""
    return secrets.token_urlsafe(SESSION_ID_BYTES)


SessionsMessage: TypeAlias = (
    Ask[LiveSession | None] | Ask[LiveSession] | Ask[None] | Announced | Tick
)


@frozen
class SessionsAddress:
    """Where others reach the sessions: one mailbox, typed by what it is asked."""

    find: Address[Ask[LiveSession | None]]
    open: Address[Ask[LiveSession]]
    drain: Address[Ask[None]]
    tell: Address[Announced]
    inform: Address[Ask[None]]

    @classmethod
    def of(cls, mailbox: Mailbox[SessionsMessage]) -> "SessionsAddress":
        """Return the address of the actor behind `mailbox`."""
        return cls(mailbox, mailbox, mailbox, mailbox, mailbox)


@frozen
class SessionSeed:
    """What a session is made from. `wake_at` sets its one deadline; `ended` says it is over."""

    session_id: str
    wanted: Open
    wake_at: Callable[[str, float | None], None]
    ended: Callable[[str], None]
