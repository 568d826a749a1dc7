"""Links in memory, for tests: `robi.actors.link.Link` without a socket.

link = FakeLink()
link.say({"type": "auth", "api_key": "k"})   what the robot says next (a dict becomes JSON)
link.hang_up()                               the robot leaves, after what it has said
link.sent                                    every message sent to the robot, decoded
await link.wait_sent(3)                      until so many messages were sent
link.block_sends() / link.let_sends()        a robot that stops reading, and starts again
"""

import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import trio
from attrs import define, field

from robi.actors.link import LinkClosed
from robi.errors import RobiError
from robi.protocol.closing import NO_CLOSE_FRAME

_numbers = itertools.count(1)


@define(eq=False)
class FakeLink:
    """One side is a `Link`; the other is the test's."""

    peer: str = "192.0.2.1"
    id: str = field(factory=lambda: f"fake-{next(_numbers)}", init=False)
    farewell: Callable[[RobiError], bytes | None] | None = field(default=None, init=False)
    frames: list[bytes] = field(factory=list, init=False)
    """Every message sent, as it was."""
    batches: list[int] = field(factory=list, init=False)
    """How many messages each send held."""
    closed: LinkClosed | None = field(default=None, init=False)
    """How it ended, once it has: by `close`, `abort`, `hang_up`, or a cancelled send."""
    aborted: bool = field(default=False, init=False)
    pings: int = field(default=0, init=False)
    answers_pings: bool = field(default=True, init=False)
    _said: deque[str | bytes | LinkClosed] = field(factory=deque, init=False)
    _asked: float | None = field(default=None, init=False)
    _rest: list[bytes] = field(factory=list, init=False)
    _flowing: bool = field(default=True, init=False)
    _writing: trio.Lock = field(factory=trio.Lock, init=False)
    _changed: trio.Event = field(factory=trio.Event, init=False)

    # ── the test's side ───────────────────────────────────────────────────────────────────

    @property
    def sent(self) -> list[dict[str, object]]:
        """Every message sent, decoded."""
        return [json.loads(frame) for frame in self.frames]

    def say(self, *messages: str | bytes | Mapping[str, object]) -> None:
        """Have the robot say something: text, binary, or a dict that becomes JSON."""
        for message in messages:
            self._said.append(json.dumps(message) if isinstance(message, Mapping) else message)
        self._change()

    def hang_up(self, code: int = NO_CLOSE_FRAME) -> None:
        """Have the robot leave once what it said has been received."""
        self._said.append(LinkClosed(code, by_peer=True))
        self._change()

    def block_sends(self) -> None:
        """Have the robot stop reading: sends wait."""
        self._flowing = False

    def let_sends(self) -> None:
        """Have the robot read again."""
        self._flowing = True
        self._change()

    def pong(self) -> None:
        """Have the robot answer the last ping."""
        self._asked = None

    async def wait_sent(self, count: int) -> list[dict[str, object]]:
        """Wait until `count` messages were sent; return all."""
        while len(self.frames) < count:
            await self._changed.wait()
        return self.sent

    async def wait_closed(self) -> LinkClosed:
        """Wait until the link has ended; return how."""
        while self.closed is None:
            await self._changed.wait()
        return self.closed

    # ── the Link's side ───────────────────────────────────────────────────────────────────

    async def receive(self) -> str | bytes:
        """Return what was said next."""
        await trio.lowlevel.checkpoint()
        while True:
            if self.closed is not None:
                raise self._how(self.closed)
            if self._said:
                message = self._said.popleft()
                if not isinstance(message, LinkClosed):
                    return message
                self._end(message)
            else:
                await self._changed.wait()

    def send_nowait(self, frames: Sequence[bytes]) -> bool:
        """Record `frames`, unless sends are blocked: then they wait for the next `send`."""
        if self.closed is not None:
            return False
        if self._rest or not self._flowing or self._writing.locked():
            self._rest.extend(frames)
            return False
        self._record(frames)
        return True

    async def send(self, frames: Sequence[bytes]) -> None:
        """Record `frames`, unless sends are blocked."""
        async with self._writing:
            whole = False
            try:
                while not self._flowing and self.closed is None:
                    await self._changed.wait()
                if self.closed is not None:
                    raise self._how(self.closed)
                await trio.lowlevel.checkpoint_if_cancelled()
                whole = True
            finally:
                if not whole:
                    self._end(LinkClosed(NO_CLOSE_FRAME, "cut off in mid-write", by_peer=False))
        rest, self._rest = self._rest, []
        self._record([*rest, *frames])

    def _record(self, frames: Sequence[bytes]) -> None:
        if frames:
            self.frames.extend(frames)
            self.batches.append(len(frames))
            self._change()

    async def close(self, code: int, reason: str = "") -> None:
        """End the link; a second time does nothing."""
        self._end(LinkClosed(code, reason, by_peer=False))
        await trio.lowlevel.checkpoint()

    def abort(self) -> None:
        """Drop the link."""
        self.aborted = True
        self._end(LinkClosed(NO_CLOSE_FRAME, "dropped", by_peer=False))

    def ping(self) -> None:
        """Count; answered at once unless `answers_pings` is False."""
        self.pings += 1
        if not self.answers_pings and self._asked is None:
            self._asked = trio.current_time()

    def unanswered_s(self, now: float) -> float:
        """Return how long the oldest unanswered ping has waited."""
        return 0.0 if self._asked is None else now - self._asked

    # ── inside ────────────────────────────────────────────────────────────────────────────

    def _end(self, how: LinkClosed) -> None:
        if self.closed is None:
            self.closed = how
        self._change()

    def _how(self, closed: LinkClosed) -> LinkClosed:
        return LinkClosed(closed.code, closed.reason, by_peer=closed.by_peer)

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()
