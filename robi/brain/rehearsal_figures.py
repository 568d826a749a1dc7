"""Numbers as people write them, in figures or words, Spanish and English: for the rehearsal.

Owns how such a number looks and what it comes to. The other direction is `rehearsal_numbers`.
"""

import re
import unicodedata
from typing import Final

from robi.brain.rehearsal_numbers import number


def fold(text: str) -> str:
    """Return `text` without case and accents, each character in its place."""
    return "".join(unicodedata.normalize("NFD", character.lower())[0] for character in text)


def _words(*values: int) -> dict[str, int]:
    return {fold(number(value, language)): value for value in values for language in ("es", "en")}


_ONES: Final = _words(*range(1, 10)) | {"uno": 1, "una": 1}
_TEENS: Final = (
    _words(0, *range(10, 20))
    | {fold(number(value, "es")): value for value in range(21, 30)}
    | {"veintiuno": 21, "veintiuna": 21}
)
_TENS: Final = _words(*range(20, 100, 10))
_HUNDREDS: Final = {fold(number(value, "es")): value for value in range(100, 1000, 100)} | {
    "ciento": 100
}
_HUNDREDS_OF_HER: Final = {
    f"{word[:-2]}as": value for word, value in _HUNDREDS.items() if word.endswith("os")
}
_SCALES: Final = {
    "hundred": 100, "mil": 1000, "thousand": 1000,
    "millon": 1_000_000, "millones": 1_000_000, "million": 1_000_000,
}  # fmt: skip
_PLAIN: Final = _ONES | _TEENS | _TENS | _HUNDREDS | _HUNDREDS_OF_HER


def _one_of(words: dict[str, int]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


BELOW_HUNDRED: Final = (
    rf"(?:{_one_of(_TENS)}(?:(?: y |[ -]){_one_of(_ONES)})?|{_one_of(_TEENS)}|{_one_of(_ONES)})\b"
)
"""How a number below a hundred looks in words, folded."""
_BELOW_THOUSAND: Final = (
    rf"(?:{_one_of(_HUNDREDS | _HUNDREDS_OF_HER)}\b(?: {BELOW_HUNDRED})?"
    rf"|(?:a|{_one_of(_ONES)}) hundred\b(?:(?: and)? {BELOW_HUNDRED})?|{BELOW_HUNDRED})"
)
_BELOW_MILLION: Final = (
    rf"(?:(?:(?:a|{_BELOW_THOUSAND}) )?(?:mil|thousand)\b(?:(?: and)? {_BELOW_THOUSAND})?"
    rf"|{_BELOW_THOUSAND})"
)
_IN_WORDS: Final = (
    rf"\b(?:(?:a|{_BELOW_MILLION}) (?:millones|millon|million)\b(?:(?: and)? {_BELOW_MILLION})?"
    rf"|{_BELOW_MILLION})"
)
NUMBER: Final = rf"(?:\b\d{{1,4}}\b|{_IN_WORDS})"
"""How a number looks, folded."""
_IN_WORDS_ANYWHERE: Final = re.compile(_IN_WORDS)


def value_of(said: str) -> int:
    """Return what a number comes to that looks as one of those above; "a" and "an" are one."""
    if said.isdigit():
        return int(said)
    whole = part = 0
    for word in re.findall(r"[a-z]+", said):
        match _SCALES.get(word):
            case 1_000_000:
                whole, part = (whole + part or 1) * 1_000_000, 0
            case 1000:
                whole, part = whole + (part or 1) * 1000, 0
            case 100:
                part = (part or 1) * 100
            case _:
                part += _PLAIN.get(word, 0)
    return 1 if said in {"a", "an"} else whole + part


def in_figures(said: str) -> str:
    """Return `said` (folded) with its numbers in figures."""
    return _IN_WORDS_ANYWHERE.sub(lambda found: str(value_of(found[0])), said)
