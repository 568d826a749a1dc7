"""A result as a page: what it says, and that it needs nothing from elsewhere."""

import re
from xml.etree import ElementTree as ET

import orjson
import pytest
from attrs import evolve

from tests.tools.sim.fleets import result
from tools.sim.page import page
from tools.sim.plots import HEIGHT, WIDTH, Line, Shade, legend, plot
from tools.sim.scales import linear

PAGE = page(result())


def plain(value: float) -> str:
    return f"{value:g}"


def svg(*lines: Line, shades: tuple[Shade, ...] = ()) -> ET.Element:
    axis = linear(0, 10, plain)
    return ET.fromstring(plot(lines, axis, axis, shades))  # noqa: S314 - our own


# ── plots ─────────────────────────────────────────────────────────────────────────────────


def test_line_is_drawn_within_the_plot() -> None:
    (drawn,) = svg(Line("a", [(0, 0), (5, 10), (10, 5)], 1)).findall("polyline")
    points = [tuple(map(float, pair.split(","))) for pair in drawn.attrib["points"].split()]
    assert len(points) == 3
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points[1][1] < points[2][1] < points[0][1]  # up is less


def test_line_is_broken_where_nothing_is_known() -> None:
    drawn = svg(Line("a", [(0, 1), (1, 2), (2, None), (3, 1), (4, None), (5, 2), (6, 3)], 1))
    assert len(drawn.findall("polyline")) == 2
    assert len([one for one in drawn.findall("circle") if one.get("r") == "2"]) == 1


def test_points_are_told_with_their_labels() -> None:
    drawn = svg(Line("a <b>", [(2, 4.0), (3, None)], 3))
    (told,) = orjson.loads(drawn.attrib["data-lines"])
    assert (told["name"], told["tone"]) == ("a <b>", 3)
    assert [point[2:] for point in told["points"]] == [["2", "4"]]


def test_filled_line_and_shade_are_drawn() -> None:
    drawn = svg(Line("a", [(0, 1), (1, 2)], 1, filled=True), shades=(Shade(0, 5, "warm-up"),))
    assert len(drawn.findall("polygon")) == 1
    assert "warm-up" in [text.text for text in drawn.findall("text")]


def test_shade_without_room_for_its_name_has_none() -> None:
    drawn = svg(Line("a", [(0, 1), (1, 2)], 1), shades=(Shade(9.9, 10, "finishing"),))
    assert len(drawn.findall("rect")) == 1
    assert "finishing" not in [text.text for text in drawn.findall("text")]


def test_legend_names_each_line_in_its_colour() -> None:
    assert legend([Line("p<50", [], 2, "dashed")]) == (
        '<ul class="legend"><li class="tone2 dashed"><i></i>p&lt;50</li></ul>'
    )


# ── the page ──────────────────────────────────────────────────────────────────────────────


def test_page_fetches_nothing() -> None:
    assert "default-src 'none'" in PAGE
    assert re.findall(r"(?:src|href)=|@import|url\(", PAGE) == []


@pytest.mark.parametrize(
    "said",
    [
        "not all held",
        "abacus &lt;3000&gt;",
        "1 &lt;b&gt;",
        "seq 4 where 3 was due",
        "talk, step 3 (wait): nothing came",
        "SERVER_BUSY",
        "warm-up",
        "finishing",
        "Memory, MiB",
        "line through it",
        "Latency by percentile",
    ],
)
def test_page_says_what_was_found(said: str) -> None:
    assert said in PAGE


def test_page_of_a_run_in_which_nothing_was_answered_is_whole() -> None:
    nothing = evolve(
        result(), outcomes={}, latencies=result().latencies[1:2], intervals=(), readings=(),
        scenarios=(), trends=(), checks=(),
    )  # fmt: skip
    assert "all held" in page(nothing)
    assert "How the server did" not in page(nothing)


def test_each_plot_of_the_page_is_well_formed() -> None:
    plots = re.findall(r"<svg.*?</svg>", PAGE, re.DOTALL)
    assert len(plots) >= 6
    for one in plots:
        ET.fromstring(one)  # noqa: S314 - our own
