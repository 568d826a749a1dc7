"""The parts of a page: figures over a time that is marked, and tables. Pure.

Owns how a plot and a table stand in the page.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from attrs import frozen

from tools.sim.board import clock
from tools.sim.plots import Line, Shade, legend, plot
from tools.sim.result import Result
from tools.sim.scales import Label, Scale, linear, span

_TIME_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200)
_LISTED: Final = 20


@frozen
class Times:
    """The time of a run as an axis, with what was before and after the part that counts."""

    scale: Scale
    shades: tuple[Shade, ...]

    @classmethod
    def of(cls, result: Result) -> "Times":
        """Return that of `result`."""
        plan = result.plan
        moments = [one.at for one in result.intervals] + [one.at for one in result.readings]
        end = max([result.took_s, *moments])
        shades = []
        if plan.warm_up_s:
            shades.append(Shade(0.0, plan.warm_up_s, "warm-up"))
        if end > plan.duration_s + 1:
            shades.append(Shade(plan.duration_s, end, "finishing"))
        return cls(span(0.0, end, _TIME_STEPS, clock), tuple(shades))


def counted(
    title: str,
    lines: Sequence[Line],
    times: Times,
    label: Label = lambda value: f"{value:.4g}",
) -> str:
    """A plot of counts over time, from zero."""
    return over_time(title, lines, times, linear(0.0, highest(lines) or 1.0, label))


def over_time(title: str, lines: Sequence[Line], times: Times, y: Scale) -> str:
    """A plot over the time of a run, with its warm-up and its end marked."""
    return figure(title, lines, times.scale, y, times.shades)


def figure(
    title: str,
    lines: Sequence[Line],
    x: Scale,
    y: Scale,
    shades: Sequence[Shade] = (),
) -> str:
    """A plot with its title, and with a legend if there is more than one line."""
    named = legend(lines) if len(lines) > 1 else ""
    drawn = plot(lines, x, y, shades)
    return (
        f"<figure><figcaption>{escape(title)}{named}</figcaption>{drawn}<output></output></figure>"
    )


def highest(lines: Sequence[Line]) -> float:
    """Return the highest value of `lines`, 0 if there is none."""
    return max((value for line in lines for _, value in line.points if value), default=0.0)


def axis_ms(seconds: float) -> str:
    """Return a time as an axis has it: `50 ms`, `2 s`."""
    return f"{seconds:g} s" if seconds >= 1 else f"{round(seconds * 1000, 3):g} ms"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, which scrolls by itself where it is too wide."""
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide">{whole}</div>'


def counts_table(title: str, counts: Mapping[str, int]) -> str:
    """A table of counts, the most frequent first; of many, the first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    rows = [(name, f"{count:,}") for name, count in ordered[:_LISTED]]
    if len(ordered) > _LISTED:
        rows.append((f"and {len(ordered) - _LISTED} more kinds", ""))
    return table((title, ""), rows)
