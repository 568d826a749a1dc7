"""Logging set up: from what a caller passes, and what libraries say, to lines in the one sink.

Owns the log's form (JSON for machines, colours for a person at a terminal) and where it goes.
"""

import logging
import os
import sys
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from robi.config import Settings, SettingsError
from robi.telemetry.entries import render_json, summarise_exception, withhold
from robi.telemetry.sink import Sink

_STDOUT = 1
_LIBRARIES_FROM = logging.WARNING  # httpx tells every URL at INFO

_SINK = Sink()


class SinkLogger:
    """What structlog writes with: every level goes to the one sink."""

    def __init__(self, *_name: object) -> None:
        self._write = _SINK.write

    def msg(self, line: str | bytes) -> None:
        """Write a rendered entry."""
        self._write(line.encode(errors="backslashreplace") if isinstance(line, str) else line)

    debug = info = warning = warn = error = critical = fatal = exception = log = msg


class LibraryHandler(logging.Handler):
    """Passes on what libraries say by `logging`; with `whole` the values in it too."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__(_LIBRARIES_FROM)
        self._whole = whole

    def emit(self, record: logging.LogRecord) -> None:
        """Make an entry of it."""
        log = structlog.get_logger()
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        try:
            message = record.getMessage() if self._whole else str(record.msg)
        except (TypeError, ValueError):  # arguments that do not fit the template
            message = str(record.msg)
        tell("library_log", logger=record.name, message=message, exc_info=record.exc_info)


def configure(settings: Settings, worker: int | None = None) -> None:
    """Set up logging for the whole process, the libraries' too.

    With `worker`, the number of the process where there are several, each line has it.

    Raises:
        SettingsError: `LOG_FILE` cannot be opened.
    """
    if settings.log_file is None:
        # Started without a standard output, descriptor 1 would be some later socket or file.
        _SINK.to_descriptor(None if sys.stdout is None else _STDOUT)
    else:
        try:
            _SINK.to_file(settings.log_file)
        except OSError as error:
            msg = f"LOG_FILE {settings.log_file} cannot be opened: {error.strerror}"
            raise SettingsError(msg) from error
    for_people = settings.log_file is None and not settings.production
    structlog.configure(
        processors=[*_of_worker(worker), *processors(for_people=for_people)],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=SinkLogger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if not isinstance(h, LibraryHandler)]
    root.addHandler(LibraryHandler(whole=not settings.production))
    root.setLevel(_LIBRARIES_FROM)


def _of_worker(worker: int | None) -> list[Processor]:
    if worker is None:
        return []

    def name(_logger: WrappedLogger, _level: str, entry: EventDict) -> EventDict:
        entry["worker"] = worker
        return entry

    return [name]


def reopen_log() -> None:
    """Open `LOG_FILE` again (SIGHUP, after a rotation); if that fails, go on with the old one."""
    try:
        _SINK.reopen()
    except OSError as error:
        structlog.get_logger().error("log_not_reopened", reason=error.strerror)


def tell_crash(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """Log what ends the process (a `sys.excepthook`): a bare traceback could hold words."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("crashed", exc_info=error)


def mute() -> None:
    """Write nothing from now on, and let go of the file."""
    _SINK.to_descriptor(None)


def processors(*, for_people: bool) -> list[Processor]:
    """Return the steps of an entry, from what was passed to a line."""
    stamp = structlog.processors.TimeStamper(
        fmt="%H:%M:%S" if for_people else "iso", utc=not for_people
    )
    steps: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        withhold,
        stamp,
    ]
    if not for_people:
        return [*steps, summarise_exception, render_json]
    colours = os.isatty(_STDOUT) and not os.environ.get("NO_COLOR")
    # Not structlog's default: it shows the variables of every frame, and so people's words.
    plain = structlog.dev.plain_traceback
    return [*steps, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]
