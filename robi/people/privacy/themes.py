"""What a sentence is about: all tables of words in one lexicon, and its numbers."""

import re
from collections.abc import Sequence
from typing import Final

from robi.people.privacy import confidence, everyday, health, labels, secrets
from robi.people.privacy.lexicon import Hits, Lexicon

ANNOUNCING: Final = frozenset(labels.CLASSES) | secrets.NAMED.needed
"""Themes without which a sentence neither asks for nor announces anything private."""

_ROOMS: Final = (everyday, health, confidence, secrets, labels)
_LEXICON: Final = Lexicon({name: table for room in _ROOMS for name, table in room.TABLES.items()})
_ANNOUNCING: Final = Lexicon(
    {
        name: table
        for room in (secrets, labels)
        for name, table in room.TABLES.items()
        if name in ANNOUNCING
    }
)
_DIGIT: Final = re.compile(r"\d")
_COUNTED: Final = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h|g|mb|gb|tb|k|m|km|kg|ml|cm|mm|s|p|x|ª|º)")
_SHORTEST_MIXED: Final = 4
_SHORT: Final = range(3, 9)
"""Digits of what opens a door or a telephone."""
_LONG: Final = 8
"""Digits of an account, at least."""
_PART: Final = 2
"""Digits that say how a card ends, at least."""


def announcing(words: Sequence[str]) -> Hits:
    """Return where the words stand without which nothing is asked for or announced."""
    return _ANNOUNCING.hits(words)


def themes(words: Sequence[str]) -> Hits:
    """Return where the words of each theme stand, and the numbers that may be secret."""
    hits = _LEXICON.hits(words)
    hits["end"] = [(len(words), len(words) + 1)]
    if "".join(words).isalpha():
        return hits
    start = digits = 0
    for at, word in enumerate((*words, "")):
        if word.isdigit():
            start = start if digits else at
            digits += len(word)
            continue
        if digits >= _PART:
            hits.setdefault("digits", []).append((start, at))
        if digits >= _SHORT.start:
            hits.setdefault("code_like", []).append((start, at))
        if digits >= _LONG:
            hits.setdefault("long_number", []).append((start, at))
        if digits in _SHORT:
            hits.setdefault("short_number", []).append((start, at))
        digits = 0
        if (
            len(word) >= _SHORTEST_MIXED
            and _DIGIT.search(word)
            and not word.isdigit()
            and not _COUNTED.fullmatch(word)
        ):
            for theme in ("mixed", "code_like", "digits"):
                hits.setdefault(theme, []).append((at, at + 1))
    return hits
