"""Which pages' browsers may ask here from another origin (CORS, WHATWG Fetch §3.2).

Owns the headers that browsers obey, on the paths of the chat. Which pages may is known from moment
to moment, for it goes by the keys that are good now; so it cannot be said to a middleware once.
Whether a *key* is for a page is the door's affair: a browser is no guard, it only does not show a
page what was not meant for it.
"""

from collections.abc import Callable, Collection

import structlog
from attrs import frozen
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from robi.web.api.table import LAST_EVENT_ID, SESSION_ID
from robi.web.asgi import AsgiApp, Message, Receive, Scope, Send
from robi.web.request_ids import HEADER as REQUEST_ID

log = structlog.get_logger()

PREFLIGHT_S = 600
"""For how long a browser may believe an answer to a preflight: as long as a key may be revoked."""

_LONGEST_TOLD = 200

_ALLOWED = ", ".join(("Content-Type", "X-API-Key", LAST_EVENT_ID, REQUEST_ID))
_EXPOSED = ", ".join((SESSION_ID, REQUEST_ID, "Retry-After"))


@frozen(eq=False)
class Crossing:
    """An application whose answers pages of these origins may read.

    Args:
        app: answers requests; what it says of origins itself is left as it is elsewhere.
        elsewhere: answers those to other paths.
        paths: where it is so.
        origins: the origins of now.
    """

    app: AsgiApp
    elsewhere: AsgiApp
    paths: frozenset[str]
    origins: Callable[[], Collection[str]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or the preflight of one."""
        if scope["path"] not in self.paths:
            await self.elsewhere(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        allowed = origin if origin is not None and origin in self.origins() else None

        async def send_across(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(scope=message)
                told.add_vary_header("Origin")
                if allowed is not None:
                    told["access-control-allow-origin"] = allowed
                    told["access-control-expose-headers"] = _EXPOSED
            await send(message)

        is_preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        if is_preflight and allowed is None:
            # A reader sees only that nothing comes; whoever runs the server should know why.
            log.warning("origin_refused", origin=(origin or "")[:_LONGEST_TOLD])
        answers = _preflight if is_preflight and allowed is not None else self.app
        await answers(scope, receive, send_across)


async def _preflight(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": _ALLOWED,
        "access-control-max-age": str(PREFLIGHT_S),
    }
    await Response(status_code=204, headers=headers)(scope, receive, send)
