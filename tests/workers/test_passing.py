"""A connection that goes to another process: what was read of it, and what is still to come.

Two ends of the way in one process, over real sockets: descriptors go by no other.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing
from attrs import define, field
from websockets.frames import Frame, Opcode

from robi.errors import RobiError, ServerBusy
from robi.protocol.messages import Auth
from robi.web.accept import Arrived, Dispatcher
from robi.web.asgi import Receive, Scope, Send
from robi.web.handshake import UpgradeRules
from robi.web.link import WebSocketLink
from robi.workers.ownership import Belonging, owner
from robi.workers.passing import WITHIN_S, Passing, give, receive, take
from robi.workers.sockets import Sockets, listen, open_shared_port, reserve, run_folder

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"X-API-Key: k\r\n\r\n"
)


def text(words: str) -> bytes:
    return Frame(Opcode.TEXT, words.encode()).serialize(mask=True)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path and the body."""
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    body = scope["path"].encode() + b" " + body
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


def words_of(error: RobiError, _request_id: str) -> bytes:
    return error.error_code.encode()


async def connected() -> tuple[trio.SocketStream, trio.SocketStream]:
    """A client, and the server's end of its connection."""
    near, far = trio.socket.socketpair()
    return trio.SocketStream(near), trio.SocketStream(far)


@define(eq=False)
class Pair:
    """Home, and process 1, which accepts the connections here."""

    nursery: trio.Nursery
    sockets: Sockets
    links: list[WebSocketLink] = field(factory=list)
    """Those that have come to home."""
    arrived: trio.Event = field(factory=trio.Event)

    @property
    def passing(self) -> Passing:
        async def no_device(_session_id: str) -> None:
            await trio.lowlevel.checkpoint()

        return Passing(self.sockets, Belonging(1, 2, no_device))

    def dispatcher(self, *, home: bool) -> Dispatcher:
        give_plain = None if home else self.passing.plain
        rules = UpgradeRules("/ws")
        return Dispatcher(echo, rules, words_of, shared=True, give_plain=give_plain)

    def take_in(self, stream: trio.SocketStream, arrived: Arrived) -> None:
        async def serve() -> None:
            async with stream:
                dispatcher = self.dispatcher(home=True)
                upgraded = await dispatcher.until_link(stream, None, lambda: None, arrived)
                if upgraded is not None:
                    self.links.append(upgraded.link)
                    self.arrived.set()
                    await trio.sleep_forever()

        self.nursery.start_soon(serve)

    async def accept(self, stream: trio.SocketStream) -> WebSocketLink | None:
        """As process 1 does; return the link that it has become, which is to be handed over."""
        upgraded = await self.dispatcher(home=False).until_link(stream, None, lambda: None)
        return None if upgraded is None else upgraded.link


@asynccontextmanager
async def two(*, home: bool = True) -> AsyncIterator[Pair]:
    with run_folder() as folder:
        async with trio.open_nursery() as nursery:
            pair = Pair(nursery, Sockets(folder))
            if home:
                await nursery.start(receive, pair.sockets, 0, pair.take_in)
            with trio.fail_after(10):
                yield pair
            nursery.cancel_scope.cancel()


async def response(client: trio.SocketStream, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        piece = await client.receive_some(4096)
        assert piece, got
        got += piece
    return got


async def test_plain_request_is_answered_at_home_with_what_follows_on_its_connection() -> None:
    async with two() as pair:
        client, server = await connected()
        async with client, server:
            pair.nursery.start_soon(pair.accept, server)
            await client.send_all(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf")
            await trio.testing.wait_all_tasks_blocked(0.01)
            await client.send_all(b" or")
            await client.send_all(b"eGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" in await response(client, b"/a half ore")
            assert b"200" in await response(client, b"/b ")
            await client.send_all(HANDSHAKE + text("hola"))
            assert b" 101 " in await response(client, b"\r\n\r\n")
            await pair.arrived.wait()
            assert not pair.links[0].arrived  # so that it may go on to where it belongs
            assert await pair.links[0].receive() == "hola"


@pytest.mark.parametrize("cut", [0, 3, 20])
async def test_link_goes_on_where_it_belongs_without_losing_a_byte(cut: int) -> None:
    session_id = next(name for name in map(str, range(99)) if owner(name, 2) == 0)
    async with two() as pair:
        client, server = await connected()
        async with client, server:
            said = HANDSHAKE + text("auth") + text("uno") + text("dos" * 100)
            await client.send_all(said[: len(said) - cut])
            link = await pair.accept(server)
            assert link is not None
            assert await link.receive() == "auth"
            assert await pair.passing.link(Auth("k", session_id=session_id), link)
            await link.close(1000)  # as the listener does: nobody hears of it
            await client.send_all(said[len(said) - cut :] + text("tres"))
            await pair.arrived.wait()
            (there,) = pair.links
            heard = [await there.receive() for _ in range(4)]
            assert heard == ["auth", "uno", "dos" * 100, "tres"]
            await there.send([b"hola"])
            got = await response(client, b"hola")
            assert got.count(b" 101 ") == 1
            assert not await pair.passing.link(Auth("k", session_id=session_id), there)


async def test_link_of_a_process_that_is_not_there_is_refused_after_a_moment(
    autojump_clock: trio.testing.MockClock,
) -> None:
    session_id = next(name for name in map(str, range(99)) if owner(name, 2) == 0)
    async with two(home=False) as pair:
        client, server = await connected()
        async with client, server:
            await client.send_all(HANDSHAKE + text("auth"))
            link = await pair.accept(server)
            assert link is not None
            begun = trio.current_time()
            with pytest.raises(ServerBusy) as busy:
                await pair.passing.link(Auth("k", session_id=session_id), link)
            assert trio.current_time() - begun == WITHIN_S
            assert busy.value.retry_after
            await link.send([b"busy"])  # it is still ours, to say so
            assert (await response(client, b"busy")).count(b" 101 ") == 1


async def test_plain_request_without_home_is_answered_with_503(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with two(home=False) as pair:
        client, server = await connected()
        async with client, server:
            pair.nursery.start_soon(pair.accept, server)
            await client.send_all(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await response(client, b"SERVER_BUSY")
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"retry-after: 2" in answer


async def test_connection_that_is_not_taken_stays_with_who_gives() -> None:
    near, far = trio.socket.socketpair()
    client, server = await connected()
    async with client, server, trio.SocketStream(near) as door:
        far.close()
        with pytest.raises((OSError, trio.BrokenResourceError)):
            await give(door, server.socket, Arrived(b"", upgraded=False))
        await server.send_all(b"hola")
        assert await client.receive_some(4) == b"hola"


@pytest.mark.parametrize("said", [b"", b"\x00\x00", b"\x00\x00\x00\x05hello", b"\xff\xff\xff\xff"])
async def test_door_takes_nothing_but_whole_connections(said: bytes) -> None:
    near, far = trio.socket.socketpair()
    async with trio.SocketStream(near) as inside, trio.SocketStream(far) as outside:
        await outside.send_all(said)
        await outside.send_eof()
        with pytest.raises(ConnectionError):
            await take(inside)


async def test_sockets_are_for_their_owner_only_and_go_with_the_folder() -> None:
    with run_folder() as folder:
        async with listen(folder / "home"), listen(folder / "home"):  # one that died left it
            assert (folder / "home").stat().st_mode & 0o777 == 0o600
            assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


async def test_port_is_kept_for_processes_and_refused_to_another_server() -> None:
    port, kept = await reserve("127.0.0.1", 0)
    for each in kept:
        each.close()
    again, kept = await reserve("127.0.0.1", port)
    assert again == port
    listeners = [*await open_shared_port("127.0.0.1", port)]
    listeners += await open_shared_port("127.0.0.1", port)
    with pytest.raises(OSError, match="in use"):
        await reserve("127.0.0.1", port)
    async with await trio.open_tcp_stream("127.0.0.1", port):
        pass
    for listener in listeners:
        await listener.aclose()
    for each in kept:
        each.close()
