"""Lines typed or piped, without a thread and without touching the terminal's settings.

The kernel edits the line (canonical mode) and trio waits for it to be readable, so nothing has
to be restored when the tool leaves, and no thread is left holding standard input at exit.
Where the event loop cannot watch the file (a regular file, /dev/null) it is read in a thread.
"""

import codecs
import os
from collections import deque
from typing import Protocol

import trio
from attrs import define, field

_PIECE = 65_536


class Lines(Protocol):
    """Where lines come from: `Keyboard`, or a test."""

    @property
    def interactive(self) -> bool:
        """Whether a person types them."""

    async def next_line(self) -> str | None:
        """Return the next line, None when there are no more."""


@define
class Keyboard:
    """The lines that come out of the file descriptor `fd`, as UTF-8."""

    fd: int

    interactive: bool = field(init=False)
    """Whether a person sits there: a terminal, not a pipe or a file."""

    _decoder: codecs.IncrementalDecoder = field(init=False)
    _lines: deque[str] = field(factory=deque, init=False)
    _rest: str = field(default="", init=False)
    _ended: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        """Ask the kernel what `fd` is."""
        self.interactive = os.isatty(self.fd)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def next_line(self) -> str | None:
        """Wait for a whole line and return it without its line end; None when there are no more.

        The last line may lack its line end.
        """
        while not self._lines and not self._ended:
            piece = await self._read()
            self._ended = not piece
            *whole, self._rest = (self._rest + self._decoder.decode(piece, not piece)).split("\n")
            self._lines.extend(line.removesuffix("\r") for line in whole)
            if self._ended and self._rest:
                self._lines.append(self._rest)
        return self._lines.popleft() if self._lines else None

    async def _read(self) -> bytes:
        try:
            await trio.lowlevel.wait_readable(self.fd)
        except OSError:  # epoll refuses what is always ready, with EPERM
            return await trio.to_thread.run_sync(os.read, self.fd, _PIECE, abandon_on_cancel=True)
        try:
            return os.read(self.fd, _PIECE)
        except OSError:  # a terminal whose other side is gone answers EIO: nobody types any more
            return b""
