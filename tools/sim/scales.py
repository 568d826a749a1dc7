"""Scales of a plot: where a value stands between 0 and 1, and which values are marked. Pure."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor, log10
from typing import Final

from attrs import field, frozen

Label = Callable[[float], str]

_MARKS: Final = 5
_DECADE: Final = 10.0
_RAREST: Final = 90.0
"""A percentile axis shows 90 % at least: less would have hardly a tail."""


@frozen
class Scale:
    """A scale: `marks` are the values on it that are labelled, `told` says any value in words."""

    place: Callable[[float], float] = field(repr=False)
    marks: tuple[tuple[float, str], ...]
    told: Label = field(repr=False)


def linear(low: float, high: float, label: Label, told: Label | None = None) -> Scale:
    """Return a scale from `low` to `high` or a little above, with round marks."""
    step = round_step((high - low) or 1.0)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    last = max(last, first + 1)
    bottom, length = first * step, (last - first) * step
    values = [step * at for at in range(first, last + 1)]
    return Scale(lambda value: (value - bottom) / length, _labelled(values, label), told or label)


def span(low: float, high: float, steps: Iterable[float], label: Label) -> Scale:
    """Return a scale that ends exactly where it is told, with marks every so much of `steps`."""
    length = (high - low) or 1.0
    step = next((one for one in steps if length / one <= _MARKS + 1), length)
    values = [step * at for at in range(ceil(low / step), floor(high / step) + 1)]
    return Scale(lambda value: (value - low) / length, _labelled(values, label), label)


def logarithmic(low: float, high: float, label: Label, told: Label | None = None) -> Scale:
    """Return a scale of whole decades around `low` and `high`, both above zero."""
    first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    last = max(last, first + 1)
    values = [_DECADE**at for at in range(first, last + 1)]
    if last - first <= 2:  # noqa: PLR2004 - few decades: room for more marks
        values = [v * m for v in values for m in (1, 2, 5) if v * m <= _DECADE**last * 1.001]
    decades = last - first
    marks = _labelled(values, label)
    return Scale(lambda value: (log10(value) - first) / decades, marks, told or label)


def percentiles(rarest: float) -> Scale:
    """Return HdrHistogram's scale: each decade of the slower share is as wide as the one before.

    Args:
        rarest: the highest percentile to be shown, below 100.
    """
    end = _nines(max(rarest, _RAREST))
    values = [0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999]
    marks = tuple((value, f"{value:g} %") for value in values if _nines(value) <= end + 1e-9)
    return Scale(lambda value: _nines(value) / end, marks, lambda value: f"{value:.5g} %")


def round_step(length: float) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that goes into `length` some five times."""
    rough = length / _MARKS
    power = _DECADE ** floor(log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)


def _nines(percentile: float) -> float:
    return -log10(1 - percentile / 100)


def _labelled(values: Sequence[float], label: Label) -> tuple[tuple[float, str], ...]:
    return tuple((value, label(value)) for value in values)
