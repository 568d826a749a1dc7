"""HTTP connections: requests and answers over memory streams, and everything that can go wrong."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
import trio.testing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from robi.errors import RobiError
from robi.web.accept import Dispatcher, Upgraded
from robi.web.asgi import LEAVE_S, AsgiApp, Receive, Scope, Send
from robi.web.handshake import UpgradeRules
from robi.web.http import HttpLimits

LIMITS = HttpLimits(body_bytes=1000)
HOST = b"Host: h\r\n"


def words(error: RobiError, _request_id: str) -> bytes:
    return json.dumps({"error": True, "code": error.code}).encode()


async def hello(_request: Request) -> Response:
    return PlainTextResponse("hello", headers={"x-test": "1"})


async def parrot(request: Request) -> Response:
    return Response(await request.body())


async def stream(_request: Request) -> Response:
    async def parts() -> AsyncIterator[str]:
        for part in ("a", "b", "c"):
            yield part
            await trio.lowlevel.checkpoint()

    return StreamingResponse(parts())


async def crash(_request: Request) -> Response:
    msg = "a secret"
    raise RuntimeError(msg)


async def deaf(_request: Request) -> Response:
    return PlainTextResponse("no", 401)


APP = Starlette(
    routes=[
        Route("/", hello, methods=["GET"]),
        Route("/parrot", parrot, methods=["POST"]),
        Route("/stream", stream),
        Route("/crash", crash),
        Route("/deaf", deaf, methods=["POST"]),
    ]
)


class Client:
    """The other end: raw bytes out, responses in."""

    def __init__(self, stream: trio.abc.HalfCloseableStream) -> None:
        self.stream = stream
        self.got = b""
        self.upgraded: Upgraded | None = None
        self.done = trio.Event()

    async def send(self, raw: bytes) -> None:
        await self.stream.send_all(raw)

    async def until(self, mark: bytes) -> bytes:
        """Read until `mark`, return all up to it."""
        while mark not in self.got:
            data = await self.stream.receive_some()
            assert data, self.got
            self.got += data
        before, _, self.got = self.got.partition(mark)
        return before + mark

    async def to_end(self) -> bytes:
        while data := await self.stream.receive_some():
            self.got += data
        await self.stream.aclose()
        return self.got

    async def status_to_end(self) -> int:
        return int((await self.to_end()).split(b" ")[1])


@asynccontextmanager
async def serving(
    app: AsgiApp = APP, limits: HttpLimits = LIMITS, *, lockstep: bool = False
) -> AsyncIterator[Client]:
    """Serve one connection with `app` until the block is left."""
    make = trio.testing.lockstep_stream_pair if lockstep else trio.testing.memory_stream_pair
    ours, theirs = make()
    client = Client(theirs)
    dispatcher = Dispatcher(app, UpgradeRules("/ws/interact"), words, http_limits=limits)

    async def serve() -> None:
        async with ours:
            client.upgraded = await dispatcher.until_link(ours, ("192.0.2.1", 5), lambda: None)
            client.done.set()
            if client.upgraded is not None:
                await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        yield client
        nursery.cancel_scope.cancel()


# ── requests and answers ──────────────────────────────────────────────────────────────────


async def test_get_is_answered() -> None:
    async with serving() as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        got = await client.to_end()
    assert got.startswith(b"HTTP/1.1 200")
    assert b"x-test: 1\r\n" in got
    assert got.endswith(b"\r\n\r\nhello")


async def test_head_is_answered_without_a_body() -> None:
    async with serving() as client:
        await client.send(b"HEAD / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        got = await client.to_end()
    assert b"content-length: 5\r\n" in got
    assert got.endswith(b"\r\n\r\n")


async def test_application_that_reads_a_body_that_is_not_there_gets_its_end() -> None:
    async with serving() as client:
        await client.send(b"POST /parrot HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n")
        assert (await client.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_requests_one_after_the_other_use_one_connection() -> None:
    async with serving() as client:
        for _ in range(3):
            await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
            assert (await client.until(b"hello")).startswith(b"HTTP/1.1 200")


async def test_requests_sent_together_are_answered_in_order() -> None:
    async with serving() as client:
        one = b"POST /parrot HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\n"
        await client.send(one + b"abc" + one + b"def" + b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        for mark in (b"abc", b"def", b"hello"):
            await client.until(mark)


async def test_body_in_chunks_is_read_whole() -> None:
    async with serving() as client:
        await client.send(
            b"POST /parrot HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
        )
        for chunk in (b"1\r\na\r\n", b"2\r\nb", b"c\r\n0\r\n\r\n"):
            await client.send(chunk)
        assert b"content-length: 3\r\n" in await client.until(b"abc")


async def test_body_of_who_waits_for_100_continue_is_asked_for() -> None:
    async with serving() as client:
        await client.send(
            b"POST /parrot HTTP/1.1\r\n"
            + HOST
            + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert await client.until(b"\r\n\r\n") == b"HTTP/1.1 100 \r\n\r\n"
        await client.send(b"ok")
        assert (await client.until(b"ok")).startswith(b"HTTP/1.1 200")


async def test_body_that_nobody_reads_closes_the_connection_after_the_answer() -> None:
    async with serving() as client:
        await client.send(b"POST /deaf HTTP/1.1\r\n" + HOST + b"Content-Length: 900\r\n\r\nab")
        got = await client.to_end()
    assert got.startswith(b"HTTP/1.1 401")
    assert b"connection: close" in got.lower()


async def test_answer_that_streams_is_sent_in_chunks() -> None:
    async with serving() as client:
        await client.send(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        got = await client.until(b"0\r\n\r\n")
    assert got.endswith(b"\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")


async def test_http_1_0_is_answered_and_closed() -> None:
    async with serving() as client:
        await client.send(b"GET /stream HTTP/1.0\r\n\r\n")
        assert (await client.to_end()).endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize("target", [b"http://h/?a=1", b"/%20?a=1"])
async def test_target_reaches_the_application_decoded(target: bytes) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async with serving(app) as client:
        await client.send(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        await client.until(b"\r\n\r\n")
    assert seen[0]["path"] in {"/", "/ "}
    assert (seen[0]["query_string"], seen[0]["client"]) == (b"a=1", ("192.0.2.1", 5))


# ── what is refused ───────────────────────────────────────────────────────────────────────

REFUSED = {
    "not HTTP": (b"\x16\x03\x01\x02\x00 TLS here\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a target that is none": (b"GET x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a URL that is none": (b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "a head too large": (b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000 + b"\r\n\r\n", 431),
    "a line without end": (b"GET /" + b"x" * 100_000, 431),
    "a body too large": (
        b"POST /parrot HTTP/1.1\r\n" + HOST + b"Content-Length: 1001\r\n\r\n",
        413,
    ),
    "chunks too large": (
        b"POST /parrot HTTP/1.1\r\n"
        + HOST
        + b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n"
        + b"x" * 1001
        + b"\r\n",
        413,
    ),
    "chunks that are none": (
        b"POST /parrot HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
    ),
    "a plain GET where WebSockets live": (b"GET /ws/interact HTTP/1.1\r\n" + HOST + b"\r\n", 426),
    "a WebSocket elsewhere": (
        b"GET / HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        404,
    ),
}


@pytest.mark.parametrize(("raw", "status"), REFUSED.values(), ids=REFUSED.keys())
async def test_refused_with_the_projects_error_and_closed(raw: bytes, status: int) -> None:
    async with serving() as client:
        await client.send(raw)
        got = await client.to_end()
    head, _, body = got.partition(b"\r\n\r\n")
    assert int(head.split(b" ")[1]) == status
    assert json.loads(body)["error"] is True


async def test_application_that_crashes_is_500_without_its_words() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        msg = "a secret"
        raise RuntimeError(msg)

    async with serving(app) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        got = await client.to_end()
    assert got.startswith(b"HTTP/1.1 500")
    assert got.endswith(words_of(5001))


def words_of(code: int) -> bytes:
    return json.dumps({"error": True, "code": code}).encode()


async def test_starlette_that_crashes_answers_itself_and_goes_on() -> None:
    async with serving() as client:
        await client.send(b"GET /crash HTTP/1.1\r\n" + HOST + b"\r\n")
        assert (await client.until(b"Internal Server Error")).startswith(b"HTTP/1.1 500")
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await client.until(b"hello")


async def test_application_that_says_nothing_is_500() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await trio.lowlevel.checkpoint()

    async with serving(app) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert await client.status_to_end() == 500


async def test_application_that_crashes_in_the_middle_ends_the_connection() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError

    async with serving(app) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert (await client.to_end()).endswith(b"4\r\nhalf\r\n")


# ── time ──────────────────────────────────────────────────────────────────────────────────


async def ends_after(client: Client) -> float:
    start = trio.current_time()
    await client.to_end()
    return trio.current_time() - start


async def test_silence_is_closed_without_a_word(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with serving() as client:
        assert await ends_after(client) == pytest.approx(LIMITS.head_s)
    assert client.got == b""


async def test_head_that_trickles_in_is_408(autojump_clock: trio.testing.MockClock) -> None:
    async with serving() as client:
        for byte in b"GET / HT":
            await client.send(bytes([byte]))
            await trio.sleep(1)
        assert await client.status_to_end() == 408
    assert trio.current_time() == pytest.approx(LIMITS.head_s)


async def test_idle_after_an_answer_is_closed_without_a_word(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with serving() as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await client.until(b"hello")
        assert await ends_after(client) == pytest.approx(LIMITS.idle_s)
    assert client.got == b""


async def test_body_that_stops_coming_is_408(autojump_clock: trio.testing.MockClock) -> None:
    async with serving() as client:
        await client.send(b"POST /parrot HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\na")
        assert await client.status_to_end() == 408
    assert trio.current_time() == pytest.approx(LIMITS.piece_s)


async def test_body_that_trickles_in_is_408(autojump_clock: trio.testing.MockClock) -> None:
    async with serving() as client:
        await client.send(b"POST /parrot HTTP/1.1\r\n" + HOST + b"Content-Length: 900\r\n\r\na")
        async with trio.open_nursery() as nursery:

            async def trickle() -> None:
                while True:
                    await trio.sleep(5)
                    await client.send(b"a")

            nursery.start_soon(trickle)
            assert int((await client.until(b"\r\n")).split(b" ")[1]) == 408
            nursery.cancel_scope.cancel()
    assert trio.current_time() == pytest.approx(LIMITS.body_s)


async def test_client_that_reads_nothing_is_let_go(autojump_clock: trio.testing.MockClock) -> None:
    async with serving(lockstep=True) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await client.done.wait()
    assert trio.current_time() <= LIMITS.send_s + LEAVE_S


# ── a client that leaves ──────────────────────────────────────────────────────────────────


async def test_client_that_leaves_is_told_to_the_application_that_listens(
    autojump_clock: trio.testing.MockClock,
) -> None:
    heard: list[object] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        while not heard or heard[-1] != "http.disconnect":
            heard.append((await receive())["type"])

    async with serving(app) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await trio.testing.wait_all_tasks_blocked()
        await client.stream.aclose()
        await client.done.wait()
    assert heard[-1] == "http.disconnect"
    assert trio.current_time() == 0


async def test_client_that_leaves_cancels_the_application_that_does_not_listen(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await trio.sleep_forever()

    async with serving(app) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await trio.testing.wait_all_tasks_blocked()
        await client.stream.aclose()
        await client.done.wait()
    assert trio.current_time() == pytest.approx(LEAVE_S)


async def test_client_that_leaves_in_the_middle_of_its_body_is_a_disconnect(
    autojump_clock: trio.testing.MockClock,
) -> None:
    heard: list[object] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        heard.extend([(await receive())["type"] for _ in range(3)])

    async with serving(app) as client:
        await client.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nab")
        await client.stream.send_eof()
        await client.done.wait()
    assert heard == ["http.request", "http.disconnect", "http.disconnect"]


async def test_answer_to_a_client_that_has_left_is_an_os_error(
    autojump_clock: trio.testing.MockClock,
) -> None:
    raised: list[type[BaseException]] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await trio.sleep(LEAVE_S / 2)
        try:
            await send({"type": "http.response.start", "status": 200})
        except OSError as error:
            raised.append(type(error))

    async with serving(app) as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        await client.stream.aclose()
        await client.done.wait()
    assert len(raised) == 1


# ── WebSockets ────────────────────────────────────────────────────────────────────────────

UPGRADE = (
    b"GET /ws/interact HTTP/1.1\r\n"
    + HOST
    + b"Upgrade: websocket\r\nConnection: Upgrade\r\nX-API-Key: k\r\n"
    + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def test_upgrade_is_a_link_with_its_key_and_the_bytes_that_came_along() -> None:
    async with serving() as client:
        await client.send(UPGRADE + b"\x81\x81\0\0\0\0a")
        assert (await client.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        await client.done.wait()
        assert client.upgraded is not None
        assert client.upgraded.header_key == "k"
        assert await client.upgraded.link.receive() == "a"


async def test_upgrade_after_a_plain_request_is_a_link_too() -> None:
    async with serving() as client:
        await client.send(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n" + UPGRADE)
        await client.until(b"hello")
        assert (await client.until(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")


async def test_upgrade_to_something_else_is_answered_as_a_plain_request() -> None:
    async with serving() as client:
        await client.send(
            b"GET / HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
        )
        await client.until(b"hello")
