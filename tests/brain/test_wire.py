"""The way to a model's service: what is read of a response, and how much at most."""

from collections.abc import AsyncIterator

import httpx
import pytest
import trio

from robi.brain.base import Fragment, ToolCall
from robi.brain.failures import BrainRefused
from robi.brain.sse import MAX_EVENT_BYTES
from robi.brain.wire import Fragments, Wire, read_whole
from robi.errors import BrainError, BrainUnavailable
from robi.protocol.messages import TokenUsage

SSE = {"content-type": "text/event-stream; charset=utf-8"}


class Endless(httpx.AsyncByteStream):
    """A body that goes on as long as it is read, and notes how much that was."""

    def __init__(self, piece: bytes) -> None:
        self.piece = piece
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await trio.lowlevel.checkpoint()
            self.given += len(self.piece)
            yield self.piece


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            await trio.lowlevel.checkpoint()
            yield piece


class Echo:
    """A reading that takes every payload for words, and counts them; there may be none."""

    usage = TokenUsage(0, 0)

    def take(self, payload: bytes) -> list[Fragment]:
        self.usage = TokenUsage(7, self.usage.output_tokens + 1)
        return [Fragment(payload.decode())] if payload else []

    def end(self) -> Fragment | None:
        if self.usage.output_tokens > 2:
            raise BrainUnavailable("empty")
        return Fragment(calls=(ToolCall("x", "f", {}),))


def verdict(status: int, _headers: object, body: bytes) -> BrainError:
    return BrainRefused(f"{status}, {len(body)} bytes")


def client(response: httpx.Response) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda _request: response))


async def test_fragments_of_an_event_that_does_not_end_raise() -> None:
    endless = Endless(b"x" * 1024 * 1024)
    async with (
        client(httpx.Response(200, headers=SSE, stream=endless)) as http,
        Wire({}, http, setting="MODEL_URL").to("http://x").post(b"{}", verdict) as body,
    ):
        with pytest.raises(BrainUnavailable, match=f"more than {MAX_EVENT_BYTES} bytes"):
            await anext(Fragments(body, Echo(), print))
    assert endless.given <= MAX_EVENT_BYTES + 2 * len(endless.piece)


async def test_page_of_an_error_is_read_so_far_and_no_further() -> None:
    body = Endless(b"x" * 1024)
    async with client(httpx.Response(500, stream=body)) as http:
        with pytest.raises(BrainRefused, match="500, 65536 bytes"):
            async with Wire({}, http, setting="MODEL_URL").to("http://x").post(b"{}", verdict):
                pass
    assert body.given <= 65 * 1024


@pytest.mark.parametrize("kind", ["text/html", "text/plain; charset=utf-8", ""])
async def test_answer_of_another_kind_is_none(kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    async with client(httpx.Response(200, headers=headers, content=b"hola")) as http:
        with pytest.raises(BrainUnavailable, match="neither events nor JSON"):
            async with Wire({}, http, setting="MODEL_URL").to("http://x").post(b"{}", verdict):
                pass


async def test_read_whole_joins_words_and_calls_and_tells_what_it_took() -> None:
    spent: list[TokenUsage] = []
    async with (
        client(httpx.Response(200, headers=SSE, content=b"hola")) as http,
        Wire({}, http, setting="MODEL_URL").to("http://x").post(b"{}", verdict) as body,
    ):
        whole = await read_whole(body, Echo(), spent.append)
    assert whole == Fragment("hola", (ToolCall("x", "f", {}),))
    assert spent == [TokenUsage(7, 1)]


async def test_fragments_tell_what_comes_on_top_also_of_an_answer_that_is_none() -> None:
    spent: list[TokenUsage] = []
    pieces = Pieces(b"data: a\n\ndata:\n\n", b"data:\n\n")
    async with (
        client(httpx.Response(200, headers=SSE, stream=pieces)) as http,
        Wire({}, http, setting="MODEL_URL").to("http://x").post(b"{}", verdict) as body,
    ):
        fragments = Fragments(body, Echo(), spent.append)
        assert await anext(fragments) == Fragment("a")
        with pytest.raises(BrainUnavailable, match="empty"):
            await anext(fragments)
    assert spent == [TokenUsage(7, 2), TokenUsage(0, 1)]
