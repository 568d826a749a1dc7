"""Figures: what was measured, as medians with their spread, as JSON and as tables. Pure.

Owns the shape of a report. A figure keeps the value of every run, so that a reader can judge its
spread by another measure than the one shown.
"""

from collections.abc import Iterable
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
class Figure:
    """One thing measured: `runs` are its values, in their order."""

    group: str
    name: str
    unit: str
    runs: tuple[float, ...]

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


def find(figures: Iterable[Figure], group: str, name: str) -> Figure | None:
    """Return the figure of that name, if it was measured."""
    return next((one for one in figures if (one.group, one.name) == (group, name)), None)


def text(report: Report) -> str:
    """Return the figures as a table for a terminal."""
    rows = [(figure.name, shown(figure), spread(figure)) for figure in report.figures]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(3)]
    lines = [", ".join(f"{name} {value}" for name, value in report.machine.items())]
    for group, figures in groupby(report.figures, key=lambda figure: figure.group):
        lines += ["", group]
        lines += [
            f"  {one.name:{widths[0]}}  {shown(one):>{widths[1]}}  {spread(one):>{widths[2]}}"
            for one in figures
        ]
    return "\n".join(line.rstrip() for line in lines)


def markdown(report: Report) -> str:
    """Return the figures as tables for a page."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    lines = [f"{report.when}; {machine}."]
    for group, figures in groupby(report.figures, key=lambda figure: figure.group):
        lines += ["", f"| {group} | median | lowest to highest |", "|---|---|---|"]
        lines += [f"| {one.name} | {shown(one)} | {spread(one)} |" for one in figures]
    return "\n".join(lines)


def shown(figure: Figure) -> str:
    """Return the median with its unit."""
    return f"{_number(figure.median)} {figure.unit}"


def spread(figure: Figure) -> str:
    """Return the lowest and the highest of the runs, nothing where there was one."""
    if len(figure.runs) == 1:
        return ""
    return f"{_number(figure.low)} to {_number(figure.high)}"


def _number(value: float) -> str:
    """Write no more digits than a measurement has."""
    return f"{value:.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.1f}"
