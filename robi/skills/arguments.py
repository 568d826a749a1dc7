"""The arguments of a call, read with care: a model writes them, and small models write them badly.

Owns the reading of one argument: its type, its limits, and what the model is told if it is of no
use. Pure.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Final

from robi.skills.trouble import Trouble

LONGEST: Final = 300
"""Characters of a text in an argument."""


def text(arguments: Mapping[str, object], name: str, most: int = LONGEST) -> str:
    """Return a text without white space around it, empty if it is not given.

    Raises:
        Trouble: it is no text, or too long.
    """
    value = arguments.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Trouble(f"{name} has to be a string")
    if len(value) > most:
        raise Trouble(f"{name} is longer than {most} characters")
    return " ".join(value.split())


def number(arguments: Mapping[str, object], name: str) -> float | None:
    """Return a finite number, or None if it is not given. One in a string counts.

    Raises:
        Trouble: it is no number.
    """
    value = arguments.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Trouble(f"{name} has to be a number")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        found = float("nan")
    if not isfinite(found):
        raise Trouble(f"{name} has to be a number")
    return found
