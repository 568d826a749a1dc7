"""Runs of two revisions in turn, and where another revision's files come from."""

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from tools.bench import revisions
from tools.bench.figures import Figure, Heading
from tools.bench.plan import QUICK, Plan
from tools.bench.progress import Progress
from tools.bench.revisions import NoRevision, Revision, unpacked
from tools.bench.runs import Run, measure

THEN, NOW = (Revision(name, Path(), Path(sys.executable)) for name in ("then", "now"))
COST = Heading("a group", "cost", "ms")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_two_revisions_run_in_turn_and_change_places() -> None:
    ran: list[str] = []

    @contextmanager
    def opened(_plan: Plan, revision: Revision) -> Iterator[Run]:
        ran.append(f"open {revision.name}")

        def run() -> dict[Heading, float]:
            ran.append(revision.name)
            return {COST: float(len(ran))}

        yield run
        ran.append(f"close {revision.name}")

    plan = attrs.evolve(QUICK, runs=3)
    [then], [now] = measure(opened, plan, [THEN, NOW], Progress(io.StringIO(), 6))
    assert ran == [
        "open then", "open now",
        "then", "now", "now", "then", "then", "now",
        "close now", "close then",
    ]  # fmt: skip
    assert then == Figure("a group", "cost", "ms", (3.0, 6.0, 7.0))
    assert now == Figure("a group", "cost", "ms", (4.0, 5.0, 8.0))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one revision, and a change that is in none."""

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com"]
        command = ["/usr/bin/env", "git", *who, *arguments]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "robi").mkdir()
    (tmp_path / "robi" / "cli.py").write_text("then")
    (tmp_path / "uv.lock").write_text("the same")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "README.md").write_text("")
    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "-m", "then")
    (tmp_path / "robi" / "cli.py").write_text("now")
    monkeypatch.setattr(revisions, "ROOT", tmp_path)
    return tmp_path


def test_revision_is_unpacked_beside_what_is_here_and_taken_away(house: Path) -> None:
    with unpacked("main") as revision:
        assert (revision.root / "robi" / "cli.py").read_text() == "then"
        assert revision.python == Path(sys.executable)
    assert not revision.root.exists()
    assert (house / "robi" / "cli.py").read_text() == "now"


def test_what_is_here_is_a_copy_named_for_its_revision_and_that_it_is_changed(house: Path) -> None:
    with unpacked("main") as then, revisions.here() as now:
        (house / "robi" / "cli.py").write_text("later")
        assert now.name == f"{then.name}+"
        assert (now.root / "robi" / "cli.py").read_text() == "now"
        assert (now.root / "uv.lock").read_text() == "the same"


def test_revision_that_git_does_not_know_is_none(house: Path) -> None:
    with pytest.raises(NoRevision, match="no revision nowhere"), unpacked("nowhere"):
        pass


def test_revision_whose_packages_cannot_be_had_is_none(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house / "uv.lock").write_text("another")
    with pytest.raises(NoRevision, match="packages of its lock file"), unpacked("main"):
        pass


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
