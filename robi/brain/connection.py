"""A connection to a model's service: a socket of our own, with or without TLS.

Owns the socket. It is the standard library's, not blocking: trio says when there is something to
read (`trio.lowlevel.wait_readable`), and it is read in one system call. trio's own streams read
first and wait afterwards, since they cannot know that a model thinks between two chunks; and they
schedule once more when they have read. TLS is the same: OpenSSL takes its records from the socket,
and says what it waits for.

Closing does not wait, so that it can be done in a block that is being cancelled. What fails raises
what httpx raises for it: `robi.brain.reach` tells what that means.
"""

import socket
import ssl
from typing import Final

import httpx
import trio
from attrs import frozen

CONNECT_S: Final = 5.0
"""For the name, the connection and the handshake of TLS together."""

_PIECE: Final = 16 * 1024
"""Bytes of one read, as many as are in the largest record of TLS."""

_UNHEARD_MS: Final = 4000
"""After which a question that nobody acknowledges has gone nowhere: before the gate gives up."""

_peek: Final = socket.socket.recv
"""Of the socket itself, beneath any TLS."""


@frozen
class Origin:
    """Who is asked; `tls` is None where there is none."""

    host: str
    port: int
    tls: ssl.SSLContext | None


class Connection:
    """A connection that is made.

    Attributes:
        used: whether it has carried an answer.
        idle_since: when it was last used, on trio's clock.
    """

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`, which does not block."""
        self.used = False
        self.idle_since = 0.0
        self._socket = sock
        self._fd = sock.fileno()
        self._drained = True  # whether the last read took all there was

    async def send(self, data: bytes) -> None:
        """Send all of it: no checkpoint where the system takes it at once.

        Raises:
            httpx.WriteError: the connection is broken.
        """
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                await trio.lowlevel.wait_writable(self._fd)
            except ssl.SSLWantReadError:
                await trio.lowlevel.wait_readable(self._fd)
            except OSError as error:
                raise httpx.WriteError(type(error).__name__) from error

    async def receive(self) -> bytes:
        """Return what comes next, nothing once the other side has closed. A checkpoint.

        Raises:
            httpx.ReadError: the connection is broken.
        """
        if self._drained:
            await trio.lowlevel.wait_readable(self._fd)
        else:
            await trio.lowlevel.checkpoint()
        while True:
            try:
                data = self._socket.recv(_PIECE)
            except (BlockingIOError, ssl.SSLWantReadError):
                await trio.lowlevel.wait_readable(self._fd)
            except ssl.SSLWantWriteError:
                await trio.lowlevel.wait_writable(self._fd)
            except OSError as error:
                raise httpx.ReadError(type(error).__name__) from error
            else:
                self._drained = len(data) < _PIECE
                return data

    async def shake_hands(self) -> None:
        """Do the handshake of TLS. Raises OSError."""
        while isinstance(self._socket, ssl.SSLSocket):
            try:
                self._socket.do_handshake()
            except ssl.SSLWantReadError:
                await trio.lowlevel.wait_readable(self._fd)
            except ssl.SSLWantWriteError:
                await trio.lowlevel.wait_writable(self._fd)
            else:
                return

    def rest(self) -> None:
        """Note that it has carried an answer, and waits for the next question.

        The way may be gone by then, and nobody say so: a router that was restarted forgets its
        connections. Linux can end one on which a question is not acknowledged.
        """
        if not self.used and hasattr(socket, "TCP_USER_TIMEOUT"):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNHEARD_MS)
        self.used = True
        self.idle_since = trio.current_time()

    def is_quiet(self) -> bool:
        """Tell whether nothing has come, not even the end: what an idle connection should be."""
        try:
            _peek(self._socket, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close it at once, whoever waits for it; once more does nothing."""
        if self._socket.fileno() >= 0:
            trio.lowlevel.notify_closing(self._fd)
            self._socket.close()


async def connect(origin: Origin) -> Connection:
    """Connect.

    Raises:
        httpx.ConnectError: it cannot be reached, or shows no certificate that we trust.
        httpx.ConnectTimeout: not within CONNECT_S.
    """
    with trio.move_on_after(CONNECT_S):
        try:
            return await _connect(origin)
        except (OSError, trio.BrokenResourceError) as error:
            raise httpx.ConnectError(type(error).__name__) from error
    msg = "no connection within the limit"
    raise httpx.ConnectTimeout(msg)


async def _connect(origin: Origin) -> Connection:
    stream = await trio.open_tcp_stream(origin.host, origin.port)
    sock = socket.socket(fileno=stream.socket.detach())
    try:
        sock.setblocking(False)
        if origin.tls is not None:
            sock = origin.tls.wrap_socket(
                sock, server_hostname=origin.host, do_handshake_on_connect=False
            )
        connection = Connection(sock)
        await connection.shake_hands()
    except BaseException:
        sock.close()
        raise
    return connection
