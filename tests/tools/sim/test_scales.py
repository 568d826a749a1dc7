"""Where values stand on the axes of a plot."""

import pytest

from tools.sim.scales import linear, logarithmic, percentiles, round_step, span


def plain(value: float) -> str:
    return f"{value:g}"


def labels(scale: object) -> list[str]:
    return [label for _, label in scale.marks]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("high", "marks"),
    [
        (10, ["0", "2", "4", "6", "8", "10"]),
        (0.45, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (1234, ["0", "500", "1000", "1500"]),
        (0, ["0", "0.2", "0.4", "0.6", "0.8", "1"][:2]),
    ],
)
def test_linear_scale_has_round_marks(high: float, marks: list[str]) -> None:
    scale = linear(0, high, plain)
    assert labels(scale) == marks
    assert [scale.place(0), scale.place(scale.marks[-1][0])] == pytest.approx([0, 1])


def test_linear_scale_need_not_begin_at_zero() -> None:
    assert labels(linear(-12, 5, plain)) == ["-15", "-10", "-5", "0", "5"]


def test_logarithmic_scale_is_whole_decades() -> None:
    scale = logarithmic(0.02, 70, plain)
    assert labels(scale) == ["0.01", "0.1", "1", "10", "100"]
    assert scale.place(1) == pytest.approx(0.5)


def test_logarithmic_scale_of_one_decade_has_marks_within_it() -> None:
    assert labels(logarithmic(0.1, 0.7, plain)) == ["0.1", "0.2", "0.5", "1"]


def test_percentiles_are_as_wide_for_each_nine() -> None:
    scale = percentiles(99.99)
    assert [scale.place(value) for value in (0, 90, 99, 99.9, 99.99)] == [
        pytest.approx(n / 4) for n in range(5)
    ]
    assert labels(scale) == ["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %"]
    assert scale.told(99.98765) == "99.988 %"


def test_span_ends_where_it_is_told() -> None:
    scale = span(0, 95, (1, 10, 20, 60), plain)
    assert labels(scale) == ["0", "20", "40", "60", "80"]
    assert scale.place(95) == 1


@pytest.mark.parametrize(("length", "step"), [(1, 0.2), (10, 2), (30, 10), (0.012, 0.005)])
def test_step_is_one_two_or_five_times_a_power_of_ten(length: float, step: float) -> None:
    assert round_step(length) == pytest.approx(step)
