"""The log: its form, what libraries say, where it goes."""

import logging
from pathlib import Path

import pytest
import structlog

from robi import telemetry
from robi.config import Settings, SettingsError
from robi.telemetry.log import LibraryHandler
from tests.telemetry.conftest import Log


def test_log_in_production_is_one_json_object_a_line(log: Log) -> None:
    structlog.get_logger().info("link_attached", links=2)
    entry = log.last()
    assert (entry["event"], entry["level"], entry["links"]) == ("link_attached", "info", 2)


def test_log_of_one_process_of_several_says_of_which(tmp_path: Path) -> None:
    path = tmp_path / "robi.log"
    telemetry.configure(Settings(log_file=path), 2)
    structlog.get_logger().info("listening")
    assert Log(path).last()["worker"] == 2


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
    LibraryHandler(whole=True).handle(record)
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


def test_log_without_standard_output_is_written_nowhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    telemetry.configure(Settings(environment="production"))
    structlog.get_logger().info("event")
    assert capfd.readouterr().out == ""
