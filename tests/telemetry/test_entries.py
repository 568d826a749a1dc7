"""Entries: what is withheld, and what is told of an exception."""

import json
from pathlib import Path

import pytest
import structlog

from robi import telemetry
from robi.config import Secret, Settings
from robi.errors import BrainTimeout
from robi.telemetry.entries import PERSONAL_KEYS, SECRET_KEYS
from tests.telemetry.conftest import Log


@pytest.mark.parametrize("key", sorted(SECRET_KEYS | PERSONAL_KEYS))
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
