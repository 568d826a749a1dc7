"""The listener: the port, and every connection that came in by it.

Owns the listening sockets and one task for each connection. A connection is a guest of the lobby
until somebody says that it is authenticated. Nothing leaves a connection's task but cancellation:
what goes wrong there ends that connection, and the log gets types and places, no words.

Stopping: first no more is accepted, then links get close 1012 and `goodbye_s` to take their leave
while requests under way are answered, then all is cancelled. The conversations themselves are
drained before that, by the sessions.
"""

import errno
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.crash import Crash
from robi.actors.link import LinkClosed
from robi.actors.mailbox import Mailbox
from robi.actors.snapshot import Detail
from robi.actors.ticker import Tick
from robi.protocol.closing import INTERNAL_ERROR, NORMAL_CLOSURE, SERVICE_RESTART
from robi.web.accept import Arrived, Dispatcher, HandleLink
from robi.web.asgi import Address
from robi.web.link import WebSocketLink
from robi.web.lobby import Lobby

log = structlog.get_logger()


Open = Callable[[str, int], Awaitable[Sequence[trio.SocketListener]]]
"""Opens the port at that address."""

Arrivals = Callable[..., Awaitable[None]]
"""Runs until cancelled, and calls what it is given for each connection that arrives, with its
stream and an `Arrived`; started by `nursery.start`."""

SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
"""`accept` fails with these when the machine is short of files or memory: it passes."""

SHORTAGE_PAUSE_S = 0.1


async def open_port(host: str, port: int) -> Sequence[trio.SocketListener]:
    """Listen there, alone."""
    return await trio.open_tcp_listeners(port, host=host)


@frozen
class ListenerSettings:
    """Where to listen, and the bounds on who has not shown a key. Port 0: any free one."""

    host: str
    port: int
    guests: int = 1024
    guests_each: int = 64
    goodbye_s: float = 1.0
    stranger_s: float = 20.0
    """Seconds after which an unauthenticated link is dropped: the net below the owner, who says a
    proper no in half that time."""


@define(eq=False)
class _Connection:
    """One connection: its scope, and its link once it has become one."""

    scope: trio.CancelScope = field(factory=trio.CancelScope)
    link: WebSocketLink | None = None


@define(eq=False)
class ListenerActor:
    """An `Actor` that hands each tick of the one clock to `on_tick`, for keep-alive."""

    _settings: ListenerSettings
    _dispatcher: Dispatcher
    _handle_link: HandleLink
    _on_tick: Callable[[float], None] = lambda _now: None
    _open: Open = open_port
    _arrivals: Arrivals | None = None
    """Where connections come from that other processes have accepted."""
    _lobby: Lobby[_Connection] = field(init=False)
    _connections: set[_Connection] = field(factory=set, init=False)
    _port: int = field(default=0, init=False)
    _accepted: int = field(default=0, init=False)
    _pushed_out: int = field(default=0, init=False)
    _crashed: int = field(default=0, init=False)
    _short: bool = field(default=False, init=False)
    _empty: trio.Event | None = field(default=None, init=False)
    """There while we stop; set when the last connection has ended."""

    @_lobby.default
    def _new_lobby(self) -> Lobby[_Connection]:
        return Lobby(self._settings.guests, self._settings.guests_each)

    async def run(self, mailbox: Mailbox[Tick], ready: Callable[[], None]) -> None:
        """Listen until asked to stop: see `robi.actors.actor.Actor`."""
        listeners = await self._open(self._settings.host, self._settings.port)
        self._port = listeners[0].socket.getsockname()[1]
        async with trio.open_nursery() as connections:

            def take(stream: trio.SocketStream, arrived: Arrived) -> None:
                connections.start_soon(self.serve, stream, arrived)

            async with trio.open_nursery() as accepting:
                for listener in listeners:
                    accepting.start_soon(self.accept_from, listener, connections)
                if self._arrivals is not None:
                    await accepting.start(self._arrivals, take)
                log.info("listening", host=self._settings.host, port=self._port)
                ready()
                async for tick in mailbox:
                    self._on_tick(tick.now)
                accepting.cancel_scope.cancel()
            await self._say_goodbye()
            connections.cancel_scope.cancel()

    def details(self) -> Mapping[str, Detail]:
        """Counts, and the port."""
        return {
            "port": self._port,
            "connections": len(self._connections),
            "unauthenticated": len(self._lobby),
            "links": sum(connection.link is not None for connection in self._connections),
            "accepted": self._accepted,
            "pushed_out": self._pushed_out,
            "crashed": self._crashed,
            "degraded": self._short,
        }

    async def accept_from(
        self, listener: trio.abc.Listener[trio.SocketStream], connections: trio.Nursery
    ) -> None:
        """Accept for ever; the listener is closed on the way out."""
        async with listener:
            while True:
                try:
                    stream = await listener.accept()
                except OSError as error:
                    if error.errno not in SHORTAGES:
                        raise
                    if not self._short:
                        log.error("accept_short", errno=errno.errorcode[error.errno])
                    self._short = True
                    await trio.sleep(SHORTAGE_PAUSE_S)
                else:
                    if self._short:
                        log.warning("accept_again")
                    self._short = False
                    self._accepted += 1
                    connections.start_soon(self.serve, stream)

    async def serve(self, stream: trio.SocketStream, arrived: Arrived | None = None) -> None:
        """Serve one connection to its end."""
        connection = _Connection()
        self._connections.add(connection)
        try:
            with connection.scope:
                client = _client(stream)
                pushed_out = self._lobby.enter(connection, client[0] if client else "")
                if pushed_out is not None:
                    self._pushed_out += 1
                    pushed_out.scope.cancel()
                await self._serve(connection, stream, client, arrived)
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends this connection alone
            crash = Crash.of("connection", error, 0)
            log.error("connection_crashed", error=crash.error, places=crash.places)
            self._crashed += 1
            if connection.link is not None:
                await connection.link.close(INTERNAL_ERROR)
        finally:
            self._connections.discard(connection)
            self._lobby.leave(connection)
            if self._empty is not None and not self._connections:
                self._empty.set()
            await trio.aclose_forcefully(stream)

    async def _serve(
        self,
        connection: _Connection,
        stream: trio.SocketStream,
        client: Address | None,
        arrived: Arrived | None,
    ) -> None:
        def authenticated() -> None:
            self._lobby.leave(connection)
            connection.scope.deadline = float("inf")
            if connection.link is not None:
                connection.link.trust()

        upgraded = await self._dispatcher.until_link(stream, client, authenticated, arrived)
        if upgraded is None:
            return
        connection.link = upgraded.link
        connection.scope.deadline = trio.current_time() + self._settings.stranger_s
        try:
            await self._handle_link(upgraded.link, upgraded.header_key, authenticated)
        except LinkClosed as closed:
            log.info("link_closed_unhandled", code=closed.code)
        await upgraded.link.close(NORMAL_CLOSURE)

    async def _say_goodbye(self) -> None:
        """Give everybody a moment, then say goodbye to the links that are left."""
        links = [c.link for c in self._connections if c.link is not None]
        with trio.move_on_after(self._settings.goodbye_s):
            async with trio.open_nursery() as goodbyes:
                for link in links:
                    goodbyes.start_soon(link.close, SERVICE_RESTART, "the server is restarting")
                if self._connections:
                    self._empty = trio.Event()
                    await self._empty.wait()


def _client(stream: trio.SocketStream) -> Address | None:
    try:
        address = stream.socket.getpeername()
    except OSError:
        return None
    # A socket of Unix has a path, or nothing.
    return (address[0], address[1]) if isinstance(address, tuple) else None
