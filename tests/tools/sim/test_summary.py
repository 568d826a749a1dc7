"""What is told of a run in a terminal: meanwhile, and of its result."""

import io

import pytest

from tests.tools.sim.fleets import PLAN, result, sample
from tools.sim import summary
from tools.sim.board import Board, clock, ms, spark
from tools.sim.tally import Tally


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "-"), (0.00042, "0.4 ms"), (0.0123, "12.3 ms"), (0.3104, "310 ms"),
        (1.2345, "1.23 s"), (14.04, "14.0 s"),
    ],
)  # fmt: skip
def test_time_has_three_digits(seconds: float | None, shown: str) -> None:
    assert ms(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(7.4, "0:07"), (750, "12:30"), (3725, "1:02:05")])
def test_length_is_told_as_a_clock_does(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_spark_is_as_high_as_its_value() -> None:
    assert spark([0.0, 5.0, 10.0, None]) == "▁▅█ "
    assert spark([0.0, 0.0]) == "▁▁"


def test_summary_has_a_row_for_each_latency_and_says_what_did_not_hold() -> None:
    lines = summary.text(result()).splitlines()
    assert lines[0] == (
        "soak: 3 robots for 0:04, one scenario after another, each stays 1:00 on average, "
        "trouble on a link every 0:10 on average"
    )
    words = [line.split() for line in lines]
    assert ["first", "text", "200", "ms", *["3.00", "s"] * 5] in words
    assert "cut off at the end: 1 plays" in lines
    assert lines[-2:] == ["✓ something was answered: 4 answers", "✗ x: 1 <b>"]


def shown_to(out: io.StringIO, *moments: float) -> str:
    tally = Tally()
    tally.heard(sample(), troubled=False)
    board = Board(out, PLAN)
    for at in moments:
        tally.close_interval(at, 3)
        board.show(tally, {"cpu": 0.5, "memory": 80 * 1024 * 1024, "tasks": 9}, 3, at)
    board.clear()
    return out.getvalue()


def test_board_elsewhere_is_a_line_each_ten_seconds() -> None:
    told = "3 robots · 1 answers · first text p50 200 ms p99 200 ms · 0 amiss · CPU 50% · 80 MiB"
    assert shown_to(io.StringIO(), 1, 9, 10, 11, 20.5).splitlines() == [
        f"   0:10 · {told} · 9 tasks",
        f"   0:20 · {told} · 9 tasks",
    ]


def test_board_on_a_terminal_draws_over_itself_and_goes_away() -> None:
    first, second, gone = shown_to(Terminal(), 1, 2).split("\x1b[9A")
    assert first.count("\n") == second.count("\n") == 9
    assert "first text" in second
    assert gone == "\x1b[J"
