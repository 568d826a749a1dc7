"""The folder of everything that is kept: that it is one, and that one server at a time works in it.

Owns `DATA_DIR/serve.lock`. The lock is the kernel's (flock) and dies with its holder, so there is
nothing to clean up after a crash; the file stays, and holds the process id for who looks, and a
number drawn by lot, by which a command knows the server of its folder. It is taken by the command
`serve`, not by the store: several processes may share a database one day.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from robi.config.errors import SettingsError
from robi.errors import ConfigurationError

LOCK = "serve.lock"


class FolderInUse(ConfigurationError):
    """Another server works in the folder."""


def check(folder: Path) -> None:
    """Refuse what is there and no folder.

    Raises:
        SettingsError: it is a file, say.
    """
    if folder.exists() and not folder.is_dir():
        msg = f"DATA_DIR {folder} is no folder"
        raise SettingsError(msg)


def make(folder: Path) -> None:
    """Make the folder, for its owner only, unless it is there; OSError if it cannot be made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Keep other servers out of `folder`, which is made if it is not there.

    Gives the descriptor of the lock: it holds until every process that has it is gone.

    Raises:
        FolderInUse: another server is in there.
        SettingsError: it is no folder, or cannot be made or written.
    """
    check(folder)
    try:
        make(folder)
        file = open(folder / LOCK, "a+", encoding="ascii", opener=_privately)  # noqa: SIM115
    except OSError as error:
        msg = f"DATA_DIR {folder} cannot be used: {error.strerror}"
        raise SettingsError(msg) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            msg = f"another server works in {folder} (process {file.readline().strip()})"
            raise FolderInUse(msg) from None
        except OSError as error:
            msg = f"DATA_DIR {folder} cannot be locked: {error.strerror}"
            raise SettingsError(msg) from error
        file.truncate(0)
        print(os.getpid(), secrets.token_hex(16), sep="\n", file=file, flush=True)
        yield file.fileno()


def holder(folder: Path) -> int | None:
    """Return the process id of the server that works in `folder` now; None if there is none.

    The lock is asked for in passing, as shared: who looks keeps no other from looking.

    Raises:
        OSError: it cannot be seen.
    """
    try:
        file = (folder / LOCK).open(encoding="ascii")
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            first = file.readline().strip()
            return int(first) if first.isdecimal() else 0
    return None


def instance(folder: Path) -> str | None:
    """Return the number of who works in `folder`, or was the last to; None if there is none."""
    try:
        lines = (folder / LOCK).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return lines[1] if len(lines) > 1 else None


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
