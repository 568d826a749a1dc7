"""The HTTP side: what an operator, an app or a page may ask of the server.

Owns the REST calls of protocol.md §10 and the one shape of their errors (§9). It reads what the
actors tell of themselves and decides nothing.
"""

from collections.abc import Callable

import attrs
import orjson
import structlog
from attrs import frozen
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from robi.actors.snapshot import Snapshot, State
from robi.actors.turn import report
from robi.errors import (
    InternalError,
    InvalidRequestFormat,
    Language,
    RobiError,
)
from robi.protocol.codec import encode
from robi.protocol.dialects import Dialect
from robi.protocol.messages import PROTOCOL_VERSION

log = structlog.get_logger()


@frozen
class ApiFacts:
    """What the API says of the server.

    `snapshot` is the tree now, `check_key` raises an AuthError for a bad key.
    """

    snapshot: Callable[[], Snapshot]
    check_key: Callable[[str | None], None]
    model: Callable[[], str]
    server: str
    language: Language


def make_app(facts: ApiFacts) -> Starlette:
    """Return the ASGI application of the REST API."""
    calls = _Calls(facts)
    return Starlette(
        routes=[
            Route("/api/health", calls.health, methods=["GET"]),
            Route("/api/tree", calls.tree, methods=["GET"]),
        ],
        exception_handlers={
            HTTPException: calls.on_http_exception,  # type: ignore[dict-item]
            RobiError: calls.on_robi_error,  # type: ignore[dict-item]
            Exception: calls.on_crash,
        },
    )


def health(tree: Snapshot) -> str:
    """Return `ok`, `degraded` or `draining` for the whole server.

    An actor is well if it runs and does not say of itself that it is `degraded`.
    """
    if any(child.details.get("draining") for child in tree.children):
        return "draining"
    well = all(
        child.state is State.RUNNING and not child.details.get("degraded")
        for child in tree.children
    )
    return "ok" if well else "degraded"


@frozen
class _Calls:
    facts: ApiFacts

    async def health(self, _request: Request) -> Response:
        tree = self.facts.snapshot()
        children = {child.name: child for child in tree.children}
        sessions, store = children.get("sessions"), children.get("store")
        body = {
            "status": health(tree),
            "version": PROTOCOL_VERSION,
            "server": self.facts.server,
            "uptime_s": round(tree.uptime_s, 1),
            "model": self.facts.model(),
            "sessions": sessions.details.get("live", 0) if sessions else 0,
            "store": _word(store),
        }
        return _json(body)

    async def tree(self, request: Request) -> Response:
        self._check_key(request)
        return _json(_as_json(self.facts.snapshot()))

    def _check_key(self, request: Request) -> None:
        self.facts.check_key(request.headers.get("x-api-key"))
        request.state.authenticated()

    async def on_http_exception(self, _request: Request, exc: HTTPException) -> Response:
        """Errors of routing (404, 405) in the project's shape, with their own status."""
        error = InvalidRequestFormat(exc.detail)
        return self._error(error, exc.status_code, dict(exc.headers or {}))

    async def on_robi_error(self, _request: Request, exc: RobiError) -> Response:
        return self._error(exc, exc.http_status, {})

    async def on_crash(self, _request: Request, _exc: Exception) -> Response:
        """The reason is logged by whoever runs the application."""
        return self._error(InternalError(), InternalError.http_status, {})

    def _error(self, error: RobiError, status: int, headers: dict[str, str]) -> Response:
        level = log.error if status >= InternalError.http_status else log.warning
        level("request_refused", error_code=error.error_code, code=error.code, status=status)
        if error.retry_after is not None:
            headers = {**headers, "retry-after": str(error.retry_after)}
        body = encode(report(error, self.facts.language, None), Dialect.USER, None)
        return Response(body, status, headers, "application/json")


def _word(actor: Snapshot | None) -> str:
    if actor is None:
        return "none"
    return "degraded" if actor.details.get("degraded") else actor.state.value


def _json(body: object) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _as_json(tree: Snapshot) -> dict[str, object]:
    fields = attrs.asdict(tree, recurse=False)
    return {
        **fields,
        "state": tree.state.value,
        "restart": tree.restart.value if tree.restart else None,
        "uptime_s": round(tree.uptime_s, 3),
        "details": dict(tree.details),
        "children": [_as_json(child) for child in tree.children],
    }
