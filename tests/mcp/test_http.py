"""A server of tools behind a URL, on loopback: JSON and streams, sessions, and its end."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trio
from attrs import define, field, frozen

from robi.mcp.base import MAX_MESSAGE_BYTES, CallRefused, Connection, RemoteTool, ServerGone
from robi.mcp.client import VERSION, McpServer
from robi.mcp.http import Site
from tests.mcp.toolbox import answer


@frozen
class Request:
    method: str
    headers: dict[str, str]
    message: dict[str, Any]


Reply = bytes | None
"""What is written; None keeps the request waiting."""


def written(status: int, body: bytes = b"", content_type: str = "", *more: str) -> bytes:
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *more]
    if content_type:
        head.append(f"Content-Type: {content_type}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def as_json(request: Request) -> Reply:
    told = answer(request.message)
    if request.method != "POST" or told is None:
        return written(202 if request.method == "POST" else 405)
    session = ("Mcp-Session-Id: s1",) if request.message["method"] == "initialize" else ()
    return written(200, json.dumps(told).encode(), "application/json", *session)


def as_stream(request: Request) -> Reply:
    told = answer(request.message)
    if request.method != "POST" or told is None:
        return written(202 if request.method == "POST" else 405)
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {}}
    events = "".join(f"event: message\r\ndata: {json.dumps(each)}\r\n\r\n" for each in (note, told))
    return written(200, events.encode(), "text/event-stream; charset=utf-8")


@define
class Web:
    """A server on loopback that answers by `reply`."""

    reply: Callable[[Request], Reply]
    url: str = ""
    requests: list[Request] = field(factory=list)
    came: trio.Event = field(factory=trio.Event)

    async def take(self, stream: trio.SocketStream) -> None:
        async with stream:
            raw = b""
            while b"\r\n\r\n" not in raw:
                raw += await stream.receive_some(4096)
            head, _, body = raw.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
            while len(body) < int(headers.get("content-length", 0)):
                body += await stream.receive_some(4096)
            request = Request(first.split()[0], headers, json.loads(body) if body else {})
            self.requests.append(request)
            self.came.set()
            self.came = trio.Event()
            if (told := self.reply(request)) is None:
                await trio.sleep_forever()
            else:
                await stream.send_all(told)

    async def until(self, condition: Callable[[], bool]) -> None:
        with trio.fail_after(10):
            while not condition():
                await self.came.wait()


@asynccontextmanager
async def serving(reply: Callable[[Request], Reply]) -> AsyncGenerator[Web]:
    web = Web(reply)
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    web.url = f"http://127.0.0.1:{listener.socket.getsockname()[1]}/mcp"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, web.take, [listener])
        yield web
        nursery.cancel_scope.cancel()


@define(eq=False)
class Served:
    """A connection in the background, and how it ended."""

    way: Connection | None = None
    tools: tuple[RemoteTool, ...] = ()
    listed: trio.Event = field(factory=trio.Event)
    gone: str = ""

    async def serve(self, address: Site) -> None:
        try:
            await McpServer(address).serve(self.offer)
        except ServerGone as why:
            self.gone = str(why)
            self.listed.set()

    def offer(self, way: Connection, tools: tuple[RemoteTool, ...]) -> None:
        self.way, self.tools = way, tools
        self.listed.set()

    async def call(self, name: str, **arguments: object) -> str:
        assert self.way is not None
        with trio.fail_after(10):
            return await self.way.call(name, arguments)


@asynccontextmanager
async def connected(web: Web, **headers: str) -> AsyncGenerator[Served]:
    served = Served()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(served.serve, Site("toolbox", web.url, headers))
        with trio.fail_after(10):
            await served.listed.wait()
        yield served
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("reply", [as_json, as_stream])
async def test_tools_are_listed_and_called(reply: Callable[[Request], Reply]) -> None:
    async with serving(reply) as web, connected(web) as served:
        assert [tool.name for tool in served.tools] == ["echo", "refuse", "env"]
        assert await served.call("echo", words="¡hola!") == "¡hola!"
        with pytest.raises(CallRefused, match="not today"):
            await served.call("refuse")


async def test_requests_say_session_version_and_key_and_the_end_is_told() -> None:
    async with serving(as_json) as web:
        async with connected(web, Authorization="Bearer theirs"):
            pass
        await web.until(lambda: web.requests[-1].method == "DELETE")
    first, *later = web.requests
    assert "mcp-session-id" not in first.headers
    assert {request.headers["mcp-session-id"] for request in later} == {"s1"}
    listed = [r for r in later if r.message.get("method") == "tools/list"]
    assert {request.headers["mcp-protocol-version"] for request in listed} == {VERSION}
    assert {request.headers["authorization"] for request in web.requests} == {"Bearer theirs"}


async def test_what_the_server_says_by_itself_is_heard() -> None:
    names: list[tuple[str, ...]] = [("echo",)]

    def changing(request: Request) -> Reply:
        if request.method == "GET":
            if len(names) > 1:
                return None
            names.append(("echo", "more"))
            event = b'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n'
            return written(200, event, "text/event-stream")
        if request.message.get("method") == "tools/list":
            told = answer({**request.message, "params": {"cursor": "x"}}, ("", *names[-1]))
            return written(200, json.dumps(told).encode(), "application/json")
        return as_json(request)

    async with serving(changing) as web, connected(web) as served:

        def lists() -> int:
            return sum(r.message.get("method") == "tools/list" for r in web.requests)

        await web.until(lambda: lists() == 2)
        with trio.fail_after(10):
            while len(served.tools) < 2:
                served.listed = trio.Event()
                await served.listed.wait()
    assert [tool.name for tool in served.tools] == ["echo", "more"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (written(503), "503"),
        (written(404), "404"),
        (written(200, b"<html>", "application/json"), "no JSON"),
        (written(200, b"x" * (MAX_MESSAGE_BYTES + 1), "application/json"), "too large"),
        (
            written(200, b"data: " + b"x" * (MAX_MESSAGE_BYTES + 1), "text/event-stream"),
            "too large",
        ),
        (b"nonsense\r\n\r\n", "no answer"),
        (b"", "no answer"),
    ],
    ids=["503", "404", "html", "large", "large event", "nonsense", "nothing"],
)
async def test_server_that_is_none_is_gone(told: bytes, why: str) -> None:
    async with serving(lambda _request: told) as web, connected(web) as served:
        assert why in served.gone


async def test_server_that_nobody_is_at_is_gone() -> None:
    async with serving(as_json) as web:
        url = web.url
    with pytest.raises(ServerGone, match="no answer"), trio.fail_after(30):
        await McpServer(Site("nobody", url)).serve(lambda *_: None)


async def test_session_that_the_server_has_forgotten_ends_the_connection() -> None:
    def forgetful(request: Request) -> Reply:
        if request.message.get("method") == "tools/call":
            return written(404)
        return as_json(request)

    async with serving(forgetful) as web, connected(web) as served:
        with pytest.raises(ServerGone):
            await served.call("echo")
        with trio.fail_after(10):
            while not served.gone:
                await trio.lowlevel.checkpoint()
    assert "session" in served.gone


async def test_call_that_is_cancelled_closes_its_request() -> None:
    def slow(request: Request) -> Reply:
        return None if request.message.get("method") == "tools/call" else as_json(request)

    async with serving(slow) as web, connected(web) as served:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(served.call, "echo")
            await web.until(lambda: web.requests[-1].message.get("method") == "tools/call")
            nursery.cancel_scope.cancel()
        told = "notifications/cancelled"
        await web.until(lambda: web.requests[-1].message.get("method") == told)
        assert served.gone == ""
