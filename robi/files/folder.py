"""The files on a disk: media in a folder of their own, old logs beside the log.

Owns modes (0700 for folders that are made, 0600 for files), drafts that are renamed once they are
whole, and what counts as a rotated log. Nothing is synchronised to the disk by force: media are
kept for hours, and a power cut that shortens one is found by its size (`robi.actors.retention`).
"""

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from robi.errors import DatabaseError, DiskFull
from robi.files.base import DRAFT, File, Removal, is_ours

_FOLDER = 0o700
_FILE = 0o600
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}

_ROTATED = re.compile(r"[.-][0-9][0-9TZ_.:-]*(\.(gz|bz2|xz|zst))?")
"""What rotation puts behind the name of a log: a number or a date, then perhaps a compression.
With a log called `data/robi`, `data/robi.db` must not be taken for an old one."""


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "OSError")
        raise (DiskFull if error.errno in _NO_ROOM else DatabaseError)(name) from error


@frozen
class FolderFiles:
    """Media in `folder`, which is made when it is needed; logs beside `log_file`, if there is one.

    A folder that is there already keeps its mode, since it may not be ours.
    """

    folder: Path
    log_file: Path | None = None

    @property
    def blocking(self) -> bool:
        """Every call touches the disk."""
        return True

    def write(self, name: str, data: bytes) -> None:
        """See `Files.write`."""
        if not is_ours(name):
            message = "no name of ours"
            raise ValueError(message)
        draft = self.folder / (name + DRAFT)
        with _own_errors():
            self._make_folder()
            try:
                _write_new(draft, data)
                draft.rename(self.folder / name)
            except OSError:
                draft.unlink(missing_ok=True)
                raise

    def _make_folder(self) -> None:
        for folder in (*reversed(self.folder.parents), self.folder):
            if not folder.exists():
                folder.mkdir(_FOLDER, exist_ok=True)

    def remove(self, names: Iterable[str]) -> Removal:
        """See `Files.remove`."""
        count, left = 0, set()
        for name in filter(is_ours, names):
            path = self.folder / name
            try:
                if stat.S_ISREG(path.lstat().st_mode):
                    path.unlink()
                    count += 1
            except FileNotFoundError:
                continue
            except OSError:
                left.add(name)
        return Removal(count, frozenset(left))

    def listing(self) -> tuple[File, ...]:
        """See `Files.listing`; nothing while there is no folder."""
        with _own_errors():
            return tuple(
                File(entry.name, found.st_size)
                for entry, found in _regular_files(self.folder)
                if is_ours(entry.name)
            )

    def remove_logs(self, before: float) -> int:
        """See `Files.remove_logs`."""
        log_file, count = self.log_file, 0
        if log_file is None:
            return count
        with _own_errors():
            for entry, found in _regular_files(log_file.parent):
                rest = entry.name.removeprefix(log_file.name)
                old = found.st_mtime < before
                if old and rest != entry.name and _ROTATED.fullmatch(rest):
                    Path(entry.path).unlink(missing_ok=True)
                    count += 1
        return count


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, at the end of no link."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, _FILE), "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]


def _regular_files(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """Yield the files of a folder that are no links; one that goes meanwhile is left out."""
    try:
        entries = os.scandir(folder)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(found.st_mode):
                yield entry, found
