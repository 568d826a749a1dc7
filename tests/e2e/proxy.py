"""A bad network of our own: a TCP proxy that delays, throttles, cuts, resets and freezes.

    proxy = FaultProxy("127.0.0.1", port)          in front of a server; `target` may be changed
    port = await proxy.serve(nursery)
    proxy.passages[-1].freeze()                    by hand, or:
    FaultProxy(host, port, random_faults(seed))    a fault of its own for every connection

An end comes after so many bytes of the server's, not after a time: so it lands in mid-message, in
the same places in each run, however fast the machine is.

Each way of a passage has two tasks, one that reads and one that writes, with a queue between. So a
delay is a delay and no throttle, and a frozen passage, whose sockets stay open like those of a
pulled cable, still notices when both ends have given it up.
"""

import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum, auto
from itertools import repeat
from math import inf
from random import Random

import trio
from attrs import define, field, frozen

PIECE = 64 * 1024
IN_TRANSIT = 1024
"""Pieces that may be under way, or held by a freeze; then the sender's own buffer fills."""

FIN = b""
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER of 0 s: closing sends RST instead of FIN."""


class Way(Enum):
    """The two ways of a passage."""

    UP = auto()
    """From the robot to the server."""
    DOWN = auto()


BOTH = (Way.UP, Way.DOWN)


class End(Enum):
    """How a connection ends before its time."""

    CUT = auto()
    """FIN to both sides."""
    RESET = auto()
    """RST to both sides."""
    FREEZE = auto()
    """Nothing at all: a pulled cable."""


@frozen
class Faults:
    """What is wrong with one connection.

    `delay` in seconds and `rate` in bytes a second hold from the first byte on; `end` comes after
    so many bytes of the server's. A freeze concerns `ways`.
    """

    delay: float = 0.0
    rate: float = inf
    end: End | None = None
    after: int = 0
    ways: tuple[Way, ...] = BOTH


def no_faults() -> Iterator[Faults]:
    """Give every connection a good day."""
    return repeat(Faults())


def random_faults(seed: int) -> Iterator[Faults]:
    """Give every connection what `seed` has drawn for it; none lives for long."""
    rng = Random(seed)
    while True:
        delay = rng.uniform(0.005, 0.05) if rng.random() < 1 / 3 else 0.0
        rate = rng.uniform(2_000, 20_000) if rng.random() < 1 / 3 else inf
        ways = rng.choice([(Way.UP,), (Way.DOWN,), BOTH])
        yield Faults(delay, rate, rng.choice(list(End)), rng.randrange(8_000), ways)


@define(eq=False)
class _Lane:
    """One way of a passage."""

    source: trio.SocketStream
    sink: trio.SocketStream
    moving: trio.Event = field(factory=trio.Event)
    """Set while it is not frozen."""
    over: trio.Event = field(factory=trio.Event)
    """Set once the source has ended."""
    passed: int = 0
    _writing: trio.Lock = field(factory=trio.Lock, init=False)

    def __attrs_post_init__(self) -> None:
        self.moving.set()

    async def receive(self) -> bytes:
        """Return what the source has said; nothing when it has ended, in whatever way."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            return bytes(await self.source.receive_some(PIECE))
        return b""

    async def send(self, data: bytes) -> None:
        """Write to the sink, or FIN if there is nothing; if it is gone the other lane hears it."""
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            async with self._writing:
                await (self.sink.send_all(data) if data else self.sink.send_eof())


@define(eq=False)
class Passage:
    """One connection through the proxy."""

    robot: trio.SocketStream
    server: trio.SocketStream
    faults: Faults
    _count: Callable[[str], None]
    _scope: trio.CancelScope = field(factory=trio.CancelScope, init=False)
    _lanes: dict[Way, _Lane] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lanes = {
            Way.UP: _Lane(self.robot, self.server),
            Way.DOWN: _Lane(self.server, self.robot),
        }

    # ── by hand ───────────────────────────────────────────────────────────────────────────

    def freeze(self, *ways: Way) -> None:
        """Pass nothing on, neither bytes nor the end, as if the cable had been pulled."""
        for way in ways or BOTH:
            if self._lanes[way].moving.is_set():
                self._lanes[way].moving = trio.Event()
        self._give_up_if_over()

    def thaw(self) -> None:
        """Go on with everything that was held."""
        for lane in self._lanes.values():
            lane.moving.set()

    def reset(self) -> None:
        """Send RST to both sides."""
        for stream in (self.robot, self.server):
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self._scope.cancel()

    async def cut(self) -> None:
        """Send FIN to both sides; what they still say is thrown away."""
        self.freeze()
        for lane in self._lanes.values():
            await lane.send(FIN)

    async def wait_left_by(self, way: Way) -> None:
        """Wait until who sends on `way` has ended the connection: UP the robot, DOWN the server."""
        await self._lanes[way].over.wait()

    # ── its life ──────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Carry bytes until both sides have ended."""
        async with self.robot, self.server:
            with self._scope:
                if self.faults.delay:
                    self._count("delay")
                if self.faults.rate < inf:
                    self._count("throttle")
                async with trio.open_nursery() as nursery:
                    for way in BOTH:
                        nursery.start_soon(self._carry, way)
                    for lane in self._lanes.values():
                        await lane.over.wait()
                    self._give_up_if_over()

    def _give_up_if_over(self) -> None:
        """End a frozen passage that both sides have left; else what is under way arrives first."""
        lanes = self._lanes.values()
        frozen = any(not lane.moving.is_set() for lane in lanes)
        if frozen and all(lane.over.is_set() for lane in lanes):
            self._scope.cancel()

    async def _carry(self, way: Way) -> None:
        lane = self._lanes[way]
        send, receive = trio.open_memory_channel[tuple[float, bytes]](IN_TRANSIT)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write, way, receive)
            async with send:
                while data := await lane.receive():
                    await send.send((trio.current_time() + self.faults.delay, data))
                lane.over.set()

    async def _write(
        self, way: Way, arriving: trio.MemoryReceiveChannel[tuple[float, bytes]]
    ) -> None:
        lane = self._lanes[way]
        async with arriving:
            async for due, data in arriving:
                await trio.sleep_until(due)
                left = self.faults.after - lane.passed
                if way is Way.DOWN and 0 <= left < len(data):
                    await self._pass_on(lane, data[:left])
                    await self._strike()
                    await self._pass_on(lane, data[left:])
                else:
                    await self._pass_on(lane, data)
        await lane.moving.wait()
        await lane.send(FIN)

    async def _pass_on(self, lane: _Lane, data: bytes) -> None:
        if not data:
            return
        await lane.moving.wait()
        lane.passed += len(data)
        await trio.sleep(len(data) / self.faults.rate)
        await lane.send(data)

    async def _strike(self) -> None:
        match self.faults.end:
            case End.CUT:
                self._count("cut")
                await self.cut()
            case End.RESET:
                self._count("reset")
                self.reset()
            case End.FREEZE:
                self._count("freeze " + "+".join(way.name.lower() for way in self.faults.ways))
                self.freeze(*self.faults.ways)
            case None:
                pass


@define(eq=False)
class FaultProxy:
    """Listens, and leads every connection to `target`; with nobody there it is cut at once."""

    host: str
    target: int
    """The port of the server."""
    faults: Iterator[Faults] = field(factory=no_faults)
    port: int = field(default=0, init=False)
    passages: list[Passage] = field(factory=list, init=False)
    """Those that are open, oldest first."""
    carried: int = field(default=0, init=False)
    """Connections that there have been."""
    struck: Counter[str] = field(factory=Counter, init=False)
    """Faults that took place, by their kind."""

    async def serve(self, nursery: trio.Nursery) -> int:
        """Listen in `nursery` and return the port. Cancelling the nursery ends it."""
        listeners = await trio.open_tcp_listeners(0, host=self.host)
        nursery.start_soon(trio.serve_listeners, self._lead, listeners)
        self.port = listeners[0].socket.getsockname()[1]
        return self.port

    def heal(self) -> None:
        """From now on connections have good days; those that are open keep their faults."""
        self.faults = no_faults()

    async def _lead(self, robot: trio.SocketStream) -> None:
        faults = next(self.faults)
        try:
            server = await trio.open_tcp_stream(self.host, self.target)
        except OSError:
            return
        self.carried += 1
        passage = Passage(robot, server, faults, self._count)
        self.passages.append(passage)
        try:
            await passage.run()
        finally:
            self.passages.remove(passage)

    def _count(self, kind: str) -> None:
        self.struck[kind] += 1
