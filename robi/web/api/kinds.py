"""What a field of REST takes, said once: the check that decodes it, and its JSON Schema.

Owns the bounds of what an app or an operator may send. A kind here is a `Kind` of the protocol that
can also describe itself, so that the OpenAPI document cannot say anything else than what is
checked. What a schema cannot say (printable, finite) stands in its description.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from attrs import field, frozen

from robi.protocol import fields
from robi.protocol.fields import Kind, Refused, mismatch
from robi.protocol.messages import UNKNOWN_PERSON

Schema: TypeAlias = dict[str, object]

MAX_NAME_CHARS = 80
MAX_CONTENT_CHARS = 300
MAX_SUBJECT_CHARS = 80
MAX_PREFERENCES = 32
MAX_PREFERENCE_NAME_CHARS = 64
MAX_PREFERENCE_CHARS = 200
MAX_PAGE = 100
MAX_OFFSET = 1_000_000
MAX_MESSAGE_CHARS = 4_000
MAX_SELECTED_CHARS = 8_000
MAX_TEXT_ID_CHARS = 64
MAX_TITLE_CHARS = 200
MAX_FILE_NAME_CHARS = 255
MAX_URL_CHARS = 2_048
MAX_SEARCH_CHARS = 1_000
MAX_FOUND = 20

_TEXT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")


@frozen(eq=False)
class Described:
    """Marks an annotation of what is answered with its schema, where the type does not say it."""

    schema: Schema


@frozen(eq=False)
class Explained:
    """Adds to the schema of an annotation what its values mean."""

    description: str


@frozen
class Taken(Kind):
    """Marks an annotation of what is sent: its check, and the schema of the values that pass.

    Two of one check and other schemas differ: `typing` gives one annotation for equal marks.
    """

    schema: Schema = field(hash=False)


def _line(most: int, description: str) -> Taken:
    """Return the kind of one printable line that says something."""
    return Taken(fields.name(most), _text(most, f"{description} One printable line."))


def _words(most: int, description: str) -> Taken:
    return Taken(fields.words(most), _text(most, f"{description} Not blank."))


def _text(most: int, description: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most, "description": description}


def _whole_between(least: int, most: int, description: str) -> Taken:
    schema = {"type": "integer", "minimum": least, "maximum": most, "description": description}
    return Taken(fields.integer_between(least, most), schema)


def _digits_between(least: int, most: int, description: str) -> Taken:
    """Return the kind of an integer in a query, where everything is text."""
    inner = _whole_between(least, most, description)

    def parse(value: object) -> object:
        if not _WHOLE.fullmatch(fields.string(value)):
            reason = f"expected an integer from {least} to {most}"
            raise Refused(reason)
        return inner.parse(int(fields.string(value)))

    return Taken(parse, inner.schema)


def _id_in_path(value: object) -> str:
    """Take any id: one that nobody has is told as such, whatever it looks like."""
    text = fields.string(value)
    if len(text) > fields.MAX_ID_CHARS:
        reason = f"longer than {fields.MAX_ID_CHARS} characters"
        raise Refused(reason)
    return text


def _new_user_id(value: object) -> str:
    """Take an id that someone may be registered under: `unknown` is nobody's."""
    person_id = fields.name(fields.MAX_ID_CHARS)(value)
    if person_id == UNKNOWN_PERSON:
        reason = f"must not be {UNKNOWN_PERSON!r}"
        raise Refused(reason)
    return person_id


def _preferences(value: object) -> Mapping[str, str]:
    """Take an object of short texts."""
    if not isinstance(value, dict):
        raise mismatch(value, expected="an object")
    if len(value) > MAX_PREFERENCES:
        reason = f"more than {MAX_PREFERENCES} preferences"
        raise Refused(reason)
    name, text = fields.name(MAX_PREFERENCE_NAME_CHARS), fields.words(MAX_PREFERENCE_CHARS)
    return {name(key): text(said) for key, said in value.items()}


def _new_text_id(value: object) -> str:
    """Take an id that a text may have; in a path of REST it needs no quoting."""
    text_id = fields.string(value)
    if not _TEXT_ID.fullmatch(text_id):
        reason = "expected a-z, 0-9, - and _, 64 at most"
        raise Refused(reason)
    return text_id


def _web_address(value: object) -> str:
    """Take the address of a page: it becomes a link, so that no other scheme will do."""
    address = fields.name(MAX_URL_CHARS)(value)
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in address:
        reason = "expected an address of http or https"
        raise Refused(reason)
    return address


_PREFERENCES_SCHEMA: Schema = {
    "type": "object",
    "description": "Short texts under short names. Not blank.",
    "maxProperties": MAX_PREFERENCES,
    "propertyNames": {"minLength": 1, "maxLength": MAX_PREFERENCE_NAME_CHARS},
    "additionalProperties": {"type": "string", "minLength": 1, "maxLength": MAX_PREFERENCE_CHARS},
}

# ── what is sent ──────────────────────────────────────────────────────────────────────────

UserId = Annotated[
    str,
    Taken(_id_in_path, _text(fields.MAX_ID_CHARS, "Who it is: `user_id` in the list of people.")),
]
MemoryId = Annotated[
    str,
    Taken(
        _id_in_path,
        _text(fields.MAX_ID_CHARS, "Which one it is: `memory_id` in a list of memories."),
    ),
]
NewUserId = Annotated[
    str,
    Taken(
        _new_user_id,
        {
            **_text(fields.MAX_ID_CHARS, "Who it is. One printable line."),
            "not": {"const": UNKNOWN_PERSON},
        },
    ),
]
PersonName = Annotated[str, _line(MAX_NAME_CHARS, "What the person is called.")]
Embedding = Annotated[
    bytes,
    Taken(
        fields.face_embedding,
        {
            "type": "string",
            "contentEncoding": "base64",
            "format": "face-embedding",
            "description": "A face: 128 or 512 finite float32, little-endian, in base64.",
        },
    ),
]
Preferences = Annotated[Mapping[str, str], Taken(_preferences, _PREFERENCES_SCHEMA)]
Content = Annotated[str, _words(MAX_CONTENT_CHARS, "What is to be remembered.")]
Importance = Annotated[
    int, _whole_between(1, 10, "From 1 to 10; one of 10 is always told to the model.")
]
Subject = Annotated[str, _line(MAX_SUBJECT_CHARS, "Of whom it is, if not of the person.")]
Slot = Annotated[
    str, _line(MAX_SUBJECT_CHARS, "What it answers, such as `city`: the new takes the old's place.")
]
Limit = Annotated[int, _digits_between(1, MAX_PAGE, "How many at most.")]
Offset = Annotated[int, _digits_between(0, MAX_OFFSET, "How many to pass over.")]

Message = Annotated[str, _words(MAX_MESSAGE_CHARS, "What the reader asks.")]
SelectedText = Annotated[
    str, _words(MAX_SELECTED_CHARS, "What is selected on the page: the answer rests on it alone.")
]
SessionId = Annotated[
    str, _line(fields.MAX_ID_CHARS, "The conversation that goes on; without it one begins.")
]
AskedText = Annotated[
    str, _line(MAX_TEXT_ID_CHARS, "The text that the answer rests on; `*` for any of them.")
]
TextId = Annotated[
    str, Taken(_id_in_path, _text(fields.MAX_ID_CHARS, "Which one: `text_id` in the list."))
]
SearchedText = Annotated[str, _line(MAX_TEXT_ID_CHARS, "Which text; `*` for all of them.")]
NewTextId = Annotated[
    str,
    Taken(
        _new_text_id,
        {
            "type": "string",
            "pattern": f"^{_TEXT_ID.pattern}$",
            "description": "Under which id; without it, one is made of the name or the title. "
            "The text of that id is replaced.",
        },
    ),
]
Title = Annotated[str, _line(MAX_TITLE_CHARS, "What the text is called, if not as it says itself.")]
FileName = Annotated[str, _line(MAX_FILE_NAME_CHARS, "The name of the file that it came from.")]
Url = Annotated[
    str,
    Taken(
        _web_address,
        {
            "type": "string",
            "maxLength": MAX_URL_CHARS,
            "pattern": "^https?://",
            "description": "The page where it can be read.",
        },
    ),
]
Written = Annotated[
    str, Taken(fields.string, {"type": "string", "minLength": 1, "description": "The text itself."})
]
Data = Annotated[
    bytes,
    Taken(
        fields.base64_bytes,
        {
            "type": "string",
            "contentEncoding": "base64",
            "description": "The file, in base64, where it is not text.",
        },
    ),
]
SearchWords = Annotated[str, _words(MAX_SEARCH_CHARS, "What is looked for.")]
FoundLimit = Annotated[int, _digits_between(1, MAX_FOUND, "How many passages at most.")]

# ── what is answered ──────────────────────────────────────────────────────────────────────

Moment = Annotated[str, Described({"type": "string", "format": "date-time"})]
"""UTC in ISO 8601, such as `2026-02-08T10:30:00.000Z`."""


def moment(at: float) -> str:
    """Write Unix seconds as a `Moment`."""
    written = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


Count = Annotated[int, Described({"type": "integer", "minimum": 0})]
Base64 = Annotated[bytes, Described({"type": "string", "contentEncoding": "base64"})]
