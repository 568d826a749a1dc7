"""Robots over real sockets, on `websockets`' client for trio.

Not on trio-websocket, which throws away what it has received and not yet handed over as soon as a
close frame comes: the error before a close would be lost now and then.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import trio
from attrs import define, field
from websockets.exceptions import ConnectionClosed
from websockets.trio.client import ClientConnection
from websockets.trio.client import connect as open_socket

PATIENCE = 30.0
"""Seconds after which a test is stuck; no test waits so long when all is well."""


@define(eq=False)
class Robot:
    """One connection; what it receives is kept in `seen`."""

    socket: ClientConnection
    seen: list[dict[str, Any]] = field(factory=list)
    session_id: str = ""

    async def sends(self, *messages: dict[str, Any] | str | bytes) -> None:
        for message in messages:
            await self.socket.send(json.dumps(message) if isinstance(message, dict) else message)

    async def sends_raw(self, data: bytes) -> None:
        """Send bytes that need not be WebSocket frames."""
        await self.socket.stream.send_all(data)

    async def hears(self) -> dict[str, Any]:
        with trio.fail_after(PATIENCE):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        self.seen.append(message)
        return message

    async def hears_turn(self) -> list[dict[str, Any]]:
        messages = [await self.hears()]
        while messages[-1]["type"] not in {"stream_end", "error"}:
            messages.append(await self.hears())
        return messages

    async def asks(self, content: str, request_id: str = "r1") -> list[dict[str, Any]]:
        await self.sends({"type": "text", "request_id": request_id, "content": content})
        return await self.hears_turn()

    async def authenticate(self, key: str | None, **auth: object) -> dict[str, Any]:
        await self.sends({"type": "auth", **({"api_key": key} if key else {}), **auth})
        answer = await self.hears()
        self.session_id = answer.get("session_id", "")
        return answer

    async def close_code(self) -> int | None:
        """Wait for the server to close; return its code."""
        try:
            while True:
                await self.hears()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    async def drop(self) -> None:
        """Lose the connection without a goodbye."""
        await trio.aclose_forcefully(self.socket.stream)


@asynccontextmanager
async def connect(url: str, headers: dict[str, str] | None = None) -> AsyncIterator[Robot]:
    """Open a link; leaving the block closes it with 1000."""
    async with open_socket(
        url,
        additional_headers=headers,
        proxy=None,
        compression=None,
        ping_interval=None,
        close_timeout=5,
        max_size=64 * 1024 * 1024,
        max_queue=None,
    ) as socket:
        yield Robot(socket)
