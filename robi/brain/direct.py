"""Questions over connections of our own: the way to a model's service that no proxy stands in.

Owns the idle connections, a stack: the one that was used last is used next, so that of many that a
rush has left most grow old and are closed. Nothing looks through them all.

A service may close a connection in the moment in which it is asked, and a router forget it: when
one that has been used before ends without a byte of an answer, the question is put once more, on a
new one (RFC 9112 §9.3.1). So is nothing else: what has begun to be answered has been understood.
"""

import ssl
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import httpx
import trio
from attrs import field, frozen

from robi.brain.connection import Connection, Origin, connect
from robi.brain.http11 import MalformedResponse, ResponseParser

MOST_IDLE: Final = 256
"""Connections that are kept; more are closed when they have done their work."""

KEPT_S: Final = 60.0
"""How long an idle connection is kept, on which nobody asks."""

_JOINED: Final = 64 * 1024
"""Bytes up to which a question's head and body are sent as one; copying more costs more."""

_PORTS: Final = {"http": 80, "https": 443}


@frozen
class Target:
    """Where questions go, and what stands before each of them."""

    origin: Origin
    head: bytes = field(repr=False)  # holds the key

    @classmethod
    def of(cls, url: httpx.URL, headers: Mapping[str, str], tls: ssl.SSLContext | None) -> "Target":
        """Return the target of POSTs to `url`, of which the user is told as httpx tells it."""
        port = url.port or _PORTS[url.scheme]
        fields = {"host": url.netloc.decode("ascii"), "accept": "*/*", "user-agent": "robi"}
        fields |= {name.lower(): value for name, value in headers.items()}
        if url.userinfo:
            pair = f"{url.username}:{url.password}".encode()
            fields["authorization"] = f"Basic {b64encode(pair).decode('ascii')}"
        lines = [f"POST {url.raw_path.decode('ascii')} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        head = "\r\n".join([*lines, "content-length: "]).encode("ascii")
        return cls(Origin(url.raw_host.decode("ascii"), port, tls), head)

    def question(self, body: bytes) -> tuple[bytes, ...]:
        """Return what is sent, in as many pieces as are sent apart."""
        head = b"%b%d\r\n\r\n" % (self.head, len(body))
        return (head + body,) if len(body) <= _JOINED else (head, body)


class Connections:
    """The idle connections to the services that are asked.

    Those that are at work belong to their `DirectResponse`.
    """

    def __init__(self) -> None:
        """Have none."""
        self._idle: dict[Origin, deque[Connection]] = {}
        self._closed = False
        self._tls: ssl.SSLContext | None = None

    def target(self, url: httpx.URL, headers: Mapping[str, str]) -> Target:
        """Return where questions to `url` go."""
        return Target.of(url, headers, self._trusted() if url.scheme == "https" else None)

    async def ask(self, target: Target, body: bytes) -> "DirectResponse":
        """Put a question; return its answer once its head is there, to be closed by the caller.

        Raises:
            httpx.HTTPError: it cannot be put, or what comes is no answer.
        """
        await trio.lowlevel.checkpoint_if_cancelled()  # else it would be sent, and paid for
        question = target.question(body)
        connection = self._take(target.origin)
        if connection is not None:
            response = DirectResponse(self, target.origin, connection)
            if await response.begin(question):
                return response
        response = DirectResponse(self, target.origin, await connect(target.origin))
        await response.begin(question)
        return response

    def keep(self, origin: Origin, connection: Connection) -> None:
        """Take back one that may be used again."""
        idle = self._idle.setdefault(origin, deque())
        since = trio.current_time() - KEPT_S
        while idle and idle[0].idle_since < since:
            idle.popleft().close()
        if self._closed or len(idle) >= MOST_IDLE:
            connection.close()
            return
        connection.rest()
        idle.append(connection)

    def close(self) -> None:
        """Close the idle ones now, and those at work when they are done."""
        self._closed = True
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()

    def _trusted(self) -> ssl.SSLContext:
        """Return whom we trust: who SSL_CERT_FILE or SSL_CERT_DIR names, or else certifi's."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    def _take(self, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin)
        since = trio.current_time() - KEPT_S
        while idle:
            connection = idle.pop()
            if connection.idle_since >= since and connection.is_quiet():
                return connection
            connection.close()
        return None


class DirectResponse:
    """One answer on its connection."""

    def __init__(self, keeper: Connections, origin: Origin, connection: Connection) -> None:
        """Own `connection` from now on."""
        self._keeper = keeper
        self._origin = origin
        self._connection = connection
        self._parser = ResponseParser()
        self._ready = b""

    @property
    def status(self) -> int:
        """The status."""
        return self._parser.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names in lower case."""
        return self._parser.headers

    async def begin(self, question: tuple[bytes, ...]) -> bool:
        """Put the question and wait for the head; whatever goes wrong closes the connection.

        Returns:
            False where the connection was an old one, and had been closed before it was asked.

        Raises:
            httpx.HTTPError: what comes is no answer.
        """
        try:
            await self._send(question)
            while not self._parser.status:
                await self._read()
            self._check_coding()
        except (httpx.ReadError, httpx.RemoteProtocolError):
            self._connection.close()
            if self._connection.used and not self._parser.began:
                return False
            raise
        except BaseException:
            self._connection.close()
            raise
        return True

    async def receive_some(self) -> bytes:
        """Return the next bytes of the body, nothing once it has ended.

        Raises:
            httpx.HTTPError: it breaks off, or cannot be read.
        """
        while not self._ready and not self._parser.ended:
            await self._read()
        ready, self._ready = self._ready, b""
        return ready

    @property
    def ended(self) -> bool:
        """Whether all of the body has come."""
        return self._parser.ended

    async def aclose(self) -> None:
        """Give the connection back, or close it if the answer is not complete. No checkpoint."""
        if self._parser.ended and self._parser.reusable:
            self._keeper.keep(self._origin, self._connection)
        else:
            self._connection.close()

    def _check_coding(self) -> None:
        """Refuse an answer that is compressed, for which nobody asked; a refusal has its status."""
        coding = self.headers.get("content-encoding", "identity").lower()
        if self.status == HTTPStatus.OK and coding != "identity":
            msg = "compressed, though nobody asked for that"
            raise httpx.DecodingError(msg)

    async def _send(self, question: tuple[bytes, ...]) -> None:
        """Send it all, or as much as the service takes: it may say why it wants no more."""
        try:
            for piece in question:
                await self._connection.send(piece)
        except httpx.WriteError:
            return

    async def _read(self) -> None:
        data = await self._connection.receive()
        try:
            if data:
                self._ready += self._parser.feed(data)
            else:
                self._parser.close()
        except MalformedResponse as error:
            raise httpx.RemoteProtocolError(str(error)) from error
