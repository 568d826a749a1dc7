"""Numbers and what they count, read out: money, measures, per cent, phone numbers.

Owns how a number is written in each language (`1.234,5`, `1,234.5`), and which of two readings
counts: a number of three groups of three digits that begins with 6 to 9 is a phone number. Long, since
it is one table of forms and what is said for each, in the order in which they are tried.
"""

# ruff: noqa: E501, RUF001 - tables of words; the signs meant are the ones written

import re
from collections.abc import Callable, Mapping
from typing import Final

from robi.errors import Language
from robi.speech.spoken.fractions import fractions
from robi.speech.spoken.genders import form_before
from robi.speech.spoken.numerals import LONGEST, Form, cardinal, digits, number, ordinal
from robi.speech.spoken.units import MONEY, UNITS, Unit

_NUM: Final = r"(?P<number>\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?(?!\d)(?! \d)|\d+(?:[.,]\d+|['’]\d{3}(?!\d))*)"
_START: Final = r"(?<![\d.,])"
_SCALE: Final = (
    r"(?:\s?(?P<scale>mil(?:lones|lón)?\b(?:\s+de\b)?|billones\b|million\b|billion\b|trillion\b|"
    r"thousand\b|[kKMB]\b))?"
)
_CURRENCIES: Final = "|".join(sorted(map(re.escape, MONEY), key=len, reverse=True))
_MONEY_FIRST: Final = re.compile(rf"(?<!\w)(?P<money>{_CURRENCIES})\s?{_NUM}{_SCALE}(?![\d])")
_MONEY_LAST: Final = re.compile(rf"{_START}{_NUM}{_SCALE}\s?(?P<money>{_CURRENCIES})(?!\w)")
_PRICE_PER: Final = re.compile(r"(?<=[€$£¥])\s?/\s?([^\W\d_]+[²³23]?)(?!\w)")
_PER: Final = re.compile(r"\s?/\s?([^\W\d_]+[²³23]?)(?!\w)")
_PERCENT: Final = re.compile(rf"{_START}{_NUM}\s?(?P<sign>%|‰)")
_DEGREES: Final = re.compile(rf"{_START}{_NUM}\s?[°º]\s?(?P<scale>[CFK])?(?![\w])")
_ORDINAL: Final[Mapping[Language, re.Pattern[str]]] = {
    "es": re.compile(
        r"(?<![\w.,])(\d{1,4})(?:\.?([ºª])|\.?(er|era|ero|do|da|ro|ra|to|ta|mo|ma|vo|va|no|na|os|as)\b)(?!\w)"
        r"(?:\s+([^\W\d_]+))?"
    ),
    "en": re.compile(r"(?<![\w.,])(\d{1,6}|\d{1,3}(?:,\d{3})+)(?:st|nd|rd|th)\b"),
}
_RANGE: Final = re.compile(r"(?<=[\d%°€])\s?[–‒]\s?(?=[$€£]?\d)|(?<=[\d%°€])-(?=[$€£]?\d)")
_MINUS: Final = re.compile(r"(?<![\w)%°])[-−–](?=\s?[$€£]?\d)")
_PLUS: Final = re.compile(r"(?<![\w)])\s?\+(?=[$€£]?\d)")
_RATIO: Final = re.compile(r"(?<=\d):(?=\d)")
_APOSTROPHE: Final = re.compile(r"(?<!\w)['’](?=\d0s?(?!\w))")
_SCORE: Final = re.compile(r"(?<=\d[.,]\d)\s?/\s?(?=\d)|(?<=\d[.,]\d\d)\s?/\s?(?=\d)")
_MARK: Final = re.compile(r"(?<=\d)\s?/\s?(?=\d+(?![\d/]))")
_GRADED: Final = re.compile(
    r"(?i:\b(?:notas?|puntuaci[oó]n|punt[uú]o|tensi[oó]n|presi[oó]n|dificultad|difficulty|valoraci[oó]n|scored?|grade|rating|rated?)\W+(?:\w+\W+){0,2})\Z"
)
_VERSIONED: Final = re.compile(
    r"(?i:\b(?:versi[oó]n|python|android|ios|macos|windows|ubuntu|linux|java|usb|bluetooth|gemini|gpt)[\s-])\Z"
)
_VERSION_NUMBER: Final = re.compile(r"\A\d+\.\d+(?![\d,]|\.\d)")
_FEET: Final = re.compile(r"(?<![\w.,])(\d)['’′](1?\d)[\"”″]?(?!\w)")
_FEET_BEFORE: Final = re.compile(r"\d['’′]\d{1,2}\Z")
_OPEN_DOUBLE: Final = re.compile(r'(?<![\w"])"(?=\w)[^"]*\Z')
_IN: Final = re.compile(r"(?<=\d)\s?in\.(?=\s+[a-z])")
_INCHES: Final = re.compile(r"(?<=[\d½¼¾⅛])[\"″](?!\w)")
_PRIME: Final = re.compile(r"(?<![\w.,'’])(\d{1,3})['’′](?![\w'’])")
_OPEN_QUOTE: Final = re.compile(r"(?<!\w)['‘][^'’]*\Z")
_BETWEEN: Final = re.compile(r"(?i:\b(?:entre|between)\s+)\Z")
_WARM: Final = re.compile(
    r"(?i:\bmenos\s|\b(?:hace|hacen|hará|hacía|temperatura|máxima|mínima|ángulos?|gira|giro)\s(?:\w+\s){0,2})\Z"
)
_PHONE: Final = re.compile(
    r"(?<![\w.,/:+-])(?:(\+)\s?\d(?:[\s.()/-]{0,2}\d){6,15}|\(\d{2,4}\)[\s-]?\d{2,4}(?:[\s.-]?\d{2,4}){1,3}"
    r"|[6-9]\d{2}(?:[\s.-]\d{3}){2}|[6-9]\d{2}(?:[\s.-]\d{2}){3}|[89]\d(?:[\s.-]\d{3})(?:[\s.-]\d{2}){2}"
    r"|\d{3}[\s.-]\d{3}[\s.-]\d{4}|\d{3}-\d{4}|\d-\d{3}-\d{3}-\d{4}|[6-9]\d{8}|\d{10,15})(?![\d/]|[.,:-]\d|\s?[%€$£])"
)
_CALLED: Final = re.compile(
    r"(?i:\b(?:tel[eé]fono|tel\.?|tfno\.?|m[oó]vil|whats\s?app|phone|mobile|call|dial|ll[aá]ma(?:me|lo|la)?(?:\s+al)?|"
    r"marca(?:\s+el)?|emergencias|c[oó]digo|pin|code|extensi[oó]n)\W+(?:\w+\W+){0,2})\Z"
)
_QUANTITY: Final[Mapping[Language, re.Pattern[str]]] = {
    language: re.compile(
        rf"{_START}{_NUM}{_SCALE}\s?(?P<unit>{'|'.join(sorted(map(re.escape, UNITS[language]), key=len, reverse=True))})"
        r"(?![\w²³])(?!['’]\w)(?P<stop>\.(?=\s*\Z|\s+[a-z]))?"
    )
    for language in UNITS
}
_RATE: Final[Mapping[Language, re.Pattern[str]]] = {
    language: re.compile(rf"(?<=\s)(?:{units})(?=/(?:{units})(?!\w))")
    for language in UNITS
    if (units := "|".join(sorted(map(re.escape, UNITS[language]), key=len, reverse=True)))
}
_PLAIN: Final = re.compile(rf"{_START}{_NUM}(?P<noun>\s+(?P<word>[^\W\d_]+))?")
_CLASS: Final = re.compile(r"(?<=\d[ºª])(?=[ABDE]\b)")
_VERSION: Final = re.compile(r"(?<![\d.,])\d+(?:\.\d+){2,}(?![\d,])")
_GLUED_BEFORE: Final = re.compile(r"(?<=[^\W\d_])(?=\d)")
_GLUED_AFTER: Final = re.compile(r"(?<=\d)(?=[^\W\d_])(?![ºª²³⁰¹⁴-⁹])")
_CODE: Final = re.compile(r"(?<=[^\W\d_])-(?=\d)|(?<=\d)-(?=[^\W\d_])")
_NEAR: Final = 64
"""Characters before a number in which its kind is looked for: a few words, since that costs time."""
_BONDS: Final = " \u00a0\u202f\u2009'’"
_SPAN: Final[dict[Language, str]] = {"es": " a ", "en": " to "}
_AND: Final[dict[Language, str]] = {"es": " y ", "en": " and "}
_OUT_OF: Final[dict[Language, str]] = {"es": " sobre ", "en": " out of "}

_SCALES: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {"k": "mil", "K": "mil", "M": "millones", "B": "mil millones"},
    "en": {"k": "thousand", "K": "thousand", "M": "million", "B": "billion"},
}
_DECIMAL: Final[Mapping[Language, str]] = {"es": ",", "en": "."}
_GROUP: Final = 3
_CENTS: Final = 2


def amounts(text: str, language: Language, before: str) -> str:
    """Return `text` with its numbers as words; `before` is what was written before it."""
    near = max(0, len(before) - _NEAR)
    text = _phones(text, language, before, near)
    text = _VERSION.sub(lambda found: _version(found, language), text)
    text = _MINUS.sub({"es": "menos ", "en": "minus "}[language], text)
    if "-" in text or not text.isascii():
        joint = _AND if _BETWEEN.search(before, near) else _SPAN
        text = _RANGE.sub(joint[language], text)
    text = _RATIO.sub(_SPAN[language], text)
    if language == "en":
        text = _IN.sub(" inch", text)
    if '"' in text or "″" in text:
        text = _INCHES.sub(lambda found: _inches(found, language, before), text)
    if "'" in text or "’" in text or "′" in text:
        text = _primes(_APOSTROPHE.sub("", text), language, before)
    slash = "/" in text
    if slash:
        text = _SCORE.sub(_OUT_OF[language], text)
        if _GRADED.search(before, near):
            text = _MARK.sub(_OUT_OF[language], text)
    if "." in text and _VERSIONED.search(before, near):
        text = _VERSION_NUMBER.sub(lambda found: _dotted(found[0], language), text)
    text = _CODE.sub(" ", text)
    if language == "es" and ("º" in text or "ª" in text):
        text = _CLASS.sub(" ", text)
    if slash:
        text = _PRICE_PER.sub(lambda found: _per_unit(found[1], language), text)
    text = _ORDINAL[language].sub(_ordinals(language, before), text)
    if slash or not text.isascii():
        text = fractions(text, language)
    text = _MONEY_FIRST.sub(lambda found: _price(found, language), text)
    text = _MONEY_LAST.sub(lambda found: _price(found, language), text)
    if "%" in text or "‰" in text:
        text = _PERCENT.sub(lambda found: _share(found, language), text)
    if "°" in text or "º" in text:
        text = _DEGREES.sub(lambda found: _warmth(found, language), text)
    text = _QUANTITY[language].sub(lambda found: _measure(found, language), text)
    if slash:
        text = _RATE[language].sub(lambda found: _rate(found, language), text)
        text = _per(text, language)
    text = _GLUED_AFTER.sub(" ", _GLUED_BEFORE.sub(" ", text))
    return _PLAIN.sub(lambda found: _number(found, language), text)


def _split(written: str, language: Language) -> tuple[str, str] | None:
    """Return the digits before and after the decimal mark; None if that is no number."""
    bare = "".join(char for char in written if char not in _BONDS)
    marks = [char for char in bare if char in ".,"]
    if not marks:
        return bare, ""
    whole, _, rest = bare.rpartition(marks[-1])
    groups = re.split("[.,]", whole)
    grouped = all(len(group) == _GROUP for group in groups[1:]) and 0 < len(groups[0]) <= _GROUP
    if len(set(marks)) > 1:
        return ("".join(groups), rest) if grouped and marks.count(marks[-1]) == 1 else None
    thousands = grouped and len(rest) == _GROUP and not bare.startswith("0")
    if len(marks) > 1:
        return ("".join([*groups, rest]), "") if thousands else None
    if marks[0] != _DECIMAL[language] and thousands:
        return whole + rest, ""
    return whole, rest


def _value(written: str, language: Language, form: Form = "alone") -> str:
    parts = _split(written, language)
    return _dotted(written, language) if parts is None else number(*parts, language, form)


def _version(found: re.Match[str], language: Language) -> str:
    if _split(found[0], language):
        return found[0]
    glued = found.string[: found.start()][-1:].isalpha()
    return (" " if glued else "") + _dotted(found[0], language)


def _dotted(written: str, language: Language) -> str:
    mark = {"es": {".": " punto ", ",": " coma "}, "en": {".": " point ", ",": ", "}}[language]
    return re.sub(
        r"\d+|[.,]",
        lambda found: mark.get(found[0]) or number(found[0], "", language),
        written,
    ).strip()


def _is_one(written: str) -> bool:
    return written == "1"


def _counted(written: str, scale: str | None, unit: Unit, language: Language) -> str:
    form: Form = "feminine" if unit.feminine else "masculine"
    if not scale:
        return f"{_value(written, language, form)} {unit.word(language, one=_is_one(written))}"
    large = _SCALES[language].get(scale, scale.removesuffix(" de").rstrip())
    one_mil = _is_one(written) and large == "mil"
    if _is_one(written) and large == "millones":
        large = "millón"
    said = large if one_mil else f"{_value(written, language, 'masculine')} {large}"
    of = (
        " de"
        if language == "es" and large.startswith(("millon", "millón", "billon", "mil m"))
        else ""
    )
    return f"{said}{of} {unit.word(language, one=False)}"


def _price(found: re.Match[str], language: Language) -> str:
    unit, written, scale = MONEY[found["money"]], found["number"], found["scale"]
    parts = _split(written, language)
    if unit.cents is None or scale or parts is None or len(parts[1]) != _CENTS:
        return _counted(written, scale, unit, language)
    whole, cents = parts
    small = unit.cents[language][0 if cents == "01" else 1]
    fraction = cardinal(int(cents), language, "masculine")
    if whole.strip("0") == "" and int(cents):
        return f"{fraction} {small}"
    form: Form = "feminine" if unit.feminine else "masculine"
    said = f"{number(whole, '', language, form)} {unit.word(language, one=_is_one(whole))}"
    if not int(cents):
        return said
    return f"{said} con {fraction}" if language == "es" else f"{said} and {fraction} {small}"


def _share(found: re.Match[str], language: Language) -> str:
    per = {"es": ("por ciento", "por mil"), "en": ("per cent", "per thousand")}[language]
    return f"{_value(found['number'], language)} {per[found['sign'] == '‰']}"


def _warmth(found: re.Match[str], language: Language) -> str:
    one = _is_one(found["number"])
    word = {"es": "grado" if one else "grados", "en": "degree" if one else "degrees"}[language]
    scale = {
        None: "",
        "C": "" if language == "es" else " Celsius",
        "F": " Fahrenheit",
        "K": " Kelvin",
    }
    return f"{_value(found['number'], language, 'masculine')} {word}{scale[found['scale']]}"


def _measure(found: re.Match[str], language: Language) -> str:
    said = _counted(found["number"], found["scale"], UNITS[language][found["unit"]], language)
    return said + ("." if found["stop"] and not found.string[found.end() :].strip() else "")


def _rate(found: re.Match[str], language: Language) -> str:
    """Read the first unit of `3·10⁸ m/s`, before which no plain number stands."""
    return UNITS[language][found[0]].word(language, one=False)


def _per(text: str, language: Language) -> str:
    """Read the slash of `km/h` and `€/kg`, whose first unit is in words already."""

    def spoken(found: re.Match[str]) -> str:
        if not text[: found.start()].endswith(_COUNTED[language]):
            return found[0]
        return _per_unit(found[1], language)

    return _PER.sub(spoken, text)


def _per_unit(written: str, language: Language) -> str:
    power = ""
    unit = UNITS[language].get(written)
    if unit is None and written[-1] in _POWERS[language]:
        power = f" {_POWERS[language][written[-1]]}"
        unit = UNITS[language].get(written[:-1])
    word = written if unit is None else unit.word(language, one=True) + power
    return f" {_PER_WORD[language]} {word}"


def _inches(found: re.Match[str], language: Language, before: str) -> str:
    """Read 2" as inches, unless that closes a quotation."""
    earlier = before + found.string[: found.start()]
    if _OPEN_DOUBLE.search(earlier) or _FEET_BEFORE.search(earlier):
        return found[0]
    return {"es": " pulg", "en": " inch"}[language]


def _primes(text: str, language: Language, before: str) -> str:
    """Read 15' as minutes, in English as feet, unless that may close a quotation."""
    if language == "en":
        text = _FEET.sub(r"\1 feet \2", text)
    quoted = _OPEN_QUOTE.search(before) is not None
    return text if quoted else _PRIME.sub({"es": r"\1 min", "en": r"\1 ft"}[language], text)


_POWERS: Final[dict[Language, dict[str, str]]] = {
    "es": {"²": "al cuadrado", "2": "al cuadrado", "³": "al cubo", "3": "al cubo"},
    "en": {"²": "squared", "2": "squared", "³": "cubed", "3": "cubed"},
}
_PER_WORD: Final[dict[Language, str]] = {"es": "por", "en": "per"}
_COUNTED: Final[dict[Language, tuple[str, ...]]] = {
    "es": tuple(
        {
            unit.word("es", one=one)
            for unit in (*UNITS["es"].values(), *MONEY.values())
            for one in (True, False)
        }
    ),
    "en": tuple(
        {
            unit.word("en", one=one)
            for unit in (*UNITS["en"].values(), *MONEY.values())
            for one in (True, False)
        }
    ),
}


def _ordinals(language: Language, before: str) -> Callable[[re.Match[str]], str]:
    def english(found: re.Match[str]) -> str:
        return ordinal(int(found[1].replace(",", "")), "en")

    def spanish(found: re.Match[str]) -> str:
        value, sign, ending, noun = int(found[1]), found[2], found[3], found[4] or ""
        rest = found[0][found.end(4) - found.start() - len(noun) :] if noun else ""
        after = f" {rest}" if noun else ""
        if _is_warmth(found, before):
            degrees = "grado" if value == 1 else "grados"
            return f"{cardinal(value, 'es', 'masculine')} {degrees}{after}"
        if not 0 < value <= _MOST_ORDINAL or ending in {"os", "as"}:
            return f"{cardinal(value, 'es')}{after}"
        form: Form = "alone"
        if sign == "ª" or (ending is not None and ending.endswith("a")):
            form = "feminine"
        elif ending == "er" or (form_before(noun) == "masculine" and noun.islower()):
            form = "masculine"
        return f"{ordinal(value, 'es', form)}{after}"

    return english if language == "en" else spanish


_MOST_ORDINAL: Final = 100
_MOST_FLOORS: Final = 30


def _is_warmth(found: re.Match[str], before: str) -> bool:
    """Whether `º` is a sign for degrees: after a minus, what is warm or turns, or many of them."""
    if found[2] != "º" or "." in found[0] or form_before(found[4] or "") != "alone":
        return False
    earlier = before + found.string[: found.start()]
    return int(found[1]) > _MOST_FLOORS or _WARM.search(earlier) is not None


def _phones(text: str, language: Language, before: str, near: int) -> str:
    def spoken(found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", found[0])
        said = ", ".join(digits(group, language) for group in groups)
        return {"es": "más ", "en": "plus "}[language] + said if found[1] else said

    text = _PHONE.sub(spoken, text)
    if _CALLED.search(before, near):
        text = re.sub(
            r"\A\d{3,9}(?![\d.,:/%€$£]*\d)(?=[.,;:!?)]|\s|\Z)",
            lambda found: digits(found[0], language),
            text,
        )
    return text


def _number(found: re.Match[str], language: Language) -> str:
    written, noun, word = found["number"], found["noun"] or "", found["word"] or ""
    form = form_before(word) if language == "es" and word.islower() else "alone"
    if len(written) > LONGEST and written.isdecimal():
        return digits(written, language) + noun
    return _value(written, language, form) + noun
