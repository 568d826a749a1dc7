"""What can be put in the mailbox of a session, and what it is asked.

Owns these shapes only, so that the registry and the door for robots need not know the session.
"""

from enum import Enum, auto
from typing import TypeAlias

from attrs import Factory, field, frozen

from robi.actors.ask import Ask, Question
from robi.actors.attachment import Attachment
from robi.actors.history import Fold
from robi.actors.turn import Utterance
from robi.errors import DiskFull, InvalidMessage
from robi.people.words import Gists
from robi.protocol.dialects import Dialect
from robi.protocol.messages import ClientMessage
from robi.store.base import Memory, ReminderRow


class Origin(Enum):
    """Where a session comes from: what its first robot is told about its conversation."""

    NEW = auto()
    REMEMBERED = auto()
    """Asked for by its id, not alive any more: history from the store, no messages."""
    CONTINUED = auto()
    """Asked for by its device, which lost its place: history from the store is all it expects."""


@frozen
class Attached:
    """The hold of a link on this session; `resumed` as in `auth_ok`.

    `last_seq` is the number of the newest message that was taken of it.
    """

    session_id: str
    attachment: Attachment
    resumed: bool
    last_seq: int = 0


@frozen
class Attach(Question[Attached]):
    """A link wants to be this session's. `last_seq`: the last message its robot has seen.

    `device_id`: the robot's, to which a session without one belongs from then on (§11).
    """

    last_seq: int | None
    device_id: str | None = None


@frozen
class FromRobot:
    """A message of the robot, by the link that holds `attachment`."""

    attachment: Attachment
    message: ClientMessage
    dialect: Dialect | None


@frozen
class FromReader:
    """A question of a reader, by the request that holds `attachment`.

    `payer`: on whose count it goes what the model takes (`BrainRequest.payer`).
    """

    attachment: Attachment
    utterance: Utterance
    payer: str = ""


@frozen
class Refused:
    """The link could not make sense of a message."""

    attachment: Attachment
    error: InvalidMessage
    request_id: str | None


@frozen
class LinkLost:
    """A link has ended; `left`: the robot said goodbye, it did not just vanish."""

    attachment: Attachment
    left: bool


@frozen
class Delivered:
    """A link has taken the terminal message of turn `number`."""

    number: int


@frozen
class Due:
    """The deadline that this session set has come."""


@frozen
class Summarised:
    """The model has told what the entries of `fold` say. From the session to itself."""

    fold: Fold
    summary: str = field(repr=False)


@frozen
class Forgot:
    """Something of a person is forgotten: the conversation must not tell of it either.

    Args:
        turns: by session and request.
        about: contents; what says the same is concerned.
        memory_ids: of memories; what is known of where they came from is in the others.
        everything: all that was said with the person.
        person_too: the person as well; who is there now is a stranger.
    """

    person_id: str
    turns: frozenset[tuple[str, str]] = frozenset()
    about: tuple[str, ...] = field(default=(), repr=False)
    everything: bool = False
    person_too: bool = False
    memory_ids: frozenset[str] = frozenset()
    _gists: Gists = field(
        init=False,
        eq=False,
        repr=False,
        default=Factory(lambda self: Gists(self.about), takes_self=True),
    )

    def concerns(self, person_id: str, session_id: str, request_id: str, text: str) -> bool:
        """Return whether what was said in that turn is to be forgotten."""
        return person_id == self.person_id and (
            self.everything or (session_id, request_id) in self.turns or self._gists.are_in(text)
        )

    def concerns_memory(self, memory: Memory) -> bool:
        """Return whether that memory is to be forgotten."""
        return memory.memory_id in self.memory_ids or self.concerns(
            memory.person_id, memory.session_id or "", memory.request_id or "", memory.content
        )


@frozen
class Hushed:
    """A turn turned out to hold something private: nothing of it is written down from now on."""

    session_id: str
    request_id: str


@frozen
class Tidings:
    """What every session must know of, whoever it is about, in order."""

    news: tuple[Forgot | Hushed, ...]


@frozen
class Unkept:
    """There was no room on the disk for what was said or shown. From the session to itself."""

    error: DiskFull


@frozen
class Superseded:
    """The same device goes on with another session."""


@frozen
class Draining:
    """The server is going away: finish what is being said, begin nothing, end."""

    at_once: bool = False
    """Its time is over: say that the answer ends here, and end."""


@frozen
class Reminded:
    """What the store has for this robot to speak of, read for the `number`th time.

    Without a number: what somebody who is there has set with no robot in particular. From the
    session to itself.
    """

    rows: tuple[ReminderRow, ...]
    number: int | None


SessionMessage: TypeAlias = (
    Ask[Attached]
    | FromRobot
    | FromReader
    | Refused
    | LinkLost
    | Delivered
    | Due
    | Summarised
    | Tidings
    | Unkept
    | Reminded
    | Superseded
    | Draining
)
