"""A peer that speaks WebSocket by hand, so that it can break every rule."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pytest
import trio
import trio.testing
from attrs import define, field
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol as WebSocketProtocol
from websockets.protocol import Side

from robi.web.link import WebSocketLink
from robi.web.wire import Wire


def frame(opcode: Opcode, data: bytes = b"", *, fin: bool = True) -> bytes:
    """Return a client's frame."""
    return Frame(opcode, data, fin).serialize(mask=True)


@define(eq=False)
class Peer:
    """The other end of a memory stream: raw bytes out, frames in."""

    stream: trio.abc.HalfCloseableStream
    _parser: WebSocketProtocol = field(
        factory=lambda: WebSocketProtocol(Side.CLIENT, max_size=None), init=False
    )
    frames: list[Frame] = field(factory=list, init=False)

    async def send(self, *frames: bytes) -> None:
        await self.stream.send_all(b"".join(frames))

    async def read(self, count: int) -> list[tuple[Opcode, bytes]]:
        """Return the next `count` frames of the server."""
        while len(self.frames) < count:
            data = await self.stream.receive_some()
            assert data, f"the server ended after {self.frames}"
            self._feed(data)
        taken, self.frames = self.frames[:count], self.frames[count:]
        return [(frame.opcode, bytes(frame.data)) for frame in taken]

    async def read_to_end(self) -> list[tuple[Opcode, bytes]]:
        """Return all frames until the server ends the stream."""
        while data := await self.stream.receive_some():
            self._feed(data)
        return await self.read(len(self.frames))

    def _feed(self, data: bytes | bytearray) -> None:
        self._parser.receive_data(bytes(data))
        self.frames += [event for event in self._parser.events_received() if type(event) is Frame]


Pair = tuple[WebSocketLink, Peer]


class MakePair(Protocol):
    """Makes a link and its peer; on `lockstep` streams nothing is written that nobody reads."""

    def __call__(
        self, *, max_size: int = 1024, trusted: bool = True, lockstep: bool = False
    ) -> Pair: ...


@pytest.fixture
def make_pair() -> MakePair:
    def make(*, max_size: int = 1024, trusted: bool = True, lockstep: bool = False) -> Pair:
        make_streams = (
            trio.testing.lockstep_stream_pair if lockstep else trio.testing.memory_stream_pair
        )
        ours, theirs = make_streams()
        link = WebSocketLink(ours, Wire(max_size), peer="192.0.2.1")
        if trusted:
            link.trust()
        return link, Peer(theirs)

    return make


@define(eq=False)
class _CancelAt(trio.abc.Instrument):
    """Cancels `scope` when its task is about to make its step number `step`."""

    step: int
    task: trio.lowlevel.Task
    scope: trio.CancelScope
    steps: int = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if task is self.task:
            self.steps += 1
            if self.steps == self.step:
                self.scope.cancel()


@contextmanager
def cancelled_at(step: int) -> Iterator[trio.CancelScope]:
    """Run a block that is cancelled when it is about to go on for the `step`-th time.

    Step 0 is before it begins. That the scope caught nothing says that the block was faster.
    """
    with trio.CancelScope() as scope:
        if step == 0:
            scope.cancel()
        instrument = _CancelAt(step, trio.lowlevel.current_task(), scope)
        trio.lowlevel.add_instrument(instrument)
        try:
            yield scope
        finally:
            trio.lowlevel.remove_instrument(instrument)


class CancelledAt(Protocol):
    """See `cancelled_at`."""

    def __call__(self, step: int) -> AbstractContextManager[trio.CancelScope]: ...


@pytest.fixture(name="cancelled_at")
def cancelled_at_fixture() -> CancelledAt:
    return cancelled_at
