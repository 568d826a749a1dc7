"""A frame of the server, as JSON and as a message, and what is wrong with it. Pure.

Robi's own decoder says whether a frame is a message; this module adds what the app in the field
fails on although JSON allows it (protocol.md §3): a null.
"""

from collections.abc import Iterator

import orjson
from attrs import field, frozen

from robi.errors import InvalidMessage
from robi.protocol import codec
from robi.protocol.messages import ServerMessage

_MAY_BE_NULL = ("capture_request", "duration_ms")


@frozen
class Reading:
    """One frame: `message` is None if it is none of the protocol; `faults` say what is wrong."""

    plain: dict[str, object] = field(repr=False)
    seq: int | None
    message: ServerMessage | None
    faults: tuple[str, ...] = ()


def read(raw: str | bytes) -> Reading:
    """Read a frame; whatever comes, nothing is raised."""
    if isinstance(raw, bytes):
        return Reading({"type": "binary", "bytes": len(raw)}, None, None, ("a binary frame",))
    try:
        plain = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return Reading({"type": "unreadable", "text": raw}, None, None, (f"not JSON: {error}",))
    if not isinstance(plain, dict):
        return Reading({"type": "unreadable", "text": raw}, None, None, ("not a JSON object",))
    seq = plain.get("seq")
    nulls = tuple(f"{name} is null" for name in _nulls(plain, str(plain.get("type"))))
    try:
        received = codec.decode_server(raw)
    except InvalidMessage as error:
        return Reading(plain, _count(seq), None, (*nulls, error.details or error.error_code))
    return Reading(plain, received.seq, received.message, nulls)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _nulls(value: object, path: str) -> Iterator[str]:
    """Yield the path of each null below `value`."""
    match value:
        case dict():
            for name, inner in value.items():
                if (path, name) != _MAY_BE_NULL:
                    yield from _nulls(inner, f"{path}.{name}")
        case list():
            for index, inner in enumerate(value):
                yield from _nulls(inner, f"{path}[{index}]")
        case None:
            yield path
