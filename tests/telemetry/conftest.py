"""A log file that is written by the code under test, and logging put back afterwards."""

import logging
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import structlog

from robi import telemetry
from robi.config import Settings

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
