"""The port of a link: what a session needs of a socket, and nothing more.

Owns the words between a session and whatever carries its messages. `robi/web/link.py` implements
it over a WebSocket, `tests/links.py` in memory. A session outlives its links (protocol.md §5):
a link that has closed is thrown away, never mended.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from robi.errors import RobiError


class LinkClosed(Exception):
    """The link has ended, or is ending: nothing more can be received or sent.

    Args:
        code: of the close frame that ended the link; `NO_CLOSE_FRAME` when there was none.
        reason: as given by whoever closed; the other side's words, so for DEBUG logs at most.
        by_peer: whether the other side ended the link.
    """

    def __init__(self, code: int, reason: str = "", *, by_peer: bool) -> None:
        super().__init__(code, reason, by_peer)
        self.code = code
        self.reason = reason
        self.by_peer = by_peer


class Link(Protocol):
    """One connection to one robot: whole messages in, whole messages out.

    One task receives, any number may send. After `close`, `abort` or the other side's leaving,
    `receive` and `send` raise `LinkClosed` for good.
    """

    farewell: Callable[[RobiError], bytes | None] | None
    """Makes the last message to someone who broke a rule of the link; set by the owner. UTF-8 of
    one JSON object. Without it there is the close frame alone."""

    @property
    def id(self) -> str:
        """A name for logs, unique in this process."""

    @property
    def peer(self) -> str:
        """The address of the other side."""

    async def receive(self) -> str | bytes:
        """Return the next message: `str` for text, `bytes` for binary.

        Cancelled, it loses nothing. A link on which nobody waits to receive sees no pong and no
        close either: always have a task receiving.

        Raises:
            LinkClosed: the link has ended.
        """

    async def send(self, frames: Sequence[bytes]) -> None:
        """Send text messages, each of UTF-8 bytes, in one write; return once the kernel has them.

        Cancelled while it waits for its turn, it has sent nothing. Cancelled in mid-write, it
        drops the link, since half a frame cannot be taken back.

        Raises:
            LinkClosed: the link has ended, or the other side has stopped reading.
        """

    def send_nowait(self, frames: Sequence[bytes]) -> bool:
        """Send text messages without waiting; return whether the kernel has all of them.

        If not, the rest is kept and goes out before anything else, with the next `send`, which may
        be one of no frames; until then no more may be given here. A link that has ended says so
        there too.
        """

    async def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, wait a bounded moment for the answer, close the stream. Idempotent.

        Args:
            code: a close code of protocol.md §1.
            reason: at most 123 bytes of UTF-8; never a secret or personal text.
        """

    def abort(self) -> None:
        """Drop the link at once, without a goodbye. Idempotent."""

    def ping(self) -> None:
        """Ask for a sign of life. Never waits; nothing while an earlier one is unanswered."""

    def unanswered_s(self, now: float) -> float:
        """Return for how many seconds a ping has waited for its pong; 0 when none does.

        Args:
            now: by the clock of `trio.current_time()`.
        """
