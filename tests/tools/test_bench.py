"""`./dev bench`: that it measures, and how it says so. What the figures are is nobody's test."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from tools.bench import answers, figures
from tools.bench.clock import cpu_ns
from tools.bench.figures import Figure, Report
from tools.bench.machine import processor
from tools.bench.main import QUICKLY, main
from tools.bench.measurements import MEASUREMENTS
from tools.bench.parts import PARTS
from tools.bench.progress import Progress
from tools.bench.stages import REST, RULES, STAGES
from tools.stub.script import Reply, load_script

ROOT = Path(__file__).parents[2]
WITHIN_S = 120

FAST = Figure("a group", "fast", "µs", (3.0, 1.0, 2.0))
SLOW = Figure("a group", "slow", "ms", (250.4,))
REPORT = Report("2026-11-21", {"processor": "abacus"}, {"runs": 3}, (FAST, SLOW))

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the clock is Linux'")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# ── the whole ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What a quick run of everything keeps."""
    kept = tmp_path_factory.mktemp("bench") / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench", "--quick", "--json", str(kept)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = Report.from_json(kept.read_bytes())
    assert done.stdout == f"{figures.text(report)}\n{QUICKLY}\n"
    assert done.stderr.splitlines() == [f"{one.about} …" for one in MEASUREMENTS]
    return report


@on_linux
@pytest.mark.parametrize("brain", ["gemini", "openai"])
def test_bench_measures_turns_and_chunks_in_both_paces(measured: Report, brain: str) -> None:
    turns = [one for one in measured.figures if one.group.endswith(f"socket to socket, {brain}")]
    assert [(one.name, one.unit) for one in turns] == [
        ("a turn of 2 chunks, together", "ms"),
        ("each further chunk, together", "µs"),
        ("a turn of 2 chunks, apart", "ms"),
        ("each further chunk, apart", "µs"),
        ("12 chunks, apart, on the clock; 22 at the stub's pace", "ms"),
    ]
    assert all(one.median > 0 for one in turns if one.unit == "ms")


@on_linux
@pytest.mark.parametrize("brain", ["gemini", "openai"])
def test_bench_takes_a_chunk_apart_until_nothing_is_left(measured: Report, brain: str) -> None:
    stages = [one for one in measured.figures if one.group == f"a chunk on its way, apart, {brain}"]
    assert [one.name for one in stages] == [*STAGES, RULES, REST]
    whole = figures.find(
        measured.figures,
        f"CPU of the server, socket to socket, {brain}",
        "each further chunk, apart",
    )
    assert whole is not None
    assert sum(one.median for one in stages) == pytest.approx(whole.median)


@on_linux
@pytest.mark.parametrize("brain", ["gemini", "openai"])
def test_bench_measures_each_part_of_the_code(measured: Report, brain: str) -> None:
    group = f"a chunk's code, part by part, {brain}"
    parts = {one.name: one.median for one in measured.figures if one.group == group}
    assert tuple(parts) == PARTS
    assert all(parts[name] > 0 for name in PARTS if name not in {"messages", "outbox"})


@on_linux
def test_bench_names_the_machine(measured: Report) -> None:
    assert {"processor", "cores", "python", "trio"} <= measured.machine.keys()


def test_bench_asked_for_what_there_is_not_says_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--only", "turns-gemini", "coffee"]) == 2
    assert capsys.readouterr().err.startswith("bench: no coffee; there is turns-gemini, ")


def test_bench_shows_what_it_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "figures.json"
    kept.write_bytes(REPORT.to_json())
    assert main(["--show", str(kept)]) == 0
    assert capsys.readouterr().out == figures.markdown(REPORT) + "\n"


# ── figures ───────────────────────────────────────────────────────────────────────────────


def test_figure_is_the_median_of_its_runs_with_the_spread() -> None:
    assert (figures.shown(FAST), figures.spread(FAST)) == ("2.0 µs", "1.0 to 3.0")


def test_figure_of_one_run_has_no_spread() -> None:
    assert (figures.shown(SLOW), figures.spread(SLOW)) == ("250 ms", "")


def test_report_comes_back_from_its_json_with_every_run() -> None:
    assert Report.from_json(REPORT.to_json()) == REPORT


def test_report_tells_other_readers_its_medians() -> None:
    first, _ = orjson.loads(REPORT.to_json())["figures"]
    assert (first["median"], first["low"], first["high"]) == (2.0, 1.0, 3.0)


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"format": 2}', b"figures"])
def test_report_of_another_shape_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - orjson's own words
        Report.from_json(data)


def test_report_for_a_page_has_a_table_for_each_group() -> None:
    assert figures.markdown(REPORT).splitlines() == [
        "2026-11-21; processor abacus.",
        "",
        "| a group | median | lowest to highest |",
        "|---|---|---|",
        "| fast | 2.0 µs | 1.0 to 3.0 |",
        "| slow | 250 ms |  |",
    ]


def test_report_for_a_terminal_has_its_columns_in_line() -> None:
    _, _, group, *rows = figures.text(REPORT).splitlines()
    assert group == "a group"
    assert rows == ["  fast  2.0 µs  1.0 to 3.0", "  slow  250 ms"]


# ── what it is made of ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [2, 10, 110])
def test_answer_has_as_many_chunks_as_asked_for(count: int) -> None:
    chunks = answers.chunks(count)
    assert len(chunks) == count
    assert chunks[0].startswith("[emotion:")
    assert chunks[-1].endswith("[actions:nod]")


@pytest.mark.parametrize("pace", answers.PACES)
@pytest.mark.parametrize("count", [10, 110])
def test_stub_is_told_which_question_has_which_answer(
    tmp_path: Path, count: int, pace: answers.Pace
) -> None:
    path = tmp_path / "script.json"
    path.write_bytes(answers.script((10, 110), gap_ms=7))
    reply = load_script(path, Reply()).choose(answers.question(count, pace))
    assert (len(reply.chunks), reply.chunk_delay_ms) == (count, 7 if pace == "apart" else 0)


@on_linux
def test_clock_of_a_process_is_the_one_that_it_reads_itself() -> None:
    before = time.process_time_ns()
    now = cpu_ns(os.getpid())
    assert before <= now <= time.process_time_ns()


@on_linux
def test_clock_of_a_process_that_is_gone_cannot_be_read() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with pytest.raises(OSError):  # noqa: PT011 - the system's own words
        cpu_ns(process.pid)


def test_processor_is_named_as_the_system_does(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Abacus 3000\n")
    assert processor(cpuinfo) == "Abacus 3000"


def test_processor_without_a_name_is_called_something(tmp_path: Path) -> None:
    assert processor(tmp_path / "nothing")


def test_progress_on_a_terminal_is_a_bar_that_goes_away() -> None:
    out = Terminal()
    progress = Progress(out, 2)
    progress.begin("turns")
    progress.step()
    *_, last = out.getvalue().split("\r\x1b[K")
    assert last == "█" * 12 + "·" * 12 + " 1/2  turns"
    progress.end()
    assert out.getvalue().endswith("\r\x1b[K")


def test_progress_elsewhere_is_a_line_for_each_measurement() -> None:
    out = io.StringIO()
    progress = Progress(out, 2)
    progress.begin("turns")
    progress.step()
    progress.end()
    assert out.getvalue() == "turns …\n"
