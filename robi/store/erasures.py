"""What can be erased from the store, as values, and what stays of it: a receipt and a digest.

Owns these shapes, and what a tombstone lets pass (docs/decisions/0009-forgetting.md).
"""

import hashlib
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from attrs import evolve, fields, frozen

from robi.store.writes import SaveSession, Write, people_named


def digest(person_id: str) -> str:
    """Return what stays of the id of someone who is forgotten: it often has the name in it."""
    return hashlib.sha256(person_id.encode("utf-8", "surrogatepass")).hexdigest()


@frozen
class ErasePerson:
    """Everything of a person, in every table; sessions stay, without the person.

    From now on every write that names the id is dropped, until `Readmit`.
    """

    person_id: str
    at: float


@frozen
class EraseMemory:
    """These memories of a person, those they have superseded, and where they came from.

    That is all of their turns (history, interactions, media), those that have strengthened them
    too, the summaries that a turn has gone into, and whatever else of that person's history says
    what the memory says (`robi.people.words.Gists`).

    With `superseded` False, of what they had superseded only that goes which says the same; the
    rest is current again. That is for a memory that should never have been kept.
    """

    person_id: str
    memory_ids: tuple[str, ...]
    superseded: bool = True


@frozen
class EraseEverythingRemembered:
    """All that is kept of a person but their name and their faces; preferences go, uncounted."""

    person_id: str


@frozen
class EraseTurns:
    """These turns of a person, with the memories and reminders that came from them.

    What such a memory had superseded is current again, as if the turn had never been. If what the
    person said in one of them has gone into a summary, their summaries of the session go too.
    """

    person_id: str
    session_id: str
    request_ids: tuple[str, ...]


Erasure: TypeAlias = ErasePerson | EraseMemory | EraseEverythingRemembered | EraseTurns


@frozen
class Receipt:
    """How much was removed from each place.

    Args:
        sessions: those that no longer know their person.
        backups: copies of the whole database, which held it too.
        files: names under `MEDIA_DIR` whose rows are gone; the caller removes them.
    """

    people: int = 0
    faces: int = 0
    memories: int = 0
    history: int = 0
    summaries: int = 0
    interactions: int = 0
    media: int = 0
    sessions: int = 0
    events: int = 0
    backups: int = 0
    files: tuple[str, ...] = ()
    reminders: int = 0

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(*(getattr(self, a.name) + getattr(other, a.name) for a in fields(Receipt)))


def admitted(write: Write, forgotten: AbstractSet[str]) -> Write | None:
    """Return what may be written of `write`: all, a session without its person, or nothing."""
    if not forgotten or forgotten.isdisjoint(map(digest, people_named(write))):
        return write
    if isinstance(write, SaveSession):
        return SaveSession(evolve(write.session, person_id=None))
    return None
