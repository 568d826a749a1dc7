"""The application: from a request to a call of the table, and from its answer to a response.

Owns routing, the one shape of errors (protocol.md §9) and which headers go with what. What a call
does is in `calls` and behind `People`. The log has the template of a path, never the path: there
are people's ids in it, and they are made of names.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import orjson
import structlog
import trio
from attrs import frozen
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from robi.actors.keyring import OPERATORS
from robi.actors.turn import report
from robi.errors import InternalError, InvalidRequestFormat, Language, RobiError
from robi.protocol.codec import encode
from robi.protocol.converter import write
from robi.protocol.dialects import Dialect
from robi.web.api.at_home import is_at_home
from robi.web.api.bodies import JSON, media_type_of, read_body
from robi.web.api.calls import ApiPorts
from robi.web.api.decoding import taken
from robi.web.api.guard import Caller, Guard
from robi.web.api.openapi import document
from robi.web.api.page import HEADERS as PAGE_HEADERS
from robi.web.api.page import page
from robi.web.api.table import CALLS, CHAT, OPERATIONS, RETRY_AFTER_S, Call, Method, Operation, T
from robi.web.asgi import AsgiApp, Receive, Scope, Send
from robi.web.chat.asking import Chat
from robi.web.chat.crossing import Crossing
from robi.web.http import ClientGoneError
from robi.web.request_ids import HEADER as REQUEST_ID

log = structlog.get_logger()

LARGE = 256 * 1024
"""Bytes of a body from which on it is decoded in a thread."""

_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""With every answer: much of it is about people, and none of it is to be guessed at."""


@frozen
class ApiSettings:
    """How the API is served.

    Args:
        language: of the words in errors.
        body_bytes: the largest body of any call.
        origins: other web origins whose pages may call.
        described: whether `/openapi.json` and `/docs` are there.
    """

    language: Language = "es"
    body_bytes: int = 50 * 1024 * 1024
    origins: tuple[str, ...] = ()
    described: bool = True


def make_app(
    ports: ApiPorts,
    guard: Guard,
    settings: ApiSettings,
    beside: Sequence[BaseRoute] = (),
    *,
    chat: Chat,
) -> AsgiApp:
    """Return the ASGI application of the REST API, of `chat`, and of the routes `beside` them."""
    front = _Front(ports, guard, settings)
    by_path: dict[str, list[Call[Any]]] = {}
    for call in CALLS:
        by_path.setdefault(call.path, []).append(call)
    routes = [_route(path, front, calls) for path, calls in by_path.items()]
    routes += [
        Route(each.path, chat.at(each), methods=[each.method], name=each.path) for each in CHAT
    ]
    routes.append(Route("/metrics", front.metrics, name="/metrics"))
    if settings.described:
        described = document(OPERATIONS, ports.server)
        routes += [
            _fixed("/openapi.json", orjson.dumps(described), JSON, _HEADERS),
            _fixed("/docs", page(described).encode(), "text/html", {**_HEADERS, **PAGE_HEADERS}),
        ]
    starlette = Starlette(
        routes=[*routes, *beside],
        exception_handlers={
            HTTPException: front.on_http_exception,  # type: ignore[dict-item]
            RobiError: front.on_robi_error,  # type: ignore[dict-item]
            Exception: front.on_crash,
        },
    )
    starlette.router.redirect_slashes = False

    async def on_the_encoded_path(scope: Scope, receive: Receive, send: Send) -> None:
        """Have routes look at the path as it was sent: `a%2Fb` is one id."""
        await starlette({**scope, "path": scope["raw_path"].decode("ascii")}, receive, send)

    app: AsgiApp = on_the_encoded_path
    if settings.origins:
        # Around all of it, so that a page can read what went wrong as well.
        app = CORSMiddleware(
            app,
            allow_origins=settings.origins,
            allow_methods=get_args(Method),
            allow_headers=("X-API-Key", REQUEST_ID),
            expose_headers=(REQUEST_ID, "Retry-After"),
        )
    paths = frozenset(each.path for each in CHAT)
    return Crossing(on_the_encoded_path, app, paths, chat.origins)


def _route(path: str, front: "_Front", calls: Iterable[Call[Any]]) -> Route:
    by_method: dict[str, Call[Any]] = {call.method: call for call in calls}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]

    async def endpoint(request: Request) -> Response:
        return await front.answer(by_method[request.method], request)

    return Route(path, endpoint, methods=by_method, name=path)


def _answered(call: Call[Any], answer: object) -> Response:
    return Response(orjson.dumps(write(answer)), call.status, _HEADERS, JSON)


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None


def _caller(request: Request, key: str | None) -> Caller:
    return Caller(key, request.state.address, request.state.authenticated)


def _bearer(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _fixed(path: str, body: bytes, media_type: str, headers: Mapping[str, str]) -> Route:
    async def endpoint(_request: Request) -> Response:
        return Response(body, headers=dict(headers), media_type=media_type)

    return Route(path, endpoint, name=path)


@frozen
class _Front:
    _ports: ApiPorts
    _guard: Guard
    _settings: ApiSettings

    async def answer(self, call: Call[Any], request: Request) -> Response:
        """Let the request in, read it, do what it asks."""
        request.state.route, request.state.operation = call.path, call
        if call.at_home and not is_at_home(_address(request), request.headers.raw):
            return _answered(call, call.gives())
        if call.needs_key:
            caller = _caller(request, request.headers.get("x-api-key"))
            self._guard.admit(caller, call.roles, trio.current_time())
        answer = await call.does(self._ports, await self._taken(call, request))
        return _answered(call, answer)

    async def metrics(self, request: Request) -> Response:
        """Give the figures to a scraper.

        Those send a key as `Authorization: Bearer` (Prometheus knows no other header before 3.0).
        They are not counted against the limit of their key: to be watched is no eagerness.
        """
        request.state.route = "/metrics"
        key = request.headers.get("x-api-key") or _bearer(request.headers.get("authorization"))
        self._guard.recognise(_caller(request, key), OPERATORS)
        body, content_type = await self._ports.metrics(request.headers.get("accept", ""))
        return Response(body, headers={**_HEADERS, "content-type": content_type})

    async def _taken(self, call: Call[T], request: Request) -> T:
        query = request.scope["query_string"].decode("ascii")
        if not call.body_bytes:
            return taken(call, request.path_params, query)
        media_type = media_type_of(call, request.headers.get("content-type"))
        body = await read_body(request, min(call.body_bytes, self._settings.body_bytes))
        decode = partial(taken, call, request.path_params, query, body, media_type)
        # A file in base64 takes its time; no turn waits for that.
        return await trio.to_thread.run_sync(decode) if len(body) > LARGE else decode()

    # ── errors ────────────────────────────────────────────────────────────────────────────

    async def on_http_exception(self, request: Request, exc: HTTPException) -> Response:
        """Errors of routing (404, 405) in the project's shape, with their own status."""
        error = InvalidRequestFormat(exc.detail)
        return self._error(request, error, exc.status_code, exc.headers or {})

    async def on_robi_error(self, request: Request, error: RobiError) -> Response:
        """Errors of the catalogue."""
        asked: Operation[Any] | None = getattr(request.state, "operation", None)
        status = asked.status_of(type(error)) if asked else error.http_status
        return self._error(request, error, status, {})

    async def on_crash(self, request: Request, exc: Exception) -> Response:
        """Anything else; the reason is logged by whoever runs the application."""
        if isinstance(exc, ClientDisconnect | ClientGoneError):
            return Response(status_code=InternalError.http_status)  # which nobody will read
        return self._error(request, InternalError(), InternalError.http_status, {})

    def _error(
        self, request: Request, error: RobiError, status: int, headers: Mapping[str, str]
    ) -> Response:
        if status == 503 and error.retry_after is None:  # noqa: PLR2004 - as in HTTP
            error.retry_after = RETRY_AFTER_S
        level = log.error if status >= InternalError.http_status else log.warning
        level(
            "request_refused",
            method=request.method,
            route=getattr(request.state, "route", None),
            status=status,
            error_code=error.error_code,
            code=error.code,
            details=error.details,
        )
        told = report(error, self._settings.language, request.state.request_id)
        headers = {**_HEADERS, **headers}
        if error.retry_after is not None:
            headers["retry-after"] = str(error.retry_after)
        return Response(encode(told, Dialect.USER, None), status, headers, JSON)
