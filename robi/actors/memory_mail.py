"""What can be put to the memory: what is asked of it, and what it is told.

Owns these shapes only, so that who has something to tell need not know the actor. Whatever is told
of a person comes here, so that it meets the privacy gate and what was forgotten stays so.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

import attrs
from attrs import asdict, field, frozen

from robi.actors.ask import Ask, Question
from robi.speech.pieces import MemoryNote
from robi.store.base import Erasure, Memory, MemoryKind, Person, Receipt


@frozen
class Recollection:
    """What a turn may know of the person who speaks; what was told to be kept comes first."""

    name: str | None = field(default=None, repr=False)
    memories: tuple[str, ...] = field(default=(), repr=False)


@frozen
class Recall(Question[Recollection]):
    """What is known of the person who says `words`? Never fails: at worst it answers nothing."""

    person_id: str | None
    words: str = field(default="", repr=False)


@frozen
class Meet(Question[Person]):
    """A stranger said a name: make a person. Answered when it is written down, or soon anyway.

    Fails with PrivateContent if the name is none that may be kept.

    Args:
        name: as `robi.speech.names.clean_name` leaves it.
        embedding: the face, float32 little-endian, if it was seen.
    """

    name: str = field(repr=False)
    embedding: bytes | None = field(default=None, repr=False)


@frozen
class Register(Question[Person]):
    """Make this person, or bring what is known up to this: an explicit act, by REST.

    It takes back an id that was forgotten. Fails with PrivateContent if the id, the name or a
    preference may not be kept. `embedding` is float32, little-endian.
    """

    person_id: str
    name: str = field(repr=False)
    embedding: bytes | None = field(default=None, repr=False)
    preferences: Mapping[str, str] = field(factory=lambda: MappingProxyType({}), repr=False)


@frozen
class Remember(Question[Memory]):
    """Keep this of a person: an explicit act, by REST.

    Answered with the memory once it is written down: the one that said the same already, if there
    is one. The rules of the gate come before; the model is asked later, and what it finds private
    is removed. Fails with PrivateContent, UserNotFound.
    """

    person_id: str
    content: str = field(repr=False)
    kind: MemoryKind = "fact"
    importance: int = 7
    subject: str = field(default="", repr=False)
    slot: str | None = field(default=None, repr=False)


@frozen
class Removed:
    """What was removed: from the store, of the turns that waited to be learned from, and files.

    `media_files_left` could not be removed yet: nothing names them any more, and they are removed
    as soon as their disk lets go.
    """

    receipt: Receipt
    queued: int = 0
    media_files: int = 0
    media_files_left: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(
            self.receipt + other.receipt,
            self.queued + other.queued,
            self.media_files + other.media_files,
            self.media_files_left + other.media_files_left,
        )

    def counts(self) -> dict[str, int]:
        """Return how much was removed from each place, by its name."""
        places = asdict(self.receipt, filter=attrs.filters.exclude("files"))
        files = {"media_files": self.media_files, "media_files_left": self.media_files_left}
        return {**places, **files, "queued": self.queued}


@frozen
class Forget(Question[Removed]):
    """Remove this from every place; answered when it is gone from the database, WAL included, and
    from the disk for media as far as that lets go (`Removed.media_files_left`).

    It is done even if nobody waits for the answer any more, and never shed.
    """

    erasure: Erasure


@frozen
class ForgetAbout(Question[Removed]):
    """Remove what `words` are about, of what is known of a person and of what they said."""

    person_id: str
    words: str = field(repr=False)


@frozen
class Heard:
    """A turn is over: what may be worth remembering of it.

    Args:
        person_id: whose turn it was; of a stranger it waits for a name.
        words: the person's own words, or the summary of what was heard or seen, as the rules of
            the gate leave them.
        notes: the model's notes of the turn.
        asked: what the person told the robot to remember ("recuerda que…"), if they did.
        at: Unix seconds.
    """

    person_id: str
    session_id: str
    request_id: str
    words: str = field(repr=False)
    notes: tuple[MemoryNote, ...]
    asked: str | None = field(repr=False)
    at: float

    @property
    def turn(self) -> tuple[str, str]:
        """Which turn it is: its session and its request."""
        return self.session_id, self.request_id

    @property
    def told(self) -> tuple[str, str, float]:
        """What tells it from every other: a picture comes under the id of what was asked."""
        return self.session_id, self.request_id, self.at


@frozen
class Became:
    """A stranger turned out to be this person: what was heard of the stranger is theirs."""

    stranger_id: str
    person_id: str


@frozen
class Saw:
    """A known person was there, `at` Unix seconds."""

    person_id: str
    at: float


@frozen
class Named:
    """Someone of whom only the id was known, from the phone, told a name."""

    person_id: str
    name: str = field(repr=False)


@frozen
class AddFace:
    """A face of a known person, float32 little-endian."""

    person_id: str
    embedding: bytes = field(repr=False)


@frozen
class TurnsLost:
    """A process is gone that told of turns: of some there may be nothing but what is stored."""


News: TypeAlias = Heard | Became | Saw | Named | AddFace
"""What the memory is told, and answers nothing to."""

MemoryMessage: TypeAlias = (
    Ask[Recollection] | Ask[Person] | Ask[Memory] | Ask[Removed] | News | TurnsLost
)
