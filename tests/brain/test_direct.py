"""Questions over connections of our own: which is used again, which is closed, and when."""

import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
import trio
from attrs import define, field
from trio.testing import MockClock

from robi.brain import direct
from robi.brain.connection import Connection, Origin
from robi.brain.direct import KEPT_S, Connections, DirectResponse, Target
from tests.brain.cancelling import CancelAt

Handler = Callable[["Peer", trio.SocketStream], Awaitable[None]]

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@define
class Peer:
    """A server: what it was sent, on how many connections, and how many of those are open."""

    handler: Handler
    target: Target = field(init=False)
    questions: list[tuple[int, bytes]] = field(factory=list)
    connections: int = 0
    open: int = 0
    closed: trio.Condition = field(factory=trio.Condition)

    async def handle(self, stream: trio.SocketStream) -> None:
        self.connections += 1
        self.open += 1
        try:
            async with stream:
                await self.handler(self, stream)
        except trio.BrokenResourceError:
            pass
        finally:
            self.open -= 1
            with trio.CancelScope(shield=True):
                async with self.closed:
                    self.closed.notify_all()

    async def wait_open(self, most: int) -> None:
        """Wait until no more than `most` connections are open."""
        with trio.fail_after(5):
            async with self.closed:
                while self.open > most:
                    await self.closed.wait()


async def next_question(peer: Peer, stream: trio.SocketStream) -> bool:
    """Take a question without a body; return whether there was one."""
    number, read = peer.connections, b""
    while not read.endswith(b"\r\n\r\n"):
        piece = await stream.receive_some()
        if not piece:
            return False
        read += piece
    peer.questions.append((number, read))
    return True


async def answering(peer: Peer, stream: trio.SocketStream) -> None:
    """Answer every question."""
    while await next_question(peer, stream):
        await stream.send_all(ANSWER)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncGenerator[tuple[Peer, Connections]]:
    """Run a peer, and have connections to it."""
    peer, connections = Peer(handler), Connections()
    async with trio.open_nursery() as nursery:
        [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
        port = listener.socket.getsockname()[1]
        peer.target = connections.target(httpx.URL(f"http://127.0.0.1:{port}/v1?alt=sse"), {})
        nursery.start_soon(trio.serve_listeners, peer.handle, [listener])
        yield peer, connections
        connections.close()
        await peer.wait_open(0)
        nursery.cancel_scope.cancel()


async def read(response: DirectResponse) -> bytes:
    body = bytearray()
    while piece := await response.receive_some():
        body += piece
    return bytes(body)


async def ask(connections: Connections, target: Target, body: bytes = b"") -> bytes:
    response = await connections.ask(target, body)
    try:
        return await read(response)
    finally:
        await response.aclose()


# ── what is sent ──────────────────────────────────────────────────────────────────────────


def head(url: str, **headers: str) -> list[str]:
    """Return the lines before a question without a body."""
    [sent] = Connections().target(httpx.URL(url), headers).question(b"")
    return sent.decode().removesuffix("\r\n\r\n").split("\r\n")


def test_question_names_path_host_and_length() -> None:
    assert head("http://[::1]:8080/a b/v1?alt=sse", Accept="x") == [
        "POST /a%20b/v1?alt=sse HTTP/1.1",
        "host: [::1]:8080",
        "accept: x",
        "user-agent: robi",
        "content-length: 0",
    ]


def test_question_to_a_url_with_a_name_and_a_password_carries_them() -> None:
    assert "authorization: Basic YW5hOnAgdw==" in head(
        "http://ana:p%20w@model.example/", Authorization="Bearer x"
    )


def test_question_of_a_few_words_is_one_piece_and_a_picture_is_not_copied() -> None:
    target = Connections().target(httpx.URL("http://model.example/"), {})
    picture = bytes(1024 * 1024)
    assert [len(target.question(body)) for body in (b"{}", picture)] == [1, 2]
    assert target.question(picture)[1] is picture


# ── which connection ──────────────────────────────────────────────────────────────────────


async def test_connection_is_used_again() -> None:
    async with serving(answering) as (peer, connections):
        assert [await ask(connections, peer.target) for _ in range(3)] == [b"hello"] * 3
        assert (peer.connections, len(peer.questions)) == (1, 3)


async def test_connection_that_was_used_last_is_used_next() -> None:
    async with serving(answering) as (peer, connections):
        first, second = [await connections.ask(peer.target, b"") for _ in range(2)]
        for response in (second, first):
            await read(response)
            await response.aclose()
        again = await connections.ask(peer.target, b"")
        assert again._connection is first._connection
        await read(again)
        await again.aclose()


async def test_connection_whose_answer_was_left_halfway_is_closed() -> None:
    async def stalling(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)
        await stream.send_all(ANSWER[:-1])
        await stream.receive_some()

    async with serving(stalling) as (peer, connections):
        response = await connections.ask(peer.target, b"")
        await response.aclose()
        await peer.wait_open(0)


async def test_connection_of_an_answer_that_says_too_much_is_closed() -> None:
    async def chatting(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)
        await stream.send_all(ANSWER + ANSWER)
        await stream.receive_some()

    async with serving(chatting) as (peer, connections):
        assert await ask(connections, peer.target) == b"hello"
        await peer.wait_open(0)


async def test_connection_that_is_idle_for_too_long_is_closed(mock_clock: MockClock) -> None:
    async with serving(answering) as (peer, connections):
        responses = [await connections.ask(peer.target, b"") for _ in range(3)]
        for response in responses:
            await read(response)
            await response.aclose()
        mock_clock.jump(KEPT_S / 2)
        await ask(connections, peer.target)
        mock_clock.jump(KEPT_S / 2 + 1)
        await ask(connections, peer.target)  # on the one that was used last; the others are old
        await peer.wait_open(1)
        mock_clock.jump(KEPT_S + 1)
        await ask(connections, peer.target)
        assert peer.connections == 4


async def test_connections_more_than_are_kept_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "MOST_IDLE", 1)
    async with serving(answering) as (peer, connections):
        responses = [await connections.ask(peer.target, b"") for _ in range(3)]
        for response in responses:
            await read(response)
            await response.aclose()
        await peer.wait_open(1)


async def test_connection_at_work_when_all_are_closed_ends_its_answer_and_is_not_kept() -> None:
    async with serving(answering) as (peer, connections):
        response = await connections.ask(peer.target, b"")
        connections.close()
        assert await read(response) == b"hello"
        await response.aclose()
        await peer.wait_open(0)


# ── connections that the other side has closed ────────────────────────────────────────────


async def test_connection_closed_while_idle_is_not_asked() -> None:
    async def once(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)
        await stream.send_all(ANSWER)

    async with serving(once) as (peer, connections):
        for _ in range(3):
            assert await ask(connections, peer.target) == b"hello"
            await peer.wait_open(0)
        assert [number for number, _ in peer.questions] == [1, 2, 3]


async def hanging_up(peer: Peer, stream: trio.SocketStream, *, with_words: bytes) -> None:
    """Answer the first question of a connection, and hang up at the second."""
    if await next_question(peer, stream):
        await stream.send_all(ANSWER)
        await next_question(peer, stream)
        await stream.send_all(with_words)


async def test_connection_closed_as_it_is_asked_again_is_asked_once_more_on_a_new_one() -> None:
    async with serving(partial(hanging_up, with_words=b"")) as (peer, connections):
        assert [await ask(connections, peer.target) for _ in range(2)] == [b"hello"] * 2
        assert [number for number, _ in peer.questions] == [1, 1, 2]


async def test_question_whose_answer_has_begun_is_not_asked_again() -> None:
    async with serving(partial(hanging_up, with_words=b"HTTP/1.1")) as (peer, connections):
        await ask(connections, peer.target)
        with pytest.raises(httpx.RemoteProtocolError, match="closed in the middle"):
            await ask(connections, peer.target)
        assert [number for number, _ in peer.questions] == [1, 1]


async def test_question_that_a_new_connection_does_not_answer_is_not_asked_again() -> None:
    async def silent(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)

    async with serving(silent) as (peer, connections):
        with pytest.raises(httpx.RemoteProtocolError, match="closed without an answer"):
            await ask(connections, peer.target)
        assert len(peer.questions) == 1


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="of Linux")
async def test_connection_that_is_used_again_ends_if_its_question_goes_nowhere() -> None:
    def unheard_ms(response: DirectResponse) -> int:
        sock = response._connection._socket
        return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    async with serving(answering) as (peer, connections):
        limits = []
        for _ in range(2):
            response = await connections.ask(peer.target, b"")
            limits.append(unheard_ms(response))
            await read(response)
            await response.aclose()
    assert limits == [0, 4000]


async def test_answer_of_one_who_takes_no_more_of_the_question_is_heard() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.sendall(
        b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )
    theirs.close()
    response = DirectResponse(Connections(), Origin("x", 80, None), Connection(ours))
    assert await response.begin((b"x" * 1024 * 1024,))
    assert response.status == 413
    await response.aclose()


@pytest.mark.parametrize(("status", "heard"), [(200, False), (503, True)])
async def test_answer_that_is_compressed_is_none_but_a_refusal_is_heard(
    status: int, *, heard: bool
) -> None:
    async def compressing(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)
        head = b"HTTP/1.1 %d X\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"
        await stream.send_all(head % status)
        await stream.receive_some()

    async with serving(compressing) as (peer, connections):
        if heard:
            assert await ask(connections, peer.target) == b"x"
        else:
            with pytest.raises(httpx.DecodingError):
                await ask(connections, peer.target)
            await peer.wait_open(0)


async def test_connection_reset_in_mid_answer_raises() -> None:
    async def resetting(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)
        await stream.send_all(ANSWER[:-2])
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async with serving(resetting) as (peer, connections):
        with pytest.raises(httpx.ReadError, match="ConnectionResetError"):
            await ask(connections, peer.target)


async def test_connection_is_quiet_until_something_comes() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    connection = Connection(ours)
    before = connection.is_quiet()
    theirs.send(b"x")
    after = connection.is_quiet()
    await connection.receive()
    theirs.close()
    assert (before, after, connection.is_quiet()) == (True, False, False)
    connection.close()
    connection.close()


# ── much at once ──────────────────────────────────────────────────────────────────────────


async def test_question_and_answer_larger_than_any_buffer_arrive_whole() -> None:
    body = bytes(range(256)) * 32 * 1024

    async def echoing(peer: Peer, stream: trio.SocketStream) -> None:
        got = bytearray()
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += await stream.receive_some()
        del got[: end + 4]
        while len(got) < len(body):
            got += await stream.receive_some()
        await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(got) + got)
        await stream.receive_some()

    async with serving(echoing) as (peer, connections):
        assert await ask(connections, peer.target, body) == body


async def test_answer_that_never_ends_lets_others_have_their_turn() -> None:
    async def flooding(peer: Peer, stream: trio.SocketStream) -> None:
        await next_question(peer, stream)
        await stream.send_all(ENDLESS)
        while True:
            await stream.send_all(b"4000\r\n%b\r\n" % bytes(0x4000))

    async with serving(flooding) as (peer, connections):
        response = await connections.ask(peer.target, b"")
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(cancel_after_checkpoints, scope, 20)
                await read(response)
        await response.aclose()
        await peer.wait_open(0)


async def cancel_after_checkpoints(scope: trio.CancelScope, count: int) -> None:
    for _ in range(count):
        await trio.lowlevel.checkpoint()
    scope.cancel()


# ── cancelled ─────────────────────────────────────────────────────────────────────────────


async def test_question_of_one_who_is_cancelled_already_is_not_sent() -> None:
    async with serving(answering) as (peer, connections):
        with trio.CancelScope() as scope:
            scope.cancel()
            await connections.ask(peer.target, b"")
        assert scope.cancelled_caught
        assert peer.connections == 0


@pytest.mark.parametrize("used", [False, True], ids=["new connection", "used connection"])
async def test_question_cancelled_at_any_step_leaves_no_connection_open(*, used: bool) -> None:
    async def piecemeal(peer: Peer, stream: trio.SocketStream) -> None:
        while await next_question(peer, stream):
            for at in range(len(ANSWER)):
                await stream.send_all(ANSWER[at : at + 1])
                await trio.lowlevel.checkpoint()

    finished = False
    step = 0
    while not finished:
        step += 1
        async with serving(piecemeal) as (peer, connections):
            if used:
                await ask(connections, peer.target)
            canceller = CancelAt(step)
            trio.lowlevel.add_instrument(canceller)
            with canceller.scope:
                await ask(connections, peer.target)
            trio.lowlevel.remove_instrument(canceller)
            finished = not canceller.scope.cancelled_caught
            await peer.wait_open(1 if finished else 0)
    assert step > 5  # it went through them all


# ── TLS ───────────────────────────────────────────────────────────────────────────────────


async def test_target_with_tls_is_given_one_context() -> None:
    connections = Connections()
    targets = [connections.target(httpx.URL(f"https://x/{path}"), {}) for path in "ab"]
    assert targets[0].origin == targets[1].origin
    assert isinstance(targets[0].origin.tls, ssl.SSLContext)
