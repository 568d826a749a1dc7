"""A server that says what a script tells it to: the other end of the robot in the terminal.

It knows nothing of Robi's server. A script is an async function that hears and speaks through a
`Peer`; each link gets the next script, so that a drop and a return are two of them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

import orjson
import pytest
import trio
import trio.testing
from attrs import define, field
from trio_websocket import (
    ConnectionClosed,
    WebSocketConnection,
    WebSocketRequest,
    serve_websocket,
    wrap_server_stream,
)

from tools.sim.link import End, LinkOver, Parting

Plain = dict[str, object]


@define(eq=False)
class Peer:
    """The server's end of one link; what is said gets `seq` from `seq` on."""

    socket: WebSocketConnection
    seq: int = 1

    async def hear(self, kind: str) -> Plain:
        """Return the next text message, which is of `kind`."""
        raw = await self.socket.get_message()
        assert isinstance(raw, str), f"a binary frame where {kind} was due"
        plain: Plain = orjson.loads(raw)
        assert plain["type"] == kind, plain
        return plain

    async def hear_audio(self) -> tuple[list[bytes], Plain]:
        """Return binary frames and the `audio_end` after them."""
        frames: list[bytes] = []
        while isinstance(raw := await self.socket.get_message(), bytes):
            frames.append(raw)
        end: Plain = orjson.loads(raw)
        assert end["type"] == "audio_end", end
        return frames, end

    async def hear_end(self) -> int:
        """Wait until the robot leaves; return its close code."""
        with pytest.raises(ConnectionClosed) as closed:
            await self.socket.get_message()
        reason = closed.value.reason
        assert reason is not None
        return reason.code

    async def welcome(self, *, session: str = "s1", resumed: bool = False) -> Plain:
        """Take `auth`, and `interaction_start` unless resumed; return `auth`."""
        auth = await self.hear("auth")
        await self.send(
            {
                "type": "auth_ok",
                "session_id": session,
                "resumed": resumed,
                "protocol": "1.4",
                "server": "scripted",
                "settings": {
                    "conversation_keep_alive_ms": 60_000,
                    "person_search_timeout_ms": 8_000,
                    "max_message_bytes": 52_428_800,
                },
                "skills": [],
            }
        )
        if not resumed:
            await self.hear("interaction_start")
        return auth

    async def say(self, kind: str, request_id: object = None, **fields: object) -> None:
        """Send a message with the next `seq`."""
        plain: Plain = {"type": kind, **fields, "seq": self.seq}
        if request_id is not None:
            plain["request_id"] = request_id
        self.seq += 1
        await self.send(plain)

    async def send(self, plain: Plain) -> None:
        """Send an object as it is."""
        await self.socket.send_message(orjson.dumps(plain).decode())

    async def begin(self, request_id: object, *texts: str) -> None:
        """Begin an answer: its emotion and texts."""
        await self.say("emotion", request_id, emotion="happy")
        for text in texts:
            await self.say("text_chunk", request_id, text=text)

    async def finish(self, request_id: object, text: str, **meta: object) -> None:
        """End an answer whose text was `text`."""
        expression = {"emojis": ["1F600"], "duration_per_emoji": 2000, "transition": "bounce"}
        await self.say(
            "response_meta",
            request_id,
            **{"response_text": text, "expression": expression, "actions": [], **meta},
        )
        await self.say("stream_end", request_id, processing_time_ms=3)

    async def answer(self, request_id: object, *texts: str) -> None:
        """Give a whole answer."""
        await self.begin(request_id, *texts)
        await self.finish(request_id, "".join(texts))

    async def fail(self, code: int, error_code: str, **fields: object) -> None:
        """Send an error without a `seq`, as before `auth_ok`."""
        await self.send(error(code, error_code, **fields))


Script = Callable[[Peer], Awaitable[None]]


def error(code: int, error_code: str, **fields: object) -> Plain:
    """An `error` message."""
    return {
        "type": "error",
        "error": True,
        "error_code": error_code,
        "code": code,
        "message": "Algo va mal.",
        "recoverable": True,
        "timestamp": "2026-02-08T10:30:00Z",
        **fields,
    }


@define(eq=False)
class MemoryServer:
    """Links over memory streams, for a virtual clock; `opener` is what `link.open_link` takes."""

    nursery: trio.Nursery
    scripts: list[Script]
    dialled_at: list[float] = field(factory=list)

    async def opener(self) -> trio.abc.Stream:
        """Connect; the next script begins. Refused once there is no script left."""
        await trio.lowlevel.checkpoint()
        self.dialled_at.append(trio.current_time())
        if not self.scripts:
            raise LinkOver(Parting(End.UNREACHABLE))
        robots_end, servers_end = trio.testing.memory_stream_pair()
        self.nursery.start_soon(self._serve, servers_end, self.scripts.pop(0))
        return robots_end

    async def _serve(self, stream: trio.abc.Stream, script: Script) -> None:
        async with trio.open_nursery() as nursery:
            request = await wrap_server_stream(nursery, cast("trio.SocketStream", stream))
            await _perform(request, script)
            nursery.cancel_scope.cancel()
        await trio.aclose_forcefully(stream)


@asynccontextmanager
async def listening(*scripts: Script) -> AsyncIterator[str]:
    """Serve on loopback and yield the URL."""
    rest = list(scripts)

    async def handle(request: WebSocketRequest) -> None:
        await _perform(request, rest.pop(0))

    async with trio.open_nursery() as nursery:
        serve = partial(serve_websocket, handle, "127.0.0.1", 0, ssl_context=None)
        server = await nursery.start(serve)
        yield f"ws://127.0.0.1:{server.port}/ws/interact"
        nursery.cancel_scope.cancel()


async def _perform(request: WebSocketRequest, script: Script) -> None:
    peer = Peer(await request.accept())
    await script(peer)
    await peer.socket.aclose()


def answering(*answers: Sequence[str]) -> Script:
    """A script that answers as many texts, then waits for the robot to leave with 1000."""

    async def script(peer: Peer) -> None:
        await peer.welcome()
        for answer in answers:
            asked = await peer.hear("text")
            await peer.answer(asked["request_id"], *answer)
        assert await peer.hear_end() == 1000

    return script
