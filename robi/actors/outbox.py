"""What a session says, on its way to the robot: order, numbers, replay, a bound.

Owns the sequence numbers of protocol.md §3 and the replay of §5. It knows no socket: whoever
writes to a link takes frames from here, and a session without a link keeps them here.

    put ──▶ queue (not yet numbered) ──take──▶ ring (numbered, encoded) ──▶ link
                                                  └── attach(last_seq) ──▶ again

Who writes to a link, and when, is `attachment`'s.

A message gets its number when it is taken, not when it is put. So an interruption can still take
back what nobody has seen (§6) without leaving a hole in the numbers, and texts can be joined for
a slow phone without one either.
"""

from collections.abc import Callable, Sequence

import trio
from attrs import define, evolve, field, frozen

from robi.actors.attachment import BATCH, Attachment
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import ServerMessage, TextChunk

JOIN_ABOVE = 256
"""Messages that wait for a slow phone before texts are joined (architecture.md, *Bounds*)."""

READ_ON_BELOW = 2 * JOIN_ABOVE
"""While so many wait, the link is not read: a flood that nobody fetches the answers to."""

RING_MESSAGES = 512
RING_BYTES = 256 * 1024


@frozen
class _Queued:
    message: ServerMessage
    dialect: Dialect
    turn: int | None


@frozen
class OutboxStatistics:
    """Messages waiting and kept for replay, the bytes kept, and the last number given."""

    waiting: int
    kept: int
    kept_bytes: int
    last_seq: int


@define(eq=False)
class Outbox:
    """The one way out of a session.

    `on_taken(turn, message)` is called as each message of a turn is numbered: that is the moment
    from which the person may have heard it.
    """

    on_taken: Callable[[int, ServerMessage], None]
    last_seq: int = 0
    # Lists: two empty deques take 1.2 KiB of every session.
    _queue: list[_Queued] = field(factory=list, init=False)
    _ring: list[bytes] = field(factory=list, init=False)
    """The newest frames that have a number, without a gap up to `last_seq`."""
    _ring_bytes: int = field(default=0, init=False)
    _replay: Sequence[bytes] = field(default=(), init=False)
    _attachment: Attachment | None = field(default=None, init=False)
    _changed: trio.Event | None = field(default=None, init=False)

    # ── the session's side ────────────────────────────────────────────────────────────────

    def put(self, message: ServerMessage, dialect: Dialect, turn: int | None = None) -> None:
        """Say `message`: see `put_all`."""
        self.put_all([message], dialect, turn)

    def put_all(
        self, messages: Sequence[ServerMessage], dialect: Dialect, turn: int | None = None
    ) -> None:
        """Say `messages`, as part of `turn` or outside of any; together, if they fit. Never waits.

        The queue is bounded all the same: texts are joined above JOIN_ABOVE, a turn has at most
        five other messages, and the link is not read above READ_ON_BELOW.
        """
        for message in messages:
            self._queue_up(message, dialect, turn)
        if self._attachment is not None:
            self._attachment.flush()
        self.wake()

    def withdraw(self, turn: int) -> list[ServerMessage]:
        """Take back what of `turn` was not taken yet, and return it, oldest first."""
        withdrawn = [queued.message for queued in self._queue if queued.turn == turn]
        if withdrawn:
            self._queue = [queued for queued in self._queue if queued.turn != turn]
            self.wake()
        return withdrawn

    def holds_after(self, last_seq: int) -> bool:
        """Return whether all that was said after number `last_seq` can still be said again."""
        return self.last_seq - len(self._ring) <= last_seq <= self.last_seq

    def attach(self) -> Attachment:
        """Begin to write for a new link, from what waits on."""
        self._replay = ()
        self._attachment = attachment = Attachment(self)
        self.wake()
        return attachment

    def replay_after(self, last_seq: int) -> int:
        """Say again to the link of now what came after number `last_seq`, before what waits.

        Returns how many messages that are.
        """
        missed = self.last_seq - last_seq
        self._replay = tuple(self._ring[-missed:]) if missed > 0 else ()
        self.wake()
        return len(self._replay)

    def holds(self, attachment: Attachment) -> bool:
        """Return whether `attachment` is the one of now."""
        return attachment is self._attachment

    def release(self, attachment: Attachment) -> None:
        """Keep what is said from now on for the next link, if `attachment` is the one of now."""
        if attachment is self._attachment:
            self._attachment = None
            self._replay = ()
        self.wake()

    # ── the link's side ───────────────────────────────────────────────────────────────────

    def take(self, most: int = BATCH) -> list[bytes]:
        """Return up to `most` frames to be written now, in order; none when nothing waits."""
        frames = list(self._replay[:most])
        self._replay = self._replay[most:]
        taken = self._queue[: most - len(frames)]
        del self._queue[: len(taken)]
        for queued in taken:
            self.last_seq += 1
            frame = encode(queued.message, queued.dialect, self.last_seq)
            self._ring.append(frame)
            self._ring_bytes += len(frame)
            frames.append(frame)
        if taken:
            self._trim_ring()
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

    def _queue_up(self, message: ServerMessage, dialect: Dialect, turn: int | None) -> None:
        queue = self._queue
        if len(queue) >= JOIN_ABOVE and isinstance(message, TextChunk):
            last = queue[-1]
            if last.turn == turn and isinstance(last.message, TextChunk):
                joined = evolve(last.message, text=last.message.text + message.text)
                queue[-1] = evolve(last, message=joined)
                return
        queue.append(_Queued(message, dialect, turn))

    def _trim_ring(self) -> None:
        ring, gone = self._ring, 0
        while len(ring) - gone > RING_MESSAGES or self._ring_bytes > RING_BYTES:
            self._ring_bytes -= len(ring[gone])
            gone += 1
        del ring[:gone]

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
