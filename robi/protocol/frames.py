"""JSON objects out of text frames, and the words for what is wrong with a frame.

Owns what counts as JSON here: what orjson takes, which is RFC 8259 in valid Unicode, without a byte
order mark, NaN or infinity, and no deeper than 1024. An object that says one name twice is refused
as well: which of the two was meant cannot be told.
"""

import json

import orjson

from robi.errors import InvalidMessage
from robi.protocol.fields import mismatch

MAX_DETAILS_CHARS = 200


def invalid(path: tuple[str, ...], reason: str) -> InvalidMessage:
    """Return the error for the field at `path`; neither may hold what was sent."""
    return InvalidMessage(f"{'.'.join(('$', *path))}: {reason}"[:MAX_DETAILS_CHARS])


class _SaidTwiceError(ValueError):
    """One object holds the same name twice."""


def _once(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _SaidTwiceError


_names = json.JSONDecoder(object_pairs_hook=_once)
"""A second look at what orjson has read, for names only: orjson keeps the last of two in silence.
It takes 3 µs for a message of the usual size, and for a large one as long as orjson."""


def read_object(raw: str | bytes) -> dict[str, object]:
    """Return the JSON object that the text frame `raw` is.

    Raises:
        InvalidMessage: it is none.
    """
    try:
        value = orjson.loads(raw)
        _names.decode(raw if isinstance(raw, str) else raw.decode())
    except orjson.JSONDecodeError:
        raise invalid((), "not JSON in valid UTF-8") from None
    except _SaidTwiceError:
        raise invalid((), "a name is there twice in one object") from None
    except RecursionError:  # the standard library reads less deep than orjson
        raise invalid((), "nested too deeply") from None
    if not isinstance(value, dict):
        raise invalid((), str(mismatch(value, expected="an object")))
    return value
