"""Figures as tables, for a terminal and for a page. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from tools.bench import carrying, limits
from tools.bench.comparison import Ratio
from tools.bench.figures import Figure, Report, find, grouped, number, shown, spread

_Cells = Sequence[str]
_MADE_OF: Final = ("revision", "processor", "load before")
"""What is told beside figures over time, of what they depend on."""


def text(report: Report) -> str:
    """Return a report for a terminal: what must hold, then every figure."""
    held = limits.rows(report.figures)
    sections: list[tuple[_Cells, list[_Cells]]] = []
    if held:
        sections.append((_cells(limits.HEADS), [_cells(row) for row in held]))
    for group, figures in grouped(report.figures):
        sections.append(((group, "median", "lowest to highest"), _figure_cells(figures)))
    return "\n".join([_machine(report), *(_aligned(heads, rows) for heads, rows in sections)])


def markdown(report: Report) -> str:
    """Return a report for a page."""
    return "\n\n".join(
        [
            f"{report.when}; {_machine(report)}.",
            *_tables(_cells(limits.HEADS), [_cells(row) for row in limits.rows(report.figures)]),
            *(
                _bars((group, "median", "lowest to highest"), _figure_cells(figures))
                for group, figures in grouped(report.figures)
            ),
        ]
    )


def carried(report: Report) -> str:
    """Return what one core carries, worked out from a report, for a page."""
    return "\n\n".join(
        [
            *_tables(carrying.TURNS_HEADS, carrying.by_chunks(report.figures)),
            *_tables(carrying.MEMORY_HEADS, carrying.by_robots(report.figures)),
        ]
    )


def compared(then: Report, now: Report) -> str:
    """Return the figures of two revisions, measured in turn, for a terminal."""
    names = (then.machine["revision"], now.machine["revision"])
    ratios = iter([Ratio(a, b) for a, b in zip(then.figures, now.figures, strict=True)])
    sections = [_machine(now)]
    for group, figures in grouped(now.figures):
        rows = [(one.now.name, shown(one.then), shown(one.now), one.shown)
                for one in (next(ratios) for _ in figures)]  # fmt: skip
        sections.append(_aligned((group, *names, "ratio (spread of the runs)"), rows))
    return "\n".join(sections)


def over_time(reports: Iterable[Report]) -> str:
    """Return what must hold as it was found in each report, the newest last, for a page."""
    known = sorted(reports, key=lambda one: one.when)
    return "\n\n".join(_over_time(kind, known) for kind in limits.KINDS)


def _over_time(kind: limits.Kind, reports: Iterable[Report]) -> str:
    columns = [limit for limit in limits.LIMITS if limit.kind == kind]
    rows: list[_Cells] = []
    for report in reports:
        made_of = [report.machine.get(name, "") for name in _MADE_OF]
        figures = [find(report.figures, limit.heading) for limit in columns]
        if not any(figures):
            continue
        found = [shown(figure) if figure is not None else "" for figure in figures]
        rows.append([report.when, *made_of, *found])
    space = [""] * (len(_MADE_OF))
    at_most = ["at most", *space, *(number(limit.at_most) for limit in columns)]
    aim = ["aim", *space, *(number(limit.aim) for limit in columns)]
    return _bars([kind, *_MADE_OF, *(limit.short for limit in columns)], [*rows, at_most, aim])


def _machine(report: Report) -> str:
    return ", ".join(f"{name} {value}" for name, value in report.machine.items())


def _cells(row: limits.Row) -> _Cells:
    return attrs.astuple(row)


def _figure_cells(figures: Sequence[Figure]) -> list[_Cells]:
    return [(one.name, shown(one), spread(one)) for one in figures]


def _tables(heads: _Cells, rows: Sequence[_Cells]) -> list[str]:
    """Return a table, or none if there is nothing to put into it."""
    return [_bars(heads, rows)] if rows else []


def _bars(heads: _Cells, rows: Iterable[_Cells]) -> str:
    lines = [_bar(heads), "|" + "---|" * len(heads), *map(_bar, rows)]
    return "\n".join(lines)


def _bar(cells: _Cells) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def _aligned(heads: _Cells, rows: Sequence[_Cells]) -> str:
    """Return a table after an empty line: names to the left, all else to the right but the last."""
    widths = [max(len(line[at]) for line in (heads, *rows)) for at in range(len(heads))]
    lines = []
    for mark, cells in [("", heads), *(("  ", row) for row in rows)]:
        name, *rest = cells
        numbers = [f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([f"{mark}{name}".ljust(widths[0] + 2), *numbers]).rstrip())
    return "\n".join(["", *lines])
