"""Numbers and what they count, read out: money, measures, per cent, phone numbers, fractions.

Owns how a number is written in each language (`1.234,5`, `1,234.5`), and which of two readings
counts: a number of three groups of three digits that begins with 6 to 9 is a phone number. Long, since
it is one table of forms and what is said for each, in the order in which they are tried.
"""

# ruff: noqa: E501, PLR2004, RUF001 - tables of words; the signs meant are the ones written

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from robi.errors import Language
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
_FRACTIONS: Final = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_FRACTION: Final = re.compile(
    rf"{_START}(?:(\d{{1,4}})[\s-]?)?(?:([{_FRACTIONS}])|(?<![\d/])(?:(?<=\s)|(?<!\d))(\d{{1,2}})\s?[/⁄]\s?(\d{{1,3}})(?![\d/]|[.,]\d))"
    r"(?:\s+([^\W\d_]+))?"
)
_RANGE: Final = re.compile(r"(?<=[\d%°€])\s?[–‒]\s?(?=[$€£]?\d)|(?<=[\d%°€])-(?=[$€£]?\d)")
_MINUS: Final = re.compile(r"(?<![\w)%°])[-−–](?=\s?[$€£]?\d)")
_PLUS: Final = re.compile(r"(?<![\w)])\s?\+(?=[$€£]?\d)")
_RATIO: Final = re.compile(r"(?<=\d):(?=\d)")
_APOSTROPHE: Final = re.compile(r"(?<!\w)['’](?=\d0s?(?!\w))")
_SCORE: Final = re.compile(r"(?<=\d[.,]\d)\s?/\s?(?=\d)|(?<=\d[.,]\d\d)\s?/\s?(?=\d)")
_MARK: Final = re.compile(r"(?<=\d)\s?/\s?(?=\d+(?![\d/]))")
_GRADED: Final = re.compile(
    r"(?i:\b(?:notas?|puntuaci[oó]n|punt[uú]o|valoraci[oó]n|scored?|grade|rating|rated?)\W+(?:\w+\W+){0,2})\Z"
)
_VERSIONED: Final = re.compile(
    r"(?i:\b(?:versi[oó]n|python|android|ios|macos|windows|ubuntu|linux|java|usb|bluetooth|gemini|gpt)[\s-])\Z"
)
_VERSION_NUMBER: Final = re.compile(r"\A\d+\.\d+(?![\d,]|\.\d)")
_FEET: Final = re.compile(r"(?<![\w.,])(\d)['’′](1?\d)[\"”″]?(?!\w)")
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
        rf"{_START}{_NUM}\s?(?P<unit>{'|'.join(sorted(map(re.escape, UNITS[language]), key=len, reverse=True))})"
        r"(?![\w²³])(?!['’]\w)(?P<stop>\.(?=\s*\Z|\s+[a-z]))?"
    )
    for language in UNITS
}
_PLAIN: Final = re.compile(rf"{_START}{_NUM}(?P<noun>\s+(?P<word>[^\W\d_]+))?")
_VERSION: Final = re.compile(r"(?<![\d.,])\d+(?:\.\d+){2,}(?![\d,])")
_GLUED_BEFORE: Final = re.compile(r"(?<=[^\W\d_])(?=\d)")
_GLUED_AFTER: Final = re.compile(r"(?<=\d)(?=[^\W\d_])(?![ºª²³⁰¹⁴-⁹])")
_CODE: Final = re.compile(r"(?<=[^\W\d_])-(?=\d)|(?<=\d)-(?=[^\W\d_])")
_BONDS: Final = " \u00a0\u202f\u2009'’"
_SPAN: Final[dict[Language, str]] = {"es": " a ", "en": " to "}
_AND: Final[dict[Language, str]] = {"es": " y ", "en": " and "}
_OUT_OF: Final[dict[Language, str]] = {"es": " sobre ", "en": " out of "}

_SPANISH_PARTS: Final = {
    2: ("medio", "medios"), 3: ("tercio", "tercios"), 4: ("cuarto", "cuartos"),
    5: ("quinto", "quintos"), 6: ("sexto", "sextos"), 7: ("séptimo", "séptimos"),
    8: ("octavo", "octavos"), 9: ("noveno", "novenos"), 10: ("décimo", "décimos"),
    100: ("centésimo", "centésimos"),
}  # fmt: skip
_ENGLISH_PARTS: Final = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_SCALES: Final[Mapping[Language, Mapping[str, str]]] = {
    "es": {"k": "mil", "K": "mil", "M": "millones", "B": "mil millones"},
    "en": {"k": "thousand", "K": "thousand", "M": "million", "B": "billion"},
}
_DECIMAL: Final[Mapping[Language, str]] = {"es": ",", "en": "."}
_GROUP: Final = 3
_CENTS: Final = 2


def amounts(text: str, language: Language, before: str) -> str:
    """Return `text` with its numbers as words; `before` is what was written before it."""
    text = _phones(text, language, before)
    text = _VERSION.sub(lambda found: _version(found[0], language), text)
    text = _MINUS.sub({"es": "menos ", "en": "minus "}[language], text)
    text = _RANGE.sub(_AND[language] if _BETWEEN.search(before) else _SPAN[language], text)
    text = _RATIO.sub(_SPAN[language], _APOSTROPHE.sub("", text))
    text = _SCORE.sub(_OUT_OF[language], text)
    if _GRADED.search(before):
        text = _MARK.sub(_OUT_OF[language], text)
    if _VERSIONED.search(before):
        text = _VERSION_NUMBER.sub(lambda found: _dotted(found[0], language), text)
    if language == "en":
        text = _FEET.sub(r"\1 feet \2", text)
    text = _CODE.sub(" ", text)
    text = _PRICE_PER.sub(lambda found: _per_unit(found[1], language), text)
    text = _ORDINAL[language].sub(_ordinals(language, before), text)
    text = _FRACTION.sub(lambda found: _fraction(found, language), text)
    text = _MONEY_FIRST.sub(lambda found: _price(found, language), text)
    text = _MONEY_LAST.sub(lambda found: _price(found, language), text)
    text = _PERCENT.sub(lambda found: _share(found, language), text)
    text = _DEGREES.sub(lambda found: _warmth(found, language), text)
    text = _QUANTITY[language].sub(lambda found: _measure(found, language), text)
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


def _version(written: str, language: Language) -> str:
    return written if _split(written, language) else _dotted(written, language)


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
    said = _counted(found["number"], None, UNITS[language][found["unit"]], language)
    return said + ("." if found["stop"] and not found.string[found.end() :].strip() else "")


def _per(text: str, language: Language) -> str:
    """Read the slash of `km/h` and `€/kg`, whose first unit is in words already."""
    if "/" not in text:
        return text

    def spoken(found: re.Match[str]) -> str:
        if not text[: found.start()].endswith(_COUNTED[language]):
            return found[0]
        return _per_unit(found[1], language)

    return _PER.sub(spoken, text)


def _per_unit(written: str, language: Language) -> str:
    unit = UNITS[language].get(written)
    word = written if unit is None else unit.word(language, one=True)
    return f" {_PER_WORD[language]} {word}"


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


def _fraction(found: re.Match[str], language: Language) -> str:
    whole, sign, above, below, noun = found[1], found[2], found[3], found[4], found[5]
    if sign:
        top, bottom = (int(part) for part in unicodedata.normalize("NFKC", sign).split("⁄"))
    else:
        top, bottom = int(above), int(below)
    after = found[0][found.end(4) - found.start() if not sign else found.end(2) - found.start() :]
    parts = _part(top, bottom, language)
    if parts is None:
        said = f"{cardinal(top, language)} {_OVER[language]} {cardinal(bottom, language)}"
        return f"{cardinal(int(whole), language)} {said}{after}" if whole else said + after
    unit = UNITS[language].get(noun or "")
    if unit is not None and not whole:
        return _part_of(parts, unit, language)
    if whole:
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
        return f"half a {word}" if parts == "one half" else f"{parts} of a {word}"
    if parts == "un medio":
        return f"{'media' if unit.feminine else 'medio'} {word}"
    return f"{parts} de {word}"


_OVER: Final[dict[Language, str]] = {"es": "entre", "en": "over"}
_LEAST_COMMON: Final = 10


def _part(top: int, bottom: int, language: Language) -> str | None:
    if not 0 < top < bottom or (bottom > _LEAST_COMMON and bottom != 100):
        return None
    if language == "es":
        return f"{cardinal(top, 'es', 'masculine')} {_SPANISH_PARTS[bottom][top > 1]}"
    name, names = _ENGLISH_PARTS.get(bottom, (ordinal(bottom, "en"), f"{ordinal(bottom, 'en')}s"))
    return f"{cardinal(top, 'en')} {name if top == 1 else names}"


def _phones(text: str, language: Language, before: str) -> str:
    def spoken(found: re.Match[str]) -> str:
        groups = re.findall(r"\d+", found[0])
        said = ", ".join(digits(group, language) for group in groups)
        return {"es": "más ", "en": "plus "}[language] + said if found[1] else said

    text = _PHONE.sub(spoken, text)
    if _CALLED.search(before):
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
