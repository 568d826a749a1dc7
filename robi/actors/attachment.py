"""The hold of one link on a session's outbox.

Owns how a link comes to what the session says. As long as it takes all that it is given, it is
written to in the very call that says something (`write_through`): no task waits for it, and nothing
is scheduled in between. One that does not fetches `frames` itself, as it comes to.
"""

from collections.abc import Callable
from typing import Protocol

from attrs import define, field

from robi.protocol.closing import NO_CLOSE_FRAME
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import ServerMessage

BATCH = 16
"""Messages handed to the link in one write when several are ready together."""

Write = Callable[[list[bytes]], bool]
"""Writes frames to a link, or has the link keep them; returns whether they are written, and more
may come."""


class Detached(Exception):
    """This link is no longer the session's; it is to be closed with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Source(Protocol):
    """What an attachment needs of an `robi.actors.outbox.Outbox`."""

    @property
    def pending(self) -> bool:
        """See `Outbox.pending`."""

    @property
    def has_room(self) -> bool:
        """See `Outbox.has_room`."""

    def put(self, message: ServerMessage, dialect: Dialect, turn: int | None = None) -> None:
        """See `Outbox.put`."""

    def take(self, most: int = BATCH) -> list[bytes]:
        """See `Outbox.take`."""

    def holds(self, attachment: "Attachment") -> bool:
        """See `Outbox.holds`."""

    def release(self, attachment: "Attachment") -> None:
        """See `Outbox.release`."""

    def wake(self) -> None:
        """See `Outbox.wake`."""

    async def wait(self, condition: Callable[[], bool]) -> None:
        """See `Outbox.wait`."""


@define(eq=False)
class Attachment:
    """The hold of one link on an outbox. Only the newest has one; the others are `Detached`."""

    _outbox: Source
    _ended: Detached | None = field(default=None, init=False)
    _waiting: bool = field(default=False, init=False)
    """Whether all that was taken is written."""
    _write: Write | None = field(default=None, init=False)
    _over: Callable[[Detached], None] | None = field(default=None, init=False)
    _held_back: bool = field(default=False, init=False)

    @property
    def ended(self) -> bool:
        """Whether another link has taken over, or the session let this one go."""
        return self._ended is not None

    @property
    def waits(self) -> bool:
        """Whether there is something to fetch: words, or that it is over."""
        return self._ended is not None or self._outbox.pending

    def write_through(self, write: Write, over: Callable[[Detached], None]) -> None:
        """From now on have `write` write what there is to say, as soon as it is said.

        Until it returns False: then it is called no more, and the link has to fetch `frames` until
        it wants to go on like this. `over` is called once the session has let this link go, and all
        that it had to say to it is written.
        """
        if not self._held_back:
            self._write, self._over, self._waiting = write, over, True
            self.flush()

    def hold_back(self) -> None:
        """Write through no more, ever: what is said waits. For the link, when it ends."""
        self._held_back = True
        self._write = self._over = None  # what holds each other waits for the garbage collector

    def flush(self) -> None:
        """Write through what waits, as far as the link takes it at once. For the outbox."""
        outbox = self._outbox
        while self._write is not None and outbox.pending and outbox.holds(self):
            if not self._write(outbox.take()):
                self._write, self._waiting = None, False
        if self._write is not None and self._over is not None and self._ended is not None:
            self._write = None
            self._over(self._ended)

    async def frames(self, most: int = BATCH) -> list[bytes]:
        """Wait for something to say and return it, at most `most` frames in order.

        Raises:
            Detached: the session has let this link go, and all that it had to say to it is
                returned and, since the caller is back, written.
        """
        outbox = self._outbox
        self._waiting = True
        await outbox.wait(lambda: self.ended or outbox.pending)
        self._waiting = False
        if outbox.pending and outbox.holds(self):
            return outbox.take(most)
        if self._ended is None:
            raise Detached(NO_CLOSE_FRAME, "")
        raise self._ended

    def last_words(self, message: ServerMessage) -> bytes:
        """Return `message` as the last frame of this link, past all that waits.

        It has a number only if every number before it was written: else the robot would believe
        that it has seen those too, and they could not be said again.
        """
        outbox = self._outbox
        if self._waiting and outbox.holds(self) and not outbox.pending:
            self.hold_back()
            outbox.put(message, Dialect.USER)
            return outbox.take()[0]
        return encode(message, Dialect.USER, None)

    async def wait_room(self) -> None:
        """Wait while too much is unfetched by this link."""
        await self._outbox.wait(lambda: self.ended or self._outbox.has_room)

    def end(self, code: int, reason: str = "") -> None:
        """Let the link go once it has been told all that waits. For the session."""
        if self._ended is None:
            self._ended = Detached(code, reason)
            self.flush()
            self._outbox.wake()

    def drop(self) -> None:
        """The link is gone: keep what is said from now on for the next one. For the link."""
        self.hold_back()
        self.end(NO_CLOSE_FRAME)
        self._outbox.release(self)
