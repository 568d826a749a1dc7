"""The dispatcher: what a connection turns out to be, and who serves it.

Owns a connection from its first byte to the end of its handshake. Every request may turn out to be
an upgrade, not the first alone: a proxy keeps connections and uses them again. The parts that a
connection no longer needs (h11, the request) are let go before a link begins, for a link idles
for hours.
"""

from collections.abc import Awaitable, Callable

import h11
import structlog
import trio
from attrs import field, frozen

from robi.errors import ServerBusy
from robi.web.asgi import Address, AsgiApp, make_scope, serve_request
from robi.web.forwarded import Proxies
from robi.web.handshake import (
    UpgradeRules,
    answer_upgrade,
    headers_of,
    needs_upgrade,
    path_of,
    wants_websocket,
)
from robi.web.http import ClientGoneError, HttpConnection, HttpLimits, RefusedError, Words
from robi.web.link import Give, WebSocketLink
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
class Arrived:
    """A connection that another process has accepted.

    Args:
        read: what was read of it, from the beginning of a request.
        upgraded: whether that request was answered, and it is a link now.
    """

    read: bytes
    upgraded: bool


@frozen
class Dispatcher:
    """Serves connections.

    Args:
        app: answers plain requests.
        rules: who may open a WebSocket.
        words: makes the body of an error.
        shared: whether there are other processes, to which a connection may be handed over.
        give_plain: hands a plain request over to the one that answers those, if it is another.
        proxies: whose word is taken for where a request comes from.
    """

    app: AsgiApp
    rules: UpgradeRules
    words: Words
    http_limits: HttpLimits = field(factory=HttpLimits)
    link_limits: LinkLimits = field(factory=LinkLimits)
    shared: bool = False
    give_plain: Give | None = None
    proxies: Proxies = field(factory=Proxies)

    async def until_link(
        self,
        stream: trio.abc.Stream,
        client: Address | None,
        authenticated: Callable[[], None],
        arrived: Arrived | None = None,
    ) -> Upgraded | None:
        """Answer requests until one opens a WebSocket, or until there are no more.

        Applications find `authenticated` as `request.state.authenticated`, to be called once a
        request has shown a good key, its id as `request.state.request_id` (the log has that too
        while they work), and the address of the client as `request.state.address`.
        """
        http = HttpConnection(stream, self.http_limits, self.words, self.shared)
        if arrived is not None:
            http.take(arrived.read)
        while True:
            request = await http.next_request()
            if request is None:
                return None
            try:
                if wants_websocket(request):
                    answer = answer_upgrade(request, self.rules)
                    if arrived is None or not arrived.upgraded:
                        await http.write(answer)
                    link = self._link(stream, self._address(client, request), http)
                    link.arrived = arrived is not None
                    return Upgraded(link, headers_of(request).get("x-api-key"))
                if path_of(request) == self.rules.path:
                    raise needs_upgrade()
                if self.give_plain is not None:
                    await self._hand_over(stream, bytes(http.kept), self.give_plain)
                    return None
                http.kept.clear()
                http.keeps = False
                state = {
                    "authenticated": authenticated,
                    "request_id": http.request_id,
                    "address": self._address(client, request),
                }
                scope = make_scope(request, client, state)
                with structlog.contextvars.bound_contextvars(request_id=http.request_id):
                    await serve_request(http, request, self.app, scope)
            except RefusedError as refused:
                await http.refuse(refused)
            except ClientGoneError:
                return None
            if not http.next_cycle():
                return None
            http.keeps, arrived = self.shared, None

    def _address(self, client: Address | None, request: h11.Request) -> str:
        return self.proxies.client_of(client[0] if client else None, request.headers)

    @staticmethod
    async def _hand_over(stream: trio.abc.Stream, read: bytes, give: Give) -> None:
        try:
            await give(stream, read)
        except ServerBusy as busy:
            raise RefusedError(busy.http_status, busy) from None

    def _link(self, stream: trio.abc.Stream, peer: str, http: HttpConnection) -> WebSocketLink:
        limits = self.link_limits
        return WebSocketLink(
            stream,
            Wire(limits.max_size),
            peer=peer,
            unread=http.unread,
            send_timeout=limits.send_timeout,
            close_timeout=limits.close_timeout,
            kept=http.kept if self.shared else None,
        )
