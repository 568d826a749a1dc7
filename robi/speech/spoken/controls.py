"""What no one sees or says is dropped as it comes: control characters, marks of direction, escapes.

Owns which characters these are: those of Unicode's classes Cc and Cf, but for white space, the
joiners that some scripts need (`graphemes`) and the signs of numbers in Arabic; and halves of
surrogate pairs, which no message can carry. An escape of a terminal (ECMA-48) goes whole, also if
it comes in pieces: of `ESC[31m` nothing stays.
"""

import re
from typing import Final

_DROPPED: Final = re.compile(
    "[\\0-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f"
    "\\u202a-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff\\ufff9-\\ufffb"
    "\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e007f]"
)
_SPACES: Final = re.compile(r"[\x0b\x0c\x1c-\x1f\x85]")
"""Control characters that part words; ends of lines and tabs stay as they are."""
_ESCAPE: Final = re.compile(
    r"\x1b\[[0-?]{0,32}[ -/]{0,8}[@-~]?|\x9b(?:\d[\d;]{0,31}[@-~]?)?"
    r"|\x1b[\]PX^_][^\x07\x1b\n]{0,100}(?:\x07|\x1b\\|\x1b\Z)?"
    r"|\x1b(?:[()*+][0-9A-Z]?)?"
)
"""A command with its numbers; a string up to its end, BEL or ESC backslash; a choice of letters.

U+009B needs a number: it is also a quotation mark, wrongly decoded.
"""
_OPEN: Final = re.compile(
    r"\x1b\[[0-?]{0,32}[ -/]{0,8}|\x9b(?:\d[\d;]{0,31})?"
    r"|\x1b[\]PX^_][^\x07\x1b\n]{0,100}\x1b?|\x1b[()*+]?"
)
"""The beginning of an escape that may go on."""
MOST_HELD: Final = 103
"""Characters of an escape that wait for its end; none that we know has so many."""


class Controls:
    """Drops what cannot be said; one for each answer."""

    def __init__(self) -> None:
        """Begin an answer."""
        self._held = ""

    def drop(self, text: str) -> str:
        """Take what was written next; return what of it, and of what was held, is text."""
        if not self._held and text.isprintable():
            return text
        text = self._held + text
        self._held = ""
        if "\x1b" in text or "\x9b" in text:
            *_, last = _ESCAPE.finditer(text)
            if last.end() == len(text) and _OPEN.fullmatch(last[0]) is not None:
                self._held = last[0]
                text = text[: last.start()]
            text = _ESCAPE.sub("", text)
        return _DROPPED.sub("", _SPACES.sub(" ", text))

    def end(self) -> None:
        """Nothing follows: drop an escape without an end."""
        self._held = ""

    @property
    def held(self) -> int:
        """Characters that wait, MOST_HELD at most."""
        return len(self._held)
