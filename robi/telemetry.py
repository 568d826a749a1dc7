"""What the server tells about itself: structlog set up, and what may never be in it.

Owns the log's form (JSON for machines, colours for a person at a terminal), where it goes, and
the last look at each entry: whatever a caller passes, no key is ever written, and nobody's words,
pictures or voice from INFO on. An entry's ids (`request_id`, `session_id`, `turn_id`, `link_id`)
come from context variables, which tasks inherit:

    with structlog.contextvars.bound_contextvars(session_id=session.id): ...

Logging never stops the server: a line that cannot be written (full disk, closed pipe) is
counted, and the count is told once lines can be written again.
"""

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from robi.config import Settings, SettingsError
from robi.errors import RobiError

SECRET_KEYS = frozenset(
    {"api_key", "authorization", "cookie", "gemini_api_key", "key", "openai_api_key", "password"}
    | {"secret", "token"}
)
"""Never written, at any level."""

PERSONAL_KEYS = frozenset(
    {"audio", "content", "data", "embedding", "face_embedding", "history", "image"}
    | {"media_summary", "person_name", "prompt", "response_text", "said", "summary", "text"}
    | {"transcript", "utterance", "video", "words"}
)
"""Written at DEBUG only, save as numbers: sizes, counts and durations are nobody's words."""

_DEEPEST = 4
_MOST_FRAMES = 30
_STDOUT = 1
_LIBRARIES_FROM = logging.WARNING  # httpx tells every URL at INFO


class Sink:
    """Where lines go: a file descriptor, written without a buffer, from any thread."""

    def __init__(self) -> None:
        self.lost = 0
        self._path: Path | None = None
        self._fd: int | None = None
        self._lock = threading.Lock()

    def to_file(self, path: Path) -> None:
        """Append to `path` from now on; OSError if it cannot be opened, then nothing changes."""
        self._replace(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), path)

    def to_descriptor(self, fd: int | None) -> None:
        """Write to a duplicate of `fd` from now on; None: to nowhere."""
        self._replace(None if fd is None else os.dup(fd), None)

    def reopen(self) -> None:
        """Open the file again under its name, as after a rotation; OSError as in `to_file`."""
        if self._path is not None:
            self.to_file(self._path)

    def write(self, line: bytes) -> None:
        """Write one line whole; if that fails, count it."""
        with self._lock:
            if self._fd is None:
                return
            if self.lost:
                # The line before may have ended in the middle.
                told = orjson.dumps({"event": "log_lines_lost", "lines": self.lost})
                line = b"\n" + told + b"\n" + line
            try:
                rest = memoryview(line + b"\n")
                while rest:
                    rest = rest[os.write(self._fd, rest) :]
            except OSError:
                self.lost += 1
            else:
                self.lost = 0

    def _replace(self, fd: int | None, path: Path | None) -> None:
        with self._lock:
            before, self._fd, self._path = self._fd, fd, path
        if before is not None:
            os.close(before)


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


def configure(settings: Settings) -> None:
    """Set up logging for the whole process, the libraries' too.

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
        processors=processors(for_people=for_people),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=SinkLogger,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if not isinstance(h, LibraryHandler)]
    root.addHandler(LibraryHandler(whole=not settings.production))
    root.setLevel(_LIBRARIES_FROM)


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


def withhold(_logger: WrappedLogger, level: str, entry: EventDict) -> EventDict:
    """Take out secrets and, from INFO on, what is personal; `withheld` names what was taken."""
    withheld: set[str] = set()
    exc_info = entry.pop("exc_info", None)
    cleaned = _clean_items(entry, withheld, debug=level == "debug", depth=0)
    if withheld:
        cleaned["withheld"] = sorted(withheld)
    if exc_info is not None:
        cleaned["exc_info"] = exc_info  # for the steps that follow
    return cleaned


def _clean_items(
    items: Mapping[str, object], withheld: set[str], *, debug: bool, depth: int
) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key, value in items.items():
        name = str(key)
        is_number = value is None or isinstance(value, int | float)
        if name in SECRET_KEYS or (name in PERSONAL_KEYS and not debug and not is_number):
            withheld.add(name)
        else:
            kept[name] = _clean(value, withheld, debug=debug, depth=depth)
    return kept


def _clean(value: object, withheld: set[str], *, debug: bool, depth: int) -> object:
    match value:
        case Mapping() | list() | tuple() | set() | frozenset() if depth >= _DEEPEST:
            return "…"
        case Mapping():
            return _clean_items(value, withheld, debug=debug, depth=depth + 1)
        case list() | tuple() | set() | frozenset():
            return [_clean(item, withheld, debug=debug, depth=depth + 1) for item in value]
        case _:
            return _clean_leaf(value, debug=debug)


def _clean_leaf(value: object, *, debug: bool) -> object:
    match value:
        case None | str() | int() | float():
            return value
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case Enum() | Path():
            return str(value)
        case _:
            return repr(value) if debug else f"<{type(value).__name__}>"


def summarise_exception(_logger: WrappedLogger, _level: str, entry: EventDict) -> EventDict:
    """Put types and places of an exception in `exception`, not its message nor any value."""
    given = entry.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given is True:
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        entry["exception"] = _summary(given, 0)
    return entry


def render_json(_logger: WrappedLogger, _level: str, entry: EventDict) -> bytes:
    """Return the entry as one JSON object."""
    try:
        return orjson.dumps(entry)
    except TypeError:  # half a surrogate pair, or an integer beyond 64 bits
        return json.dumps(entry, skipkeys=True, default=lambda value: type(value).__name__).encode()


def _summary(error: BaseException, depth: int) -> dict[str, object]:
    kind = type(error)
    summary: dict[str, object] = {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        "frames": list(_frames(error))[-_MOST_FRAMES:],
    }
    if isinstance(error, RobiError) and error.details:
        summary["details"] = error.details  # fit for the log, as robi.errors asks
    if depth < _DEEPEST:
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is not None:
            summary["cause"] = _summary(before, depth + 1)
        if isinstance(error, BaseExceptionGroup):
            summary["exceptions"] = [_summary(e, depth + 1) for e in error.exceptions[:10]]
    return summary


def _frames(error: BaseException) -> Iterator[str]:
    for frame, line in walk_tb(error.__traceback__):
        yield f"{frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_qualname}"
