"""What can be put to the memory: what is asked of it, and what it is told.

Owns these shapes only, so that who has something to tell need not know the actor.
"""

from typing import TypeAlias

from attrs import field, frozen

from robi.actors.ask import Ask, Question
from robi.speech.pieces import MemoryNote
from robi.store.base import Person


@frozen
class Recollection:
    """What a turn may know of the person who speaks; the weightiest memory first."""

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

    Args:
        name: as `robi.speech.names.clean_name` leaves it.
        embedding: the face, float32 little-endian, if it was seen.
    """

    name: str = field(repr=False)
    embedding: bytes | None = field(default=None, repr=False)


@frozen
class Consider:
    """A turn of a known person is over; these are the model's notes of it."""

    person_id: str
    notes: tuple[MemoryNote, ...]


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


MemoryMessage: TypeAlias = Ask[Recollection] | Ask[Person] | Consider | Saw | Named | AddFace
