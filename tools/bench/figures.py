"""Figures: what was measured, as medians with their spread, and as JSON. Pure.

Owns the shape of a report. A figure keeps the value of every run, so that a reader can judge its
spread by another measure than the one shown.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from statistics import median
from typing import Final

import cattrs
import orjson
from attrs import frozen

FORMAT: Final = 1
"""Of the JSON; another number means fields that today's reader does not know."""

_WHOLE_FROM: Final = 100


@frozen
class Heading:
    """What a figure is of."""

    group: str
    name: str
    unit: str


@frozen
class Figure:
    """One thing measured: `runs` are its values, in their order."""

    group: str
    name: str
    unit: str
    runs: tuple[float, ...]

    @property
    def heading(self) -> Heading:
        """What it is of."""
        return Heading(self.group, self.name, self.unit)

    @property
    def median(self) -> float:
        """The value that is shown."""
        return median(self.runs)

    @property
    def low(self) -> float:
        """The lowest of the runs."""
        return min(self.runs)

    @property
    def high(self) -> float:
        """The highest of the runs."""
        return max(self.runs)


@frozen
class Report:
    """All figures of one day: `machine` names what they depend on, `plan` how much was done."""

    when: str
    machine: dict[str, str]
    plan: dict[str, float]
    figures: tuple[Figure, ...]

    def to_json(self) -> bytes:
        """Return it for a file; medians and spreads are written out for other readers."""
        figures = [
            {
                **cattrs.unstructure(figure),
                "median": figure.median,
                "low": figure.low,
                "high": figure.high,
            }
            for figure in self.figures
        ]
        whole = {"format": FORMAT, **cattrs.unstructure(self), "figures": figures}
        return orjson.dumps(whole, option=orjson.OPT_INDENT_2) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "Report":
        """Read what `to_json` wrote.

        Raises:
            ValueError: it is no such report.
        """
        whole = orjson.loads(data)
        if not isinstance(whole, dict) or whole.get("format") != FORMAT:
            msg = f"not a report of format {FORMAT}"
            raise ValueError(msg)
        report: Report = cattrs.structure(whole, cls)
        return report


def find(figures: Iterable[Figure], heading: Heading) -> Figure | None:
    """Return the figure of that heading, if it was measured."""
    return next((one for one in figures if one.heading == heading), None)


def grouped(figures: Iterable[Figure]) -> Iterator[tuple[str, list[Figure]]]:
    """Give the figures by their groups."""
    for group, members in groupby(figures, key=lambda figure: figure.group):
        yield group, list(members)


def shown(figure: Figure) -> str:
    """Return the median with its unit."""
    return f"{number(figure.median)} {figure.unit}"


def spread(figure: Figure) -> str:
    """Return the lowest and the highest of the runs, nothing where there was one."""
    if len(figure.runs) == 1:
        return ""
    return f"{number(figure.low)} to {number(figure.high)}"


def number(value: float) -> str:
    """Write no more digits than a measurement has."""
    return f"{value:.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.1f}"
