"""A WebSocket as a link: the bytes of a `Wire` moved over a trio stream.

Owns the stream from the end of the handshake to its last byte. There is no task of its own and no
timer, so that an idle link costs one parked reader (docs/decisions/0006-websockets-sans-io.md).

**Reading.** Whoever is in `receive` reads. Without a reader no pong and no close is seen, so the
owner always has a task receiving; a piece that was read is parsed only as far as the owner takes
messages, so what waits here is less than one piece.

**Writing.** One lock and two rules:

1. Whoever has messages takes the lock and writes, waiting pings and pongs first. The others wait
   in line; one that is cancelled there has written nothing.
2. Pings and pongs that nobody writes along are written by the reader, which is woken for that
   when the lock is free. It never waits behind somebody else's write.

A socket is written to at once as well, without a task and without waiting (`send_nowait`): what the
kernel does not take is kept, and goes out before anything else.

So no frame is torn by another and no task exists only to write; a peer that floods us with pings
and reads no pong stops its own reader, nobody else, and is dropped.

It is one file, since reading, writing and ending are three sides of the same few fields.

**Ending.** Every wait is bounded: a write moves a piece within `send_timeout`, a goodbye has
`close_timeout` altogether. A write cancelled in the middle drops the link.
"""

import itertools
import os
from collections.abc import Awaitable, Callable, Sequence

import trio
from attrs import define, field

from robi.actors.link import LinkClosed
from robi.errors import RobiError
from robi.protocol.closing import NO_CLOSE_FRAME
from robi.web.wire import Wire, binary_frame, close_frame, text_frames

PIECE = 64 * 1024
"""Bytes of one read from, or one bounded write to, the stream."""

SLICE = 4 * 1024
"""Bytes parsed at once: the 700 empty frames that fit into them take 7 ms."""

Farewell = Callable[[RobiError], bytes | None]
"""Makes the last message to someone who broke a rule: UTF-8 JSON, or None for no words."""

Give = Callable[[trio.abc.Stream, bytes], Awaitable[None]]
"""Gives a connection away, with what was read of it."""

_STREAM_ENDED = (trio.BrokenResourceError, trio.ClosedResourceError)
_numbers = itertools.count(1)


@define(eq=False)
class WebSocketLink:
    """A `robi.actors.link.Link` over a WebSocket whose handshake is done.

    Args:
        stream: the rest of the connection, closed when the link ends.
        wire: the state of the WebSocket.
        peer: the address of the other side.
        unread: bytes that came with the handshake.
        send_timeout: seconds in which the other side must take 64 KiB.
        close_timeout: seconds for a whole goodbye.
    """

    _stream: trio.abc.Stream
    _wire: Wire
    peer: str
    _unread: bytes | memoryview = b""
    send_timeout: float = 10.0
    close_timeout: float = 2.0
    kept: bytearray | None = None
    """What was read since the handshake began, for another process to read it anew."""
    arrived: bool = False
    """Whether another process has passed it on to this one."""
    farewell: Farewell | None = field(default=None, init=False)
    """Set by the owner; without it whoever breaks a rule gets the close frame alone."""
    id: str = field(factory=lambda: f"link-{next(_numbers)}", init=False)
    _closed: LinkClosed | None = field(default=None, init=False)
    _reading: trio.Lock = field(factory=trio.Lock, init=False)
    _writing: trio.Lock = field(factory=trio.Lock, init=False)
    _parked: trio.CancelScope | None = field(default=None, init=False)
    """Around the reader while it waits for bytes: cancelled to wake it."""
    _rest: bytes = b""
    """What was to be sent at once, and has still to be written: its first frame may be begun."""
    _write: trio.CancelScope | None = field(default=None, init=False)
    """Around a write: cancelled to drop the link."""
    _goodbye: trio.CancelScope | None = field(default=None, init=False)
    _gone: trio.Event | None = field(default=None, init=False)
    """There while a goodbye is said; set at its end."""

    def trust(self) -> None:
        """Take large messages from now on: the other side is authenticated."""
        self._wire.trust()
        self.kept = None

    async def hand_over(self, give: Give) -> None:
        """Have another process go on with the connection, and let go of it without a word.

        Nobody may be receiving. If `give` raises, nothing has happened.
        """
        await give(self._stream, bytes(self.kept or b""))
        self._shut(LinkClosed(NO_CLOSE_FRAME, "handed over", by_peer=False))

    # ── receiving ─────────────────────────────────────────────────────────────────────────

    async def receive(self) -> str | bytes:
        """Return the next message: see `robi.actors.link.Link`."""
        try:
            self._reading.acquire_nowait()
        except trio.WouldBlock:
            if self._closed is not None:
                raise await self._over() from None
            raise trio.BusyResourceError("another task is receiving from this link") from None
        try:
            message = await self._next()
        finally:
            self._reading.release()
        if message is not None:
            return message
        if self._closed is None:
            await self._answer_ending()
        elif self._gone is None:
            await trio.aclose_forcefully(self._stream)
        raise await self._over()

    async def _next(self) -> str | bytes | None:
        """Read until there is a whole message; None when the link is closed or ends."""
        wire = self._wire
        if wire.messages or wire.ending is not None:
            await trio.lowlevel.checkpoint()
        while self._closed is None:
            if wire.has_control and not self._writing.locked():
                try:
                    await self._take_turn(b"")
                except LinkClosed:
                    return None
            elif wire.messages:
                return wire.messages.pop(0)
            elif wire.ending is not None:
                return None
            elif self._unread:
                await self._parse_slice()
            else:
                await self._read()
        return None

    async def _read(self) -> None:
        data: bytes | bytearray | None = None
        try:
            with trio.CancelScope() as self._parked:
                data = await self._stream.receive_some(PIECE)
        except _STREAM_ENDED:
            data = b""
        finally:
            self._parked = None
        if data:
            self._unread = memoryview(data)
            if self.kept is not None:
                self.kept += data
        elif data is not None:
            self._drop(LinkClosed(NO_CLOSE_FRAME, by_peer=True))

    async def _parse_slice(self) -> None:
        data = bytes(self._unread[:SLICE])
        self._unread = self._unread[SLICE:] or b""
        frames = self._wire.feed(data, trio.current_time())
        if frames and self._unread and not self._wire.messages:
            # A flood of frames without messages lets the neighbours have their turn.
            await trio.lowlevel.checkpoint()

    # ── sending ───────────────────────────────────────────────────────────────────────────

    async def send(self, frames: Sequence[bytes]) -> None:
        """Send text messages in one write: see `robi.actors.link.Link`."""
        await self._take_turn(text_frames(frames))

    def send_nowait(self, frames: Sequence[bytes]) -> bool:
        """Send text messages as far as that needs no waiting: see `robi.actors.link.Link`."""
        data = text_frames(frames)
        if self._closed is not None:
            return False
        if self._rest or self._writing.locked() or not isinstance(self._stream, trio.SocketStream):
            self._rest += data
            return False
        data = self._wire.take_control() + data
        try:
            # The number is asked for each time: that of a closed socket is somebody else's soon.
            sent = os.write(self._stream.socket.fileno(), data[:PIECE])
        except OSError:  # nothing fits, or the stream is broken: `send` will tell
            sent = 0
        self._rest = data[sent:]
        return not self._rest

    async def send_binary(self, data: bytes) -> None:
        """Send one binary message; raises and waits as `send` does."""
        await self._take_turn(binary_frame(data))

    async def _take_turn(self, data: bytes) -> None:
        """Write what is left, the waiting control frames, then `data`, when it is our turn."""
        try:
            self._writing.acquire_nowait()
        except trio.WouldBlock:
            await self._writing.acquire()
        try:
            await trio.lowlevel.checkpoint_if_cancelled()
            if self._closed is None:
                await self._write_whole(self._take_rest() + data)
                return
        finally:
            self._writing.release()
            self._wake_for_control()
        raise await self._over()

    def _take_rest(self) -> bytes:
        """Return what goes before everything else; then it no longer waits."""
        rest, self._rest = self._rest, b""
        return rest + self._wire.take_control()

    async def _write_whole(self, data: bytes) -> None:
        whole = False
        try:
            with trio.CancelScope() as scope:
                self._write = scope
                for start in range(0, len(data), PIECE):
                    scope.deadline = trio.current_time() + self.send_timeout
                    piece = data if len(data) <= PIECE else memoryview(data)[start : start + PIECE]
                    await self._stream.send_all(piece)
                whole = True
        except _STREAM_ENDED:
            self._drop(LinkClosed(NO_CLOSE_FRAME, by_peer=True))
        finally:
            self._write = None
            if not whole:
                self._drop(LinkClosed(NO_CLOSE_FRAME, "cut off in mid-write", by_peer=False))
        if not whole:
            raise self._how()

    def _wake_for_control(self) -> None:
        """Have the reader write what nobody else will."""
        idle = self._closed is None and not self._writing.locked()
        if idle and self._wire.has_control and self._parked is not None:
            self._parked.cancel()

    # ── keep-alive ────────────────────────────────────────────────────────────────────────

    def ping(self) -> None:
        """Ask for a sign of life: see `robi.actors.link.Link`."""
        self._wire.ping(trio.current_time())
        self._wake_for_control()

    def unanswered_s(self, now: float) -> float:
        """Return for how many seconds a ping has waited: see `robi.web.wire.Wire`."""
        return self._wire.unanswered_s(now)

    # ── ending ────────────────────────────────────────────────────────────────────────────

    async def close(self, code: int, reason: str = "") -> None:
        """Say goodbye: see `robi.actors.link.Link`."""
        if self._closed is None:
            ending = self._wire.ending
            last = close_frame(code, reason) if ending is None else ending.close_frame
            self._shut(LinkClosed(code, reason, by_peer=False))
            await self._say_goodbye(last, answered=ending is not None)
        elif self._gone is not None:
            await self._gone.wait()
        else:
            await trio.aclose_forcefully(self._stream)

    def abort(self) -> None:
        """Drop the link at once; whoever reads, writes or says goodbye closes the stream."""
        self._drop(LinkClosed(NO_CLOSE_FRAME, "dropped", by_peer=False))
        if self._goodbye is not None:
            self._goodbye.cancel()

    def _shut(self, how: LinkClosed) -> None:
        """Let nothing more in or out; the reader leaves, a write under way ends whole."""
        if self._closed is None:
            self._closed = how
        if self._parked is not None:
            self._parked.cancel()

    def _drop(self, how: LinkClosed) -> None:
        """Shut, and cut off a write under way."""
        self._shut(how)
        if self._write is not None:
            self._write.cancel()

    def _how(self) -> LinkClosed:
        """Return how the link closed, as an exception for this task alone."""
        how = self._closed or LinkClosed(NO_CLOSE_FRAME, by_peer=True)
        return LinkClosed(how.code, how.reason, by_peer=how.by_peer)

    async def _over(self) -> LinkClosed:
        """Wait until a goodbye under way has been said; return how the link closed.

        Whoever hears of the end may let go of the stream, and must not do so before that.
        """
        if self._gone is not None:
            await self._gone.wait()
        return self._how()

    async def _answer_ending(self) -> None:
        """Answer the other side's goodbye, or tell it what rule it broke."""
        if (ending := self._wire.ending) is None:
            return
        words = self.farewell(ending.error) if ending.error and self.farewell else None
        last = (b"" if words is None else text_frames([words])) + ending.close_frame
        self._shut(LinkClosed(ending.code, ending.reason, by_peer=ending.by_peer))
        await self._say_goodbye(last, answered=True)

    async def _say_goodbye(self, last: bytes, *, answered: bool) -> None:
        """Write `last`, wait for the answer if there was none yet, and see the other side off.

        After two close frames nothing more comes, and the stream is closed. Otherwise it is
        half-closed and read to its end first: closing with bytes unread resets the connection,
        and then the other side may never see `last`.
        """
        stream = self._stream
        self._gone = gone = trio.Event()
        try:
            with trio.move_on_after(self.close_timeout) as self._goodbye:
                async with self._writing:
                    await stream.send_all(self._take_rest() + last)
                async with self._reading:
                    while not answered and self._wire.ending is None:
                        if not self._unread:
                            await self._read()
                        if not self._unread:
                            return
                        await self._parse_slice()
                        self._wire.messages.clear()
                    ending = self._wire.ending
                    if ending is not None and ending.by_peer and not self._unread:
                        return
                    if isinstance(stream, trio.abc.HalfCloseableStream):
                        await stream.send_eof()
                    while await stream.receive_some(PIECE):
                        pass
        except _STREAM_ENDED:
            return
        finally:
            gone.set()  # before the last await, which raises when we are cancelled
            await trio.aclose_forcefully(stream)
