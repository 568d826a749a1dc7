"""The sink: lines are whole, counted when lost, and go into a file for each day."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import orjson
import pytest

from robi.files.folder import FolderFiles
from robi.telemetry.sink import DAY_S, Sink

SATURDAY = 20_778 * DAY_S  # 2026-11-21, 00:00 UTC


class DatedSink(Sink):
    """Leaves with each line the time of its clock, as the kernel does."""

    def write(self, line: bytes) -> None:
        super().write(line)
        assert self._fd is not None
        os.utime(self._fd, (self._clock(), self._clock()))


class Clock:
    """Unix seconds, as a test wants them."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(SATURDAY + 8 * 3600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "robi.log"


@pytest.fixture
def sinks(clock: Clock, path: Path) -> Iterator[Callable[[], Sink]]:
    """Make sinks that append to the one file, as several processes do."""
    made = []

    def make() -> Sink:
        made.append(DatedSink(clock))
        made[-1].to_file(path)
        return made[-1]

    yield make
    for sink in made:
        sink.to_descriptor(None)


def logs(path: Path) -> dict[str, str]:
    """Return what is in each file beside the log."""
    return {each.name: each.read_text() for each in sorted(path.parent.iterdir())}


def test_log_to_a_pipe_without_reader_goes_on() -> None:
    reading, writing = os.pipe()
    sink = Sink()
    sink.to_descriptor(writing)
    os.close(writing)
    os.close(reading)
    sink.write(b"one")
    sink.write(b"two")
    assert sink.lost == 2
    sink.to_descriptor(None)


def test_log_on_a_full_disk_tells_later_how_many_lines_were_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = Sink()
    sink.to_file(tmp_path / "log")

    def full(_fd: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        sink.write(b"lost")
    sink.write(b"{}")
    sink.to_descriptor(None)
    lines = (tmp_path / "log").read_bytes().split()
    assert [orjson.loads(line) for line in lines] == [{"event": "log_lines_lost", "lines": 1}, {}]


def test_log_written_in_parts_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Sink()
    sink.to_file(tmp_path / "log")
    write = os.write
    with monkeypatch.context() as slow:
        slow.setattr(os, "write", lambda fd, data: write(fd, bytes(data[:2])))
        sink.write(b"a whole line")
    sink.to_descriptor(None)
    assert (tmp_path / "log").read_bytes() == b"a whole line\n"


def test_day_that_is_over_has_its_own_file(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    sink = sinks()
    sink.write(b"saturday")
    clock.now = SATURDAY + DAY_S - 0.001
    sink.write(b"late")
    clock.now = SATURDAY + DAY_S
    sink.write(b"sunday")
    assert logs(path) == {"robi.log": "sunday\n", "robi.log-20261121": "saturday\nlate\n"}


def test_day_without_a_line_has_no_file(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    sink = sinks()
    sink.write(b"saturday")
    clock.now += 3 * DAY_S
    sink.write(b"tuesday")
    clock.now += DAY_S
    sink.write(b"wednesday")
    assert [*logs(path)] == ["robi.log", "robi.log-20261121", "robi.log-20261124"]


def test_file_of_another_day_is_put_aside_by_the_first_line_after_a_start(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    path.write_text("before\n")
    os.utime(path, (SATURDAY - 60, SATURDAY - 60))
    sinks().write(b"saturday")
    assert logs(path) == {"robi.log": "saturday\n", "robi.log-20261120": "before\n"}


def test_file_of_this_day_goes_on_after_a_start(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    path.write_text("before\n")
    os.utime(path, (SATURDAY, SATURDAY))
    sinks().write(b"after")
    assert logs(path) == {"robi.log": "before\nafter\n"}


def test_day_whose_name_is_taken_overwrites_nothing(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    for taken in ("robi.log-20261121", "robi.log-20261121.1"):
        path.with_name(taken).write_text("mine")
    sink = sinks()
    sink.write(b"saturday")
    clock.now += DAY_S
    sink.write(b"sunday")
    assert logs(path) == {
        "robi.log": "sunday\n",
        "robi.log-20261121": "mine",
        "robi.log-20261121.1": "mine",
        "robi.log-20261121.2": "saturday\n",
    }


def test_files_of_days_that_are_over_are_removed_by_the_janitor_when_their_time_is_up(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    path.with_name("robi.log-20261121").write_text("mine")
    sink = sinks()
    sink.write(b"saturday")
    clock.now += DAY_S
    sink.write(b"sunday")
    for each in path.parent.iterdir():
        os.utime(each, (SATURDAY, SATURDAY))
    FolderFiles(path.parent / "media", path).remove_logs(SATURDAY + 1)
    assert [*logs(path)] == ["robi.log"]


def test_day_among_several_processes_is_put_aside_once(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    first, second, quiet = sinks(), sinks(), sinks()
    first.write(b"one")
    second.write(b"two")
    clock.now += DAY_S
    second.write(b"three")
    first.write(b"four")
    clock.now += DAY_S
    quiet.write(b"five")
    assert logs(path) == {
        "robi.log": "five\n",
        "robi.log-20261121": "one\ntwo\n",
        "robi.log-20261122": "three\nfour\n",
    }


def test_processes_that_write_over_many_midnights_lose_no_line(path: Path) -> None:
    """Each has a clock of its own that goes on with each line, so that days turn at odd moments."""
    writing = dedent("""
        import sys
        import time
        from pathlib import Path
        from robi.telemetry.sink import DAY_S, Sink
        now = time.time()
        sink = Sink(lambda: now)
        sink.to_file(Path(sys.argv[1]))
        for number in range(600):
            now += DAY_S // 2
            sink.write(f"{sys.argv[2]} {number}".encode())
    """)
    command = [sys.executable, "-c", writing, str(path)]
    processes = [subprocess.Popen([*command, name]) for name in "abc"]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    lines = "".join(logs(path).values()).splitlines()
    assert sorted(lines) == sorted(f"{name} {n}" for name in "abc" for n in range(600))


def test_log_that_another_program_has_rotated_is_left(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    sink = sinks()
    sink.write(b"saturday")
    path.rename(path.with_name("robi.log.1"))
    clock.now += DAY_S
    sink.write(b"sunday")
    assert logs(path) == {"robi.log": "sunday\n", "robi.log.1": "saturday\n"}


def test_log_behind_a_link_goes_on_without_turning(
    sinks: Callable[[], Sink], clock: Clock, path: Path
) -> None:
    path.symlink_to(path.with_name("elsewhere"))
    sink = sinks()
    sink.write(b"saturday")
    clock.now += DAY_S
    sink.write(b"sunday")
    assert path.is_symlink()
    assert path.read_text() == "saturday\nsunday\n"


def test_log_that_cannot_be_renamed_goes_on_and_says_so_once_an_hour(
    sinks: Callable[[], Sink], clock: Clock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = sinks()
    sink.write(b"{}")
    with monkeypatch.context() as folder:

        def refuse(_self: Path, _target: Path) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        folder.setattr(Path, "rename", refuse)
        for clock.now in (SATURDAY + DAY_S, SATURDAY + DAY_S + 60):
            sink.write(b"{}")
    told = [json.loads(line) for line in path.read_text().splitlines()]
    assert told == [
        {},
        {
            "event": "log_not_rotated",
            "level": "error",
            "reason": "Permission denied",
            "timestamp": "2026-11-22T00:00:00Z",
        },
        {},
        {},
    ]
    clock.now += 3600
    sink.write(b"sunday")
    assert path.read_text() == "sunday\n"


def test_log_to_a_pipe_has_no_days(clock: Clock, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    sink = Sink(clock)
    sink.to_file(pipe)
    clock.now += 2 * DAY_S
    sink.write(b"line")
    assert os.read(reading, 100) == b"line\n"
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]
    sink.to_descriptor(None)
    os.close(reading)
