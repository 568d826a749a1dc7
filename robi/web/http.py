"""One HTTP/1.1 connection: h11 over a trio stream, with a limit on everything.

Owns reading requests and bodies, writing responses, refusing what cannot be served, and closing
so that a refusal is seen. It knows no application (`asgi.py` runs one) and no WebSocket; chunks,
keep-alive, `Expect: 100-continue`, HTTP/1.0 and pipelining are h11's state machine.

| what | limit | then |
|---|---|---|
| a head | 16 KiB, `head_s` | 431, 408 |
| waiting for the next request | `idle_s` | closed |
| a body | `body_bytes`, `body_s`, a piece each `piece_s` | 413, 408 |
| a write of 64 KiB | `send_s` | closed |
"""

import math
from collections.abc import Callable, Iterable
from email.utils import formatdate

import h11
import structlog
import trio
from attrs import define, field, frozen

from robi.errors import FileTooLarge, InvalidRequestFormat, RobiError
from robi.web.request_ids import HEADER as REQUEST_ID
from robi.web.request_ids import new_request_id, request_id_of

log = structlog.get_logger()

HEAD_BYTES = 16 * 1024
PIECE = 64 * 1024
LINGER_S = 2.0
"""Seconds in which someone refused may finish sending, so that the refusal is not reset away."""

Words = Callable[[RobiError, str], bytes]
"""Makes the JSON body of an error (protocol.md §9) to the request of that id."""

Headers = Iterable[tuple[str, str]]

_STREAM_ENDED = (trio.BrokenResourceError, trio.ClosedResourceError)


@frozen
class HttpLimits:
    """See the module; seconds and bytes."""

    body_bytes: int = 50 * 1024 * 1024
    head_s: float = 10.0
    idle_s: float = 15.0
    body_s: float = 300.0
    piece_s: float = 10.0
    send_s: float = 10.0


def _has_body(request: h11.Request) -> bool:
    headers = dict(request.headers)
    return b"transfer-encoding" in headers or int(headers.get(b"content-length", b"0")) > 0


class ClientGoneError(OSError):
    """The client has left, or takes nothing more: ASGI wants an OSError for that."""


class RefusedError(Exception):
    """A request that cannot be served, with the HTTP status that says so."""

    def __init__(self, status: int, error: RobiError, headers: Headers = ()) -> None:
        """Keep what `HttpConnection.refuse` takes."""
        super().__init__(status)
        self.status = status
        self.error = error
        self.headers = headers


@define(eq=False)
class HttpConnection:
    """The requests of one connection, one after the other."""

    stream: trio.abc.Stream
    limits: HttpLimits
    words: Words
    keeps: bool = False
    """Whether to keep what was read, for another process to read it anew."""
    kept: bytearray = field(factory=bytearray, init=False)
    """If so: the bytes since the request began."""
    request_id: str = field(factory=new_request_id, init=False)
    """Of the request that is being served, or of the one whose head cannot be read."""
    _h11: h11.Connection = field(init=False)
    _first: bool = field(default=True, init=False)
    _body_bytes: int = field(default=0, init=False)
    _body_ends: float = field(default=math.inf, init=False)

    @_h11.default
    def _server(self) -> h11.Connection:
        return h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)

    # ── in ────────────────────────────────────────────────────────────────────────────────

    async def next_request(self) -> h11.Request | None:
        """Wait for the head of the next request; None when there is none to come.

        A head that is no HTTP, too large or too slow is refused here.
        """
        first, self._first = self._first, False
        self.request_id = new_request_id()
        self.kept = bytearray(self.unread if self.keeps else b"")
        with trio.move_on_after(self.limits.head_s if first else self.limits.idle_s) as scope:
            try:
                return await self._read_head(scope)
            except ClientGoneError:
                return None
            except h11.RemoteProtocolError as error:
                refused = RefusedError(
                    error.error_status_hint, InvalidRequestFormat("not an HTTP request we take")
                )
        if scope.cancelled_caught:
            if not self.unread:
                return None
            refused = RefusedError(408, InvalidRequestFormat("the request came too slowly"))
        await self.refuse(refused)
        return None

    async def _read_head(self, scope: trio.CancelScope) -> h11.Request:
        started = bool(self.unread)
        while True:
            event = self._h11.next_event()
            if isinstance(event, h11.Request):
                self.request_id = request_id_of(event.headers)
                self._body_bytes = 0
                self._body_ends = trio.current_time() + self.limits.body_s
                if not _has_body(event):
                    self._h11.next_event()  # its end: then `body_waits` is False from the start
                return event
            if event is not h11.NEED_DATA:
                raise ClientGoneError
            await self.receive_more(max(1, HEAD_BYTES + 1 - len(self.unread)))
            if not started:
                # Now the time limit is that of a head, no longer that of idling.
                started = True
                scope.deadline = min(scope.deadline, trio.current_time() + self.limits.head_s)

    async def receive_more(self, most: int = PIECE) -> None:
        """Read bytes for h11.

        Raises:
            ClientGoneError: there are none to come. Someone who closes only half of the
                connection counts as gone: it looks the same.
        """
        try:
            data = await self.stream.receive_some(most)
        except _STREAM_ENDED:
            data = b""
        if not data:
            raise ClientGoneError
        self.take(bytes(data))

    def take(self, data: bytes) -> None:
        """Go on with bytes that were read."""
        if self.keeps:
            self.kept += data
        self._h11.receive_data(data)

    async def body_piece(self) -> bytes | None:
        """Return the next bytes of the body, None at its end.

        Raises:
            RefusedError: too large, too slow, or not HTTP.
            ClientGoneError: the client left in the middle.
        """
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                words = InvalidRequestFormat("the body is not HTTP")
                raise RefusedError(error.error_status_hint, words) from None
            if isinstance(event, h11.Data):
                self._body_bytes += len(event.data)
                if self._body_bytes > self.limits.body_bytes:
                    raise self.too_large()
                return bytes(event.data)
            if event is not h11.NEED_DATA:
                return None
            if self._h11.they_are_waiting_for_100_continue:
                await self.send(h11.InformationalResponse(status_code=100, headers=[]))
            now = trio.current_time()
            deadline = min(now + self.limits.piece_s, self._body_ends)
            with trio.move_on_at(deadline) as scope:
                await self.receive_more()
            if scope.cancelled_caught:
                raise RefusedError(408, InvalidRequestFormat("the body came too slowly"))

    def body_waits(self) -> bool:
        """Whether some of the body of this request is still to be read."""
        return self._h11.their_state is h11.SEND_BODY

    def too_large(self) -> RefusedError:
        """Return the refusal of a body over the limit."""
        return RefusedError(413, FileTooLarge(f"more than {self.limits.body_bytes} bytes"))

    @property
    def unread(self) -> bytes:
        """The bytes after what was taken: a pipelined request, or the first WebSocket frames."""
        return self._h11.trailing_data[0]

    # ── out ───────────────────────────────────────────────────────────────────────────────

    async def send(self, *events: h11.Event) -> None:
        """Write events in one go.

        Raises:
            ClientGoneError: the other side has left, or does not read.
            h11.LocalProtocolError: the application broke the order or the length it promised.
        """
        await self.write(b"".join([self._h11.send(event) or b"" for event in events]))

    async def write(self, data: bytes) -> None:
        """Write bytes, each 64 KiB within `send_s`. Raises ClientGoneError."""
        with trio.CancelScope() as scope:
            try:
                for start in range(0, len(data), PIECE):
                    scope.deadline = trio.current_time() + self.limits.send_s
                    await self.stream.send_all(memoryview(data)[start : start + PIECE])
            except _STREAM_ENDED:
                raise ClientGoneError from None
        if scope.cancelled_caught:
            raise ClientGoneError

    async def refuse(self, refused: RefusedError) -> None:
        """Answer with an error in the project's shape, if nothing was answered yet, and close."""
        status, error = refused.status, refused.error
        level = log.error if status >= 500 else log.warning  # noqa: PLR2004 - as in HTTP
        level(
            "request_refused",
            error_code=error.error_code,
            status=status,
            details=error.details,
            request_id=self.request_id,
        )
        if self._h11.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = self.words(error, self.request_id)
            headers = [
                ("content-type", "application/json"),
                ("content-length", str(len(body))),
                ("connection", "close"),
                ("date", formatdate(usegmt=True)),
                (REQUEST_ID, self.request_id),
                *refused.headers,
            ]
            if error.retry_after is not None:
                headers.append(("retry-after", str(error.retry_after)))
            response = h11.Response(status_code=status, headers=headers)
            try:
                await self.write((self._h11.send(response) or b"") + body)
            except ClientGoneError:
                return
        await self.linger()

    def next_cycle(self) -> bool:
        """Get ready for the next request; False when this was the last."""
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            return True
        return False

    async def linger(self) -> None:
        """Half-close, and read what is still coming for a bounded moment.

        Closing with bytes unread resets the connection, and a reset can overtake the answer.
        """
        with trio.move_on_after(LINGER_S):
            try:
                if isinstance(self.stream, trio.abc.HalfCloseableStream):
                    await self.stream.send_eof()
                while await self.stream.receive_some(PIECE):
                    pass
            except _STREAM_ENDED:
                return
