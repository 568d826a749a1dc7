"""A reader's connection, as light as it can be: a POST, and the events that answer it.

Owns the client's side of HTTP/1.1 (RFC 9112) and of server-sent events (WHATWG HTML, §9.2) as far
as a measurement needs them. The connection is kept for the next question, as a browser keeps it.
What comes is given with the time at which its bytes came. An answer that is no stream of events, or
that ends before it is whole, ends the measurement.
"""

import re
from collections.abc import AsyncGenerator, Iterator
from time import monotonic_ns
from typing import Final

import trio
from attrs import define, field, frozen

_MOST: Final = 64 * 1024
_LINE_END: Final = b"\r\n"
_HEAD_END: Final = b"\r\n\r\n"
_EVENT_END: Final = b"\n\n"
_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_EVENTS: Final = re.compile(rb"\r\ncontent-type: *text/event-stream", re.IGNORECASE)
_SESSION: Final = re.compile(rb"\r\nx-session-id: *(\S+)", re.IGNORECASE)


class PostBroken(Exception):
    """The server went, or answered otherwise than with events."""


@frozen
class Event:
    """One event, and when its bytes had come, in nanoseconds of the monotonic clock."""

    at: int
    kind: str
    place: str
    data: bytes


@define
class Posting:
    """An open connection on which one question after the other is asked."""

    _stream: trio.SocketStream
    _head: bytes
    _buffer: bytearray = field(factory=bytearray, init=False)
    _at: int = field(default=0, init=False)
    session_id: str | None = field(default=None, init=False)
    """As the newest answer named it."""

    async def ask(self, body: bytes) -> AsyncGenerator[Event]:
        """Send `body`; give the events of the answer, to its end."""
        await self._stream.send_all(
            b"%bcontent-length: %d\r\n\r\n%b" % (self._head, len(body), body)
        )
        self._take_head(await self._until(_HEAD_END))
        events = bytearray()
        while size := int(await self._until(_LINE_END), 16):
            while len(self._buffer) < size + len(_LINE_END):
                await self._more()
            events += self._buffer[:size]
            del self._buffer[: size + len(_LINE_END)]
            for event in taken(events, self._at):
                yield event
        await self._until(_LINE_END)
        if events:
            msg = f"an event that does not end: {bytes(events)!r}"
            raise PostBroken(msg)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._stream.aclose()

    def _take_head(self, head: bytes) -> None:
        status, session = _STATUS.match(head), _SESSION.search(head)
        if status is None or status[1] != b"200" or session is None or not _EVENTS.search(head):
            raise PostBroken(head.split(_LINE_END, 1)[0].decode("ascii", "replace"))
        self.session_id = session[1].decode("ascii")

    async def _until(self, end: bytes) -> bytes:
        """Take what comes before `end`, and `end`."""
        while (at := self._buffer.find(end)) < 0:
            await self._more()
        taken = bytes(self._buffer[:at])
        del self._buffer[: at + len(end)]
        return taken

    async def _more(self) -> None:
        try:
            data = await self._stream.receive_some(_MOST)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            data = b""
        if not data:
            raise PostBroken
        self._at = monotonic_ns()
        self._buffer += data


async def open_posting(host: str, port: int, path: str, headers: dict[str, str]) -> Posting:
    """Connect; questions will be posted to `path`.

    Raises:
        OSError: nobody is there.
    """
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += ["Content-Type: application/json", "Accept: text/event-stream"]
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    return Posting(await trio.open_tcp_stream(host, port), head)


def taken(buffer: bytearray, at: int) -> Iterator[Event]:
    """Take the whole events from the front of `buffer`; comments and bare ids are none."""
    while (end := buffer.find(_EVENT_END)) >= 0:
        lines = bytes(buffer[:end]).decode().split("\n")
        del buffer[: end + len(_EVENT_END)]
        fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
        if "data" in fields:
            yield Event(at, fields["event"], fields.get("id", ""), fields["data"].encode())
