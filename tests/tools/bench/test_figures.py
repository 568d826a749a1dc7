"""Figures and reports: medians, spreads, JSON."""

import orjson
import pytest

from tools.bench import figures
from tools.bench.comparison import Ratio
from tools.bench.figures import Figure, Report

FAST = Figure("a group", "fast", "µs", (3.0, 1.0, 2.0))
SLOW = Figure("a group", "slow", "ms", (250.4,))
REPORT = Report("2026-11-21", {"processor": "abacus"}, {"runs": 3}, (FAST, SLOW))


def test_figure_is_the_median_of_its_runs_with_the_spread() -> None:
    assert (figures.shown(FAST), figures.spread(FAST)) == ("2.0 µs", "1.0 to 3.0")


def test_figure_of_one_run_has_no_spread() -> None:
    assert (figures.shown(SLOW), figures.spread(SLOW)) == ("250 ms", "")


def test_figure_is_found_by_its_heading() -> None:
    assert figures.find(REPORT.figures, SLOW.heading) is SLOW
    assert figures.find((FAST,), SLOW.heading) is None


def test_report_comes_back_from_its_json_with_every_run() -> None:
    assert Report.from_json(REPORT.to_json()) == REPORT


def test_report_tells_other_readers_its_medians() -> None:
    first, _ = orjson.loads(REPORT.to_json())["figures"]
    assert (first["median"], first["low"], first["high"]) == (2.0, 1.0, 3.0)


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"format": 2}', b"figures"])
def test_report_of_another_shape_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - orjson's own words
        Report.from_json(data)


def test_ratio_is_of_runs_that_followed_each_other() -> None:
    then = Figure("g", "f", "ms", (10.0, 20.0, 40.0))
    now = Figure("g", "f", "ms", (5.0, 20.0, 10.0))
    assert Ratio(then, now).shown == "0.50  (0.25 to 1.00)"


def test_ratio_of_one_run_has_no_spread() -> None:
    assert Ratio(SLOW, SLOW).shown == "1.00"


def test_ratio_to_nothing_is_not_shown() -> None:
    nothing = Figure("g", "f", "ms", (0.0,))
    assert Ratio(nothing, SLOW).shown == ""
