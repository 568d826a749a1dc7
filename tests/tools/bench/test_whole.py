"""`./dev bench` as a whole, with servers: that it measures. The figures are nobody's test."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.bench import figures, growth, memory, reading, starting, tables, turns, waiting
from tools.bench.figures import Report
from tools.bench.main import QUICKLY, main
from tools.bench.measurements import DISSECTIONS
from tools.bench.parts import PARTS
from tools.bench.plan import QUICK
from tools.bench.programs import ProgramFailed, open_page
from tools.bench.revisions import Revision, here
from tools.bench.site import Site, site
from tools.bench.stages import REST, RULES, STAGES

ROOT = Path(__file__).parents[3]
WITHIN_S = 120
ASKED_FOR = ["turns-openai", *(one.name for one in DISSECTIONS if one.name.endswith("openai"))]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the clock is Linux'")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What a quick run of the command keeps."""
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "tools.bench", "--quick", "--keep", str(folder)]
    done = subprocess.run(
        [*command, "--only", *ASKED_FOR],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    [kept] = folder.iterdir()
    report = Report.from_json(kept.read_bytes())
    assert kept.name == f"{report.when}-{report.machine['revision']}.json"
    assert done.stdout == f"{tables.text(report)}\n{QUICKLY}\n"
    assert done.stderr.splitlines() == [
        "turns, openai …",
        "a chunk on its way, openai …",
        "a chunk's code, openai …",
    ]
    return report


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """A server, and those outside of it."""
    with here() as revision, site(revision) as made:
        yield made


def test_bench_measures_turns_and_chunks_in_both_paces(measured: Report) -> None:
    found = [one for one in measured.figures if one.group == turns.group("openai")]
    assert [one.heading for one in found] == [
        turns.a_turn(QUICK, "openai", QUICK.robots),
        turns.a_turn(QUICK, "openai", QUICK.many_robots),
        turns.on_the_clock(QUICK, "openai"),
        turns.further_chunk("openai"),
        turns.a_turn_together(QUICK, "openai"),
        turns.further_chunk_together("openai"),
    ]
    assert all(one.median > 0 for one in found if one.unit == "ms")


def test_bench_takes_a_chunk_apart_until_nothing_is_left(measured: Report) -> None:
    group = "a chunk on its way, apart, openai"
    stages = [one for one in measured.figures if one.group == group]
    assert [one.name for one in stages] == [*STAGES, RULES, REST]
    whole = figures.find(measured.figures, turns.further_chunk("openai"))
    assert whole is not None
    assert sum(one.median for one in stages) == pytest.approx(whole.median)


def test_bench_measures_each_part_of_the_code(measured: Report) -> None:
    group = "a chunk's code, part by part, openai"
    parts = {one.name: one.median for one in measured.figures if one.group == group}
    assert tuple(parts) == PARTS
    assert all(parts[name] > 0 for name in PARTS if name not in {"messages", "outbox"})


def test_bench_names_machine_and_revision(measured: Report) -> None:
    assert {"revision", "processor", "cores", "python", "trio"} <= measured.machine.keys()


def test_turns_of_gemini_cost_something(place: Site) -> None:
    found = turns.run(place, "gemini", QUICK)
    assert found[turns.a_turn(QUICK, "gemini", QUICK.robots)] > 0


def test_emotion_is_there_no_later_than_the_first_text(place: Site) -> None:
    found = waiting.run_added(place, QUICK)
    for percent in (50, 99):
        emotion = found[waiting.added(QUICK, "emotion", percent)]
        assert 0 < emotion <= found[waiting.added(QUICK, "first text", percent)]


def test_crowd_waits(place: Site) -> None:
    found = waiting.run_crowd(place, QUICK)
    assert 0 < found[waiting.crowded(QUICK, 50)] <= found[waiting.crowded(QUICK, 95)]


def test_interruption_is_known_to_the_model_and_overtaken_by_the_next(place: Site) -> None:
    found = waiting.run_interruption(place, QUICK)
    assert set(found) == {
        name(percent) for name in (waiting.closing, waiting.overtaking) for percent in (50, 99)
    }
    assert all(value > 0 for value in found.values())


def test_saturation_has_a_cost_and_a_rate(place: Site) -> None:
    found = waiting.run_saturation(place, QUICK)
    assert found[waiting.saturated_turn(QUICK)] > 0
    assert found[waiting.saturated_rate(QUICK)] > 0


def test_readers_and_robots_are_measured_side_by_side() -> None:
    with here() as revision, site(revision, page=True) as place:
        found = reading.run(place, QUICK)
    waits = {one: value for one, value in found.items() if one.unit == "ms"}
    assert all(value > 0 for value in waits.values())
    assert reading.added("first event", "a reader of a text", 50) in waits
    assert reading.a_turn(QUICK, "a reader of a text") in waits
    assert reading.robots_wait(QUICK, "beside", 99) in waits
    assert reading.complaints(QUICK) in found


def test_page_of_a_revision_that_knows_no_readers_ends_the_measurement(tmp_path: Path) -> None:
    (tmp_path / "robi").mkdir()
    (tmp_path / "robi" / "__init__.py").touch()
    (tmp_path / "robi" / "cli.py").write_text("raise SystemExit('no such role')")
    nobody = Revision("old", tmp_path, Path(sys.executable))
    with pytest.raises(ProgramFailed, match="robi keys add did not go on:\nno such role"):
        open_page(nobody, tmp_path)


def test_growth_is_measured_by_robots_and_by_history(place: Site) -> None:
    found = growth.run(place, QUICK)
    by_robots = {growth.by_robots(QUICK, robots) for robots in (1, 2, 3, 4)}
    assert set(found) == by_robots | {growth.by_history(QUICK, span) for span in (0, 1, 3, 9)}


@pytest.mark.parametrize("drop", [False, True])
def test_sessions_take_memory(place: Site, drop: bool) -> None:
    assert memory.grown_kib(place, 40, 20, drop=drop) > 0


def test_start_is_measured_to_the_first_answer() -> None:
    with here() as revision:
        found = starting.run(revision)
    assert found[starting.FIRST_TURN] > 0
    assert found[starting.MEMORY] > 1


def test_bench_asked_for_what_there_is_not_says_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--only", "turns-gemini", "coffee"]) == 2
    assert capsys.readouterr().err.startswith("bench: no coffee; there is turns-gemini, ")


def test_bench_against_no_revision_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--against", "no-such-revision", "--only", "start"]) == 1
    assert capsys.readouterr().err == "bench: git knows no revision no-such-revision\n"


def test_bench_against_a_revision_looks_at_no_code_of_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--against", "HEAD", "--only", "parts-gemini"]) == 2
    assert capsys.readouterr().err.startswith("bench: no parts-gemini; there is turns-gemini, ")
