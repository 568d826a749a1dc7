"""Figures as tables: for a terminal, for a page, two revisions, over time."""

from pathlib import Path

import pytest

from tools.bench import limits, memory, starting, tables, turns
from tools.bench.figures import Figure, Heading, Report
from tools.bench.limits import LIMITS
from tools.bench.main import main
from tools.bench.plan import FULL

FAST = Figure("a group", "fast", "µs", (3.0, 1.0, 2.0))
SLOW = Figure("a group", "slow", "ms", (250.4,))
REPORT = Report("2026-11-21", {"processor": "abacus"}, {"runs": 3}, (FAST, SLOW))

CHUNK = next(limit for limit in LIMITS if limit.what == "each further chunk")


def chunk(cost: float) -> Figure:
    heading = CHUNK.heading
    return Figure(heading.group, heading.name, heading.unit, (cost,))


@pytest.mark.parametrize(
    ("cost", "verdict"),
    [(150, "aim met"), (151, "met"), (210, "met"), (211, "not met")],
)
def test_figure_is_held_against_limit_and_aim(cost: float, verdict: str) -> None:
    [row] = limits.rows([FAST, chunk(cost)])
    assert (row.what, row.at_most, row.aim, row.verdict) == (
        "each further chunk", "210", "150", verdict,
    )  # fmt: skip


def test_every_limit_is_above_its_aim_but_for_what_must_not_be_at_all() -> None:
    assert all(limit.aim < limit.at_most or not limit.at_most for limit in LIMITS)


def test_limits_are_of_different_figures() -> None:
    assert len({limit.heading for limit in LIMITS}) == len(LIMITS)


def test_report_for_a_page_has_a_table_for_each_group() -> None:
    assert tables.markdown(REPORT).splitlines() == [
        "2026-11-21; processor abacus.",
        "",
        "| a group | median | lowest to highest |",
        "|---|---|---|",
        "| fast | 2.0 µs | 1.0 to 3.0 |",
        "| slow | 250 ms | |",
    ]


def test_report_for_a_page_begins_with_what_must_hold() -> None:
    report = Report("2026-11-21", {}, {}, (chunk(140.0),))
    assert tables.markdown(report).splitlines()[2:5] == [
        "| what must hold | measured | lowest to highest | at most | aim | |",
        "|---|---|---|---|---|---|",
        "| each further chunk | 140 µs | | 210 | 150 | aim met |",
    ]


def test_report_for_a_terminal_has_its_columns_in_line() -> None:
    _, _, *rows = tables.text(REPORT).splitlines()
    assert rows == [
        "a group    median  lowest to highest",
        "  fast     2.0 µs         1.0 to 3.0",
        "  slow     250 ms",
    ]


def test_two_revisions_stand_side_by_side_with_their_ratio() -> None:
    then, now = (
        Report("2026-11-21", {"revision": name}, {}, (Figure("a group", "fast", "µs", runs),))
        for name, runs in (("old", (3.0, 1.0, 2.0)), ("new", (1.5, 1.0, 0.5)))
    )
    assert tables.compared(then, now).splitlines() == [
        "revision new",
        "",
        "a group       old     new  ratio (spread of the runs)",
        "  fast     2.0 µs  1.0 µs        0.50  (0.25 to 1.00)",
    ]


def test_figures_over_time_have_a_row_a_report_the_newest_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = {"revision": "abc1234", "processor": "abacus", "load before": "0.1"}
    for when, cost in (("2026-12-01", 140.0), ("2026-11-21", 300.0)):
        report = Report(when, machine, {}, (chunk(cost),))
        (tmp_path / f"{when}.json").write_bytes(report.to_json())
    assert main(["--over-time", str(tmp_path)]) == 0
    heads, *rows = capsys.readouterr().out.splitlines()[:6]
    assert heads.startswith("| CPU | revision | processor | load before | a turn, 16 robots |")
    assert rows == [
        "|---|---|---|---|---|---|---|---|",
        "| 2026-11-21 | abc1234 | abacus | 0.1 | | | 300 µs | |",
        "| 2026-12-01 | abc1234 | abacus | 0.1 | | | 140 µs | |",
        "| at most | | | | 5.5 | 5.5 | 210 | 3.0 |",
        "| aim | | | | 4.0 | 4.0 | 150 | 2.0 |",
    ]


def of(heading: Heading, value: float) -> Figure:
    return Figure(heading.group, heading.name, heading.unit, (value,))


def test_core_carries_what_its_half_is_good_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = (
        of(turns.a_turn(FULL, "gemini", FULL.many_robots), 5.0),
        of(turns.further_chunk("gemini"), 200.0),
        of(starting.MEMORY, 60.0),
        of(memory.idle(1000), 1000 / 1.024),
    )
    kept = tmp_path / "figures.json"
    kept.write_bytes(Report("2026-11-21", {}, {}, figures).to_json())
    assert main(["--carried", str(kept)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line[2:3].isdigit()] == [
        "| 10 | 5.0 ms | 100 | 1,000 |",
        "| 40 | 11.0 ms | 45.5 | 455 |",
        "| 110 | 25.0 ms | 20.0 | 200 |",
        "| 100 | 160 MB |",
        "| 1,000 | 1,060 MB |",
        "| 10,000 | 10,060 MB |",
    ]


def test_core_carries_nothing_that_is_known_without_figures() -> None:
    assert tables.carried(REPORT) == ""


def test_bench_shows_what_it_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "figures.json"
    kept.write_bytes(REPORT.to_json())
    assert main(["--show", str(kept)]) == 0
    assert capsys.readouterr().out == tables.markdown(REPORT) + "\n"
