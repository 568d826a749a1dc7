"""Whether a figure grows: a straight line through it, and how sure that line is. Pure.

Owns the method. Neighbouring readings of a process are not independent (a heap that has just grown
stays so), which would make a line through them look far surer than it is. So the time is divided
into twelve blocks of equal length, and ordinary least squares goes through the means of the blocks;
the confidence is that of Student's t. A figure *grows* if at 95 % confidence the slope is above
zero, and what it has grown by is worth speaking of.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean
from typing import Final

from attrs import frozen

BLOCKS: Final = 12
"""Enough to see a bend by eye, few enough that each is long against the noise within it."""

_T_95: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Two-sided 95 % of Student's t, by degrees of freedom from 1 on."""

_FEWEST: Final = 3
_AN_HOUR: Final = 3600.0


@frozen
class Slope:
    """How a figure went: `hourly` with its confidence from `low` to `high`, an hour each.

    `level` is its mean, `grown` what the line gained over the time that was looked at.
    """

    hourly: float
    low: float
    high: float
    level: float
    grown: float

    def grows(self, *, unit: float, share: float) -> bool:
        """Whether it surely rose, and by more than `unit` and than `share` of its level."""
        return self.low > 0 and self.grown > max(unit, share * abs(self.level))


def slope(points: Sequence[tuple[float, float]]) -> Slope | None:
    """Return the slope of `points`, (seconds, value) in order of time; None if too few to tell."""
    blocks = _blocks(points)
    if len(blocks) < _FEWEST:
        return None
    xs, ys = zip(*blocks, strict=True)
    mean_x, mean_y = fmean(xs), fmean(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in blocks) / spread
    missed = sum((y - mean_y - rise * (x - mean_x)) ** 2 for x, y in blocks)
    freedom = len(blocks) - 2
    margin = _T_95[freedom - 1] * sqrt(missed / freedom / spread)
    return Slope(
        rise * _AN_HOUR,
        (rise - margin) * _AN_HOUR,
        (rise + margin) * _AN_HOUR,
        mean_y,
        rise * (points[-1][0] - points[0][0]),
    )


def _blocks(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the mean time and value of each block that holds a point."""
    if not points:
        return []
    first, last = points[0][0], points[-1][0]
    width = (last - first) / BLOCKS or 1.0
    held: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        held.setdefault(min(int((point[0] - first) / width), BLOCKS - 1), []).append(point)
    return [(fmean(x for x, _ in one), fmean(y for _, y in one)) for one in held.values()]
