"""What a session says, on its way to the robot: order, numbers, replay, a bound.

Owns the sequence numbers of protocol.md §3 and the replay of §5. It knows no socket: whoever
writes to a link takes frames from here, and a session without a link keeps them here.

    put ──▶ queue (not yet numbered) ──take──▶ ring (numbered, encoded) ──▶ link
                                                  └── attach(last_seq) ──▶ again

A message gets its number when it is taken, not when it is put. So an interruption can still take
back what nobody has seen (§6) without leaving a hole in the numbers, and texts can be joined for
a slow phone without one either.
"""

from collections import deque
from collections.abc import Callable

import trio
from attrs import define, evolve, field, frozen

from robi.protocol.closing import NO_CLOSE_FRAME
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import ServerMessage, TextChunk

JOIN_ABOVE = 256
"""Messages that wait for a slow phone before texts are joined (architecture.md, *Bounds*)."""

READ_ON_BELOW = 2 * JOIN_ABOVE
"""While so many wait, the link is not read: a flood that nobody fetches the answers to."""

RING_MESSAGES = 512
RING_BYTES = 256 * 1024
BATCH = 16
"""Messages handed to the link in one write when several are ready together."""


@frozen
class _Queued:
    message: ServerMessage
    dialect: Dialect
    turn: int | None


@frozen
class _Sent:
    seq: int
    frame: bytes


@frozen
class OutboxStatistics:
    """Messages waiting and kept for replay, the bytes kept, and the last number given."""

    waiting: int
    kept: int
    kept_bytes: int
    last_seq: int


class Detached(Exception):
    """This link is no longer the session's; it is to be closed with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@define(eq=False)
class Attachment:
    """The hold of one link on an outbox. Only the newest has one; the others are `Detached`."""

    _outbox: "Outbox"
    _ended: Detached | None = field(default=None, init=False)
    _waiting: bool = field(default=False, init=False)
    """Whether all that was taken is written."""

    @property
    def ended(self) -> bool:
        """Whether another link has taken over, or the session let this one go."""
        return self._ended is not None

    async def frames(self, most: int = BATCH) -> list[bytes]:
        """Wait for something to say and return it, at most `most` frames in order.

        Raises:
            Detached: the session has let this link go, and all that it had to say to it is
                returned and, since the caller is back, written.
        """
        outbox = self._outbox
        if outbox.pending:  # a link that takes all at once never waits: let others have their turn
            await trio.lowlevel.checkpoint()
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
            self._outbox.wake()

    def drop(self) -> None:
        """The link is gone: keep what is said from now on for the next one. For the link."""
        self.end(NO_CLOSE_FRAME)
        self._outbox.release(self)


@define(eq=False)
class Outbox:
    """The one way out of a session.

    `on_taken(turn, message)` is called as each message of a turn is numbered: that is the moment
    from which the person may have heard it.
    """

    on_taken: Callable[[int, ServerMessage], None]
    last_seq: int = 0
    _queue: deque[_Queued] = field(factory=deque, init=False)
    _ring: deque[_Sent] = field(factory=deque, init=False)
    _ring_bytes: int = field(default=0, init=False)
    _replay: deque[bytes] = field(factory=deque, init=False)
    _attachment: Attachment | None = field(default=None, init=False)
    _changed: trio.Event | None = field(default=None, init=False)

    # ── the session's side ────────────────────────────────────────────────────────────────

    def put(self, message: ServerMessage, dialect: Dialect, turn: int | None = None) -> None:
        """Say `message`, as part of `turn` or outside of any. Never waits.

        The queue is bounded all the same: texts are joined above JOIN_ABOVE, a turn has at most
        five other messages, and the link is not read above READ_ON_BELOW.
        """
        queue = self._queue
        if len(queue) >= JOIN_ABOVE and isinstance(message, TextChunk) and queue:
            last = queue[-1]
            if last.turn == turn and isinstance(last.message, TextChunk):
                joined = evolve(last.message, text=last.message.text + message.text)
                queue[-1] = evolve(last, message=joined)
                return
        queue.append(_Queued(message, dialect, turn))
        self.wake()

    def withdraw(self, turn: int) -> list[ServerMessage]:
        """Take back what of `turn` was not taken yet, and return it, oldest first."""
        withdrawn = [queued.message for queued in self._queue if queued.turn == turn]
        if withdrawn:
            self._queue = deque(queued for queued in self._queue if queued.turn != turn)
            self.wake()
        return withdrawn

    def holds_after(self, last_seq: int) -> bool:
        """Return whether all that was said after number `last_seq` can still be said again."""
        oldest = self._ring[0].seq if self._ring else self.last_seq + 1
        return oldest - 1 <= last_seq <= self.last_seq

    def attach(self) -> Attachment:
        """Begin to write for a new link, from what waits on."""
        self._replay.clear()
        self._attachment = attachment = Attachment(self)
        self.wake()
        return attachment

    def replay_after(self, last_seq: int) -> None:
        """Say again to the link of now what came after number `last_seq`, before what waits."""
        self._replay = deque(sent.frame for sent in self._ring if sent.seq > last_seq)
        self.wake()

    def holds(self, attachment: Attachment) -> bool:
        """Return whether `attachment` is the one of now."""
        return attachment is self._attachment

    def release(self, attachment: Attachment) -> None:
        """Keep what is said from now on for the next link, if `attachment` is the one of now."""
        if attachment is self._attachment:
            self._attachment = None
            self._replay.clear()
        self.wake()

    # ── the link's side ───────────────────────────────────────────────────────────────────

    def take(self, most: int = BATCH) -> list[bytes]:
        """Return up to `most` frames to be written now, in order; none when nothing waits."""
        frames = [self._replay.popleft() for _ in range(min(most, len(self._replay)))]
        taken: list[_Queued] = []
        while self._queue and len(frames) < most:
            queued = self._queue.popleft()
            self.last_seq += 1
            frame = encode(queued.message, queued.dialect, self.last_seq)
            self._keep(_Sent(self.last_seq, frame))
            frames.append(frame)
            taken.append(queued)
        if taken:
            self.wake()
        for queued in taken:
            if queued.turn is not None:
                self.on_taken(queued.turn, queued.message)
        return frames

    @property
    def pending(self) -> bool:
        """Whether `take` has something to give."""
        return bool(self._replay or self._queue)

    @property
    def has_room(self) -> bool:
        """Whether a link may be read on: see READ_ON_BELOW."""
        return len(self._queue) < READ_ON_BELOW

    def statistics(self) -> OutboxStatistics:
        """Return what waits and what is kept."""
        waiting = len(self._queue) + len(self._replay)
        return OutboxStatistics(waiting, len(self._ring), self._ring_bytes, self.last_seq)

    # ── inside ────────────────────────────────────────────────────────────────────────────

    def _keep(self, sent: _Sent) -> None:
        self._ring.append(sent)
        self._ring_bytes += len(sent.frame)
        while len(self._ring) > RING_MESSAGES or self._ring_bytes > RING_BYTES:
            self._ring_bytes -= len(self._ring.popleft().frame)

    def wake(self) -> None:
        """Let whoever waits look again."""
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    async def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition`, which is looked at whenever something here changes."""
        while not condition():
            if self._changed is None:
                self._changed = trio.Event()
            await self._changed.wait()
        await trio.lowlevel.checkpoint_if_cancelled()
