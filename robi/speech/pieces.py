"""What a model's output consists of: words to speak, and what each stage direction says.

Owns the pieces and how the inside of one direction is read (protocol.md §4). Where a direction
begins and ends in a stream belongs to `directions`.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from attrs import field, frozen

from robi.protocol.messages import CaptureType
from robi.speech.emojis import read_codes
from robi.speech.gestures import GestureRequest, parse
from robi.speech.names import clean_name, plain


@frozen
class Spoken:
    """Words for the person; never empty."""

    text: str = field(repr=False)


@frozen
class EmotionTag:
    """The face for the answer, lower case; not necessarily one of the thirteen."""

    name: str


@frozen
class Emojis:
    """OpenMoji code points for the topic, at least one."""

    codes: tuple[str, ...]


@frozen
class Gestures:
    """What the body is asked to do, at least one; verbs may be unknown."""

    requests: tuple[GestureRequest, ...]


@frozen
class CaptureTag:
    """The robot wants to look."""

    kind: CaptureType


@frozen
class MediaSummary:
    """What was heard or seen; stands in for the media in the history."""

    text: str = field(repr=False)


@frozen
class MemoryNote:
    """Something lasting about the person: `kind` lower case, `content` one line."""

    kind: str
    content: str = field(repr=False)


@frozen
class NameTag:
    """The name that the person gave, as `names.clean_name` leaves it."""

    name: str = field(repr=False)


Consent = Literal["forget_that", "forget_all", "incognito", "resume"]
"""Those of a person's wishes (`scene.Wish`) that a model may hear; it can name no one thing to be
forgotten, since it does not know what is kept."""


@frozen
class ConsentTag:
    """The person asked aloud that the robot forget, or keep nothing, or remember again."""

    kind: Consent


@frozen
class CitationTag:
    """What was just written rests on these words of a passage, by the number under which the model
    was shown it; None if it named none.
    """

    number: int | None
    quote: str = field(repr=False)


@frozen
class NoEvidence:
    """The passages do not hold the answer."""


Piece = (
    Spoken
    | EmotionTag
    | Emojis
    | Gestures
    | CaptureTag
    | MediaSummary
    | MemoryNote
    | NameTag
    | ConsentTag
    | CitationTag
    | NoEvidence
)

DEFAULT_MEMORY_KIND = "fact"

_KIND = re.compile(r"\s*([^\W\d_]+)\s*:(.*)", re.DOTALL)
_NUMBER = re.compile(r"[\s#]{0,4}(\d{0,3})")
_QUOTE_ENDS = " \"'“”„«»‘’‹›`[]:,"  # noqa: RUF001 - marks of quotation
_CAPTURES: Mapping[str, CaptureType] = MappingProxyType(
    {
        "photo": "photo",
        "foto": "photo",
        "image": "photo",
        "imagen": "photo",
        "picture": "photo",
        "video": "video",
        "vídeo": "video",
    }
)
_FORGET: Mapping[str, Consent] = MappingProxyType({"that": "forget_that", "all": "forget_all"})
_INCOGNITO: Mapping[str, Consent] = MappingProxyType({"on": "incognito", "off": "resume"})


def _first_word(content: str) -> str:
    words = re.split(r"[\s,|:;/]+", content.strip(" \t\r\n,|:;/").lower(), maxsplit=1)
    return words[0]


def _emotion(content: str) -> Piece | None:
    name = _first_word(content)
    return EmotionTag(name) if name else None


def _emojis(content: str) -> Piece | None:
    codes = read_codes(content)
    return Emojis(codes) if codes else None


def _gestures(content: str) -> Piece | None:
    requests = parse(content)
    return Gestures(requests) if requests else None


def _capture(content: str) -> Piece | None:
    kind = _CAPTURES.get(_first_word(content))
    return CaptureTag(kind) if kind else None


def _media_summary(content: str) -> Piece | None:
    text = plain(content)
    return MediaSummary(text) if text else None


def _memory(content: str) -> Piece | None:
    match = _KIND.fullmatch(content)
    kind, said = match.groups() if match else (DEFAULT_MEMORY_KIND, content)
    text = plain(said)
    return MemoryNote(kind.lower(), text) if text else None


def _name(content: str) -> Piece | None:
    name = clean_name(content)
    return NameTag(name) if name else None


def _forget(content: str) -> Piece | None:
    # The whole content, not its first word: what is forgotten by mistake is gone.
    kind = _FORGET.get(content.strip().lower())
    return ConsentTag(kind) if kind else None


def _incognito(content: str) -> Piece | None:
    kind = _INCOGNITO.get(content.strip().lower())
    return ConsentTag(kind) if kind else None


def _cite(content: str) -> Piece | None:
    match = _NUMBER.match(content)
    number, rest = (match[1], content[match.end() :]) if match is not None else ("", content)
    # A number that goes on is no number of a passage, but a quote without marks.
    if number and rest[:1].isalnum():
        number, rest = "", content
    quote = plain(rest).strip(_QUOTE_ENDS)
    return CitationTag(int(number) if number else None, quote) if quote else None


def _none(content: str) -> Piece | None:
    return NoEvidence() if content.strip().lower() == "evidence" else None


READERS: Mapping[str, Callable[[str], Piece | None]] = MappingProxyType(
    {
        "emotion": _emotion,
        "emojis": _emojis,
        "actions": _gestures,
        "capture": _capture,
        "media_summary": _media_summary,
        "memory": _memory,
        "person_name": _name,
        "forget": _forget,
        "incognito": _incognito,
        "cite": _cite,
        "none": _none,
    }
)
"""Name of a direction, and what its inside says; None if it says nothing."""
