"""No piece of what is said ends within a grapheme, whatever comes next.

Owns the end of each piece: a letter may still get a combining mark, so the last one waits for what
follows it. What is no letter never waits, since no mark is left on it: in speech it would say
nothing. Graphemes are those of UAX 29.
"""

import re
from typing import Final

from robi.speech.spoken.letters import BEYOND_LATIN, INITIALS, LOOSE, MARKS, PREPENDED, VIRAMAS

MOST_MARKS: Final = 32
"""Marks on one letter, two more than stream-safe text has (UAX 15); more are dropped."""
MOST_HELD: Final = 128
"""Characters held back at most; only letters joined without end are split there."""

_BEYOND_LATIN: Final = re.compile(BEYOND_LATIN)
_LOOSE: Final = re.compile(LOOSE)
_TOO_MANY: Final = re.compile(rf"(?<=[{MARKS}]{{{MOST_MARKS}}})[{MARKS}]+")
_JOINERS: Final = re.compile(r"(?<=[\0-\u036f])[\u200c\u200d]+")
"""Joiners after what is Latin, or a mark on that: only other scripts need them."""
_LAST: Final = re.compile(
    rf"(?:[{PREPENDED}]|[{INITIALS}](?=[{INITIALS}\uac00-\ud7a3])"
    rf"|[^\W\d_][{MARKS}]*[{VIRAMAS}\u200d][{MARKS}]*)*(?:[^\W\d_][{MARKS}]*)?\Z"
)
"""The last grapheme, or more: a letter after a virama counts as joined in every script."""
FIRST_MARK: Final = "\u0300"
"""Before it come the letters of most chunks, each a grapheme unless a mark follows."""


class Graphemes:
    """Holds back the last letter said; one for each answer."""

    def __init__(self) -> None:
        """Begin an answer."""
        self._held = ""

    def say(self, text: str) -> str:
        """Take what is to be said next; return what nothing can join any more."""
        if not text:
            return ""
        text = self._held + text
        if _BEYOND_LATIN.search(text) is not None:
            text = _TOO_MANY.sub("", _JOINERS.sub("", _LOOSE.sub("", text)))
        cut = self._last(text)
        self._held = text[cut:]
        return text[:cut]

    def release(self) -> str:
        """What follows is no mark, or nothing does: return what was held back."""
        held, self._held = self._held, ""
        return held

    @property
    def held(self) -> str:
        """What waits: a letter with its marks, in most scripts."""
        return self._held

    def _last(self, text: str) -> int:
        """Return where the last grapheme of `text` begins, its end if nothing can join that."""
        last = text[-1]
        if last < FIRST_MARK and text[-2:-1] < FIRST_MARK:
            return len(text) - (last.isalnum() and not last.isdecimal())
        found = _LAST.search(text, max(0, len(text) - MOST_HELD))
        return len(text) if found is None else found.start()
