"""The console: which file of the package is at which path, and what a browser is told about it.

Owns the table of paths, made once from the files that are there, so that no request can name
another; the policy of the page; and what is kept of a file to send it quickly. A file is looked at
again at each request, for whoever works on the page; its bytes are read and compressed anew only if
it has changed. All of that is done in a thread: a robot's turn waits for no disk.
"""

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import trio
from attrs import define, field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from robi.errors import NothingThere
from robi.web.drawings import Drawings

DRAWINGS_KEPT = 256
"""Drawings that are kept to be sent again, 4 KiB each."""

CONSOLE = Path(__file__).with_name("console")
"""Where the files are."""

_INDEX = "index.html"

_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".html": "text/html",
        ".css": "text/css",
        ".js": "text/javascript",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain",
        ".webmanifest": "application/manifest+json",
    }
)
"""What is served, by its suffix; a file of another kind is not."""

_ALREADY_SMALL = frozenset({".png"})

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",  # WebSockets of the same host too
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""What the page may do: it speaks to this server alone, and makes no element out of text."""

_OF_EACH: Mapping[str, str] = {
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_OF_THE_PAGE: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "autoplay=(self), camera=(self), microphone=(self), geolocation=()",
}
_OF_A_PART: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'"
}
"""A drawing that somebody opens by itself runs nothing."""

ASK_EACH_TIME: Mapping[str, str] = {"cache-control": "no-cache"}
_NEVER_CHANGES: Mapping[str, str] = {"cache-control": "public, max-age=31536000, immutable"}


def routes(console: Path = CONSOLE) -> list[Route]:
    """Return the routes to each file below `console`, and to each drawing of OpenMoji."""
    drawings = Drawings(console / "emoji" / "openmoji.zip")
    return [
        *(_to_file(console, place) for place in sorted(console.rglob("*")) if _is_served(place)),
        Route("/emoji/{code}.svg", _to_drawings(drawings), name="/emoji/{code}.svg"),
    ]


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client that sends this header takes gzip (RFC 9110 §12.5.3)."""
    weights: dict[str, bool] = {}
    for offer in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in offer.split(";"))
        refused = any(
            name.strip() == "q" and not value.strip(" 0.")
            for name, _, value in (parameter.partition("=") for parameter in parameters)
        )
        weights[coding] = not refused
    return weights.get("gzip", weights.get("*", False))


def is_current(if_none_match: str, tag: str) -> bool:
    """Whether a client that sends this header has what `tag` stands for (RFC 9110 §13.1.2)."""
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


@frozen
class Content:
    """What is sent of a file. The tag is weak, for it stands for the compressed bytes as well."""

    raw: bytes
    compressed: bytes | None
    tag: str

    @classmethod
    def of(cls, raw: bytes, *, compress: bool = True) -> "Content":
        """Return the content with these bytes."""
        tag = f'W/"{hashlib.sha256(raw).hexdigest()[:20]}"'
        return cls(raw, gzip.compress(raw, mtime=0) if compress else None, tag)


def response(
    request: Request, content: Content, media_type: str, headers: Mapping[str, str]
) -> Response:
    """Return the response to a GET or HEAD of `content`: 304, compressed or plain."""
    headers = {**_OF_EACH, **headers, "etag": content.tag}
    if content.compressed is not None:
        headers["vary"] = "accept-encoding"
    if is_current(request.headers.get("if-none-match", ""), content.tag):
        return Response(status_code=304, headers=headers)
    body = content.raw
    if content.compressed is not None and accepts_gzip(request.headers.get("accept-encoding", "")):
        body = content.compressed
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type=media_type)


@define(eq=False)
class File:
    """A file, and its content as it was when it was last looked at."""

    _place: Path
    _seen: tuple[int, int] | None = field(default=None, init=False)
    _content: Content | None = field(default=None, init=False)

    def content(self) -> Content:
        """Return what is in the file now. It blocks; two threads at once do no harm."""
        status = self._place.stat()
        seen = (status.st_mtime_ns, status.st_size)
        content = self._content
        if content is None or seen != self._seen:
            compress = self._place.suffix not in _ALREADY_SMALL
            content = Content.of(self._place.read_bytes(), compress=compress)
            self._content, self._seen = content, seen
        return content


def _is_served(place: Path) -> bool:
    return place.suffix in _MEDIA_TYPES and place.is_file()


def _to_file(console: Path, place: Path) -> Route:
    name = place.relative_to(console).as_posix()
    path = "/" if name == _INDEX else f"/{name}"
    file, media_type = File(place), _MEDIA_TYPES[place.suffix]
    headers = {**(_OF_THE_PAGE if place.suffix == ".html" else _OF_A_PART), **ASK_EACH_TIME}

    async def endpoint(request: Request) -> Response:
        content = await trio.to_thread.run_sync(file.content)
        return response(request, content, media_type, headers)

    return Route(path, endpoint, name=path)


def _to_drawings(drawings: Drawings) -> Callable[[Request], Awaitable[Response]]:
    headers = {**_OF_A_PART, **_NEVER_CHANGES}

    @lru_cache(DRAWINGS_KEPT)
    def content_of(code: str) -> Content | None:
        raw = drawings.find(code)
        return None if raw is None else Content.of(raw)

    async def endpoint(request: Request) -> Response:
        request.state.route = "/emoji/{code}.svg"
        content = await trio.to_thread.run_sync(content_of, request.path_params["code"])
        if content is None:
            raise NothingThere("no drawing of this code")
        return response(request, content, _MEDIA_TYPES[".svg"], headers)

    return endpoint
