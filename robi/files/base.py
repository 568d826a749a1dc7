"""The port of the files: what the janitor may have written, listed and removed.

Owns the names of media. A name is random, since whoever can guess one could ask for a child's
voice; it says `media_` first, so that nothing is ever taken for ours in a folder that is not only
ours. No other name is written, listed or removed.

The port is synchronous, as the store's is: the folder on disk says that it blocks, and the janitor
takes its calls to a thread; its twin in RAM needs none, so that time in tests can be virtual.
"""

import re
from collections.abc import Iterable
from typing import Protocol

from attrs import frozen

DRAFT = ".part"
"""Ends the name of a file that is being written."""

_NAME = re.compile(r"media_[0-9a-f]{32}\.[a-z0-9]{2,4}")

_EXTENSIONS = {
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
"""Of the formats of protocol.md §2 and §7."""


def new_name(digits: str, mime: str) -> str:
    """Return the name of a new file: `digits` are 32 random hexadecimal ones."""
    return f"media_{digits}.{_EXTENSIONS.get(mime, 'bin')}"


def whole_name(name: str) -> str:
    """Return what a file is called once it is whole: a draft's own name without its ending."""
    return name.removesuffix(DRAFT)


def is_ours(name: str) -> bool:
    """Return whether a file or a draft of that name is one that was made here."""
    return _NAME.fullmatch(whole_name(name)) is not None


@frozen
class File:
    """A file, or the draft of one. `size` in bytes."""

    name: str
    size: int


@frozen
class Removal:
    """What came of removing files: how many went, and which could not be removed."""

    count: int = 0
    left: frozenset[str] = frozenset()


class Files(Protocol):
    """The files under `MEDIA_DIR`, and the old logs beside `LOG_FILE`.

    Links are never followed. Calls may come from several threads at once.
    """

    @property
    def blocking(self) -> bool:
        """Whether calls touch a disk, and must be made in a thread."""

    def write(self, name: str, data: bytes) -> None:
        """Make the file, whole or not at all.

        Raises:
            DiskFull: there is no room for it.
            DatabaseError: the disk does not take it; `details` has the name of the error.
        """

    def remove(self, names: Iterable[str]) -> Removal:
        """Remove what is there of these; go on where one cannot be removed. Raises nothing."""

    def listing(self) -> tuple[File, ...]:
        """Return all that is there, drafts too, in no order.

        Raises:
            DatabaseError: the disk does not tell.
        """

    def remove_logs(self, before: float) -> int:
        """Remove rotated logs last written before that Unix time; return how many went.

        Raises:
            DatabaseError: the disk does not let go of one.
        """
