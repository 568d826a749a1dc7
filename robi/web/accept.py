"""The dispatcher: what a connection turns out to be, and who serves it.

Owns a connection from its first byte to the end of its handshake. Every request may turn out to be
an upgrade, not the first alone: a proxy keeps connections and uses them again. The parts that a
connection no longer needs (h11, the request) are let go before a link begins, for a link idles
for hours.
"""

from collections.abc import Awaitable, Callable

import structlog
import trio
from attrs import field, frozen

from robi.web.asgi import Address, AsgiApp, make_scope, serve_request
from robi.web.handshake import (
    UpgradeRules,
    answer_upgrade,
    headers_of,
    needs_upgrade,
    path_of,
    wants_websocket,
)
from robi.web.http import ClientGoneError, HttpConnection, HttpLimits, RefusedError, Words
from robi.web.link import WebSocketLink
from robi.web.wire import Wire

HandleLink = Callable[[WebSocketLink, str | None, Callable[[], None]], Awaitable[None]]
"""Serves a link to its end: the link, the header X-API-Key, and what to call once it is known
who is there."""


@frozen
class LinkLimits:
    """`max_size` of a message in bytes; seconds for 64 KiB out and for a goodbye."""

    max_size: int = 50 * 1024 * 1024
    send_timeout: float = 10.0
    close_timeout: float = 2.0


@frozen
class Upgraded:
    """A link just opened, and the key that came with its handshake."""

    link: WebSocketLink
    header_key: str | None


@frozen
class Dispatcher:
    """Serves connections.

    Args:
        app: answers plain requests.
        rules: who may open a WebSocket.
        words: makes the body of an error.
    """

    app: AsgiApp
    rules: UpgradeRules
    words: Words
    http_limits: HttpLimits = field(factory=HttpLimits)
    link_limits: LinkLimits = field(factory=LinkLimits)

    async def until_link(
        self, stream: trio.abc.Stream, client: Address | None, authenticated: Callable[[], None]
    ) -> Upgraded | None:
        """Answer requests until one opens a WebSocket, or until there are no more.

        Applications find `authenticated` as `request.state.authenticated`, to be called once a
        request has shown a good key, and its id as `request.state.request_id`; the log has that too
        while they work.
        """
        http = HttpConnection(stream, self.http_limits, self.words)
        while True:
            request = await http.next_request()
            if request is None:
                return None
            try:
                if wants_websocket(request):
                    await http.write(answer_upgrade(request, self.rules))
                    key = headers_of(request).get("x-api-key")
                    return Upgraded(self._link(stream, client, http.unread), key)
                if path_of(request) == self.rules.path:
                    raise needs_upgrade()
                state = {"authenticated": authenticated, "request_id": http.request_id}
                scope = make_scope(request, client, state)
                with structlog.contextvars.bound_contextvars(request_id=http.request_id):
                    await serve_request(http, request, self.app, scope)
            except RefusedError as refused:
                await http.refuse(refused)
            except ClientGoneError:
                return None
            if not http.next_cycle():
                return None

    def _link(
        self, stream: trio.abc.Stream, client: Address | None, unread: bytes
    ) -> WebSocketLink:
        limits = self.link_limits
        return WebSocketLink(
            stream,
            Wire(limits.max_size),
            peer=client[0] if client else "unknown",
            unread=unread,
            send_timeout=limits.send_timeout,
            close_timeout=limits.close_timeout,
        )
