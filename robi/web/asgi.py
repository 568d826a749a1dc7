"""One request of an ASGI application, over an `HttpConnection`.

Owns the ASGI 3 cycle (spec 2.4): scope, `receive`, `send`; no lifespan, no WebSocket. A small GET
costs a third of what Hypercorn takes (findings.md, *One port for HTTP and WebSocket*).

While the application works somebody watches the connection. When the client leaves, `receive`
says `http.disconnect`, `send` raises an OSError, and the application has `LEAVE_S` to finish
before it is cancelled. What comes in the meantime from a client that pipelines is kept for the
next request, up to one head; after that nobody watches.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlsplit

import h11
import structlog
import trio
from attrs import define, field

from robi.actors.crash import Crash
from robi.errors import InternalError, InvalidRequestFormat
from robi.web.http import HEAD_BYTES, ClientGoneError, HttpConnection, RefusedError
from robi.web.request_ids import HEADER as REQUEST_ID

log = structlog.get_logger()

# ASGI's own types are mappings of anything; they end in this module.
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LEAVE_S = 1.0
"""Seconds that an application has to notice that its client has left."""

Address = tuple[str, int]


def make_scope(
    request: h11.Request, client: Address | None, state: dict[str, object]
) -> dict[str, object]:
    """Return the ASGI scope of `request`; `state` is what Starlette shows as `request.state`.

    Raises:
        RefusedError: 400 for a target that is neither a path nor a URL.
    """
    target = request.target
    if not target.startswith(b"/"):
        try:
            parts = urlsplit(target)
        except ValueError:
            parts = urlsplit(b"")
        if not (parts.scheme and parts.netloc):
            raise RefusedError(400, InvalidRequestFormat("the target is not a path"))
        target = (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
    raw_path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": request.http_version.decode("ascii"),
        "method": request.method.decode("ascii"),
        "scheme": "http",
        "path": unquote(raw_path.decode("ascii")),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": list(request.headers),
        "client": client,
        "server": None,
        "state": state,
    }


async def serve_request(
    http: HttpConnection, request: h11.Request, app: AsgiApp, scope: Scope
) -> None:
    """Run `app` for `request`; afterwards `http.next_cycle()` tells whether to go on.

    Raises:
        ClientGoneError: the client has left, or takes nothing more.
    """
    length = dict(request.headers).get(b"content-length", b"0")
    if int(length) > http.limits.body_bytes:
        await http.refuse(http.too_large())
        return
    exchange = _Exchange(http, head_only=request.method == b"HEAD")
    try:
        await exchange.run(app, scope)
    except RefusedError as refused:
        await http.refuse(refused)


@define(eq=False)
class _Exchange:
    """One request and its response."""

    _http: HttpConnection
    _head_only: bool
    _start: h11.Response | None = field(default=None, init=False)
    """The head of the response, held back to leave with the first of its body."""
    _answered: bool = field(default=False, init=False)
    _complete: bool = field(default=False, init=False)
    _body_read: trio.Event = field(factory=trio.Event, init=False)
    _end_told: bool = field(default=False, init=False)
    """Whether the application has been told that there is no more of the body."""
    _gone: trio.Event = field(factory=trio.Event, init=False)
    _refused: RefusedError | None = field(default=None, init=False)
    _working: trio.CancelScope = field(factory=trio.CancelScope, init=False)

    async def run(self, app: AsgiApp, scope: Scope) -> None:
        if not self._http.body_waits():
            self._body_read.set()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._watch)
            try:
                with self._working:
                    await app(scope, self._receive, self._send)
            except Exception as error:  # noqa: BLE001 - the application may raise anything
                self._crashed(error)
            nursery.cancel_scope.cancel()
        if self._gone.is_set():
            raise ClientGoneError
        if self._refused is None and not self._answered:
            log.error("request_unanswered")
            self._refused = RefusedError(500, InternalError())
        if self._refused is not None:
            raise self._refused
        if self._complete and self._http.body_waits():
            await self._http.linger()

    def _crashed(self, error: Exception) -> None:
        """Log what the application raised; once the client has left, that is its way to end."""
        if self._gone.is_set():
            return
        crash = Crash.of("http", error, 0)
        log.error("request_crashed", error=crash.error, places=crash.places)
        if not self._answered:
            self._refused = RefusedError(500, InternalError())

    async def _watch(self) -> None:
        """Wait for the client to leave, while the application works."""
        await self._body_read.wait()
        try:
            while len(self._http.unread) <= HEAD_BYTES:
                await self._http.receive_more()
        except ClientGoneError:
            self._leave()

    def _leave(self) -> None:
        self._gone.set()
        self._working.deadline = trio.current_time() + LEAVE_S

    # ── what the application calls ────────────────────────────────────────────────────────

    async def _receive(self) -> Message:
        if self._end_told:
            await self._gone.wait()
        if self._gone.is_set():
            return {"type": "http.disconnect"}
        if self._body_read.is_set():
            return self._end()
        try:
            piece = await self._http.body_piece()
        except ClientGoneError:
            self._leave()
            return {"type": "http.disconnect"}
        except RefusedError as refused:
            # Not the application's affair: it is ended here and the refusal sent in its place.
            self._refused = refused
            self._working.cancel()
            await trio.sleep_forever()
        if piece is None:
            self._body_read.set()
            return self._end()
        return {"type": "http.request", "body": piece, "more_body": True}

    def _end(self) -> Message:
        self._end_told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if self._gone.is_set():
            raise ClientGoneError
        match message["type"]:
            case "http.response.start":
                self._start = self._response(message)
            case "http.response.body":
                await self._send_body(message.get("body", b""), message.get("more_body", False))
            case other:
                msg = f"{other} is not offered here"
                raise NotImplementedError(msg)

    def _response(self, message: Message) -> h11.Response:
        headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
        headers.append((b"date", formatdate(usegmt=True).encode()))
        headers.append((REQUEST_ID.encode(), self._http.request_id.encode()))
        if self._http.body_waits():
            # What of the body is unread would be taken for the next request.
            headers.append((b"connection", b"close"))
        return h11.Response(status_code=message["status"], headers=headers)

    async def _send_body(self, body: bytes, more: bool) -> None:
        events: list[h11.Event] = []
        if self._start is not None:
            events.append(self._start)
            self._start = None
            self._answered = True
        if body and not self._head_only:
            events.append(h11.Data(data=body))
        if not more:
            events.append(h11.EndOfMessage())
            self._complete = True
        if not events:
            return
        try:
            await self._http.send(*events)
        except ClientGoneError:
            self._leave()
            raise
