"""The log: its form, what is withheld, and that writing it never stops the server."""

import errno
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import structlog

from robi import telemetry
from robi.config import Secret, Settings, SettingsError
from robi.errors import BrainTimeout

Entry = dict[str, object]


class Log:
    """A log file that is written by the code under test."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[Entry]:
        return [orjson.loads(line) for line in self.path.read_bytes().splitlines() if line]

    def last(self) -> Entry:
        return self.entries()[-1]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    telemetry.mute()


@pytest.fixture
def log(tmp_path: Path) -> Log:
    path = tmp_path / "robi.log"
    telemetry.configure(Settings(environment="production", log_file=path))
    return Log(path)


def test_log_in_production_is_one_json_object_a_line(log: Log) -> None:
    structlog.get_logger().info("link_attached", links=2)
    entry = log.last()
    assert (entry["event"], entry["level"], entry["links"]) == ("link_attached", "info", 2)


def test_log_in_production_tells_time_in_utc(log: Log) -> None:
    structlog.get_logger().info("started")
    assert str(log.last()["timestamp"]).endswith("Z")


def test_log_below_its_level_is_not_written(log: Log) -> None:
    structlog.get_logger().debug("detail")
    assert log.entries() == []


def test_log_carries_ids_of_the_context(log: Log) -> None:
    with structlog.contextvars.bound_contextvars(session_id="s1", turn_id="t1"):
        structlog.get_logger().info("turn_ended")
    assert (log.last()["session_id"], log.last()["turn_id"]) == ("s1", "t1")


@pytest.mark.parametrize("key", sorted(telemetry.SECRET_KEYS | telemetry.PERSONAL_KEYS))
def test_entry_with_a_forbidden_key_is_written_without_it(log: Log, key: str) -> None:
    structlog.get_logger().info("event", **{key: "Ana dijo hola"})
    assert b"Ana" not in log.path.read_bytes()
    assert log.last()["withheld"] == [key]


def test_entry_with_a_forbidden_key_inside_is_written_without_it(log: Log) -> None:
    structlog.get_logger().info("event", message={"parts": [{"text": "hola"}]})
    assert (log.last()["message"], log.last()["withheld"]) == ({"parts": [{}]}, ["text"])


def test_entry_with_a_personal_key_as_number_keeps_it(log: Log) -> None:
    structlog.get_logger().info("event", audio=3.5)
    assert log.last()["audio"] == 3.5


def test_entry_with_a_secret_as_number_is_written_without_it(log: Log) -> None:
    structlog.get_logger().info("event", password=1234)
    assert "password" not in log.last()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (b"\x00\x01", "<2 bytes>"),
        (Secret("sesame"), "<Secret>"),
        (ValueError("hola"), "<ValueError>"),
        (Path("/tmp/x"), "/tmp/x"),  # noqa: S108 - only a name
        ("half \ud800", "half \ud800"),
        (2**80, 2**80),
        ({1: "one"}, {"1": "one"}),
        ([[[[["deep"]]]]], [[[["…"]]]]),
    ],
)
def test_entry_with_an_odd_value_is_written(log: Log, value: object, written: object) -> None:
    structlog.get_logger().info("event", value=value)
    last = log.path.read_bytes().splitlines()[-1]
    assert json.loads(last)["value"] == written


def test_debug_entry_may_hold_words_but_no_key(tmp_path: Path) -> None:
    path = tmp_path / "robi.log"
    telemetry.configure(Settings(log_level="DEBUG", log_file=path))
    structlog.get_logger().debug("heard", text="hola", api_key="sesame")
    entry = Log(path).last()
    assert (entry["text"], entry["withheld"]) == ("hola", ["api_key"])


def test_exception_in_production_shows_type_and_place_not_words(log: Log) -> None:
    def listen() -> None:
        secret = "Ana dijo hola"
        raise ValueError(secret)

    try:
        listen()
    except ValueError:
        structlog.get_logger().exception("crashed")
    assert b"Ana" not in log.path.read_bytes()
    exception = log.last()["exception"]
    assert isinstance(exception, dict)
    assert exception["type"] == "builtins.ValueError"
    assert exception["frames"][-1].endswith("listen")


def test_exception_of_ours_shows_its_details(log: Log) -> None:
    structlog.get_logger().error("failed", exc_info=BrainTimeout("no fragment in 8 s"))
    exception = log.last()["exception"]
    assert isinstance(exception, dict)
    assert exception["details"] == "no fragment in 8 s"


def test_exception_group_with_causes_shows_each(log: Log) -> None:
    inner = ValueError()
    inner.__cause__ = KeyError()
    structlog.get_logger().error("failed", exc_info=ExceptionGroup("two", [inner, OSError()]))
    exception = log.last()["exception"]
    assert isinstance(exception, dict)
    kinds = [member["type"] for member in exception["exceptions"]]
    assert kinds == ["builtins.ValueError", "builtins.OSError"]
    assert exception["exceptions"][0]["cause"]["type"] == "builtins.KeyError"


def test_crash_of_the_process_is_told_without_words(log: Log) -> None:
    error = ValueError("Ana dijo hola")
    telemetry.tell_crash(ValueError, error, None)
    assert (log.last()["event"], log.last()["level"]) == ("crashed", "critical")
    assert b"Ana" not in log.path.read_bytes()


def test_library_at_info_is_not_heard(log: Log) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST https://model.example?key=1")
    assert log.entries() == []


def test_library_at_warning_is_heard_without_values_in_production(log: Log) -> None:
    logging.getLogger("httpx").warning("odd answer to %s", "hola")
    entry = log.last()
    assert (entry["logger"], entry["message"]) == ("httpx", "odd answer to %s")


def test_library_whose_arguments_do_not_fit_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "robi.log"
    telemetry.configure(Settings(log_file=path))
    record = logging.LogRecord("odd", logging.ERROR, __file__, 1, "two %s %s", ("one",), None)
    telemetry.LibraryHandler(whole=True).handle(record)
    assert Log(path).last()["message"] == "two %s %s"


def test_library_is_heard_once_after_configuring_twice(log: Log) -> None:
    telemetry.configure(Settings(environment="production", log_file=log.path))
    logging.getLogger("httpx").warning("odd")
    assert len(log.entries()) == 1


def test_log_for_people_is_no_json_and_holds_no_words(capfd: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings())
    structlog.get_logger().info("turn_ended", text="hola", chunks=3)
    printed = capfd.readouterr().out
    assert "turn_ended" in printed
    assert "chunks=3" in printed
    assert "hola" not in printed


def test_log_for_people_shows_no_variables_of_a_crash(capfd: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings())
    heard = "".join(["ho", "la"])
    try:
        int("x" * len(heard))
    except ValueError:
        structlog.get_logger().exception("crashed")
    printed = capfd.readouterr().out
    assert "ValueError" in printed
    assert "hola" not in printed


def test_reopened_log_goes_on_under_its_name(log: Log, tmp_path: Path) -> None:
    structlog.get_logger().info("first")
    log.path.rename(tmp_path / "robi.log.1")
    telemetry.reopen_log()
    structlog.get_logger().info("second")
    assert [entry["event"] for entry in log.entries()] == ["second"]


def test_log_that_cannot_be_reopened_goes_on_in_the_old_file(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    telemetry.configure(Settings(log_file=folder / "robi.log"))
    folder.rename(tmp_path / "moved")
    telemetry.reopen_log()
    assert Log(tmp_path / "moved" / "robi.log").last()["event"] == "log_not_reopened"


def test_log_file_that_cannot_be_opened_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LOG_FILE"):
        telemetry.configure(Settings(log_file=tmp_path / "missing" / "robi.log"))


def test_log_to_a_pipe_without_reader_goes_on() -> None:
    reading, writing = os.pipe()
    sink = telemetry.Sink()
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
    sink = telemetry.Sink()
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
    sink = telemetry.Sink()
    sink.to_file(tmp_path / "log")
    write = os.write
    with monkeypatch.context() as slow:
        slow.setattr(os, "write", lambda fd, data: write(fd, bytes(data[:2])))
        sink.write(b"a whole line")
    sink.to_descriptor(None)
    assert (tmp_path / "log").read_bytes() == b"a whole line\n"


def test_log_without_standard_output_is_written_nowhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    telemetry.configure(Settings(environment="production"))
    structlog.get_logger().info("event")
    assert capfd.readouterr().out == ""
