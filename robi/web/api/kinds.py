"""What a field of REST takes, said once: the check that decodes it, and its JSON Schema.

Owns the bounds of what an app or an operator may send. A kind here is a `Kind` of the protocol that
can also describe itself, so that the OpenAPI document cannot say anything else than what is
checked. What a schema cannot say (printable, finite) stands in its description.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

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

# ── what is answered ──────────────────────────────────────────────────────────────────────

Moment = Annotated[str, Described({"type": "string", "format": "date-time"})]
"""UTC in ISO 8601, such as `2026-02-08T10:30:00.000Z`."""


def moment(at: float) -> str:
    """Write Unix seconds as a `Moment`."""
    written = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


Count = Annotated[int, Described({"type": "integer", "minimum": 0})]
Base64 = Annotated[bytes, Described({"type": "string", "contentEncoding": "base64"})]
