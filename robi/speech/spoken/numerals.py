"""Numbers as words, in Spanish and English.

Owns what num2words does not: in Spanish the forms before a noun (`veintiún años`, `doscientas
casas`, `veintiún mil`) and ordinals beyond the tenth; in English the commas that it puts into
numbers are taken out. The library comes in with some ninety modules and 90 ms of CPU, so it is
imported at the first number, or by `prepare` when a server starts.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, Literal

from robi.errors import Language

Form = Literal["alone", "masculine", "feminine"]
"""How a Spanish number stands: alone, or before a noun. English knows no difference."""

LONGEST: Final = 18
"""Digits of a number that is read as one; a longer one is read digit by digit."""

_BEFORE_SCALE: Final = re.compile(r"uno(?= (?:mil|mill|bill|trill))")
_SCALES: Final = re.compile(r".*(?:ill[oó]n(?:es)?) ?")
_ORDINAL_ONES: Final = (
    "", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo",
    "noveno", "décimo", "undécimo", "duodécimo", "decimotercero", "decimocuarto", "decimoquinto",
    "decimosexto", "decimoséptimo", "decimoctavo", "decimonoveno",
)  # fmt: skip
_ORDINAL_TENS: Final = (
    "vigésimo", "trigésimo", "cuadragésimo", "quincuagésimo", "sexagésimo", "septuagésimo",
    "octogésimo", "nonagésimo",
)  # fmt: skip
_LAST_ORDINAL: Final = 100
_FIRST_OF_TENS: Final = 20
_READ_WHOLE: Final = 2
"""Decimals that Spanish reads as a number: `tres coma catorce`."""
_YEARS: Final = range(1100, 2100)


@cache
def _num2words() -> Callable[..., str]:
    from num2words import num2words  # noqa: PLC0415 (90 ms: not before a number comes)

    library: Callable[..., str] = num2words
    return library


def prepare() -> None:
    """Import what turns numbers into words, so that no turn waits for it."""
    _num2words()


@lru_cache(maxsize=4096)
def cardinal(value: int, language: Language, form: Form = "alone") -> str:
    """Return a whole number of at most LONGEST digits in words."""
    text = _num2words()(value, lang=language)
    if language == "en":
        return text.replace(",", "")
    text = _BEFORE_SCALE.sub("un", text).replace("veintiun ", "veintiún ")
    if form == "masculine":
        return _apocope(text)
    if form == "feminine":
        scales = _SCALES.match(text)
        start = scales.end() if scales is not None else 0
        end = text[start:].replace("cientos", "cientas").replace("quinientos", "quinientas")
        return text[:start] + re.sub(r"uno\Z", "una", end)
    return text


def digits(figures: str, language: Language) -> str:
    """Return each digit of `figures` as a word; what is no digit is passed over."""
    return " ".join(cardinal(int(figure), language) for figure in figures if figure.isdecimal())


def number(whole: str, decimals: str, language: Language, form: Form = "alone") -> str:
    """Return a number written as the digits before and after its decimal mark."""
    if len(whole) > LONGEST or (len(whole) > 1 and whole.startswith("0")):
        text = digits(whole, language)
    else:
        text = cardinal(int(whole), language, "alone" if decimals else form)
    if not decimals:
        return text
    mark = {"es": "coma", "en": "point"}[language]
    as_one = language == "es" and len(decimals) <= _READ_WHOLE and decimals[0] != "0"
    after = cardinal(int(decimals), language) if as_one else digits(decimals, language)
    return f"{text} {mark} {after}"


def ordinal(value: int, language: Language, form: Form = "alone") -> str:
    """Return the ordinal; Spanish has them up to the hundredth, and goes on with cardinals."""
    if language == "en":
        text: str = _num2words()(value, lang="en", to="ordinal")
        return text.replace(",", "")
    if not 0 < value <= _LAST_ORDINAL:
        return cardinal(value, language, form)
    if value == _LAST_ORDINAL:
        text = "centésimo"
    elif value < _FIRST_OF_TENS:
        text = _ORDINAL_ONES[value]
    else:
        tens, ones = divmod(value, 10)
        text = f"{_ORDINAL_TENS[tens - 2]} {_ORDINAL_ONES[ones]}".strip()
    if form == "feminine":
        return re.sub(r"o\b", "a", text)
    return re.sub(r"(primer|tercer)o\Z", r"\1", text) if form == "masculine" else text


def year(value: int, language: Language) -> str:
    """Return a year: English reads 1984 in two halves."""
    if language == "en" and value in _YEARS:
        text: str = _num2words()(value, lang="en", to="year")
        return text.replace("oh-", "oh ")
    return cardinal(value, language)


def _apocope(text: str) -> str:
    if text.endswith("veintiuno"):
        return text[: -len("uno")] + "ún"
    return re.sub(r"\buno\Z", "un", text)
