"""Who may open a WebSocket: the rules of an upgrade, without I/O.

Owns the path and the origins. The handshake itself
(RFC 6455 §4.2) is `websockets`'. A browser tells the page that opens the link by `Origin`; a phone
sends none. A page of this server, or of `ALLOWED_ORIGINS`, may; any other may not, or any page on
the web could speak to a robot in its visitor's network.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import h11
from attrs import frozen
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

from robi.errors import InvalidRequestFormat
from robi.web.http import RefusedError

SWITCHING_PROTOCOLS = 101

_WHAT_WE_SPEAK = (("sec-websocket-version", "13"),)
_UPGRADE = (("upgrade", "websocket"),)


@frozen
class UpgradeRules:
    """Attributes:
    path: where links are opened; None for anywhere.
    origins: web pages that may open one, besides our own.
    """

    path: str | None
    origins: frozenset[str] = frozenset()


def headers_of(request: h11.Request) -> Mapping[str, str]:
    """Return the headers by their lower-case names; the last of several wins."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}


def wants_websocket(request: h11.Request) -> bool:
    """Whether `request` asks to become a WebSocket."""
    return any(
        name == b"upgrade" and b"websocket" in value.lower() for name, value in request.headers
    )


def path_of(request: h11.Request) -> str:
    """Return the path of the target, without the query."""
    return request.target.partition(b"?")[0].decode("latin-1")


def origin_allowed(origin: str | None, host: str | None, allowed: frozenset[str]) -> bool:
    """Whether a page of `origin` may open a link to `host`."""
    if origin is None or origin in allowed:
        return True
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(netloc) and host is not None and netloc.lower() == host.lower()


def needs_upgrade() -> RefusedError:
    """Return the refusal of a plain request where only WebSockets live."""
    error = InvalidRequestFormat("a WebSocket is opened here")
    return RefusedError(426, error, _UPGRADE)


def answer_upgrade(request: h11.Request, rules: UpgradeRules) -> bytes:
    """Return the response that opens the WebSocket.

    Raises:
        RefusedError: the rules or RFC 6455 are against it.
    """
    headers = headers_of(request)
    if rules.path is not None and path_of(request) != rules.path:
        raise RefusedError(404, InvalidRequestFormat("no WebSocket at this path"))
    origins = [value for name, value in request.headers if name == b"origin"]
    origin = headers.get("origin")
    if len(origins) > 1 or not origin_allowed(origin, headers.get("host"), rules.origins):
        raise RefusedError(403, InvalidRequestFormat("this origin may not open a WebSocket"))
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise RefusedError(400, InvalidRequestFormat("an upgrade has no body"))
    response = ServerProtocol().accept(
        Request(
            path=request.target.decode("ascii"),
            headers=Headers([(n.decode(), v.decode("latin-1")) for n, v in request.headers]),
            method=request.method.decode("ascii"),
            protocol=f"HTTP/{request.http_version.decode('ascii')}",
        )
    )
    if response.status_code != SWITCHING_PROTOCOLS:
        error = InvalidRequestFormat("not a WebSocket handshake of RFC 6455")
        raise RefusedError(response.status_code, error, _WHAT_WE_SPEAK)
    return response.serialize()
