"""Moments as a model speaks of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from robi.skills.moments import after, at, elsewhere, told
from robi.skills.trouble import Trouble

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 2, 8, 10, 30, tzinfo=MADRID)


def in_madrid(moment: datetime) -> datetime:
    return moment.replace(tzinfo=MADRID) if moment.tzinfo is None else moment.astimezone(MADRID)


def due(written: str, now: datetime = NOW) -> datetime:
    found = at({"at": written}, now, in_madrid)
    assert found is not None
    return datetime.fromtimestamp(found, MADRID)


def test_moment_is_told_with_its_weekday_and_zone() -> None:
    assert told(NOW) == {
        "time": "10:30",
        "date": "2026-02-08",
        "weekday": "Sunday",
        "zone": "CET",
        "utc_offset": "+01:00",
    }


def test_moment_elsewhere_is_the_same_moment() -> None:
    assert elsewhere(NOW, "Asia/Tokyo").isoformat() == "2026-02-08T18:30:00+09:00"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "/etc/passwd", "a\0b"])
def test_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(Trouble):
        elsewhere(NOW, zone)


def test_span_is_the_sum_of_its_units() -> None:
    assert after({"hours": 1, "minutes": "30", "seconds": 5}) == 5405


def test_span_that_is_not_given_is_none() -> None:
    assert after({}) is None


@pytest.mark.parametrize("given", [{"seconds": 0}, {"minutes": -1}, {"hours": 9000}])
def test_span_that_cannot_be_waited_for_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(Trouble):
        after(given)


@pytest.mark.parametrize("written", ["2026-02-08T18:30", "2026-02-08 18:30", "18:30", "18:30:00"])
def test_local_time_is_that_of_the_place(written: str) -> None:
    assert due(written).isoformat() == "2026-02-08T18:30:00+01:00"


def test_time_that_is_over_today_is_tomorrow() -> None:
    assert due("09:00").isoformat() == "2026-02-09T09:00:00+01:00"


def test_local_time_beyond_the_change_of_clocks_has_its_own_offset() -> None:
    assert due("2026-07-01T09:00").isoformat() == "2026-07-01T09:00:00+02:00"


def test_time_with_an_offset_keeps_it() -> None:
    assert due("2026-02-08T18:30+00:00").isoformat() == "2026-02-08T19:30:00+01:00"


def test_time_that_is_not_given_is_none() -> None:
    assert at({}, NOW, in_madrid) is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-08T10:29",
        "2026-02-08",
        "tomorrow",
        "25:00",
        "2028-01-01T00:00",
        "x" * 41,
        "9999-12-31T23:59",
    ],
)
def test_time_that_is_past_too_far_or_none_is_refused(written: str) -> None:
    with pytest.raises(Trouble):
        due(written)


def test_refusal_of_a_past_time_tells_what_time_it_is() -> None:
    with pytest.raises(Trouble, match="2026-02-08T10:30"):
        due((NOW.astimezone(UTC) - timedelta(hours=1)).isoformat())
