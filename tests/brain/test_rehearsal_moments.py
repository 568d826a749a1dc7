"""When something is to be, in both languages, on a Saturday evening."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from robi.brain.rehearsal_moments import span_in, when_in

NOW = datetime.fromisoformat("2026-11-21T19:12+01:00")
"""A Saturday."""


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("in half an hour", {"hours": 0.5}),
        ("dentro de media hora", {"hours": 0.5}),
        ("en medio minuto", {"minutes": 0.5}),
        ("en una hora y cuarto", {"hours": 1.25}),
        ("en una hora y media", {"hours": 1.5}),
        ("in an hour and a half", {"hours": 1.5}),
        ("in an hour and a quarter", {"hours": 1.25}),
        ("in two and a half hours", {"hours": 2.5}),
        ("en tres cuartos de hora", {"hours": 0.75}),
        ("in a quarter of an hour", {"hours": 0.25}),
        ("en dos horas y diez minutos", {"hours": 2, "minutes": 10}),
        ("in a couple of hours", {"hours": 2}),
        ("en un par de minutos", {"minutes": 2}),
        ("in 90 seconds", {"seconds": 90}),
        ("in 20 min", {"minutes": 20}),
        ("in two days", {"hours": 48}),
        ("en una semana", {"hours": 168}),
    ],
)
def test_span_ahead_is_understood(text: str, arguments: Mapping[str, object]) -> None:
    when = when_in(text, NOW)
    assert when is not None
    assert (when.arguments, when.places) == (arguments, ((0, len(text)),))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("mañana a las nueve", "2026-11-22T09:00"),
        ("tomorrow at nine", "2026-11-22T09:00"),
        ("mañana por la mañana a las ocho", "2026-11-22T08:00"),
        ("tomorrow morning at seven", "2026-11-22T07:00"),
        ("pasado mañana a las tres de la tarde", "2026-11-23T15:00"),
        ("the day after tomorrow at 9 am", "2026-11-23T09:00"),
        ("a las seis y media", "2026-11-22T06:30"),
        ("a las ocho menos veinte", "2026-11-21T19:40"),
        ("a las cinco menos cuarto de la tarde", "2026-11-22T16:45"),
        ("a las nueve treinta", "2026-11-21T21:30"),
        ("a las 18:30", "2026-11-22T18:30"),
        ("a las 07:00", "2026-11-22T07:00"),
        ("a la una", "2026-11-22T13:00"),
        ("at half past eight", "2026-11-21T20:30"),
        ("at a quarter to five tomorrow", "2026-11-22T16:45"),
        ("at twenty past four", "2026-11-22T16:20"),
        ("at nine thirty", "2026-11-21T21:30"),
        ("at 7:30", "2026-11-21T19:30"),
        ("at 7pm", "2026-11-22T19:00"),
        ("at 7 p.m.", "2026-11-22T19:00"),
        ("at 12 am", "2026-11-22T00:00"),
        ("at nine o'clock in the evening", "2026-11-21T21:00"),
        ("tonight at nine", "2026-11-21T21:00"),
        ("tonight at one", "2026-11-22T01:00"),
        ("esta noche a las diez", "2026-11-21T22:00"),
        ("a las doce de la noche", "2026-11-22T00:00"),
        ("a las doce de la mañana", "2026-11-22T12:00"),
        ("at midnight", "2026-11-22T00:00"),
        ("al mediodía", "2026-11-22T12:00"),
        ("at noon", "2026-11-22T12:00"),
        ("el lunes a las diez", "2026-11-23T10:00"),
        ("on Monday at ten", "2026-11-23T10:00"),
        ("Monday morning at ten", "2026-11-23T10:00"),
        ("el miércoles que viene a las doce", "2026-11-25T12:00"),
        ("el sábado a las ocho", "2026-11-21T20:00"),
        ("el sábado a las cinco", "2026-11-28T17:00"),
    ],
)
def test_time_of_day_is_the_next_such_moment(text: str, at: str) -> None:
    when = when_in(text, NOW)
    assert when is not None
    assert when.arguments == {"at": at}


@pytest.mark.parametrize(
    "text", ["hoy a las cinco de la tarde", "today at 5 pm", "esta tarde a las cinco"]
)
def test_time_that_is_told_to_be_today_and_is_over_is_not_moved(text: str) -> None:
    when = when_in(text, NOW)
    assert when is not None
    assert when.arguments == {"at": "2026-11-21T17:00"}


@pytest.mark.parametrize(
    ("text", "at"),
    [("at five", "2026-11-22T05:00"), ("a las 12", "2026-11-22T12:00")],
)
def test_time_to_be_woken_at_is_of_the_morning(text: str, at: str) -> None:
    when = when_in(text, NOW, early=True)
    assert when is not None
    assert when.arguments == {"at": at}


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("mañana a las nueve llamar", "llamar"),
        ("mañana llamar a las nueve", "llamar"),
        ("on Monday call at ten", "call"),
        ("a las nueve que el lunes hay fiesta", "que el lunes hay fiesta"),
        ("en una hora que a las nueve hay cena", "que a las nueve hay cena"),
        ("a las nueve una cosa", "una cosa"),
        ("at nine for two people", "for two people"),
    ],
)
def test_what_is_no_time_is_left_over(text: str, rest: str) -> None:
    when = when_in(text, NOW)
    assert when is not None
    for start, end in sorted(when.places, reverse=True):
        text = text[:start] + text[end:]
    assert " ".join(text.split()) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "por la tarde",
        "mañana",
        "en casa",
        "at home",
        "a las 25",
        "a las nueve y 75",
        "una hora",
    ],
)
def test_what_tells_no_moment_is_none(text: str) -> None:
    assert when_in(text, NOW) is None


def test_time_of_day_without_a_clock_is_none() -> None:
    assert when_in("a las nueve", None) is None
    assert when_in("en una hora", None) is not None


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("a timer for ten seconds", {"seconds": 10}),
        ("a 10-minute timer", {"minutes": 10}),
        ("un temporizador de media hora", {"hours": 0.5}),
    ],
)
def test_span_of_a_timer_needs_no_preposition(text: str, arguments: Mapping[str, object]) -> None:
    span = span_in(text)
    assert span is not None
    assert span.arguments == arguments
    assert span_in(text, ahead=True) is None
