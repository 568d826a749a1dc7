"""Sums as people ask for them, Spanish and English, as an expression to compute: for the rehearsal.

Owns the step from "what is twelve times seven?" or "la mitad de nueve" to `12 * 7` and `(9 / 2)`.
It computes nothing: that is what the tool is for. Whatever is not a sum from beginning to end is
none, so that nobody's telephone number is taken for a subtraction.
"""

import re
from typing import Final

from robi.brain.rehearsal_figures import fold, in_figures
from robi.errors import Language

_ASKED: Final = re.compile(
    r"\b(?:(?:cuant[oa]s?|cual|que) (?:es|son|da|dan|hacen?|suman?|seria)\b"
    r"|how much (?:is|are|does)\b|calcul(?:a|ar|ame|e|ate)\b|work out\b|what(?:['\u2019]?s\b|\b)"
    r"(?: is\b| are\b)?)\s*"
)
_LEAD: Final = re.compile(r"(?:[\s¿¡,]|\b(?:y|and)\b)*")
_TAIL: Final = re.compile(r"(?:[\s,.=?!]|\b(?:is|are|makes?|por favor|please)\b)*\Z")
_NO_SUM: Final = re.compile(r"[+(]?\d+\)?(?:[-./ ]\d+)*")
"""Dates, telephone numbers: figures and marks, which only a question makes a sum of."""

_N: Final = r"(\d+(?:\.\d+)?)"
_THOUSANDS: Final[dict[Language, str]] = {"es": ".", "en": ","}
_REWRITES: Final = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (rf"{_N} (?:coma|punto|point) (\d+)\b", r"\1.\2"),
        (r"\b(\d+) (?:y medi[oa]|and a half)\b", r"\1.5"),
        (r"\b(?:el|la|los|las|the) +", ""),
        (rf"{_N} ?%\s+(?:de|of)\b", r"\1% *"),
        (rf"(?:\braiz(?: cuadrada)? de\b|\b(?:square )?root of\b|√) *{_N}", r"sqrt(\1)"),
        (rf"\b(?:mitad de|half(?: of)?) +{_N}", r"(\1 / 2)"),
        (rf"\b(?:(?:1 )?tercio de|(?:a )?third of) +{_N}", r"(\1 / 3)"),
        (rf"\b(?:(?:1 )?cuarto de|(?:a )?quarter of) +{_N}", r"(\1 / 4)"),
        (rf"\b(?:doble de|double(?: of)?|twice) +{_N}", r"(2 * \1)"),
        (rf"\b(?:triple de|triple(?: of)?) +{_N}", r"(3 * \1)"),
        (rf"{_N} (?:al cuadrado|squared)\b", r"\1^2"),
        (rf"{_N} (?:al cubo|cubed)\b", r"\1^3"),
        (r"\b(?:elevado a|to power of)\b", "^"),
        (r"\b(?:sumar?|add|sum)\b(?: de\b| of\b)?", " "),
        (r"\bdivid\w+\b(.*?)(?:\b(?:por|entre|by)\b)", r"\1/"),
        (r"\bmultipl\w+\b(?: (?:por|by)\b)", "*"),
        (r"\bmultipl\w+\b", " "),
        (r"\bentre\b|÷", "/"),
        (r"\b(?:por|times|by)\b|(?<=[\d) ])x(?=[\d( ])|×", "*"),  # noqa: RUF001 (people type it)
        (r"\bmenos\b|\bminus\b|\u2212", "-"),
        (r"\bmas\b|\bplus\b|(?<=[\d)]) (?:y|and) (?=[\d(])", "+"),
    )
)
_EXPRESSION: Final = re.compile(r"(?:[\d\s.+*/()^%-]|sqrt)+")
_SIDE_BY_SIDE: Final = re.compile(r"[\d)]\s+[\d(]|\)\d")
_DOES_SOMETHING: Final = re.compile(r"[\d)%]\s*[-+*/^]|sqrt")


def expression_in(text: str, language: Language) -> str | None:
    """Return the sum that `text` asks for, None if it is something else.

    `language` tells how thousands are written: 1.000 or 1,000.
    """
    said = fold(text)
    asked = _ASKED.search(said)
    rest = said[asked.end() :] if asked else _LEAD.sub("", said, count=1)
    rest = _TAIL.sub("", re.sub(r" ?\b(?:por ciento|per ?cent)\b", "%", rest))
    if not asked and _NO_SUM.fullmatch(rest):
        return None
    thousands = re.escape(_THOUSANDS[language])
    rest = re.sub(rf"(?<![\d.,])\d{{1,3}}(?:{thousands}\d{{3}})+(?![\d.,])", _joined, rest)
    rest = re.sub(r"(?<=\d),(?=\d)", ".", in_figures(rest))
    for pattern, written in _REWRITES:
        rest = pattern.sub(written, rest)
    rest = " ".join(rest.split()).strip(" .")
    if _EXPRESSION.fullmatch(rest) is None or _SIDE_BY_SIDE.search(rest):
        return None
    return rest if _DOES_SOMETHING.search(rest) else None


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"[.,]", "", found[0])
