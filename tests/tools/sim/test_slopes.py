"""Whether a figure grows, and how sure that is."""

from random import Random

import pytest

from tools.sim.slopes import Slope, slope

HALF_AN_HOUR = range(0, 1800, 6)


def noisy(hourly: float, noise: float, seed: int = 1) -> list[tuple[float, float]]:
    rng = Random(seed)
    return [(t, 100 + hourly * t / 3600 + rng.gauss(0, noise)) for t in HALF_AN_HOUR]


def test_straight_line_is_found_as_it_is() -> None:
    line = slope(noisy(hourly=12, noise=0))
    assert line is not None
    assert [line.hourly, line.low, line.high] == pytest.approx([12] * 3)
    assert line.grown == pytest.approx(12 * 1794 / 3600)
    assert line.level == pytest.approx(103, abs=0.1)


def test_confidence_holds_the_true_slope_19_times_in_20() -> None:
    lines = [slope(noisy(hourly=10, noise=5, seed=seed)) for seed in range(400)]
    held = sum(line is not None and line.low <= 10 <= line.high for line in lines)
    assert held == pytest.approx(380, abs=15)


def test_noise_without_a_slope_rarely_grows() -> None:
    lines = [slope(noisy(hourly=0, noise=5, seed=seed)) for seed in range(200)]
    assert sum(line is not None and line.grows(unit=0, share=0) for line in lines) <= 12


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_points_tell_nothing(count: int) -> None:
    assert slope([(float(n), 1.0) for n in range(count)]) is None


def test_blocks_without_a_point_are_left_out() -> None:
    line = slope([(0, 0), (1, 1), (599, 599), (600, 600), (1200, 1200)])
    assert line is not None
    assert line.hourly == pytest.approx(3600)


def sure(grown: float) -> Slope:
    return Slope(hourly=2 * grown, low=grown, high=3 * grown, level=100.0, grown=grown)


@pytest.mark.parametrize(
    ("grown", "unit", "share", "grows"),
    [
        (3.0, 2.0, 0.02, True),
        (1.9, 1.0, 0.02, False),  # less than the share
        (3.0, 5.0, 0.02, False),  # less than the unit
        (-3.0, 0.0, 0.0, False),  # falls
    ],
)
def test_growth_counts_once_it_is_worth_speaking_of(
    grown: float, unit: float, share: float, grows: bool
) -> None:
    assert sure(grown).grows(unit=unit, share=share) is grows


def test_growth_that_may_be_chance_is_none() -> None:
    assert not Slope(9.0, -0.1, 18.0, 100.0, 50.0).grows(unit=1, share=0.01)
