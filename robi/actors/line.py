"""A line to another process of the server: what is told and asked, and the answers, both ways.

Owns the frames on a stream, and the promise that goes with a question. Whoever asks by a line hears
what `ask` promises (see ask.py), though the actor lives in another process: the value or the error
that it gave, or `ActorDied` as soon as the line is gone; and the actor sees `abandoned` when the
asker gives up. What was told arrives in the order in which it was told, once, or not at all if the
line breaks.

A frame is four bytes of length and a parcel (see parcels.py). Frames that wait are sent in one
write. Whoever takes what comes may wait: then nothing more is read, the socket fills, and `put`
waits on the other side. So a mailbox that is full holds up who writes to it over a line as it does
in its own process.
"""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import structlog
import trio
from attrs import define, field

from robi.actors.ask import Ask
from robi.actors.errors import ActorDied, ActorError
from robi.actors.parcels import ParcelRefused, pack, unpack
from robi.errors import InternalError, RobiError

log = structlog.get_logger()

HIGH_WATER: Final = 64 * 1024
"""Bytes that may wait to be written; then `put` waits."""

LONGEST: Final = 256 * 1024 * 1024
"""Bytes of one frame: more than any medium that is kept."""

_HEAD: Final = 4
_PIECE: Final = 64 * 1024
_TELL, _ASK, _REPLY, _FAIL, _ABANDON = range(5)

_STREAM_ENDED = (trio.BrokenResourceError, trio.ClosedResourceError)

T = TypeVar("T")


class LineLost(ActorError):
    """The other process is gone, or has closed the line."""


@define(eq=False)
class _Borrowed(Ask[Any]):
    """A question from the other side; its answer goes back by the line."""

    _send: Callable[[int, object], None] = field(kw_only=True)

    def reply(self, value: object) -> None:
        if self._settle():
            self._send(_REPLY, value)

    def fail(self, error: Exception) -> None:
        if self._settle():
            # Another's error may be of a type that the other side does not take.
            known = error if isinstance(error, RobiError) else InternalError(type(error).__name__)
            self._send(_FAIL, known)


@define(eq=False)
class Line:
    """One end of a line; an `Address` to whoever takes at the other end.

    Args:
        name: whose end the other is.
        take: takes each message that comes, and each question, as an `Ask`. Nothing more is read
            before it returns.
    """

    name: str
    _stream: trio.abc.Stream
    _take: Callable[[Any], Awaitable[None]]
    _outgoing: list[bytes] = field(factory=list, init=False)
    _waiting: int = field(default=0, init=False)
    """Bytes in `_outgoing`."""
    _something: trio.Event = field(factory=trio.Event, init=False)
    _room: trio.Event = field(factory=trio.Event, init=False)
    _numbers: "itertools.count[int]" = field(factory=itertools.count, init=False)
    _owed: dict[int, Ask[Any]] = field(factory=dict, init=False)
    """Our questions that the other side has not answered."""
    _borrowed: dict[int, _Borrowed] = field(factory=dict, init=False)
    """The other side's, that we have not."""
    _lost: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Move what comes and goes, until the line is lost; the stream is closed then.

        Raises:
            LineLost: the other side is gone.
            ParcelRefused: it sent something that no process of this server sends.
        """
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write)
                await self._read()
        except* (LineLost, *_STREAM_ENDED):
            pass
        finally:
            self._let_go()
            await trio.aclose_forcefully(self._stream)
        raise LineLost(self.name)

    # ── an address ────────────────────────────────────────────────────────────────────────

    async def put(self, message: object) -> None:
        """Tell, or ask if it is an `Ask`; wait while too much waits to be written.

        Raises:
            ActorDied: the line is lost.
        """
        await trio.lowlevel.checkpoint()
        while self._waiting > HIGH_WATER and not self._lost:
            await self._room.wait()
        self.put_nowait(message)

    def put_nowait(self, message: object) -> None:
        """Tell, or ask; never refused for want of room. Raises ActorDied."""
        if self._lost:
            raise ActorDied(self.name)
        if not isinstance(message, Ask):
            self._send(_TELL, 0, message)
            return
        if message.is_idle:
            return
        number = next(self._numbers)
        self._send(_ASK, number, message.question)
        if message.abandoned:  # though nobody waits for the answer
            self._send(_ABANDON, number, None)
            return
        self._owed[number] = message
        message.on_abandoned = lambda: self._abandon(number)

    put_urgent = put_nowait

    # ── writing ───────────────────────────────────────────────────────────────────────────

    def _send(self, kind: int, number: int, value: object) -> None:
        parcel = pack((kind, number, value))
        self._outgoing += (len(parcel).to_bytes(_HEAD, "big"), parcel)
        self._waiting += len(parcel)
        self._something.set()

    def _abandon(self, number: int) -> None:
        if self._owed.pop(number, None) is not None and not self._lost:
            self._send(_ABANDON, number, None)

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            self._something = trio.Event()
            data, self._outgoing, self._waiting = b"".join(self._outgoing), [], 0
            self._room.set()
            self._room = trio.Event()
            await self._stream.send_all(data)

    # ── reading ───────────────────────────────────────────────────────────────────────────

    async def _read(self) -> None:
        unread = bytearray()
        while data := await self._stream.receive_some(_PIECE):
            unread += data
            start = 0
            while len(unread) >= start + _HEAD:
                length = int.from_bytes(unread[start : start + _HEAD], "big")
                if length > LONGEST:
                    raise ParcelRefused("too long")
                end = start + _HEAD + length
                if len(unread) < end:
                    break
                await self._handle(*unpack(bytes(unread[start + _HEAD : end])))
                start = end
            del unread[:start]
        raise LineLost(self.name)

    async def _handle(self, kind: int, number: int, value: Any) -> None:
        if kind == _TELL:
            await self._take(value)
        elif kind == _ASK:
            await self._take(self._borrow(number, value))
        elif kind == _ABANDON:
            if (borrowed := self._borrowed.pop(number, None)) is not None:
                borrowed.abandon()
        elif (owed := self._owed.pop(number, None)) is not None:  # else it was abandoned meanwhile
            if kind == _REPLY:
                owed.reply(value)
            else:
                owed.fail(value)

    def _borrow(self, number: int, question: Any) -> _Borrowed:
        def answer(kind: int, value: object) -> None:
            del self._borrowed[number]
            if not self._lost:
                self._send(kind, number, value)

        self._borrowed[number] = borrowed = _Borrowed(question, send=answer)
        return borrowed

    def _let_go(self) -> None:
        """Nothing comes any more: nobody waits for us, and nobody answers."""
        self._lost = True
        self._room.set()
        borrowed, self._borrowed = self._borrowed, {}
        for question in borrowed.values():
            question.abandon()
        owed, self._owed = self._owed, {}
        for asked in owed.values():
            asked.fail(ActorDied(self.name))
