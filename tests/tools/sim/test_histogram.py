"""Latencies, counted: what any percentile of them is."""

from itertools import pairwise

import pytest

from tools.sim.histogram import Histogram


def counted(*seconds: float) -> Histogram:
    histogram = Histogram()
    for one in seconds:
        histogram.record(one)
    return histogram


def test_percentile_is_within_a_thousandth_of_the_time() -> None:
    histogram = counted(*(n / 1000 for n in range(1, 1001)))
    for share, seconds in ((50, 0.5), (99, 0.99), (99.9, 0.999), (100, 1.0)):
        assert histogram.percentile(share) == pytest.approx(seconds, rel=1e-3)


def test_percentile_of_nothing_is_nothing() -> None:
    assert Histogram().percentile(50) is None
    assert list(Histogram().curve()) == []


def test_times_beyond_the_range_are_counted_at_its_ends() -> None:
    histogram = counted(-1.0, 0.0, 7200.0)
    assert histogram.count == 3
    assert histogram.percentile(1) == pytest.approx(1e-6)
    assert histogram.percentile(100) == pytest.approx(3600, rel=1e-3)


def test_histograms_of_two_processes_are_one_when_added() -> None:
    both = counted(0.001, 0.002)
    both.add(counted(0.003))
    assert both.count == 3
    assert both.percentile(100) == pytest.approx(0.003, rel=1e-3)


def test_histogram_comes_back_from_its_text_with_every_count() -> None:
    histogram = counted(0.001, 0.5, 0.5, 30)
    back = Histogram.decode(histogram.encode())
    assert list(back.curve()) == list(histogram.curve())


@pytest.mark.parametrize("text", ["", "x", "AAAA", "HISTFAAAA"])
def test_text_that_is_no_histogram_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an encoded HdrHistogram"):
        Histogram.decode(text)


def test_curve_rises_from_the_fastest_to_the_slowest() -> None:
    points = list(counted(*(n / 1000 for n in range(1, 1001))).curve())
    assert points[0] == pytest.approx((0, 0.001), rel=1e-3)
    assert points[-1] == pytest.approx((99.9, 1.0), rel=1e-3)
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(points))
