"""Moments as a model speaks of them: what time it is, here or in a zone, and when something is due.

Owns the step from "in ten minutes" or "tomorrow at 18:30" (which the model has made a date of) to
Unix seconds. Pure: it is told the time. What a wall clock shows at a local date is left to whoever
knows the rules of the place (`localise`), as summer time may begin in between.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from robi.skills.arguments import number, text
from robi.skills.trouble import Trouble

SOONEST_S: Final = 1.0
LATEST_S: Final = 366 * 86_400.0
"""How far ahead something may be set."""

_UNITS: Final[Mapping[str, float]] = {"seconds": 1, "minutes": 60, "hours": 3600}
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def told(moment: datetime) -> dict[str, object]:
    """Return a moment as a model is told it."""
    return {
        "time": moment.strftime("%H:%M"),
        "date": moment.date().isoformat(),
        "weekday": _WEEKDAYS[moment.weekday()],
        "zone": moment.tzname(),
        "utc_offset": moment.isoformat()[-6:],
    }


def elsewhere(moment: datetime, zone: str) -> datetime:
    """Return the same moment in the zone of that IANA name.

    Raises:
        Trouble: there is no such zone.
    """
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Trouble("no such time zone: use an IANA name such as Europe/Madrid") from None


def after(arguments: Mapping[str, object]) -> float | None:
    """Return the seconds that `seconds`, `minutes` and `hours` make; None if none is given.

    Raises:
        Trouble: not a span that can be waited for.
    """
    given = {unit: number(arguments, unit) for unit in _UNITS}
    if all(amount is None for amount in given.values()):
        return None
    span = sum((amount or 0) * _UNITS[unit] for unit, amount in given.items())
    if not SOONEST_S <= span <= LATEST_S:
        raise Trouble("it has to be between one second and one year from now")
    return span


def at(
    arguments: Mapping[str, object], now: datetime, localise: Callable[[datetime], datetime]
) -> float | None:
    """Return the Unix seconds of the local time in `at`, or None if it is not given.

    Args:
        arguments: `at` is a date with a time, or a time alone: the next such time.
        now: with its zone.
        localise: gives a local date and time without a zone the one that holds there and then.

    Raises:
        Trouble: it cannot be read, or is not ahead.
    """
    written = text(arguments, "at", most=40)
    if not written:
        return None
    due = _read(written, now, localise)
    try:
        ahead = due.timestamp() - now.timestamp()
    except (OverflowError, ValueError):
        ahead = LATEST_S * 2
    if ahead < SOONEST_S:
        raise Trouble(f"that is in the past: it is {now.isoformat(timespec='minutes')} now")
    if ahead > LATEST_S:
        raise Trouble("that is more than a year from now")
    return due.timestamp()


def _read(written: str, now: datetime, localise: Callable[[datetime], datetime]) -> datetime:
    date_and_time = "T" in written or " " in written
    try:
        if not date_and_time and ":" in written:
            today = datetime.fromisoformat(f"{now.date().isoformat()}T{written}")
            due = today if today.tzinfo else localise(today)
            if due <= now:
                tomorrow = today + timedelta(days=1)
                due = tomorrow if tomorrow.tzinfo else localise(tomorrow)
            return due
        found = datetime.fromisoformat(written)
        if date_and_time:
            return found if found.tzinfo else localise(found)
    except (ValueError, OverflowError, OSError):
        pass
    raise Trouble("at has to be a local date and time such as 2026-02-08T18:30, or a time: 18:30")
