"""A server of tools behind a URL: Streamable HTTP.

Owns the requests: each message is a POST, whose answer is one message or a stream of them; a GET
beside brings what the server says by itself, if it offers that; a DELETE ends the session.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final

import httpx
import orjson
import trio
from attrs import define, field, frozen

from robi.brain.sse import SseOverflow, SseParser
from robi.mcp.base import MAX_MESSAGE_BYTES, Message, ServerGone

CONNECT_S: Final = 5.0
ENDED_WITHIN: Final = 1.0
"""Seconds in which the session is ended; a server that does not answer ends it by itself."""

LISTEN_AGAIN_S: Final = 5.0
"""Seconds until what a server says by itself is listened for again."""

_WAITING: Final = 64
"""Messages that wait to be taken."""
_STREAM: Final = "text/event-stream"
_TAKEN: Final = {"Accept": f"application/json, {_STREAM}", "Content-Type": "application/json"}


@frozen
class Site:
    """A `robi.mcp.base.Way` to a server at a URL; `headers` may hold its key."""

    name: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["Posts"]:
        """Open a way, and close it within its grace. Raises ServerGone."""
        timeout = httpx.Timeout(None, connect=CONNECT_S)
        async with (
            httpx.AsyncClient(timeout=timeout, headers=dict(self.headers)) as client,
            trio.open_nursery() as nursery,
        ):
            posts = Posts(client, self.url, nursery)
            try:
                yield posts
            finally:
                nursery.cancel_scope.cancel()
                await posts.end()


@define(eq=False)
class Posts:
    """Messages as requests, and what answers them."""

    _client: httpx.AsyncClient
    _url: str
    _nursery: trio.Nursery
    _session: dict[str, str] = field(factory=dict, init=False)
    """The headers of the session."""
    _put: trio.MemorySendChannel[Message | ServerGone] = field(init=False)
    _come: trio.MemoryReceiveChannel[Message | ServerGone] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._put, self._come = trio.open_memory_channel[Message | ServerGone](_WAITING)

    async def send(self, message: Message) -> None:
        """Have `message` on its way, and take what answers it. Raises ServerGone."""
        try:
            headers = {**_TAKEN, **self._session}
            body = orjson.dumps(message)
            async with self._client.stream(
                "POST", self._url, headers=headers, content=body
            ) as answer:
                if answer.is_error:
                    raise self._refused(answer.status_code)
                if (session_id := answer.headers.get("mcp-session-id")) is not None:
                    self._session["Mcp-Session-Id"] = session_id
                if answer.status_code != HTTPStatus.ACCEPTED:
                    await self._take(answer)
        except httpx.HTTPError as failure:
            raise self._lost(f"no answer: {type(failure).__name__}") from None

    async def receive(self) -> Message:
        """Return the next message of the server. Raises ServerGone when there will be none."""
        message = await self._come.receive()
        if isinstance(message, ServerGone):
            raise message
        return message

    def note_version(self, version: str) -> None:
        """The two have agreed: from now on each request says so, and the server is listened to."""
        self._session["MCP-Protocol-Version"] = version
        self._nursery.start_soon(self._listen)

    async def end(self) -> None:
        """End the session, if there is one, a moment at most."""
        self._put.close()
        self._come.close()
        if "Mcp-Session-Id" not in self._session:
            return
        with trio.move_on_after(ENDED_WITHIN) as scope, suppress(httpx.HTTPError):
            scope.shield = True
            await self._client.delete(self._url, headers=self._session)

    def _refused(self, status: int) -> ServerGone:
        if status == HTTPStatus.NOT_FOUND and self._session:
            return self._lost("it knows this session no more")
        return ServerGone(f"it answers with status {status}")

    def _lost(self, why: str) -> ServerGone:
        """Have the whole connection end, not this request alone."""
        gone = ServerGone(why)
        with suppress(trio.WouldBlock):  # then there is much to take yet; the next one will tell
            self._put.send_nowait(gone)
        return gone

    async def _listen(self) -> None:
        """Take what the server says by itself, if it does."""
        while True:
            try:
                headers = {"Accept": _STREAM, **self._session}
                async with self._client.stream("GET", self._url, headers=headers) as stream:
                    if stream.is_error or not _is_stream(stream):
                        return  # it says nothing by itself
                    await self._take(stream)
            except httpx.HTTPError:
                pass  # calls will tell whether it is gone
            except ServerGone as why:
                await self._put.send(why)
                return
            await trio.sleep(LISTEN_AGAIN_S)

    async def _take(self, answer: httpx.Response) -> None:
        """Take one message, or a stream of them. Raises ServerGone."""
        chunks = answer.aiter_bytes()
        try:
            await self._read(chunks, stream=_is_stream(answer))
        finally:
            # A read that is cancelled runs through all of httpx's nested iterators; one that is
            # left halfway leaves them to the garbage collector (`robi.brain.by_httpx`).
            with trio.CancelScope() as scope, suppress(httpx.HTTPError):
                scope.cancel()
                async for _ in chunks:
                    pass

    async def _read(self, chunks: AsyncIterator[bytes], *, stream: bool) -> None:
        parser, size = SseParser(MAX_MESSAGE_BYTES), 0
        pieces: list[bytes] = []
        async for chunk in chunks:
            size += len(chunk)
            if stream:
                try:
                    payloads = parser.feed(chunk)
                except SseOverflow:
                    raise ServerGone("a message that is too large") from None
                for payload in payloads:
                    await self._give(payload)
            elif size > MAX_MESSAGE_BYTES:
                raise ServerGone("a message that is too large")
            else:
                pieces.append(chunk)
        for payload in parser.close() if stream else [b"".join(pieces)]:
            await self._give(payload)

    async def _give(self, payload: bytes) -> None:
        try:
            message = orjson.loads(payload)
        except orjson.JSONDecodeError:
            if payload.strip():
                raise ServerGone("an answer that is no JSON") from None
            return
        if isinstance(message, dict):
            await self._put.send(message)


def _is_stream(answer: httpx.Response) -> bool:
    content_type: str = answer.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower() == _STREAM
