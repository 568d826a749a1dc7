"""A robot's WebSocket, as light as it can be: five thousand of them share one core with the model.

Owns the client's side of RFC 6455 as far as a measurement needs it. What comes is given to a
function with the time at which its bytes came; pings are answered. A server that sends what is not
for a client of its kind, or goes, ends the measurement.
"""

import os
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from time import monotonic_ns
from typing import Final

import trio
from attrs import define, field

_MOST: Final = 64 * 1024
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_FINAL: Final = 0x80
_MASKED: Final = 0x80
_SHORT: Final = 126
_TWO, _EIGHT = 126, 127
_NORMAL: Final = struct.pack("!H", 1000)

Take = Callable[[int, bytes], None]


class LinkBroken(Exception):
    """The server went, or did what it should not have."""


@define
class Link:
    """An open WebSocket."""

    _stream: trio.SocketStream
    _buffer: bytearray = field(factory=bytearray, init=False)
    _sending: trio.Lock = field(factory=trio.Lock, init=False)
    """A pong may be due while a question goes out."""
    leaving: bool = field(default=False, init=False)

    async def say(self, text: bytes) -> None:
        """Send a text."""
        await self._send(_TEXT, text)

    async def listen(self, take: Take) -> None:
        """Give what comes to `take`, until the link is let go of; LinkBroken if it ends before."""
        while data := await self._more():
            now = monotonic_ns()
            self._buffer += data
            for kind, payload in frames(self._buffer):
                if kind == _TEXT:
                    take(now, payload)
                elif kind == _PING:
                    await self._send(_PONG, payload)
                elif kind != _PONG and not self.leaving:
                    msg = f"a frame of kind {kind}: {payload!r}"
                    raise LinkBroken(msg)
        if not self.leaving:
            raise LinkBroken
        await self._stream.aclose()

    async def leave(self) -> None:
        """Say goodbye for good; `listen` ends when the server has heard it."""
        self.leaving = True
        await self._send(_CLOSE, _NORMAL)

    async def drop(self) -> None:
        """Let go of the connection, as a phone does that is out of reach."""
        self.leaving = True
        await self._stream.aclose()

    async def _send(self, kind: int, payload: bytes) -> None:
        async with self._sending:
            await self._stream.send_all(frame(kind, payload))

    async def _more(self) -> bytes:
        try:
            return bytes(await self._stream.receive_some(_MOST))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return b""


async def open_link(host: str, port: int) -> Link:
    """Connect and shake hands.

    Raises:
        OSError: nobody is there.
        LinkBroken: who is there does not take robots.
    """
    stream = await trio.open_tcp_stream(host, port)
    key = b64encode(os.urandom(16)).decode()
    await stream.send_all(
        (
            "GET /ws/interact HTTP/1.1\r\n"
            f"Host: {host}:{port}\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n"
        ).encode("ascii")
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):  # the server says nothing before it is spoken to
        more = bytes(await stream.receive_some(_MOST))
        if not more:
            await stream.aclose()
            raise LinkBroken
        answer += more
    if not answer.startswith(b"HTTP/1.1 101 "):
        await stream.aclose()
        raise LinkBroken(answer.split(b"\r\n", 1)[0].decode("ascii", "replace"))
    return Link(stream)


def frame(kind: int, payload: bytes) -> bytes:
    """Return a frame of a client, whole and masked."""
    mask = os.urandom(4)
    size = len(payload)
    if size < _SHORT:
        head = struct.pack("!BB", _FINAL | kind, _MASKED | size)
    else:
        head = struct.pack("!BBH", _FINAL | kind, _MASKED | _TWO, size)
    times = -(-size // 4)
    masked = int.from_bytes(payload) ^ int.from_bytes((mask * times)[:size])
    return head + mask + masked.to_bytes(size)


def frames(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the whole frames of a server from the front of `buffer`: kinds and payloads."""
    while len(buffer) >= 2:  # noqa: PLR2004 - the shortest
        size, at = buffer[1], 2
        if size == _TWO:
            size, at = int.from_bytes(buffer[2:4]), 4
        elif size == _EIGHT:
            size, at = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < at + size:
            return
        kind, payload = buffer[0] ^ _FINAL, bytes(buffer[at : at + size])
        del buffer[: at + size]
        yield kind, payload
