"""The commands `load`, `soak` and `report`: their command lines, and once each as a whole."""

from pathlib import Path

import pytest

from tests.tools.sim.fleets import result
from tools.sim.exits import Exit
from tools.sim.measuring import main
from tools.sim.result import Result

QUICKLY = ["--here", "--robots", "10", "--time", "1s", "--ramp", "0.2s", "--pause", "0.1s"]


def run(root: Path, command: str, *arguments: str) -> int:
    return main(command, arguments, {}, root)


# ── the command lines ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--time", "soon"], "'soon' is no length of time, such as 90, 2m or 1h"),
        (["--time", "0"], "must be longer than nothing"),
        (["--time", "inf"], "is no length of time"),
        (["--robots", "0"], "'0' is no whole number above 0"),
        (["--arrivals", "-1"], "'-1' is no number above 0"),
        (["text=heavy"], "'heavy' is no number above 0"),
        (["no-such-scenario"], "there is no such file"),
        (["--url", "http://robi"], "not a ws:// or wss:// address"),
        (["--warm-up", "1m"], "unrecognized arguments"),  # of a soak
    ],
)
def test_wrong_use_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    with pytest.raises(SystemExit) as left:
        run(tmp_path, "load", *arguments)
    assert left.value.code == 2
    assert complaint in capsys.readouterr().err


def test_report_is_written_beside_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "soak.json"
    kept.write_bytes(result().to_json())
    assert run(tmp_path, "report", str(kept)) == Exit.OK
    assert (tmp_path / "soak.html").read_text("utf-8").startswith("<!doctype html>")
    assert "4 answers" in capsys.readouterr().out


def test_report_of_what_is_no_result_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "other.json"
    kept.write_bytes(b"{}")
    assert run(tmp_path, "report", str(kept)) == 2
    assert "not a result of a load or a soak" in capsys.readouterr().err


# ── as a whole: a server of its own, with the stub behind it ──────────────────────────────


def test_load_measures_a_server_and_keeps_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, shown = tmp_path / "load.json", tmp_path / "load.html"
    code = run(
        tmp_path, "load", *QUICKLY, "echo=2", "image", "--processes", "2",
        "--json", str(kept), "--report", str(shown),
    )  # fmt: skip
    told = capsys.readouterr()
    assert code == Exit.OK, told.out + told.err
    found = Result.from_json(kept.read_bytes())
    assert found.held
    assert found.answers >= 10
    assert set(found.outcomes) == {"answered"}
    assert {one.name for one in found.scenarios} == {"echo", "image"}
    assert all(one.corrected.count == found.answers for one in found.latencies)
    assert {"memory", "threads", "descriptors"} <= found.readings[-1].values.keys()
    assert {"restarts", "sessions"} <= found.readings[-1].values.keys()
    assert shown.read_text("utf-8").startswith("<!doctype html>")
    assert f"{found.answers} answers" in told.out


def test_soak_lets_robots_come_and_go_on_links_that_break(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "soak.json"
    run(
        tmp_path, "soak", *QUICKLY, "echo", "--trouble", "0.3s", "--lifetime", "0.5s",
        "--warm-up", "0", "--json", str(kept),
    )  # fmt: skip
    told = capsys.readouterr()
    found = Result.from_json(kept.read_bytes())
    assert found.answers >= 5, told.out + told.err
    assert sum(found.troubles.values()) >= 3
    broken = {one.name for one in found.checks if not one.held}
    # So short a soak only warms up: memory may well grow.
    assert not {one for one in broken if "grow" not in one}, told.out
