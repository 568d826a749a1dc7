"""A brain that reads packets and understands nothing: what waiting for a chunk costs by itself.

Owns the request that gets an answer out of the stub without a client of HTTP. What a model's
client costs beyond this (connections, HTTP, events, JSON) is what another could save.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import orjson
import trio

from robi.brain.base import BrainRequest, Fragment
from tools.bench.plan import BrainName

_PATHS: Final[dict[BrainName, str]] = {
    "gemini": "/v1beta/models/stub:streamGenerateContent?alt=sse",
    "openai": "/v1/chat/completions",
}
_NOTHING: Final = Fragment()
_MOST: Final = 64 * 1024


class PacketBrain:
    """A `Brain` of empty fragments, one for each packet of the answer."""

    model = "packets"

    def __init__(self, brain: BrainName, url: str) -> None:
        self._brain = brain
        self._url = urlsplit(url)

    @asynccontextmanager
    async def stream(self, request: BrainRequest) -> AsyncGenerator[AsyncIterator[Fragment]]:
        """Ask; give a fragment for each packet after the head."""
        host, port = self._url.hostname or "", self._url.port or 0
        async with await trio.open_tcp_stream(host, port) as stream:
            await stream.send_all(self._question(request.utterance.text))
            await stream.receive_some(_MOST)
            yield _Packets(stream)

    async def generate(self, _request: BrainRequest) -> Fragment:
        """Understand nothing."""
        return _NOTHING

    async def aclose(self) -> None:
        """There is nothing to close: each answer has a connection of its own."""

    def _question(self, words: str) -> bytes:
        asked: dict[str, object]
        if self._brain == "gemini":
            asked = {"contents": [{"role": "user", "parts": [{"text": words}]}]}
        else:
            asked = {
                "model": "stub",
                "stream": True,
                "messages": [{"role": "user", "content": words}],
            }
        body = orjson.dumps(asked)
        head = (
            f"POST {_PATHS[self._brain]} HTTP/1.1\r\n"
            f"host: {self._url.netloc}\r\n"
            "x-goog-api-key: stub\r\n"
            "content-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body


class _Packets:
    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream

    def __aiter__(self) -> "_Packets":
        return self

    async def __anext__(self) -> Fragment:
        if not await self._stream.receive_some(_MOST):
            raise StopAsyncIteration
        return _NOTHING
