"""Where the sentences of a text end, in Spanish and English.

Owns which full stops end one: not that of a number (`4.7`), of an abbreviation (`p. ej.`, `Dr. X`,
`EE. UU.`) or of an initial. Which words are abbreviations is `spoken.shortened`; here is which of
them begin what a capital or a number goes on with. In doubt the sentence goes on: two that are
taken for one are less wrong than half a sentence.
"""

# ruff: noqa: RUF001, SIM905 - tables of words; the signs meant are the ones written

import re
from collections.abc import Iterator
from typing import Final

from robi.speech.spoken.shortened import is_abbreviation, is_numeral

LOOKED_BACK: Final = 48
"""Characters up to a full stop by which it is judged."""

_END: Final = re.compile(r"(?P<marks>[.!?…]+)[\"'”’»)\]]*|\n")
_MARK_WITHIN: Final = re.compile(r"[\w,;:]")
_NEXT: Final = re.compile(r"[^\S\n]{0,4}(\S)")
_WORD: Final = re.compile(
    r"(?<![\w'’\u0300-\u036f-])(?<!\w\.)(?P<parts>(?:[^\W\d_]{1,6}\.){0,8})"
    r"(?P<last>[^\W\d_]{1,12})\.[\"'”’»)\]]*\Z"
)
_COUNTED: Final = re.compile(r"\d\s?\Z")
_DOUBLED: Final = re.compile(r"([A-Z])\1\Z")
_NAME: Final = re.compile(r"[^\W\d_]{3}\s\Z")
_NEAR: Final = 24
"""Characters before a Roman numeral by which it is told from an initial."""
_UNITS: Final = frozenset("mhlgsACFKVWJN")
_ROMAN: Final = frozenset("IVXLC")

_BEFORE_NAMES: Final = frozenset(
    """
    dr dra drs dres sr sra srta sres sras dña prof profa mr mrs ms mx sto sta st avda ctra vs cf ej
    núm nro pág pag págs pp approx aprox
""".split()
)
_BEFORE_NAMES_IF_CAPITAL: Final = frozenset(
    """
    Gen Gov Sen Rev Capt Sgt Lt Mt Ing Lic Arq Gral Av EE JJ RR FF CC Ph
""".split()
)
"""Words, too, or the first half of an abbreviation."""
_BEFORE_NUMBERS: Final = frozenset(
    """
    fig figs vol vols cap caps art arts ch ex rm ext no nos sec tel jan feb aug sept oct nov dec
""".split()
)
"""Words, too, or their ends."""


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence of `text` begins and ends; together they are all of it."""
    start = 0
    for end in _END.finditer(text):
        here = end.end()
        if end["marks"] == "." and _goes_on(text, here):
            continue
        yield start, here
        start = here
    if start < len(text):
        yield start, len(text)


def _goes_on(text: str, here: int) -> bool:
    """Whether the full stop that is written up to `here` ends no sentence."""
    if _MARK_WITHIN.match(text, here):
        return True
    following = _NEXT.match(text, here)
    return following is not None and shortens(text[max(0, here - LOOKED_BACK) : here], following[1])


def shortens(before: str, following: str) -> bool:
    """Whether a full stop is that of an abbreviation or an initial, in mid-sentence.

    Args:
        before: what stands up to the stop, which is with it; LOOKED_BACK characters are enough.
        following: the first character after the space behind it.
    """
    begin = before.rfind(" ") + 1
    word = _WORD.search(before, begin)
    if word is None:
        return False
    parts, last = word["parts"], word["last"]
    if last in _BEFORE_NAMES_IF_CAPITAL or last.lower() in _BEFORE_NAMES:
        return True
    if last.lower() in _BEFORE_NUMBERS:
        return following.isdecimal() or (following in _ROMAN and last.lower() != "no")
    continued = following.islower() or following.isdecimal()
    if len(last) > 1:
        return continued and (_DOUBLED.match(last) is not None or is_abbreviation(f"{last}."))
    if parts:
        return continued or parts.isupper() or (parts + last).lower() in {"e.g", "i.e"}
    earlier = before[: word.start()]
    is_unit = last in _UNITS and _COUNTED.search(earlier) is not None
    is_named = last in _ROMAN and _NAME.search(earlier) is not None
    is_number = is_named and is_numeral(last, earlier[-_NEAR:])  # of a king, or a century
    return continued or not (is_unit or is_number)
