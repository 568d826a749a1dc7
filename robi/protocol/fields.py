"""The kinds of field a robot may send: what each holds, and within which bounds.

Owns the checks of protocol.md §2 on single values. A kind is an annotation, such as `Percent`, that
`messages` puts on its fields and that `converter` obeys; to a type checker it is the plain type.

Nothing is coerced: `"5"` is not 5, `true` is not 1, `1.0` is no integer; only an integer may stand
where any number may. A refusal tells what was expected and what kind of thing came instead, never
the thing itself: it may be personal.
"""

import base64
import binascii
import math
import struct
from collections.abc import Callable, Mapping
from typing import Annotated

import orjson
from attrs import frozen

MAX_ID_CHARS = 128
MAX_KEY_CHARS = 512
MAX_TEXT_CHARS = 32_768
MAX_LOCATION_CHARS = 256
MAX_MIME_CHARS = 128
MAX_FEATURES = 32
MAX_FEATURE_CHARS = 64
MAX_SENSORS_BYTES = 16_384
MAX_COUNT = 2**53 - 1
"""The largest integer that JavaScript, and so any JSON in between, keeps exact."""

EMBEDDING_SIZES = (128, 512)
FLOAT32_BYTES = 4

MIN_SAMPLE_RATE = 8_000
MAX_SAMPLE_RATE = 48_000
MAX_CHANNELS = 2


class Refused(ValueError):
    """A value is not what its field takes; the text is the reason, and holds no part of it."""


@frozen
class Kind:
    """Marks an annotation with the check that its values must pass.

    `parse` takes any JSON value and returns what the field holds, or raises `Refused`.
    """

    parse: Callable[[object], object]


_JSON_TYPES: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def mismatch(value: object, *, expected: str) -> Refused:
    """Return the refusal of a `value` whose JSON type is not the `expected` one."""
    return Refused(f"expected {expected}, got {_JSON_TYPES[type(value)]}")


# ── plain JSON types, strictly ────────────────────────────────────────────────────────────


def boolean(value: object) -> bool:
    """Take true and false only."""
    if isinstance(value, bool):
        return value
    raise mismatch(value, expected="a boolean")


def integer(value: object) -> int:
    """Take an integer; `1.0` and `true` are none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise mismatch(value, expected="an integer")


def number(value: object) -> float:
    """Take any finite number, as a float."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise mismatch(value, expected="a number")


def string(value: object) -> str:
    """Take any string."""
    if isinstance(value, str):
        return value
    raise mismatch(value, expected="a string")


# ── with bounds ───────────────────────────────────────────────────────────────────────────


def integer_between(least: int, most: int) -> Callable[[object], int]:
    """Return a check for integers from `least` to `most`."""

    def parse(value: object) -> int:
        if least <= (whole := integer(value)) <= most:
            return whole
        reason = f"expected an integer from {least} to {most}"
        raise Refused(reason)

    return parse


def number_between(least: float, most: float) -> Callable[[object], float]:
    """Return a check for numbers from `least` to `most`."""

    def parse(value: object) -> float:
        if least <= (any_number := number(value)) <= most:
            return any_number
        reason = f"expected a number from {least} to {most}"
        raise Refused(reason)

    return parse


def words(most: int) -> Callable[[object], str]:
    """Return a check for text that says something, in at most `most` characters."""

    def parse(value: object) -> str:
        text = string(value)
        if len(text) > most:
            reason = f"longer than {most} characters"
            raise Refused(reason)
        if not text or text.isspace():
            reason = "must not be blank"
            raise Refused(reason)
        return text

    return parse


def name(most: int) -> Callable[[object], str]:
    """Return a check for identifiers: `words` fit for one line of a log."""
    check = words(most)

    def parse(value: object) -> str:
        text = check(value)
        if text.isprintable():
            return text
        reason = "must be printable characters"
        raise Refused(reason)

    return parse


def names(value: object) -> tuple[str, ...]:
    """Take an array of at most MAX_FEATURES short names."""
    if not isinstance(value, list):
        raise mismatch(value, expected="an array")
    if len(value) > MAX_FEATURES:
        reason = f"more than {MAX_FEATURES} elements"
        raise Refused(reason)
    check = name(MAX_FEATURE_CHARS)
    return tuple(check(element) for element in value)


def json_object(value: object) -> dict[str, object]:
    """Take any object whose JSON is at most MAX_SENSORS_BYTES: a session keeps it for long."""
    if not isinstance(value, dict):
        raise mismatch(value, expected="an object")
    try:
        size = len(orjson.dumps(value))
    except orjson.JSONEncodeError:  # reads 1024 levels deep, writes only 254
        reason = "nested too deeply"
        raise Refused(reason) from None
    if size > MAX_SENSORS_BYTES:
        reason = f"longer than {MAX_SENSORS_BYTES} bytes"
        raise Refused(reason)
    return value


# ── bytes in base64 ───────────────────────────────────────────────────────────────────────


def base64_bytes(value: object) -> bytes:
    """Take base64 of the standard alphabet with its padding, of at least one byte.

    Line breaks are let through, since Android's `Base64.DEFAULT` writes one after 76 characters;
    any other stray character is refused.
    """
    text = string(value)
    try:
        ascii_text = text.encode("ascii")
        if b"\n" in ascii_text:
            ascii_text = ascii_text.translate(None, b"\r\n")
        data = base64.b64decode(ascii_text, validate=True)
    except (UnicodeEncodeError, binascii.Error):
        reason = "not base64"
        raise Refused(reason) from None
    if not data:
        reason = "must not be empty"
        raise Refused(reason)
    return data


def face_embedding(value: object) -> bytes:
    """Take base64 of 128 or 512 finite float32, little-endian; return the bytes."""
    data = base64_bytes(value)
    count, rest = divmod(len(data), FLOAT32_BYTES)
    if rest or count not in EMBEDDING_SIZES:
        reason = "expected 128 or 512 float32"
        raise Refused(reason)
    if not all(map(math.isfinite, struct.unpack(f"<{count}f", data))):
        reason = "expected finite float32"
        raise Refused(reason)
    return data


# ── the kinds ─────────────────────────────────────────────────────────────────────────────

Identifier = Annotated[str, Kind(name(MAX_ID_CHARS))]
ApiKey = Annotated[str, Kind(words(MAX_KEY_CHARS))]
Words = Annotated[str, Kind(words(MAX_TEXT_CHARS))]
Location = Annotated[str, Kind(words(MAX_LOCATION_CHARS))]
Mime = Annotated[str, Kind(name(MAX_MIME_CHARS))]
Names = Annotated[tuple[str, ...], Kind(names)]
JsonObject = Annotated[dict[str, object], Kind(json_object)]

Count = Annotated[int, Kind(integer_between(0, MAX_COUNT))]
Percent = Annotated[int, Kind(integer_between(0, 100))]
Share = Annotated[float, Kind(number_between(0, 1))]
SampleRate = Annotated[int, Kind(integer_between(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE))]
Channels = Annotated[int, Kind(integer_between(1, MAX_CHANNELS))]

Base64 = Annotated[bytes, Kind(base64_bytes)]
Embedding = Annotated[bytes, Kind(face_embedding)]
