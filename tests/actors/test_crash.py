"""Crash reports: types and places, never values."""

import pytest

from robi.actors.crash import PLACES, Crash

SECRET = "me llamo Ana"


def fall(depth: int) -> None:
    if depth:
        fall(depth - 1)
    else:
        raise ValueError(SECRET)


def caught(depth: int = 0) -> ValueError:
    with pytest.raises(ValueError, match=SECRET) as info:
        fall(depth)
    return info.value


def test_report_names_the_type_and_the_place() -> None:
    crash = Crash.of("a", caught(), restarts=2)
    assert (crash.actor, crash.error, crash.restarts) == ("a", "ValueError", 2)
    assert crash.places[-1].startswith(f"{__name__}:")
    assert crash.places[-1].endswith(" fall")


def test_report_holds_no_words_of_the_error() -> None:
    error = caught()
    error.add_note(SECRET)
    assert SECRET not in repr(Crash.of("a", error, 0))


def test_report_of_a_group_names_all_that_is_in_it() -> None:
    group = ExceptionGroup(SECRET, [caught(), ExceptionGroup(SECRET, [KeyError(SECRET)])])
    crash = Crash.of("a", group, 0)
    assert crash.error == "ValueError, KeyError"
    assert SECRET not in repr(crash)


def test_report_of_a_deep_fall_keeps_the_innermost_places() -> None:
    crash = Crash.of("a", caught(depth=50), 0)
    assert len(crash.places) == PLACES
    assert crash.places[-1].endswith(" fall")
