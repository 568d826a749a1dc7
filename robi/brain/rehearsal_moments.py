"""When something is to be, as people say it in Spanish and English: for the rehearsal.

Owns the step from "en una hora y cuarto" and "mañana a las nueve" to the arguments of `set_timer`
and `set_reminder`. A time that could be of the morning or the evening is the next of the two that
is not in the night; a day that is no day of the week is not understood. Pure: it is told the time.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from robi.brain.rehearsal_figures import BELOW_HUNDRED, NUMBER, fold, value_of
from robi.brain.rehearsal_numbers import WEEKDAYS

_NIGHT_ENDS: Final = 6
_NOON: Final = 12
_DAY: Final = 24
_HOURS_OF_NIGHT: Final = 6
"""What is later "de la noche" is of the evening."""


@frozen
class When:
    """A moment or a span: what a tool is told of it, and where in the text it is said."""

    arguments: Mapping[str, object]
    places: tuple[tuple[int, int], ...]


# ── spans ─────────────────────────────────────────────────────────────────────────────────

_UNIT: Final = (
    r"(?:segundos?|minutos?|mins?|horas?|dias?|semanas?"
    r"|seconds?|secs?|minutes?|hours?|days?|weeks?)\b"
)
_UNITS: Final[Mapping[str, tuple[str, int]]] = {
    "seg": ("seconds", 1), "sec": ("seconds", 1), "min": ("minutes", 1),
    "hor": ("hours", 1), "hou": ("hours", 1), "dia": ("hours", 24), "day": ("hours", 24),
    "sem": ("hours", 168), "wee": ("hours", 168),
}  # fmt: skip
_PART: Final = r"(?:tres cuartos|three[ -]quarters|un cuarto|a quarter|cuarto|media|medio|a half)\b"
_PARTS: Final[Mapping[str, float]] = {
    "tres cuartos": 0.75, "three quarters": 0.75, "three-quarters": 0.75,
    "un cuarto": 0.25, "a quarter": 0.25, "cuarto": 0.25,
    "media": 0.5, "medio": 0.5, "a half": 0.5, "half an": 0.5, "half a": 0.5,
}  # fmt: skip
_SPAN: Final = re.compile(
    r"(?P<ahead>\b(?:en|dentro de|in|after) )?"
    rf"(?:\b(?P<part>media|medio|half an?|{_PART} (?:de|of an)) (?P<part_of>hora|minuto|hour"
    rf"|minute|day)\b"
    rf"|(?P<amount>\b(?:un par de|a couple of|an?)|{NUMBER})(?P<half> and a half)?[ -]"
    rf"(?P<unit>{_UNIT})"
    rf"(?: (?:y|and) (?:(?P<more_part>{_PART})|(?P<more>{NUMBER}) (?P<more_unit>{_UNIT})))?)"
)


def span_in(text: str, *, ahead: bool = False) -> When | None:
    """Return the span that `text` tells, None if none; `ahead`: only "in" an hour, not an hour."""
    for found in _SPAN.finditer(fold(text)):
        if found["ahead"] or not ahead:
            return When(_span(found), (found.span(),))
    return None


def _span(found: re.Match[str]) -> Mapping[str, object]:
    if found["part"]:
        unit, size = _UNITS[found["part_of"][:3]]
        part = re.sub(r" (?:de|of an)\Z", "", found["part"])
        return {unit: _PARTS[part] * size}
    unit, size = _UNITS[found["unit"][:3]]
    pair = found["amount"] in {"un par de", "a couple of"}
    amount: float = 2 if pair else value_of(found["amount"])
    amount += 0.5 if found["half"] else _PARTS[found["more_part"]] if found["more_part"] else 0
    given = {unit: amount * size}
    if found["more"]:
        other, other_size = _UNITS[found["more_unit"][:3]]
        given[other] = given.get(other, 0) + value_of(found["more"]) * other_size
    return given


# ── times of day ──────────────────────────────────────────────────────────────────────────

_HOUR: Final = rf"(?P<hour>\d{{1,2}}(?!\d)|{BELOW_HUNDRED})"
_MINUTE: Final = rf"(?P<minute>\d{{1,2}}\b|{BELOW_HUNDRED})"
_ROUND_MINUTE: Final = (
    r"(?P<minute>\d\d\b|(?:quince|treinta|fifteen|thirty|forty[ -]five|twenty(?:[ -]five)?|ten"
    r"|fifty(?:[ -]five)?|forty|thirty[ -]five)\b)"
)
_PARTS_OF_HOUR: Final = {"media": 30, "half": 30, "cuarto": 15, "quarter": 15, "a quarter": 15}
_HALF_DAY: Final = r"(?: ?(?P<half_day>[ap])\.? ?m\b\.?)?"
_PART_OF_HOUR: Final = r"(?P<part>media|cuarto|(?:a )?quarter)\b"
_A_LAS: Final = r"\b(?:a|sobre|hacia) (?:eso de )?las?"
_AT: Final = r"\b(?:at|around|by|(?<=alarm )for)"
_NO_SPAN: Final = rf"(?![ -]{_UNIT})"
_CLOCKS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_A_LAS} {_HOUR} (?P<sign>y|menos) (?:{_PART_OF_HOUR}|{_MINUTE}){_NO_SPAN}{_HALF_DAY}",
        rf"{_A_LAS} {_HOUR}(?:[:.h]| (?=\D)){_ROUND_MINUTE}{_HALF_DAY}",
        rf"{_A_LAS} {_HOUR}(?: en punto\b)?{_HALF_DAY}",
        rf"{_AT} (?P<part>half)(?: past)? {_HOUR}{_HALF_DAY}",
        rf"{_AT} (?:{_PART_OF_HOUR}|{_MINUTE}(?: minutes)?) (?P<sign>past|to) {_HOUR}{_HALF_DAY}",
        rf"{_AT} {_HOUR}(?:[:.]| (?=\D)){_ROUND_MINUTE}{_NO_SPAN}{_HALF_DAY}",
        rf"{_AT} {_HOUR}{_NO_SPAN}(?: o ?['\u2019]?clock\b)?{_HALF_DAY}",
        r"\b(?P<noon>al mediodia|a mediodia|at noon)\b",
        r"\b(?P<midnight>a medianoche|at midnight)\b",
    )
)
"""The longer form before the shorter."""

_WEEKDAY: Final = "|".join(fold(name) for names in WEEKDAYS.values() for name in names)
_DAYS: Final = re.compile(
    r"\b(?P<after_tomorrow>pasado manana|(?:the )?day after tomorrow)\b"
    r"|\b(?P<tomorrow>(?<!la )(?<!esta )manana|tomorrow)\b"
    r"|\b(?P<today>hoy|today)\b"
    rf"|\b(?:el proximo|el|este|on|this|next) (?P<weekday>{_WEEKDAY})\b(?: que viene)?"
    rf"|\b(?P<bare_weekday>{_WEEKDAY})\b(?= (?:morning|afternoon|evening|night|at)\b)"
)
_PARTS_OF_DAY: Final = re.compile(
    r"\b(?P<today>(?:esta|this) )?(?:(?<=this )|(?<=esta )|(?:de|por|en) la |in the |(?<=tomorrow )"
    r"|(?<=day ))(?P<part>manana|madrugada|tarde|noche|morning|afternoon|evening|night)\b"
    r"|\b(?P<tonight>tonight)\b|\b(?P<night>at night)\b|\b(?P<noon>del mediodia)\b"
)
_MORNING: Final = frozenset({"manana", "madrugada", "morning", "a"})
_NIGHT: Final = frozenset({"noche", "night", "at night", "tonight"})
_GAP: Final = re.compile(r"[\s,]*\Z")


def when_in(text: str, now: datetime | None, *, early: bool = False) -> When | None:
    """Return the moment or span ahead that `text` tells, None if it tells none.

    Args:
        text: what the person wrote.
        now: the local time; None if nobody knows, and then no time of day is understood.
        early: a time that could be of the morning or the evening is of the morning, as whoever
            wants to be woken means it.
    """
    said = fold(text)
    clock = _clock_in(said)
    span = span_in(text, ahead=True)
    if span is not None and (clock is None or span.places[0][0] < clock.start()):
        return span
    if clock is None or now is None:
        return None
    day, part, places = _around(said, clock)
    due = _due(clock, day, part, now.replace(tzinfo=None), early=early)
    if due is None:
        return None
    return When({"at": due.isoformat(timespec="minutes")}, places)


def _clock_in(said: str) -> re.Match[str] | None:
    """Return the first time of day, in its longest form."""
    found = [match for clock in _CLOCKS if (match := clock.search(said))]
    return min(found, key=lambda match: match.start(), default=None)


def _around(
    said: str, clock: re.Match[str]
) -> tuple[re.Match[str] | None, re.Match[str] | None, tuple[tuple[int, int], ...]]:
    """Return the day and the part of the day that belong to `clock`, and where all of it is said.

    They stand beside it; the day also anywhere before it ("mañana llamar a mamá a las nueve").
    What comes after other words is of what the reminder is for.
    """
    start, end = clock.span()
    day: re.Match[str] | None = None
    part: re.Match[str] | None = None
    pieces = [*_DAYS.finditer(said), *_PARTS_OF_DAY.finditer(said)]
    for match in sorted(pieces, key=lambda match: match.start()):
        if match.start() >= end and _GAP.match(said[end : match.start()]):
            end = match.end()
        elif match.start() >= clock.start():
            continue
        if match.re is _DAYS:
            day = day or match
        else:
            part = part or match
    before = [match.span() for match in (day, part) if match and match.end() <= start]
    return day, part, (*sorted(before), (start, end))


def _due(
    clock: re.Match[str],
    day: re.Match[str] | None,
    part: re.Match[str] | None,
    now: datetime,
    *,
    early: bool,
) -> datetime | None:
    """Return the next such moment; if it is told to be today, it may be over."""
    told = clock.groupdict()
    if told.get("noon"):
        minutes = [_NOON * 60]
    elif told.get("midnight"):
        minutes = [_DAY * 60]
    else:
        hour = value_of(told["hour"])
        if hour > _DAY or (minute := _minute(told)) is None:
            return None
        written_out = hour > _NOON or told["hour"].startswith("0")
        hours = [hour] if written_out else _hours(hour, _part_said(told, part), early=early)
        minutes = [each * 60 + minute for each in hours]
    ahead = [
        moment
        for offset in _offsets(day, part, now)
        for each in minutes
        if (moment := _midnight(now) + timedelta(days=offset, minutes=each)) > now
    ]
    first = _midnight(now) + timedelta(days=next(iter(_offsets(day, part, now))))
    return min(ahead, default=first + timedelta(minutes=minutes[0]))


def _minute(told: Mapping[str, str | None]) -> int | None:
    """Return the minutes beside the hour, below nothing for "to" and "menos"."""
    part, minute = told.get("part"), told.get("minute")
    count = value_of(minute) if minute else _PARTS_OF_HOUR.get(part or "", 0)
    if count >= 60:  # noqa: PLR2004 (minutes of an hour)
        return None
    return -count if told.get("sign") in {"menos", "to"} else count


def _part_said(told: Mapping[str, str | None], part: re.Match[str] | None) -> str:
    if half_day := told.get("half_day"):
        return half_day
    if part is None:
        return ""
    return part["part"] or part["tonight"] or part["night"] or part["noon"]


def _hours(hour: int, part: str, *, early: bool) -> list[int]:
    """Return the hours of the day that an hour of the clock may mean, in order."""
    late = hour % _NOON + _NOON
    if part in _MORNING:
        # "Las doce de la mañana" is noon; 12 am is not.
        return [hour if part == "manana" else hour % _NOON]
    if part in _NIGHT:
        return [_DAY] if hour == _NOON else [hour] if hour < _HOURS_OF_NIGHT else [late]
    if part:
        return [late]
    early_hour = hour % _NOON
    if early and hour != _NOON:
        return [early_hour]
    return [each for each in (early_hour, late) if each >= _NIGHT_ENDS]


def _offsets(
    day: re.Match[str] | None, part: re.Match[str] | None, now: datetime
) -> tuple[int, ...]:
    """Return how many days from today it may be, the nearest first."""
    if day is None:
        # "Tonight at one" is tomorrow by the calendar, "this afternoon" is not.
        return (0,) if part is not None and part["today"] else (0, 1)
    if weekday := day["weekday"] or day["bare_weekday"]:
        names = [name for names in WEEKDAYS.values() for name in map(fold, names)]
        offset = (names.index(weekday) - now.weekday()) % 7  # both weeks in one list
        return (offset, offset + 7)
    return (0 if day["today"] else 1 if day["tomorrow"] else 2,)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
