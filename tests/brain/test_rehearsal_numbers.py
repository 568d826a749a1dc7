"""Numbers, sizes, durations, days and times in words."""

from datetime import UTC, datetime

import pytest

from robi.brain.rehearsal_numbers import clock, date, duration, number, size, span, upcoming
from robi.errors import Language


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        (0, "cero", "zero"),
        (1, "un", "one"),
        (19, "diecinueve", "nineteen"),
        (20, "veinte", "twenty"),
        (21, "veintiún", "twenty-one"),
        (29, "veintinueve", "twenty-nine"),
        (30, "treinta", "thirty"),
        (31, "treinta y un", "thirty-one"),
        (99, "noventa y nueve", "ninety-nine"),
        (100, "cien", "one hundred"),
        (101, "ciento un", "one hundred and one"),
        (530, "quinientos treinta", "five hundred and thirty"),
        (999, "novecientos noventa y nueve", "nine hundred and ninety-nine"),
        (1000, "más de novecientos noventa y nueve", "more than nine hundred and ninety-nine"),
    ],
)
def test_number_in_words(value: int, spanish: str, english: str) -> None:
    assert (number(value, "es"), number(value, "en")) == (spanish, english)


def test_number_none_up_to_the_most_has_a_digit() -> None:
    words = [number(value, language) for value in range(1000) for language in ("es", "en")]
    assert not [word for word in words if any(char.isdigit() for char in word)]


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "un kilobyte"),
        (11_500, "doce kilobytes"),
        (999_000, "novecientos noventa y nueve kilobytes"),
        (999_001, "un megabyte"),
        (2_100_000, "tres megabytes"),
    ],
)
def test_size_in_words(length: int, words: str) -> None:
    assert size(length, "es") == words


@pytest.mark.parametrize(
    ("seconds", "language", "words"),
    [
        (0.2, "es", "un segundo"),
        (3.4, "es", "tres segundos"),
        (3.4, "en", "three seconds"),
        (None, "es", "un rato"),
        (None, "en", "a while"),
    ],
)
def test_duration_in_words(seconds: float | None, language: Language, words: str) -> None:
    assert duration(seconds, language) == words


@pytest.mark.parametrize(
    ("hour", "minute", "spanish", "english"),
    [
        (0, 0, "Son las doce de la madrugada", "It is twelve o'clock at night"),
        (1, 15, "Es la una y cuarto de la madrugada", "It is one fifteen at night"),
        (9, 5, "Son las nueve y cinco de la mañana", "It is nine oh five in the morning"),
        (12, 30, "Son las doce y media del mediodía", "It is twelve thirty in the afternoon"),
        (17, 31, "Son las cinco y treinta y uno de la tarde",
         "It is five thirty-one in the afternoon"),
        (20, 21, "Son las ocho y veintiuno de la tarde", "It is eight twenty-one in the evening"),
        (23, 1, "Son las once y uno de la noche", "It is eleven oh one at night"),
    ],
)  # fmt: skip
def test_clock_in_words(hour: int, minute: int, spanish: str, english: str) -> None:
    moment = datetime(2026, 11, 21, hour, minute, tzinfo=UTC)
    assert (clock(moment, "es"), clock(moment, "en")) == (spanish, english)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "cero segundos"),
        (1, "un segundo"),
        (60, "un minuto"),
        (90, "noventa segundos"),
        (91, "dos minutos"),
        (3600, "una hora"),
        (7200, "dos horas"),
        (86_400, "un día"),
    ],
)
def test_span_is_in_the_unit_that_fits(seconds: int, said: str) -> None:
    assert span(seconds, "es") == said


@pytest.mark.parametrize(
    ("day", "spanish", "english"),
    [
        (1, "domingo, uno de noviembre", "Sunday, the first of November"),
        (21, "sábado, veintiuno de noviembre", "Saturday, the twenty-first of November"),
    ],
)
def test_date_in_words(day: int, spanish: str, english: str) -> None:
    moment = datetime(2026, 11, day, tzinfo=UTC)
    assert (date(moment, "es"), date(moment, "en")) == (spanish, english)


@pytest.mark.parametrize(
    ("day", "spanish", "english"),
    [
        (21, "hoy a la una de la tarde", "today at one o'clock in the afternoon"),
        (22, "mañana a la una de la tarde", "tomorrow at one o'clock in the afternoon"),
        (23, "el lunes a la una de la tarde", "on Monday at one o'clock in the afternoon"),
        (
            28,
            "el sábado, veintiocho de noviembre a la una de la tarde",
            "on Saturday, the twenty-eighth of November at one o'clock in the afternoon",
        ),
    ],
)
def test_upcoming_moment_is_told_by_its_day(day: int, spanish: str, english: str) -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    moment = datetime(2026, 11, day, 13, tzinfo=UTC)
    assert (upcoming(moment, now, "es"), upcoming(moment, now, "en")) == (spanish, english)
