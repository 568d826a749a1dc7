"""How the JSON of a model's service is read: what is of another shape than expected is absent.

Pure. Services add fields, rename enums and leave out what their documents promise (findings.md,
*Gemini under trio*): nothing here raises for that.
"""

import re
from math import ceil
from typing import Final

Fields = dict[object, object]

NO_ARGUMENTS: Final = "the arguments are not one JSON object: call it again with one"
"""What a model is told that has called a function with something else."""

_SECONDS: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s?")
_WHOLE: Final = re.compile(r"\d{1,9}")
_LARGEST: Final = 2**31 - 1


def fields(value: object) -> Fields:
    """Return an object, empty if it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return an array, empty if it is none."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a string, empty if it is none."""
    return value if isinstance(value, str) else ""


def named(value: object) -> dict[str, object]:
    """Return an object with the names that JSON gives it, empty if it is none."""
    return {str(name): content for name, content in fields(value).items()}


def count(value: object) -> int:
    """Return a whole number from 0 to 2³¹ - 1, the nearest to it; 0 if it is none.

    A count is believed as far as it can be one: a sum of a few still fits a database's integer.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    if 0 <= value <= _LARGEST:
        return value
    return 0 if value < 0 else _LARGEST


def seconds(value: object) -> int | None:
    """Read a span of time as whole seconds, rounded up; None if it is none.

    The forms met: `"34.4s"` and `{"seconds": "34", "nanos": 400000000}` of Google's RetryInfo (the
    two ways to write a protobuf Duration in JSON), and `"35"` of Retry-After (RFC 9110 §10.2.3).
    """
    if isinstance(value, dict):
        whole = str(value.get("seconds", 0))
        if not _WHOLE.fullmatch(whole):
            return None
        return int(whole) + (count(value.get("nanos")) > 0) or None
    match = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    return ceil(float(match[1])) if match else None
