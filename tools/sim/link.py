"""One WebSocket to the server, by trio-websocket: an implementation independent of the server's.

Owns how a link begins and ends. Every way of ending is one value, a `Parting`, so that who reads
it can tell a server that is not there from one that does not want this robot.
"""

import errno
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import cast

import trio
from attrs import evolve, field, frozen
from trio_websocket import (
    ConnectionClosed,
    ConnectionRejected,
    WebSocketConnection,
    wrap_client_stream,
)
from wsproto.utilities import LocalProtocolError

from robi.protocol.messages import ErrorReport
from tools.sim.options import Address

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""More than the server may ever say; trio-websocket's own limit of 1 MiB is meant for servers."""

_GOODBYE_S = 2.0
_ABNORMAL = 1006
_REPLACED = 4409
_POLICY = 1008
_UNAUTHORISED = (401, 403)
_ABOUT_THE_KEY = ("API_KEY_MISSING", "API_KEY_INVALID", "API_KEY_EXPIRED", "WS_AUTH_FAILED")

Opener = Callable[[], Awaitable[trio.abc.Stream]]


class End(Enum):
    """The ways in which a link ends, or never begins."""

    UNREACHABLE = auto()
    UNTRUSTED = auto()
    SILENT = auto()
    NOT_WEBSOCKET = auto()
    REFUSED = auto()
    REPLACED = auto()
    LOST = auto()


@frozen
class Parting:
    """Why a link is over: `code` of the close frame (1006 without one), `error` sent before."""

    end: End
    reason: str = ""
    code: int = _ABNORMAL
    error: ErrorReport | None = None

    @property
    def final(self) -> bool:
        """Whether coming back would help nobody: the key is refused, or a twin took the place."""
        return self.end in (End.REFUSED, End.REPLACED)

    @property
    def retry_after(self) -> int:
        """Seconds that the server asked to be left alone; 0 if it asked for nothing."""
        return (self.error and self.error.retry_after) or 0

    def because(self, error: ErrorReport | None) -> "Parting":
        """Return this parting with the `error` that came before it, which may be about the key."""
        if error is None:
            return self
        refused = error.error_code in _ABOUT_THE_KEY
        return evolve(self, end=End.REFUSED if refused else self.end, error=error)


class LinkOver(Exception):
    """The link cannot be used any more."""

    def __init__(self, parting: Parting) -> None:
        super().__init__(parting.end.name)
        self.parting = parting


@frozen
class Link:
    """An open WebSocket."""

    _socket: WebSocketConnection
    _stream: trio.abc.Stream
    _closing: trio.Lock = field(factory=trio.Lock, init=False)

    async def receive(self) -> str | bytes:
        """Return the next message; LinkOver once there is none to come."""
        try:
            return await self._socket.get_message()
        except ConnectionClosed as closed:
            raise LinkOver(_parting(closed)) from closed

    async def send(self, message: str | bytes) -> None:
        """Send a text or a binary message; LinkOver if the link is gone."""
        try:
            await self._socket.send_message(message)
        except ConnectionClosed as closed:
            raise LinkOver(_parting(closed)) from closed

    async def close(self) -> None:
        """Close with 1000 and wait a little for the server's answer; then `receive` ends."""
        # One at a time: who comes second would find it closed already, and might then take the
        # reader away that the first one is still waiting for.
        async with self._closing:
            with trio.move_on_after(_GOODBYE_S):
                await self._socket.aclose()

    async def drop(self) -> None:
        """Lose the connection without a goodbye; then `receive` ends."""
        await trio.aclose_forcefully(self._stream)


@asynccontextmanager
async def open_link(address: Address, opener: Opener, patience: float) -> AsyncIterator[Link]:
    """Open a link and close it with 1000 when the block ends.

    A cancelled block leaves TCP behind without a close frame: `Link.close` first.

    Args:
        address: where the server is.
        opener: makes the stream under the WebSocket; see `open_stream`.
        patience: seconds for the stream, and again for the upgrade.

    Raises:
        LinkOver: there is no link, or the block let one out.
    """
    stream = await _open_patiently(opener, patience)
    over: LinkOver | None = None
    try:
        async with trio.open_nursery() as nursery:
            socket: WebSocketConnection | None = None
            with trio.move_on_after(patience):
                socket = await wrap_client_stream(
                    nursery,
                    # wrap_client_stream takes any stream; its annotation names only two
                    cast("trio.SocketStream", stream),
                    f"{address.host}:{address.port}",
                    address.resource,
                    max_message_size=MAX_MESSAGE_BYTES,
                )
            if socket is None:
                over = LinkOver(Parting(End.SILENT))
            else:
                link = Link(socket, stream)
                try:
                    yield link
                except LinkOver as error:  # kept out of the nursery, which would wrap it
                    over = error
                await link.close()
            # the library's reader waits for the peer to close TCP, which it may never do
            nursery.cancel_scope.cancel()
    except* ConnectionRejected as rejected:
        over = LinkOver(_rejection(rejected))
    except* LocalProtocolError:  # the library answers a ping that comes after its own close frame
        over = LinkOver(Parting(End.LOST, "closed"))
    finally:
        await trio.aclose_forcefully(stream)
    if over is not None:
        raise over


async def open_stream(
    address: Address,
    tls: ssl.SSLContext | None,
    around: Callable[[trio.SocketStream], trio.abc.Stream] = lambda tcp: tcp,
) -> trio.abc.Stream:
    """Return a TCP stream, inside TLS if a context is given; LinkOver if there is none to have.

    `around` returns what to use in place of the TCP stream, such as one that goes wrong.
    """
    try:
        plain = around(await trio.open_tcp_stream(address.host, address.port))
    except OSError as error:
        raise LinkOver(Parting(End.UNREACHABLE, _why(error))) from error
    if tls is None:
        return plain
    # Shaking hands here, not at the first byte, tells a bad certificate from a silent server.
    secure = trio.SSLStream(plain, tls, server_hostname=address.host, https_compatible=True)
    try:
        await secure.do_handshake()
    except trio.BrokenResourceError as error:
        await trio.aclose_forcefully(plain)
        raise LinkOver(_tls_failure(error)) from error
    return secure


async def _open_patiently(opener: Opener, patience: float) -> trio.abc.Stream:
    with trio.move_on_after(patience):
        return await opener()
    raise LinkOver(Parting(End.UNREACHABLE, "time-out"))


def _parting(closed: ConnectionClosed) -> Parting:
    code = closed.reason.code if closed.reason else _ABNORMAL
    ends = {_REPLACED: End.REPLACED, _POLICY: End.REFUSED}
    return Parting(ends.get(code, End.LOST), (closed.reason and closed.reason.reason) or "", code)


def _rejection(group: BaseExceptionGroup[ConnectionRejected]) -> Parting:
    """The one HTTP answer in `group`, as a parting."""
    status = next(e.status_code for e in group.exceptions if isinstance(e, ConnectionRejected))
    return Parting(End.REFUSED if status in _UNAUTHORISED else End.NOT_WEBSOCKET, f"HTTP {status}")


def _tls_failure(error: trio.BrokenResourceError) -> Parting:
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return Parting(End.UNTRUSTED, error.__cause__.verify_message)
    return Parting(End.NOT_WEBSOCKET, str(error.__cause__ or error))


def _why(error: OSError) -> str:
    """The words of the system for `error`; trio puts the attempts it made underneath."""
    cause: BaseException | None = error.__cause__
    if isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    first = cause if isinstance(cause, OSError) else error
    if first.errno is not None and first.errno in errno.errorcode:
        return os.strerror(first.errno)
    return first.strerror or str(first)
