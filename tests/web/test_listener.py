"""The listener on a real port: many connections, few of them well-behaved."""

import errno
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing
import trio_websocket
from structlog.testing import capture_logs
from websockets.frames import Opcode

from robi.actors.mailbox import Mailbox
from robi.actors.ticker import Tick
from robi.errors import RobiError
from robi.web.accept import Dispatcher, LinkLimits
from robi.web.asgi import Receive, Scope, Send
from robi.web.handshake import UpgradeRules
from robi.web.link import WebSocketLink
from robi.web.listener import ListenerActor, ListenerSettings
from tests.web.conftest import frame

MIB = 1024 * 1024

UPGRADE = (
    b"GET /ws/interact HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def no_app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204})
    await send({"type": "http.response.body"})


async def echo(link: WebSocketLink, key: str | None, authenticated: Callable[[], None]) -> None:
    """Anybody with a key is known; `crash` crashes."""
    link.farewell = lambda error: b"farewell %d" % error.code
    if key is not None:
        authenticated()
    while True:
        message = await link.receive()
        if message == "crash":
            msg = "a person's words"
            raise RuntimeError(msg)
        if isinstance(message, str):
            await link.send([message.encode()])


def words(_error: RobiError, _request_id: str) -> bytes:
    return b'{"error": true}'


class Running:
    """A listener at work."""

    def __init__(self, listener: ListenerActor, mailbox: Mailbox[Tick]) -> None:
        self.listener = listener
        self.mailbox = mailbox
        self.stopped = trio.Event()
        self.streams: list[trio.SocketStream] = []

    def count(self, name: str) -> int:
        return int(self.listener.details()[name])

    async def until(self, name: str, count: int) -> None:
        with trio.fail_after(5):
            while self.count(name) != count:  # noqa: ASYNC110 - the kernel gives no event
                await trio.sleep(0.005)

    async def connect(self, raw: bytes = b"") -> trio.SocketStream:
        stream = await trio.open_tcp_stream("127.0.0.1", self.count("port"))
        self.streams.append(stream)
        await stream.send_all(raw)
        return stream

    @asynccontextmanager
    async def robot(
        self, key: str | None = "k"
    ) -> AsyncIterator[trio_websocket.WebSocketConnection]:
        headers = [] if key is None else [(b"X-API-Key", key.encode())]
        async with trio_websocket.open_websocket(
            "127.0.0.1", self.count("port"), "/ws/interact", use_ssl=False, extra_headers=headers
        ) as robot:
            yield robot
        # trio-websocket leaves its socket open when the other side said goodbye first.
        await trio.aclose_forcefully(robot._stream)


@asynccontextmanager
async def listening(guests: int = 100, max_size: int = 50 * MIB) -> AsyncIterator[Running]:
    settings = ListenerSettings("127.0.0.1", 0, guests=guests, goodbye_s=0.5)
    dispatcher = Dispatcher(
        no_app, UpgradeRules("/ws/interact"), words, link_limits=LinkLimits(max_size=max_size)
    )
    running = Running(ListenerActor(settings, dispatcher, echo), Mailbox("listener"))
    ready = trio.Event()

    async def run() -> None:
        await running.listener.run(running.mailbox, ready.set)
        running.stopped.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await ready.wait()
        try:
            yield running
        finally:
            nursery.cancel_scope.cancel()
            for stream in running.streams:
                stream.socket.close()


async def close_code(robot: trio_websocket.WebSocketConnection) -> int:
    with pytest.raises(trio_websocket.ConnectionClosed) as closed:
        await robot.get_message()
    assert closed.value.reason is not None
    return int(closed.value.reason.code)


async def test_robot_is_heard_and_answered() -> None:
    async with listening() as running, running.robot() as robot:
        await robot.send_message("hola")
        assert await robot.get_message() == "hola"
        assert (running.count("links"), running.count("unauthenticated")) == (1, 0)


async def test_neighbours_of_the_worst_notice_nothing() -> None:
    async with listening() as running, running.robot() as robot:
        for raw in (b"\x00" * 1000, b"GET", UPGRADE + b"\xff" * 100, UPGRADE + frame(Opcode.PONG)):
            stream = await running.connect(raw)
            linger = struct.pack("ii", 1, 0)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            await stream.aclose()
        await robot.send_message("hola")
        assert await robot.get_message() == "hola"
        await running.until("connections", 1)


async def test_crash_of_a_handler_ends_its_link_with_1011_and_no_words_in_the_log() -> None:
    with capture_logs() as logs:
        async with listening() as running, running.robot() as robot, running.robot() as other:
            await robot.send_message("crash")
            code = await close_code(robot)
            await other.send_message("hola")
            assert await other.get_message() == "hola"
    assert code == 1011
    (crash,) = [log for log in logs if log["event"] == "connection_crashed"]
    assert crash["error"] == "RuntimeError"
    assert "words" not in str(crash)


async def test_message_of_51_mb_is_told_and_closed_with_1009() -> None:
    async with listening() as running, running.robot() as robot:
        await robot.send_message(bytes(51 * MIB))
        assert await robot.get_message() == "farewell 8003"
        code = await close_code(robot)
    assert code == 1009


async def test_message_of_50_mb_is_taken() -> None:
    async with listening() as running, running.robot() as robot:
        await robot.send_message(bytes(50 * MIB))
        await robot.send_message("still here")
        assert await robot.get_message() == "still here"


async def test_large_message_of_a_stranger_is_told_and_closed() -> None:
    async with listening() as running, running.robot(key=None) as robot:
        await robot.send_message(bytes(MIB))
        assert await robot.get_message() == "farewell 8003"
        assert await close_code(robot) == 1009


# ── bounds ────────────────────────────────────────────────────────────────────────────────


async def test_stranger_beyond_the_bound_pushes_out_the_oldest() -> None:
    async with listening(guests=2) as running:
        first = await running.connect()
        await running.until("unauthenticated", 1)
        await running.connect()
        await running.connect()
        with trio.fail_after(5):
            assert await first.receive_some() == b""
        await running.until("connections", 2)
        assert running.count("pushed_out") == 1


async def test_known_robot_is_not_pushed_out() -> None:
    async with listening(guests=2) as running, running.robot() as robot:
        for _ in range(5):
            await running.connect(UPGRADE)
        await running.until("pushed_out", 3)
        await robot.send_message("hola")
        assert await robot.get_message() == "hola"


class FakeListener(trio.abc.Listener[trio.SocketStream]):
    """Gives what it is told to, then nothing."""

    def __init__(self, *errors: int) -> None:
        self.errors = list(errors)
        self.closed = False
        self.waiting = trio.Event()

    async def accept(self) -> trio.SocketStream:
        await trio.lowlevel.checkpoint()
        if self.errors:
            raise OSError(self.errors.pop(0), "shortage")
        self.waiting.set()
        return await trio.sleep_forever()

    async def aclose(self) -> None:
        self.closed = True
        await trio.lowlevel.checkpoint()


def idle_listener() -> ListenerActor:
    dispatcher = Dispatcher(no_app, UpgradeRules(None), words)
    return ListenerActor(ListenerSettings("127.0.0.1", 0), dispatcher, echo)


async def test_shortage_of_files_is_waited_out_and_logged_once(
    autojump_clock: trio.testing.MockClock,
) -> None:
    listener, source = idle_listener(), FakeListener(errno.EMFILE, errno.ENFILE, errno.EMFILE)
    with capture_logs() as logs:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(listener.accept_from, source, nursery)
            await source.waiting.wait()
            nursery.cancel_scope.cancel()
    assert [log["event"] for log in logs] == ["accept_short"]
    assert source.closed
    assert listener.details()["degraded"] is True


async def test_other_failure_to_accept_is_a_crash() -> None:
    source = FakeListener(errno.EBADF)
    async with trio.open_nursery() as nursery:
        with pytest.raises(OSError, match="shortage"):
            await idle_listener().accept_from(source, nursery)


# ── stopping ──────────────────────────────────────────────────────────────────────────────


async def test_stop_closes_the_port_and_says_1012_to_the_links() -> None:
    async with listening() as running, running.robot() as robot:
        running.mailbox.request_stop()
        code = await close_code(robot)
        with trio.fail_after(5):
            await running.stopped.wait()
        with pytest.raises(OSError, match="all attempts"):
            await running.connect()
    assert code == 1012


async def test_stop_does_not_wait_for_silent_connections_beyond_its_moment() -> None:
    async with listening() as running:
        stream = await running.connect(UPGRADE)
        await running.connect()
        await stream.receive_some()
        running.mailbox.request_stop()
        with trio.fail_after(5):
            await running.stopped.wait()
        assert running.count("connections") == 0
