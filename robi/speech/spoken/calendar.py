"""Dates and times of day, read out.

Owns their forms. A date of three numbers is day first in Spanish; in English month first, unless
that can be none. In English a number of four digits without a noun is a year.
"""

# ruff: noqa: PLR2004, RUF001, SIM905 - tables of words; the signs meant are the ones written

import re
from typing import Final

from robi.errors import Language
from robi.speech.spoken.numerals import cardinal, ordinal, year

_MONTHS: Final[dict[Language, list[str]]] = {
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ).split(),
    "en": (
        "January February March April May June July August September October November December"
    ).split(),
}
_LAST_MONTH: Final = 12
_LAST_DAY: Final = 31
_ISO: Final = re.compile(
    r"(?<![\d/.-])(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])"
)
_DATE: Final = re.compile(r"(?<![\d/.,-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?![\d/-]|[.,]\d)")
_ENGLISH_MONTH: Final = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    "Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_MONTH_BEFORE: Final = re.compile(rf"(?:\b(?:{_ENGLISH_MONTH})\.?)\s+\Z")
_MONTH_DAY: Final = re.compile(
    rf"\b({_ENGLISH_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\w.:/-]*\d|[\w%])"
)
_DAY_MONTH: Final = re.compile(
    rf"(?<![\d.,:/])(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+({_ENGLISH_MONTH})\b"
)
_FIRST_NUMBER: Final = re.compile(r"\A(\d{1,2})(?:st|nd|rd|th)?(?=[\s,.;!?)]|\Z)(?![.,]\d)")
_YEAR: Final = re.compile(
    r"(?<![\d.,:/$€£+-])(1[1-9]\d\d|20\d\d)(s\b)?(?![\d/:%°€]|[.,]\d)(?!\s?(?:[€%$]|\w*(?<!i)(?<!\Wa)(?<!wa)s\b|of\b|people\b|million|percent|per\b|km|kg|m\b|g\b|ml\b|mph|x\b|×|\+|-\s|=))"
)
_YEARS: Final = re.compile(
    r"(?<![\w.,:/$€£+-])((?:1[1-9]|20)\d\d)\s?[-–‒]\s?((?:1[1-9]|20)\d\d)(?![\w/:%°€$-]|[.,]\d)"
)
_DECADE: Final = re.compile(r"(?<![\w.,:/$€£'’])(['’]?)([2-9]0)['’]?s\b")
_DECADE_BEFORE: Final = re.compile(
    r"(?i:\b(?:the|early|mid|late)[\s-]|\b[2-9]0['’]?s(?:,|,? (?:and|or|to))\s)['’]?\Z"
)
_LAW: Final = re.compile(
    r"(?i:\b(?:ley(?:es)?|decretos?|reglamentos?|[oó]rden(?:es)?|expedientes?|sentencias?|acta|"
    r"law|act|directive|regulation|decree|case)\W+(?:\w+\W+){0,2})\Z"
)
_DAY_AND_MONTH: Final = re.compile(
    r"(?<![\d/.,-])(?=0|\d\d?/0)(0[1-9]|[12]\d|3[01]|[1-9])/(0[1-9]|[12]\d|3[01]|[1-9])(?![\d/-]|[.,]\d)"
)
"""A zero in front makes it no fraction."""
_OF_YEAR: Final = re.compile(r"(?<![\d/.,-])(\d{1,4})/((?:19|20)\d\d)(?![\d/-]|[.,]\d)")
_SEASON: Final = re.compile(r"(?<![\d/.,-])((?:19|20)\d\d)/(\d\d(?:\d\d)?)(?![\d/-]|[.,]\d)")
_LONG: Final = re.compile(
    r"(?<=:\d\d)(\s?[ap]\.?\s?m\b\.?|\s?h\b)?\s?[-–‒]\s?(?=\d{1,2}:\d\d)"
    r"|(?<=\d)(\s?[ap]\.?\s?m\b\.?|\s?h)\s?[-–‒]\s?(?=\d)",
    re.IGNORECASE,
)
_DAYS: Final[dict[Language, dict[str, str]]] = {
    "es": {
        "L": "lunes", "M": "martes", "X": "miércoles", "J": "jueves", "V": "viernes",
        "S": "sábado", "D": "domingo", "Lun": "lunes", "Mar": "martes", "Mié": "miércoles",
        "Jue": "jueves", "Vie": "viernes", "Sáb": "sábado", "Dom": "domingo",
    },
    "en": {
        "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday",
        "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday",
        "Sat": "Saturday", "Sun": "Sunday",
    },
}  # fmt: skip
_FROM_DAY: Final = {
    language: re.compile(
        rf"(?<![\w-])({'|'.join(days)})\.?\s?[-–‒]\s?({'|'.join(days)})(?![\w-])(?:\.(?=\s+[a-z\d]))?"
    )
    for language, days in _DAYS.items()
}
_DAY: Final = {
    language: re.compile(
        rf"\b({'|'.join(day for day in days if len(day) > 1 and day != 'Mar')})\.?(?=\s+\d)"
    )
    for language, days in _DAYS.items()
}
"""Only before an hour or another day: `Sun` and `Sat` are words too, and `Mar` the sea."""
_TO: Final[dict[Language, str]] = {"es": " a ", "en": " to "}
_CLOCK: Final = re.compile(
    r"(?<![\d:.,/])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:])"
    r"(?:\s?([ap])\.?\s?m\b\.?|\s?(?:h|hs|hrs)\b\.?)?",
    re.IGNORECASE,
)
_HOUR: Final = re.compile(r"(?<![\d:.,/])(1[0-2]|0?[1-9])\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
_HOUR_H: Final = re.compile(r"(?<![\d:.,/])([01]?\d|2[0-4])\s?h\s?([0-5]\d)\b(?!\s?min)")
_DOTTED_CLOCK: Final = re.compile(r"(?<![\d.,:/])([01]?\d|2[0-3])\.([0-5]\d)(?!\d|[.,]\d)")
_NOON: Final = 12
_ENDS: Final = re.compile(r"\s*\Z|\s+[A-ZÁÉÍÓÚÑ¿¡]")


def calendar(text: str, language: Language, before: str) -> str:
    """Return `text` with its dates and times as words; `before` is what was written before it."""
    if "-" in text or "–" in text:
        text = _FROM_DAY[language].sub(lambda found: _from_day(found, language), text)
        text = _LONG.sub(lambda found: (found[1] or found[2] or "") + _TO[language], text)
    text = _DAY[language].sub(lambda found: _DAYS[language][found[1]], text)
    text = _ISO.sub(
        lambda found: (
            _date(found, int(found[1]), int(found[2]), int(found[3]), language)
            + (f", {found[4]}" if found[4] else "")
        ),
        text,
    )
    text = _DATE.sub(lambda found: _ordered(found, language), text)
    if "/" in text:
        text = _DAY_AND_MONTH.sub(lambda found: _day_and_month(found, language), text)
        text = _SEASON.sub(lambda found: _season(found, language), text)
        text = _OF_YEAR.sub(lambda found: _of_year(found, language, before), text)
    if ":" in text:
        text = _CLOCK.sub(lambda found: _clock(found, language), text)
    text = _HOUR.sub(lambda found: _hour(found, language), text)
    if language == "es":
        text = _HOUR_H.sub(lambda found: _time(int(found[1]), int(found[2]), None, "es"), text)
        return _DOTTED_CLOCK.sub(lambda found: _dotted(found, before), text)
    if _MONTH_BEFORE.search(before):
        text = _FIRST_NUMBER.sub(lambda found: _day(int(found[1]), found[0]), text)
    text = _MONTH_DAY.sub(lambda found: f"{_month(found[1])} {_day(int(found[2]), found[2])}", text)
    text = _DAY_MONTH.sub(lambda found: _day_month(found, before), text)
    text = _YEARS.sub(
        lambda found: f"{year(int(found[1]), 'en')} to {year(int(found[2]), 'en')}", text
    )
    if "0" in text:
        text = _DECADE.sub(lambda found: _decade(found, before), text)
    return _YEAR.sub(_year, text)


def _from_day(found: re.Match[str], language: Language) -> str:
    return f"{_DAYS[language][found[1]]}{_TO[language]}{_DAYS[language][found[2]]}"


def _of_year(found: re.Match[str], language: Language, before: str) -> str:
    """Read 12/2024 as a law of that year after such a word, else as a month."""
    written, value = int(found[1]), year(int(found[2]), language)
    of = {"es": "de", "en": "of"}[language]
    law = _LAW.search(before + found.string[: found.start()], max(0, len(before) - 64)) is not None
    if law or not 0 < written <= _LAST_MONTH:
        return f"{cardinal(written, language)} {of} {value}"
    return f"{_MONTHS[language][written - 1]} {'de ' if language == 'es' else ''}{value}"


def _day_and_month(found: re.Match[str], language: Language) -> str:
    day, month = (int(found[1]), int(found[2]))
    if language == "en":
        day, month = month, day
    if month > _LAST_MONTH:
        day, month = month, day
    if month > _LAST_MONTH:
        return found[0]
    name = _MONTHS[language][month - 1]
    return (
        f"{cardinal(day, 'es')} de {name}" if language == "es" else f"{name} {ordinal(day, 'en')}"
    )


def _season(found: re.Match[str], language: Language) -> str:
    """Read 2024/25 as its two years."""
    first, second = int(found[1]), int(found[2])
    last = year(second, language) if len(found[2]) > 2 else cardinal(second, language)
    return f"{year(first, language)} {last}"


def _decade(found: re.Match[str], before: str) -> str:
    """Read 90s as years with an apostrophe or after such a word: it may be seconds."""
    earlier = before + found.string[: found.start()]
    if not found[1] and _DECADE_BEFORE.search(earlier, max(0, len(earlier) - 16)) is None:
        return found[0]
    return _plural(cardinal(int(found[2]), "en"))


def _dotted(found: re.Match[str], before: str) -> str:
    """Read 17.30 as a time after "las"; elsewhere it is a number."""
    if not (before + found.string[: found.start()]).rstrip().lower().endswith((" las", "\nlas")):
        return found[0]
    return _time(int(found[1]), int(found[2]), None, "es")


def _ordered(found: re.Match[str], language: Language) -> str:
    first, second, written = int(found[1]), int(found[3]), found[4]
    if found[2] != "/" and len(written) == 2:
        return found[0]
    short = int(written)
    value = short if len(written) > 2 else short + (2000 if short < 50 else 1900)
    day, month = (first, second) if language == "es" else (second, first)
    if month > _LAST_MONTH:
        day, month = month, day
    return _date(found, value, month, day, language)


def _date(found: re.Match[str], written: int, month: int, day: int, language: Language) -> str:
    if not (0 < month <= _LAST_MONTH and 0 < day <= _LAST_DAY):
        return found[0]
    name = _MONTHS[language][month - 1]
    if language == "es":
        return f"{cardinal(day, 'es')} de {name} de {year(written, 'es')}"
    return f"{name} {ordinal(day, 'en')}, {year(written, 'en')}"


def _day(day: int, written: str) -> str:
    return ordinal(day, "en") if 0 < day <= _LAST_DAY else written


def _month(written: str) -> str:
    return next((name for name in _MONTHS["en"] if name.startswith(written[:3])), written)


def _day_month(found: re.Match[str], before: str) -> str:
    earlier = (before + found.string[: found.start()]).rstrip().lower()
    if not 0 < int(found[1]) <= _LAST_DAY:
        return found[0]
    the = "" if earlier.endswith(("the", "a")) else "the "
    return f"{the}{ordinal(int(found[1]), 'en')} of {_month(found[2])}"


def _year(found: re.Match[str]) -> str:
    said = year(int(found[1]), "en")
    return _plural(said) if found[2] else said


def _plural(said: str) -> str:
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def _clock(found: re.Match[str], language: Language) -> str:
    half = found[4].lower() if found[4] else None
    said = _time(int(found[1]), int(found[2]), half, language)
    if found[3] is not None:
        said += {"es": " y ", "en": " and "}[language] + cardinal(int(found[3]), language)
        said += {"es": " segundos", "en": " seconds"}[language]
    return said + _stop(found)


def _hour(found: re.Match[str], language: Language) -> str:
    return _time(int(found[1]), 0, found[2].lower(), language) + _stop(found)


def _stop(found: re.Match[str]) -> str:
    ends = found[0].endswith(".") and _ENDS.match(found.string, found.end())
    return "." if ends else ""


def _time(hour: int, minute: int, half: str | None, language: Language) -> str:
    if language == "en":
        return _english_time(hour, minute, half)
    said = cardinal(hour, "es", "feminine")
    if minute:
        quarters = {15: "y cuarto", 30: "y media"} if 0 < hour <= _NOON else {}
        low = "y " if hour <= _NOON and minute < 30 else ""
        said += f" {quarters.get(minute, low + cardinal(minute, 'es'))}"
    elif hour > _NOON and half is None:
        said += " horas"
    if half is None:
        return said
    return f"{said} {_part_of_day(hour % _NOON + (_NOON if half == 'p' else 0))}"


def _part_of_day(hour: int) -> str:
    for first, part in (
        (20, "de la noche"),
        (13, "de la tarde"),
        (12, "del mediodía"),
        (6, "de la mañana"),
        (1, "de la madrugada"),
    ):
        if hour >= first:
            return part
    return "de la noche"


def _english_time(hour: int, minute: int, half: str | None) -> str:
    said = cardinal(hour, "en")
    if minute:
        said += f" oh {cardinal(minute, 'en')}" if minute < 10 else f" {cardinal(minute, 'en')}"
    elif half is None:
        said += " hundred" if hour > _NOON else " o'clock" if hour else " hundred"
    return said if half is None else f"{said} {half} m"
