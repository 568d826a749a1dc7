"""An entry of the log on its way to a line: what may never be in it is taken out.

Owns the last look at each entry: whatever a caller passes, no key is ever written, and nobody's
words, pictures or voice from INFO on; and of an exception its types and places, not its message.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from traceback import walk_tb

import orjson
from structlog.typing import EventDict, WrappedLogger

from robi.errors import RobiError

SECRET_KEYS = frozenset(
    {"api_key", "authorization", "cookie", "gemini_api_key", "key", "openai_api_key", "password"}
    | {"secret", "token"}
)
"""Never written, at any level."""

PERSONAL_KEYS = frozenset(
    {"audio", "content", "data", "embedding", "face_embedding", "history", "image"}
    | {"media_summary", "person_name", "prompt", "response_text", "said", "summary", "text"}
    | {"transcript", "utterance", "video", "words"}
)
"""Written at DEBUG only, save as numbers: sizes, counts and durations are nobody's words."""

_DEEPEST = 4
_MOST_FRAMES = 30
_PLAIN = frozenset({str, int, float, bool, type(None)})


def withhold(_logger: WrappedLogger, level: str, entry: EventDict) -> EventDict:
    """Take out secrets and, from INFO on, what is personal; `withheld` names what was taken."""
    withheld: set[str] = set()
    exc_info = entry.pop("exc_info", None)
    cleaned = _clean_items(entry, withheld, debug=level == "debug", depth=0)
    if withheld:
        cleaned["withheld"] = sorted(withheld)
    if exc_info is not None:
        cleaned["exc_info"] = exc_info  # for the steps that follow
    return cleaned


def _clean_items(
    items: Mapping[str, object], withheld: set[str], *, debug: bool, depth: int
) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key, value in items.items():
        name = str(key)
        is_number = value is None or isinstance(value, int | float)
        if name in SECRET_KEYS or (name in PERSONAL_KEYS and not debug and not is_number):
            withheld.add(name)
        else:
            kept[name] = _clean(value, withheld, debug=debug, depth=depth)
    return kept


def _clean(value: object, withheld: set[str], *, debug: bool, depth: int) -> object:
    if type(value) in _PLAIN:  # nearly all: to ask what a value is like costs more than its line
        return value
    match value:
        case Mapping() | list() | tuple() | set() | frozenset() if depth >= _DEEPEST:
            return "…"
        case Mapping():
            return _clean_items(value, withheld, debug=debug, depth=depth + 1)
        case list() | tuple() | set() | frozenset():
            return [_clean(item, withheld, debug=debug, depth=depth + 1) for item in value]
        case _:
            return _clean_leaf(value, debug=debug)


def _clean_leaf(value: object, *, debug: bool) -> object:
    match value:
        case None | str() | int() | float():
            return value
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case Enum() | Path():
            return str(value)
        case _:
            return repr(value) if debug else f"<{type(value).__name__}>"


def summarise_exception(_logger: WrappedLogger, _level: str, entry: EventDict) -> EventDict:
    """Put types and places of an exception in `exception`, not its message nor any value."""
    given = entry.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given is True:
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        entry["exception"] = _summary(given, 0)
    return entry


def render_json(_logger: WrappedLogger, _level: str, entry: EventDict) -> bytes:
    """Return the entry as one JSON object."""
    try:
        return orjson.dumps(entry)
    except TypeError:  # half a surrogate pair, or an integer beyond 64 bits
        return json.dumps(entry, skipkeys=True, default=lambda value: type(value).__name__).encode()


def _summary(error: BaseException, depth: int) -> dict[str, object]:
    kind = type(error)
    summary: dict[str, object] = {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        "frames": list(_frames(error))[-_MOST_FRAMES:],
    }
    if isinstance(error, RobiError) and error.details:
        summary["details"] = error.details  # fit for the log, as robi.errors asks
    if depth < _DEEPEST:
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is not None:
            summary["cause"] = _summary(before, depth + 1)
        if isinstance(error, BaseExceptionGroup):
            summary["exceptions"] = [_summary(e, depth + 1) for e in error.exceptions[:10]]
    return summary


def _frames(error: BaseException) -> Iterator[str]:
    for frame, line in walk_tb(error.__traceback__):
        yield f"{frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_qualname}"
