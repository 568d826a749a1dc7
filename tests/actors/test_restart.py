"""Restart intensity, as a pure rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.actors.restart import Intensity


@pytest.mark.parametrize(
    ("crashes", "borne"),
    [
        ([0.0, 0.0, 0.0], 3),
        ([0.0, 0.0, 0.0, 0.0], 3),
        ([0.0, 1.0, 2.0, 5.0], 3),
        ([0.0, 1.0, 2.0, 5.1], 4),
        ([0.0, 10.0, 20.0, 30.0, 40.0], 5),
    ],
)
def test_three_in_five_seconds_bears_restarts_within_its_window(
    crashes: list[float], borne: int
) -> None:
    intensity, spent = Intensity(3, 5.0), tuple[float, ...]()
    restarts = 0
    for now in crashes:
        following = intensity.spend(spent, now)
        if following is None:
            break
        spent, restarts = following, restarts + 1
    assert restarts == borne


def test_no_restarts_allowed_bears_none() -> None:
    assert Intensity(0, 5.0).spend((), 0.0) is None


@given(
    st.integers(0, 5),
    st.floats(0.1, 10),
    st.lists(st.floats(0, 60), max_size=30).map(sorted),
)
def test_any_crashes_never_bear_more_than_allowed_in_any_window(
    restarts: int, seconds: float, crashes: list[float]
) -> None:
    intensity, spent = Intensity(restarts, seconds), tuple[float, ...]()
    borne: list[float] = []
    for now in crashes:
        following = intensity.spend(spent, now)
        if following is not None:
            spent = following
            borne.append(now)
    for first in borne:
        assert sum(first <= then and then - first <= seconds for then in borne) <= restarts
