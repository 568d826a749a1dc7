"""Numbers, sizes, durations, days and times of day in words: for what the rehearsal says.

Owns no more than the rehearsal needs; protocol.md §4 wants no digits spoken.
"""

import re
from datetime import datetime
from math import ceil
from typing import Final

from robi.errors import Language
from robi.speech.spoken.numerals import ordinal

_SPANISH: Final = (
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_SPANISH_TENS: Final = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_SPANISH_HUNDREDS: Final = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos"
)
_ENGLISH: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_MOST: Final = 999
_NEAR: Final[dict[Language, tuple[str, str]]] = {
    "es": ("hoy", "mañana"),
    "en": ("today", "tomorrow"),
}
WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final[dict[Language, str]] = {
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "en": "January February March April May June July August September October November December",
}


def number(value: int, language: Language) -> str:
    """Return 0..999 in words, as they stand before a masculine noun; more is "más de …"."""
    if value > _MOST:
        return {"es": "más de ", "en": "more than "}[language] + number(_MOST, language)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    if language == "es":
        low = _SPANISH.split()
        if value == 100:  # noqa: PLR2004 (cien, but ciento uno)
            return "cien"
        small = low[rest] if rest < len(low) else _SPANISH_TENS.split()[tens - 3]
        if rest > len(low) and ones:
            small += f" y {low[ones]}"
        head = _SPANISH_HUNDREDS.split()[hundreds - 1] if hundreds else ""
        return f"{head} {small}".strip() if rest or not hundreds else head
    low = _ENGLISH.split()
    small = low[rest] if rest < len(low) else _ENGLISH_TENS.split()[tens - 2]
    if rest > len(low) and ones:
        small += f"-{low[ones]}"
    if not hundreds:
        return small
    return f"{low[hundreds]} hundred and {small}" if rest else f"{low[hundreds]} hundred"


def size(length: int, language: Language) -> str:
    """Return so many bytes in words, rounded up: "doce kilobytes", "three megabytes"."""
    kilobytes = max(1, ceil(length / 1000))
    count, unit = (
        (kilobytes, "kilobyte") if kilobytes <= _MOST else (ceil(length / 1e6), "megabyte")
    )
    return f"{number(count, language)} {unit}{'' if count == 1 else 's'}"


def duration(seconds: float | None, language: Language) -> str:
    """Return a duration in words, in whole seconds of at least one; None is "un rato"."""
    if seconds is None:
        return {"es": "un rato", "en": "a while"}[language]
    count = max(1, round(seconds))
    unit = {"es": "segundo", "en": "second"}[language]
    return f"{number(count, language)} {unit}{'' if count == 1 else 's'}"


def span(seconds: int, language: Language) -> str:
    """Return how long it takes, in the largest unit that it is a whole number of."""
    for size, names in _SPANS:
        if seconds >= size and (seconds % size == 0 or seconds > 90 * (size // 60 or 1)):
            count = round(seconds / size)
            one, many = names[language]
            words = number(count, language)
            if language == "es" and one == "hora":
                words = re.sub(r"uno?$|ún$", "una", words)
            return f"{words} {one if count == 1 else many}"
    return f"{number(0, language)} {_SPANS[-1][1][language][1]}"


_SPANS: Final[tuple[tuple[int, dict[Language, tuple[str, str]]], ...]] = (
    (86_400, {"es": ("día", "días"), "en": ("day", "days")}),
    (3_600, {"es": ("hora", "horas"), "en": ("hour", "hours")}),
    (60, {"es": ("minuto", "minutos"), "en": ("minute", "minutes")}),
    (1, {"es": ("segundo", "segundos"), "en": ("second", "seconds")}),
)


def clock(moment: datetime, language: Language) -> str:
    """Return a time of day as a sentence without its full stop."""
    time = time_of_day(moment, language)
    if language == "en":
        return f"It is {time}"
    return f"{'Es' if time.startswith('la ') else 'Son'} {time}"


def time_of_day(moment: datetime, language: Language) -> str:
    """Return a time of day as it stands in a sentence: "las nueve y cuarto de la mañana"."""
    hour, minute = moment.hour % 12 or 12, moment.minute
    part = _part_of_day(moment.hour)[language]
    if language == "es":
        begin = "la una" if hour == 1 else f"las {number(hour, 'es')}"
        past = {0: "", 15: " y cuarto", 30: " y media"}.get(minute, f" y {_count(minute)}")
        return f"{begin}{past} {part}"
    past = f" {number(minute, 'en')}" if minute else " o'clock"
    if 0 < minute < 10:  # noqa: PLR2004 (nine oh five)
        past = f" oh {number(minute, 'en')}"
    return f"{number(hour, 'en')}{past} {part}"


def date(moment: datetime, language: Language) -> str:
    """Return a date: "sábado, veintiuno de noviembre", "Saturday, the seventh of March"."""
    weekday = WEEKDAYS[language][moment.weekday()]
    month = _MONTHS[language].split()[moment.month - 1]
    if language == "es":
        return f"{weekday}, {_count(moment.day)} de {month}"
    return f"{weekday}, the {ordinal(moment.day, 'en')} of {month}"


def upcoming(moment: datetime, now: datetime, language: Language) -> str:
    """Return a moment ahead as one says it now: "mañana a las nueve de la mañana"."""
    days = (moment.date() - now.date()).days
    at = {"es": "a", "en": "at"}[language]
    time = f"{at} {time_of_day(moment, language)}"
    if days < len(_NEAR[language]):
        return f"{_NEAR[language][days]} {time}"
    on = {"es": "el", "en": "on"}[language]
    day = WEEKDAYS[language][moment.weekday()]
    return f"{on} {day if days < len(WEEKDAYS[language]) else date(moment, language)} {time}"


def _count(value: int) -> str:
    """Return a Spanish number that stands alone: "veintiuno"."""
    return {1: "uno", 21: "veintiuno"}.get(value, number(value, "es").replace(" un", " uno"))


def _part_of_day(hour: int) -> dict[Language, str]:
    for before, parts in _PARTS:
        if hour < before:
            return parts
    return _PARTS[-1][1]


_PARTS: Final[tuple[tuple[int, dict[Language, str]], ...]] = (
    (6, {"es": "de la madrugada", "en": "at night"}),
    (12, {"es": "de la mañana", "en": "in the morning"}),
    (13, {"es": "del mediodía", "en": "in the afternoon"}),
    (18, {"es": "de la tarde", "en": "in the afternoon"}),
    (21, {"es": "de la tarde", "en": "in the evening"}),
    (24, {"es": "de la noche", "en": "at night"}),
)
