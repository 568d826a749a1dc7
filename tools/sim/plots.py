"""Plots as SVG, small and without a library: lines over a grid, in the colours of their page. Pure.

Owns the looks of a plot. Colours are CSS classes, so that one drawing serves light and dark; each
line carries its points with their labels (`data-lines`), which the page's script shows under the
pointer. Without the script the plot is whole.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

import orjson
from attrs import frozen

from tools.sim.scales import Scale

WIDTH: Final = 720
HEIGHT: Final = 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 16, 12, 28
_ROOM: Final = 70
"""What the name of a shade takes."""

Point = tuple[float, float | None]


@frozen
class Line:
    """A line through `points`; None breaks it. `tone` is its colour, by number from 1 on.

    `style` is how it is drawn: a thin one stands behind the others.
    """

    name: str
    points: Sequence[Point]
    tone: int
    style: str = "solid"
    filled: bool = False


@frozen
class Shade:
    """A stretch of the x axis that is marked, and what it is."""

    low: float
    high: float
    name: str


def plot(lines: Sequence[Line], x: Scale, y: Scale, shades: Sequence[Shade] = ()) -> str:
    """Return an SVG of `lines`."""
    data = [
        {
            "name": line.name,
            "tone": line.tone,
            "points": [
                [_x(x, at), _y(y, value), x.told(at), y.told(value)]
                for at, value in line.points
                if value is not None
            ],
        }
        for line in lines
    ]
    drawn = "".join(
        [
            *_shades(shades, x),
            *_grid(x, y),
            *(part for line in lines for part in _line(line, x, y)),
        ]
    )
    told = escape(orjson.dumps(data).decode())
    names = escape(", ".join(line.name for line in lines))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{names}" '
        f'data-lines="{told}">{drawn}</svg>'
    )


def legend(lines: Sequence[Line]) -> str:
    """Return the names of `lines` with their colours."""
    items = (
        f'<li class="tone{line.tone} {line.style}"><i></i>{escape(line.name)}</li>'
        for line in lines
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _x(scale: Scale, value: float) -> float:
    return round(_LEFT + scale.place(value) * (WIDTH - _LEFT - _RIGHT), 1)


def _y(scale: Scale, value: float) -> float:
    return round(HEIGHT - _BOTTOM - scale.place(value) * (HEIGHT - _TOP - _BOTTOM), 1)


def _shades(shades: Sequence[Shade], x: Scale) -> Iterator[str]:
    for shade in shades:
        left, right = _x(x, shade.low), _x(x, shade.high)
        yield (
            f'<rect class="shade" x="{left}" y="{_TOP}" width="{right - left:.1f}" '
            f'height="{HEIGHT - _TOP - _BOTTOM}"/>'
        )
        if right - left > _ROOM:
            yield f'<text x="{left + 6}" y="{_TOP + 14}">{escape(shade.name)}</text>'


def _grid(x: Scale, y: Scale) -> Iterator[str]:
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    for value, label in y.marks:
        at = _y(y, value)
        yield f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{at}" y2="{at}"/>'
        yield f'<text class="y" x="{_LEFT - 8}" y="{at + 4}">{escape(label)}</text>'
    for value, label in x.marks:
        at = _x(x, value)
        yield f'<line class="tick" x1="{at}" x2="{at}" y1="{bottom}" y2="{bottom + 4}"/>'
        yield f'<text class="x" x="{at}" y="{bottom + 18}">{escape(label)}</text>'
    yield f'<line class="axis" x1="{_LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}"/>'


def _line(line: Line, x: Scale, y: Scale) -> Iterator[str]:
    bottom = HEIGHT - _BOTTOM
    for run in _runs(line.points):
        places = [(_x(x, at), _y(y, value)) for at, value in run]
        path = " ".join(f"{at},{value}" for at, value in places)
        if len(places) == 1:
            yield f'<circle class="tone{line.tone}" cx="{places[0][0]}" cy="{places[0][1]}" r="2"/>'
            continue
        if line.filled:
            ends = f"{places[-1][0]},{bottom} {places[0][0]},{bottom}"
            yield f'<polygon class="tone{line.tone}" points="{path} {ends}"/>'
        yield f'<polyline class="tone{line.tone} {line.style}" points="{path}"/>'


def _runs(points: Sequence[Point]) -> Iterator[list[tuple[float, float]]]:
    """Yield the stretches of `points` that have values."""
    run: list[tuple[float, float]] = []
    for at, value in points:
        if value is not None:
            run.append((at, value))
        elif run:
            yield run
            run = []
    if run:
        yield run
