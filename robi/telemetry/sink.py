"""Where lines go: a file descriptor, written without a buffer, and a new file for each day.

Owns the writing of a line and the turn of the day. `LOG_FILE` is always today's; at the first line
of a day (UTC, as the times in it) the file of before becomes `robi.log-20261121`, of the day whose
lines it has. The janitor removes it after `LOG_RETENTION_DAYS`. Whoever rotates it with another
program may: a file that is no longer the one under its name is left, and the name opened again.

Several processes append to one file (`WORKERS`). Whichever writes first on the new day renames it,
while it holds the kernel's lock of the file; the others then find another file under the name.
"""

import fcntl
import os
import stat
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from math import inf
from pathlib import Path
from typing import Final

import orjson

DAY_S: Final = 86_400

_AGAIN_S: Final = 3_600
"""After so long it is tried again to rename a file that could not be renamed."""

_TICK_S: Final = 0.1
"""By no more does the kernel's time of a write lag behind the clock: a tick is 10 ms at most."""


class Sink:
    """Where lines go, from any thread. `clock` tells Unix seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.lost = 0
        self._clock = clock
        self._path: Path | None = None
        self._fd: int | None = None
        self._day = 0
        self._day_over = inf
        """When it is to be seen whether the file is still today's."""
        self._lock = threading.Lock()

    def to_file(self, path: Path) -> None:
        """Append to `path` from now on; OSError if it cannot be opened, then nothing changes."""
        self._replace(_opened(path), path)

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
            if self._clock() >= self._day_over and self._path is not None:
                line = self._turn_of_the_day(self._fd, self._path) + line
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
            self._day, self._day_over = 0, inf
            if fd is not None and path is not None and stat.S_ISREG(os.fstat(fd).st_mode):
                self._begin(self._day_of(fd))  # else it is a pipe, or a terminal
        if before is not None:
            os.close(before)

    def _day_of(self, fd: int) -> int:
        """Return of which day the lines of a file are: of that of its last one."""
        there = os.fstat(fd)
        return int((there.st_mtime + _TICK_S if there.st_size else self._clock()) // DAY_S)

    def _begin(self, day: int) -> None:
        self._day, self._day_over = day, (day + 1) * DAY_S

    def _turn_of_the_day(self, before: int, path: Path) -> bytes:
        """Go on in the file of today. If that cannot be, stay in `before`; return what to tell."""
        now = self._clock()
        today = int(now // DAY_S)
        try:
            # Twice, where another process has begun a file since, which is not of today either.
            while self._day < today:
                self._fd = after = _fresh(before, path, self._day)
                linked = _same(before, after)
                os.close(before)
                self._begin(today if linked else self._day_of(after))
                before = after
        except BlockingIOError:  # another process is at it: the next line finds it done
            return b""
        except OSError as error:
            self._day_over = now + _AGAIN_S
            entry = {
                "event": "log_not_rotated",
                "level": "error",
                "reason": error.strerror,
                "timestamp": datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z"),
            }
            return orjson.dumps(entry) + b"\n"
        return b""


def _same(one: int, other: int) -> bool:
    return os.path.samestat(os.fstat(one), os.fstat(other))


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _fresh(before: int, path: Path, day: int) -> int:
    """Rename the file of `day`, open as `before`, unless somebody has; open what then is at `path`.

    Raises:
        BlockingIOError: another process is renaming it.
        OSError: it cannot be renamed, or no new one be made.
    """
    fcntl.flock(before, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        if _is_at(before, path):
            path.rename(_name_for(path, day))
        return _opened(path)
    finally:
        fcntl.flock(before, fcntl.LOCK_UN)


def _is_at(fd: int, path: Path) -> bool:
    """Tell whether what is open has that name itself: behind a link it is for others to rename."""
    try:
        return os.path.samestat(os.fstat(fd), path.lstat())
    except FileNotFoundError:
        return False


def _name_for(path: Path, day: int) -> Path:
    """Return a name that is free, of a form that the janitor knows for a rotated log."""
    stamp = datetime.fromtimestamp(day * DAY_S, UTC).strftime("%Y%m%d")
    dated = path.with_name(f"{path.name}-{stamp}")
    if not dated.exists():
        return dated
    numbered = (dated.with_name(f"{dated.name}.{number}") for number in count(1))
    return next(name for name in numbered if not name.exists())
