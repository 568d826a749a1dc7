"""The model, as light as it can be: it must not be what a measurement waits for.

Owns HTTP as far as a question needs it, and the log of what was asked when. What it says is made
once by the stub's own dialects (`tools.stub`), so that it is what any test is answered; what it
costs is a tenth of the stub's. Questions that are not streamed, or that nobody here has written
(a summary, say), are answered by those dialects as they come.
"""

import re
from functools import cache, partial
from time import monotonic_ns
from typing import Final
from urllib.parse import parse_qs, urlsplit

import h11
import orjson
import trio
from attrs import define, field, frozen

from tools.bench.answers import asked, chunks
from tools.stub.dialect import Dialect, Question
from tools.stub.gemini import GeminiDialect
from tools.stub.openai import OpenAIDialect
from tools.stub.script import Reply, Script

_MOST: Final = 256 * 1024
_MS_A_S: Final = 1000
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\n"
    b"content-type: text/event-stream\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)  # fmt: skip
_OTHERWISE: Final = Script(default=Reply(text="Hablaron de un parque, de un perro y de pájaros."))
"""It repeats no question: a summary is part of what is asked later, and would ask it again."""

_END: Final = b"0\r\n\r\n"


@define
class Call:
    """What is known of one question: monotonic nanoseconds, and `gone` once there is a `closed`."""

    asked: int
    first: int = 0
    closed: int = 0
    gone: trio.Event = field(factory=trio.Event, init=False)


@frozen
class _Asked:
    """One request, whole."""

    at: int
    head: bytes
    body: bytes


@define
class Model:
    """Answers over HTTP; `calls` by the numbers of their questions."""

    calls: dict[int, Call] = field(factory=dict, init=False)

    async def serve(self, nursery: trio.Nursery) -> str:
        """Listen in `nursery`; return the URL."""
        listeners = await nursery.start(
            partial(trio.serve_tcp, self._handle, 0, host="127.0.0.1", backlog=1024)
        )
        return f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}"

    async def _handle(self, stream: trio.SocketStream) -> None:
        """Serve one connection: one task reads it, as only that notices its end; one answers."""
        connection = _Connection(stream)
        questions, next_question = trio.open_memory_channel[_Asked](1)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(connection.read, questions, nursery.cancel_scope)
            async with stream, next_question:
                try:
                    async for question in next_question:
                        await self._answer(connection, question)
                except trio.BrokenResourceError:
                    nursery.cancel_scope.cancel()

    async def _answer(self, connection: "_Connection", question: _Asked) -> None:
        verb, target, _ = question.head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
        url = urlsplit(target)
        wanted = asked(question.body) if _streams(url.path, question.body) else None
        if wanted is None:
            await connection.send(_by_dialect(verb, url.path, url.query, question.body))
            return
        kind, number = wanted
        call = self.calls[number] = connection.call = Call(question.at)
        if kind.first_ms:
            await trio.sleep(kind.first_ms / _MS_A_S)
        frames = _frames(url.path, kind.chunks, kind.cites)
        await connection.send(_HEAD)
        call.first = monotonic_ns()
        if kind.gap_ms:
            due = trio.current_time()
            for frame in frames:
                await trio.sleep_until(due)
                await connection.send(frame)
                due += kind.gap_ms / _MS_A_S
        else:
            await connection.send(b"".join(frames))
        connection.call = None  # who goes after the last words has not cut it short
        await connection.send(_END)


@define
class _Connection:
    """One connection; `call` is what it is busy with."""

    _stream: trio.SocketStream
    call: Call | None = field(default=None, init=False)

    async def send(self, data: bytes) -> None:
        """Send, all of it."""
        await self._stream.send_all(data)

    async def read(
        self, questions: trio.MemorySendChannel[_Asked], connection: trio.CancelScope
    ) -> None:
        """Pass on requests until the other side goes; note when it did, and end the connection."""
        buffer = bytearray()
        while data := await self._more():
            buffer += data
            while (request := _request(buffer)) is not None:
                await questions.send(request)
        if self.call is not None:
            self.call.closed = monotonic_ns()
            self.call.gone.set()
        connection.cancel()

    async def _more(self) -> bytes:
        try:
            return bytes(await self._stream.receive_some(_MOST))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return b""


def _request(buffer: bytearray) -> _Asked | None:
    """Take a whole request from the front of `buffer`, if there is one."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end])
    length = _LENGTH.search(head)
    whole = end + 4 + (int(length[1]) if length else 0)
    if len(buffer) < whole:
        return None
    body = bytes(buffer[end + 4 : whole])
    del buffer[:whole]
    return _Asked(monotonic_ns(), head, body)


def _streams(path: str, body: bytes) -> bool:
    return path.endswith(":streamGenerateContent") or (
        path.endswith("/chat/completions") and b'"stream":true' in body
    )


def _dialect(path: str) -> Dialect:
    return GeminiDialect() if path.startswith("/v1beta/") else OpenAIDialect()


@cache
def _frames(path: str, count: int, cites: bool) -> list[bytes]:
    """Return an answer as it goes out, each chunk framed for HTTP."""
    dialect = _dialect(path)
    nobody = Question("stub", streamed=True, events=True, words="", schema=None, record={})
    reply = Reply(chunks=chunks(count, cites=cites))
    payloads = [orjson.dumps(chunk) for chunk in dialect.chunks(reply, nobody)]
    frames = dialect.frames(payloads, nobody, reply)
    return [b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames]


def _by_dialect(verb: str, path: str, query: str, body: bytes) -> bytes:
    """Return the answer to anything else, whole."""
    dialect = _dialect(path)
    if verb == "GET":
        told = dialect.tell(path)
        return _json(404 if told is None else 200, told)
    headers = [("host", "model"), ("x-goog-api-key", "stub")]
    request = h11.Request(method=verb, target=path, headers=headers)
    question = dialect.read(request, path, parse_qs(query), body)
    reply = _OTHERWISE.choose(question.words, question.schema)
    return _json(200, dialect.whole(reply, question))


def _json(status: int, answer: object) -> bytes:
    body = orjson.dumps(answer)
    head = f"HTTP/1.1 {status} .\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode("ascii") + b"\r\n\r\n" + body
