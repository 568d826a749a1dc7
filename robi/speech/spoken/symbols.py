"""Signs as words: operators, currencies without a number, `&`, `@`, `#`, `§`.

Owns what is said for each, and that no mark and no digit is left in Spanish or English.
"""

# ruff: noqa: E501, RUF001, RUF002 - tables of words; the signs meant are the ones written

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from robi.errors import Language
from robi.speech.spoken.numerals import cardinal, digits, number
from robi.speech.spoken.units import MONEY

_RAISED: Final = re.compile(r"(?<=[\w)])\^\s?\(?(-?)(\w+)\)?")
_SUPERSCRIPT: Final = re.compile(r"(?<=[\w)])[²³⁰¹⁴-⁹]+")
_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {
        "+": "más", "−": "menos", "×": "por", "✕": "por", "÷": "entre", "=": "igual a", "≈": "aproximadamente",
        "≠": "distinto de", "<": "menor que", ">": "mayor que", "≤": "menor o igual que",
        "≥": "mayor o igual que", "±": "más menos", "√": "raíz de", "∞": "infinito", "%": "por ciento",
        "‰": "por mil", "&": "y", "@": "arroba", "§": "sección", "°": "grados", "№": "número",
        "π": "pi", "∑": "suma de", "∈": "en", "·": "por", "Δ": "delta", "∆": "delta",
        "/": "entre", "^": "elevado a", "#": "número",
    },
    "en": {
        "+": "plus", "−": "minus", "×": "times", "✕": "times", "÷": "divided by", "=": "equals",
        "≈": "approximately", "≠": "is not equal to", "<": "less than", ">": "greater than",
        "≤": "less than or equal to", "≥": "greater than or equal to", "±": "plus or minus",
        "√": "square root of", "∞": "infinity", "%": "per cent", "‰": "per thousand", "&": "and",
        "@": "at", "§": "section", "°": "degrees", "№": "number", "π": "pi", "∑": "sum of",
        "∈": "in", "·": "times", "Δ": "delta", "∆": "delta", "/": "over", "^": "to the power of",
        "#": "number",
    },
}  # fmt: skip
_SET_PHRASE: Final = re.compile(r"(?<![\d/.,])(24/7|50/50)(?![\d/]|[.,]\d)")
_NUMBER_SIGN: Final = re.compile(r"#(?=\d)")
_SHARP: Final = re.compile(r"\b([A-GF])#(?!\w)")
_PLUSES: Final = re.compile(r"(?<=\w)\+\+")
_HASHTAG: Final = re.compile(r"#(?=[^\W\d_])")
_COPYRIGHT: Final = re.compile(r"©|\(c\)(?=\s)")
_OR: Final = re.compile(r"(?<=[^\W\d_])/(?=[^\W\d_])")
_MINUS: Final = re.compile(r"(?<=[\w)])\s-\s(?=[\w(])")
_BY: Final = re.compile(r"(?<=\d)x(?=\d)")
"""English measures a board 2x4, and multiplies 2 x 4."""
_DIVIDED: Final = re.compile(r"(?<=\d)\s:\s(?=\d)")
_TIMES: Final = re.compile(r"(?<=[\d)])\s?[xX]\s?(?=[\d(])")
_SIGN: Final = re.compile(r"\s*([+−×✕÷=≈≠<>≤≥±√∞%‰&@§°№π∑∈·Δ∆/^#])(=?)\s*")
_CURRENCY: Final = re.compile(r"[€$£¥₹₽₩₿¢]")
_LEFT: Final = re.compile(r"[*_~`|#^\\<>{}=+@&%€$£¥®™†‡¶¤¦¬¸¨´`\u2022\u00b7]|\d|[²³¹⁰-₟¼-¾⅐-ↈ①-⓿]")
_EXPONENTS: Final[dict[Language, dict[str, str]]] = {
    "es": {"2": "al cuadrado", "3": "al cubo"}, "en": {"2": "squared", "3": "cubed"},
}  # fmt: skip

_SET_PHRASES: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {"24/7": "veinticuatro siete", "50/50": "cincuenta cincuenta"},
    "en": {"24/7": "twenty-four seven", "50/50": "fifty-fifty"},
}


def operators(text: str, language: Language) -> str:
    """Return `text` with what must be read before its digits are: powers, `×`, `C#`, minus."""
    text = _SET_PHRASE.sub(lambda found: _SET_PHRASES[language][found[1]], text)
    text = _NUMBER_SIGN.sub({"es": "número ", "en": "number "}[language], text)
    if language == "en" and "=" not in text:
        text = _BY.sub(" by ", text)
    text = _TIMES.sub(" × ", text)
    if language == "es":
        text = _DIVIDED.sub(" ÷ ", text)
    text = _MINUS.sub(" − ", text)
    text = _SHARP.sub({"es": r"\1 sharp", "en": r"\1 sharp"}[language], text)
    text = _PLUSES.sub({"es": " más más", "en": " plus plus"}[language], text)
    return _RAISED.sub(lambda found: _power(found, language), text)


def signs(text: str, language: Language) -> str:
    """Return `text` with its signs as words, and nothing in it that cannot be said."""
    text = _SUPERSCRIPT.sub(lambda found: _superscript(found, language), text)
    text = _COPYRIGHT.sub("copyright", text)
    text = _HASHTAG.sub("hashtag ", text)
    text = _OR.sub(lambda found: _or(found, language), text)
    text = _SIGN.sub(lambda found: _word(found, language), text)
    text = _CURRENCY.sub(lambda found: _plural(found, language), text)
    return _LEFT.sub(lambda found: _last_resort(found[0], language), text)


def _or(found: re.Match[str], language: Language) -> str:
    """Read the slash of `he/she`; `either/or` says it already."""
    either = language == "en" and found.string.startswith("or", found.end())
    return " " if either else {"es": " o ", "en": " or "}[language]


def _power(found: re.Match[str], language: Language) -> str:
    known = None if found[1] else _EXPONENTS[language].get(found[2])
    minus = {"es": "menos ", "en": "minus "}[language] if found[1] else ""
    return " " + (known or f"{_WORDS[language]['^']} {minus}{found[2]}")


def _superscript(found: re.Match[str], language: Language) -> str:
    exponent = "".join(str(unicodedata.digit(char)) for char in found[0])
    known = _EXPONENTS[language].get(exponent)
    return " " + (known or f"{_WORDS[language]['^']} {number(exponent, '', language)}")


def _word(found: re.Match[str], language: Language) -> str:
    sign = {"<": "≤", ">": "≥"}.get(found[1], found[1]) if found[2] else found[1]
    before = " " if found.string[: found.start()].strip() else ""
    last = found.string[: found.start()][-1:]
    if last in "¿¡(«“\"'":
        before = ""
    after = found.string[found.end() :][:1]
    gap = "" if not after or after in ".,;:!?)»”\"'…" else " "
    return f"{before}{_WORDS[language][sign]}{gap}"


def _plural(found: re.Match[str], language: Language) -> str:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    name = MONEY[found[0]].word(language, one=False)
    return f"{' ' if before.isalnum() else ''}{name}{' ' if after.isalnum() else ''}"


def _last_resort(char: str, language: Language) -> str:
    if char in _WORDS[language]:
        return f" {_WORDS[language][char]} "
    value = unicodedata.digit(char, None)
    if value is not None:
        return f" {digits(str(value), language)} "
    numeric = unicodedata.numeric(char, None)
    if numeric is not None and numeric.is_integer():
        return f" {cardinal(int(numeric), language)} "
    return ""
