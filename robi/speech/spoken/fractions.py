"""Fractions, read out: `3/4`, `½`, `1 1/2 kg`, and what else a slash parts.

Owns which of them have a name, and where a unit or a noun goes that they count: half a pound, `un
kilo y medio`.
"""

# ruff: noqa: PLR2004, RUF001 - tables of words; the signs meant are the ones written

import re
import unicodedata
from typing import Final

from robi.errors import Language
from robi.speech.spoken.genders import form_before
from robi.speech.spoken.numerals import cardinal, ordinal
from robi.speech.spoken.units import UNITS, Unit

_FRACTIONS: Final = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_FRACTION: Final = re.compile(
    rf"(?<![\d.,])(?:(\d{{1,4}})[\s-]?)?(?:([{_FRACTIONS}])|(?<![\d/])(?:(?<=\s)|(?<!\d))(\d{{1,2}})\s?[/⁄]\s?(\d{{1,3}})(?![\d/]|[.,]\d))"
    r"(?:\s+([^\W\d_]+)(\.(?=\s+[a-z]))?)?"
)
_OVER_NUMBER: Final = re.compile(r"(?<=\d)\s?/\s?(?=\d)")
_SPANISH_PARTS: Final = {
    2: ("medio", "medios"), 3: ("tercio", "tercios"), 4: ("cuarto", "cuartos"),
    5: ("quinto", "quintos"), 6: ("sexto", "sextos"), 7: ("séptimo", "séptimos"),
    8: ("octavo", "octavos"), 9: ("noveno", "novenos"), 10: ("décimo", "décimos"),
    100: ("centésimo", "centésimos"),
}  # fmt: skip
_ENGLISH_PARTS: Final = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_OVER: Final[dict[Language, str]] = {"es": "entre", "en": "over"}
_LEAST_COMMON: Final = 10


def fractions(text: str, language: Language) -> str:
    """Return `text` with its fractions as words, and with a word for each slash between numbers."""
    text = _FRACTION.sub(lambda found: _fraction(found, language), text)
    return _OVER_NUMBER.sub(f" {_OVER[language]} ", text)


def _fraction(found: re.Match[str], language: Language) -> str:
    whole, sign, above, below, noun = found[1], found[2], found[3], found[4], found[5]
    if sign:
        top, bottom = (int(part) for part in unicodedata.normalize("NFKC", sign).split("⁄"))
    else:
        top, bottom = int(above), int(below)
    after = found[0][found.end(4) - found.start() if not sign else found.end(2) - found.start() :]
    unit = UNITS[language].get(noun or "")
    if found[6] and unit is not None:
        after = after.removesuffix(".")
    parts = _part(top, bottom, language)
    if parts is None:
        said = f"{cardinal(top, language)} {_OVER[language]} {cardinal(bottom, language)}"
        return f"{cardinal(int(whole), language)} {said}{after}" if whole else said + after
    if unit is not None and not whole:
        return _part_of(parts, unit, language)
    if whole:
        if unit is not None:  # 1 ½ kg: one and a half kilos
            noun = unit.word(language, one=language == "es" and whole == "1")
            after = f" {noun}"
        if (top, bottom) == (1, 2):
            parts = {"es": "medio", "en": "a half"}[language]
        joint = {"es": "y", "en": "and"}[language]
        form = form_before(noun or "") if language == "es" else "alone"
        if form != "alone" and parts == "medio":
            one = after[:-1] if whole == "1" and after.endswith(("as", "os")) else after
            half = "media" if form == "feminine" else "medio"
            return f"{cardinal(int(whole), language, form)}{one} y {half}"
        return f"{cardinal(int(whole), language)} {joint} {parts}{after}"
    if language == "es" and (top, bottom) == (1, 2) and noun and form_before(noun) != "alone":
        return ("media" if form_before(noun) == "feminine" else "medio") + after
    return parts + after


def _part_of(parts: str, unit: Unit, language: Language) -> str:
    word = unit.word(language, one=True)
    if language == "en":
        article = "an" if word.startswith(("inch", "ounce", "hour")) else "a"
        return f"half {article} {word}" if parts == "one half" else f"{parts} of {article} {word}"
    if parts == "un medio":
        return f"{'media' if unit.feminine else 'medio'} {word}"
    return f"{parts} de {word}"


def _part(top: int, bottom: int, language: Language) -> str | None:
    if not 0 < top < bottom or (bottom > _LEAST_COMMON and bottom != 100):
        return None
    if language == "es":
        return f"{cardinal(top, 'es', 'masculine')} {_SPANISH_PARTS[bottom][top > 1]}"
    name, names = _ENGLISH_PARTS.get(bottom, (ordinal(bottom, "en"), f"{ordinal(bottom, 'en')}s"))
    return f"{cardinal(top, 'en')} {name if top == 1 else names}"
