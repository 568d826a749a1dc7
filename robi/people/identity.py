"""Who is speaking: a person whom the robot knows, or a stranger.

Owns the ids of strangers and the rule of when a stranger is still the same one. Everything said is
kept under the id of who said it, so this rule is also the wall between two people before one robot:
in doubt it takes someone for a stranger, never for somebody else.

A stranger's id is made here for one encounter (`stranger:<hex>`) and never leaves the server: to a
client a stranger is `"unknown"`, and a client that sends such an id has not been told it.
"""

import math
import operator
import re
import secrets
import struct
from collections.abc import Callable

from attrs import frozen

KNOWN_FROM = 0.70
"""`face_confidence` below this is nobody we know (issue 4, Recall)."""

MAX_ID = 128
"""Characters of a `person_id`; what is longer is none that we or a phone would make."""

UNLIKE_BELOW = 0.2
"""Cosine of two face embeddings below which they are surely not of one person. Two pictures of one
face come out above 0.5 with the usual networks, those of two people around 0: in between nothing
is concluded from a face alone."""

_UNKNOWN = "unknown"
_STRANGER = "stranger:"
_UUID = re.compile(
    r"(?i)[0-9a-f]{8}(-?)[0-9a-f]{4}\1[1-8][0-9a-f]{3}\1[89ab][0-9a-f]{3}\1[0-9a-f]{12}"
)


@frozen
class Speaker:
    """Who is before the robot now; `confidence` as the phone said it, 0 to 1."""

    person_id: str
    confidence: float | None = None

    @property
    def known(self) -> bool:
        """Whether it is someone with an id of their own."""
        return not is_stranger(self.person_id)


def is_stranger(person_id: str) -> bool:
    """Return whether this is the id of an encounter with a stranger."""
    return person_id.startswith(_STRANGER)


def new_stranger_id() -> str:
    """Return an id for one encounter with someone unknown."""
    return _STRANGER + secrets.token_hex(8)


def recognised(person_id: str | None, confidence: float | None) -> str | None:
    """Return the id of the person that a client named, or None for someone unknown.

    An id without a confidence counts: a typed utterance has no face to be sure of. Whether the
    client says `face_recognized` beside an id adds nothing, since it names nobody otherwise.
    """
    if confidence is not None and not confidence >= KNOWN_FROM:  # so that NaN is unknown too
        return None
    if person_id is None or not (named := person_id.strip()) or len(named) > MAX_ID:
        return None
    if named.casefold() == _UNKNOWN or is_stranger(named.casefold()) or not named.isprintable():
        return None
    return named


def readable(person_id: str) -> str:
    """Return what an id says: all of it but a UUID, which looks like much and says nothing."""
    return _UUID.sub("", person_id)


def unlike(one: bytes | None, other: bytes | None) -> bool:
    """Return whether two embeddings (float32, little-endian) are surely not of one person."""
    if one is None or other is None or len(one) != len(other):
        return False
    a, b = (struct.unpack(f"<{len(face) // 4}f", face) for face in (one, other))
    lengths = math.hypot(*a) * math.hypot(*b)
    return lengths > 0 and sum(map(operator.mul, a, b)) < UNLIKE_BELOW * lengths


def resolve(
    before: Speaker | None,
    person_id: str | None,
    confidence: float | None = None,
    *,
    new_id: Callable[[], str] = new_stranger_id,
) -> Speaker:
    """Return who speaks now, when a client names someone.

    Args:
        before: who spoke last in this session; None at its start.
        person_id: whom the client names, perhaps `"unknown"`.
        confidence: how sure it is of the face, if it saw one.
        new_id: makes the id of a new stranger.

    An unknown one stays the same stranger until a known person came in between; so after a stranger
    has been met and named, the next unknown one is someone else.
    """
    named = recognised(person_id, confidence)
    if named is not None:
        return Speaker(named, confidence)
    if before is not None and not before.known:
        return Speaker(before.person_id, confidence)
    return Speaker(new_id(), confidence)
